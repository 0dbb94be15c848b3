// SPDX-License-Identifier: GPL-2.0-only
/*
 * A policy in netlink attributes.
 */
#include <net/genetlink.h>
#include <net/ipv6.h>

#include <uapi/linux/kame_ipsec.h>

#include "genl.h"
#include "policy.h"

static int wrong(struct genl_info *info, int attr, const char *msg)
{
	/* NL_SET_ERR_MSG() wants a literal, for translation that never came. */
	info->extack->_msg = msg;
	if (info->attrs[attr])
		NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);
	else
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, attr);
	return -EINVAL;
}

/**
 * kame_ipsec_genl_family - whether a family is one that this node has
 * @family: the family
 * @attr: the attribute that says so
 * @extack: told what is wrong
 *
 * Return: 0, -EINVAL, or -EAFNOSUPPORT for IPv6 where it is disabled (ipv6.disable=1): the kernel
 * has nothing then that a route could be looked up in.
 */
int kame_ipsec_genl_family(u8 family, const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (family != AF_INET && family != AF_INET6) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "the address family is neither IPv4 nor IPv6");
		return -EINVAL;
	}
	if (family == AF_INET6 && !ipv6_mod_enabled()) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "IPv6 is disabled on this node");
		return -EAFNOSUPPORT;
	}
	return 0;
}

/**
 * kame_ipsec_genl_addr - read an address
 * @attr: the attribute
 * @family: AF_INET or AF_INET6
 * @addr: filled in
 * @extack: told what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int kame_ipsec_genl_addr(const struct nlattr *attr, u8 family, xfrm_address_t *addr,
			 struct netlink_ext_ack *extack)
{
	int len = family == AF_INET ? 4 : 16;

	if (nla_len(attr) != len) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "an address has 4 bytes in IPv4 and 16 in IPv6");
		return -EINVAL;
	}
	memset(addr, 0, sizeof(*addr));
	memcpy(addr, nla_data(attr), len);
	return 0;
}

/* A prefix whose attributes are @attr and the one behind it */
static int parse_prefix(struct genl_info *info, int attr, u8 family, xfrm_address_t *addr, u8 *len)
{
	u8 max = family == AF_INET ? 32 : 128;
	int err;

	if (!info->attrs[attr]) {
		if (info->attrs[attr + 1] && nla_get_u8(info->attrs[attr + 1]))
			return wrong(info, attr + 1, "a length of a prefix without the prefix");
		return 0;
	}
	err = kame_ipsec_genl_addr(info->attrs[attr], family, addr, info->extack);
	if (err)
		return err;
	*len = info->attrs[attr + 1] ? nla_get_u8(info->attrs[attr + 1]) : max;
	if (*len > max)
		return wrong(info, attr + 1, "a prefix is no longer than an address");
	kame_ipsec_sel_mask_addr(addr, *len, family);
	return 0;
}

/* A range whose attributes are @attr and the one behind it */
static int parse_range(struct genl_info *info, int attr, struct kame_ipsec_range *range)
{
	range->min = 0;
	range->max = U16_MAX;
	if (!info->attrs[attr]) {
		if (info->attrs[attr + 1])
			return wrong(info, attr + 1, "the end of a range without its begin");
		return 0;
	}
	range->min = nla_get_u16(info->attrs[attr]);
	range->max = info->attrs[attr + 1] ? nla_get_u16(info->attrs[attr + 1]) : range->min;
	if (range->max < range->min)
		return wrong(info, attr + 1, "a range ends before it begins");
	return 0;
}

static bool has_ports(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE ||
	       proto == IPPROTO_SCTP || proto == IPPROTO_DCCP;
}

static int parse_icmp(struct genl_info *info, struct kame_ipsec_sel *sel)
{
	const struct nlattr *type = info->attrs[KAME_IPSEC_A_POLICY_ICMP_TYPE];
	const struct nlattr *code = info->attrs[KAME_IPSEC_A_POLICY_ICMP_CODE];
	u8 proto = sel->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;

	if (type && sel->proto != proto)
		return wrong(info, KAME_IPSEC_A_POLICY_ICMP_TYPE,
			     "a type of ICMP needs the protocol of the family's ICMP");
	if (code && !type)
		return wrong(info, KAME_IPSEC_A_POLICY_ICMP_CODE, "a code of ICMP needs a type");
	if (type)
		sel->sport.min = sel->sport.max = nla_get_u8(type);
	if (code)
		sel->dport.min = sel->dport.max = nla_get_u8(code);
	return 0;
}

/* 0 would be any, though somebody may have meant the hop-by-hop options, and what
 * kame_ipsec_flow_upper() walks over is nobody's upper protocol.
 */
static int parse_proto(struct genl_info *info, struct kame_ipsec_sel *sel)
{
	const struct nlattr *proto = info->attrs[KAME_IPSEC_A_POLICY_PROTO];

	if (!proto)
		return 0;
	sel->proto = nla_get_u8(proto);
	if (!sel->proto)
		return wrong(info, KAME_IPSEC_A_POLICY_PROTO,
			     "no upper protocol is 0; without one, the policy takes any");
	if (!kame_ipsec_flow_is_upper(sel->family, sel->proto))
		return wrong(info, KAME_IPSEC_A_POLICY_PROTO,
			     "an extension header of IPv6 is no upper protocol");
	return 0;
}

static int parse_upper(struct genl_info *info, struct kame_ipsec_sel *sel)
{
	int err;

	err = parse_proto(info, sel);
	if (!err)
		err = parse_range(info, KAME_IPSEC_A_POLICY_SPORT_MIN, &sel->sport);
	if (!err)
		err = parse_range(info, KAME_IPSEC_A_POLICY_DPORT_MIN, &sel->dport);
	if (err)
		return err;
	if (!kame_ipsec_range_any(sel->sport) && !has_ports(sel->proto))
		return wrong(info, KAME_IPSEC_A_POLICY_SPORT_MIN,
			     "ports need a protocol that has them");
	if (!kame_ipsec_range_any(sel->dport) && !has_ports(sel->proto))
		return wrong(info, KAME_IPSEC_A_POLICY_DPORT_MIN,
			     "ports need a protocol that has them");
	return parse_icmp(info, sel);
}

static int parse_device(struct genl_info *info, int attr, int *ifindex)
{
	if (!info->attrs[attr])
		return 0;
	*ifindex = nla_get_u32(info->attrs[attr]);
	return *ifindex > 0 ? 0 : wrong(info, attr, "no device has this index");
}

static int parse_sel(struct genl_info *info, u8 dir, struct kame_ipsec_sel *sel)
{
	int err;

	if (!info->attrs[KAME_IPSEC_A_POLICY_FAMILY])
		return wrong(info, KAME_IPSEC_A_POLICY_FAMILY, "the policy has no address family");
	sel->family = nla_get_u8(info->attrs[KAME_IPSEC_A_POLICY_FAMILY]);
	err = kame_ipsec_genl_family(sel->family, info->attrs[KAME_IPSEC_A_POLICY_FAMILY],
				     info->extack);
	if (!err)
		err = parse_prefix(info, KAME_IPSEC_A_POLICY_SRC, sel->family, &sel->src,
				   &sel->src_len);
	if (!err)
		err = parse_prefix(info, KAME_IPSEC_A_POLICY_DST, sel->family, &sel->dst,
				   &sel->dst_len);
	if (!err)
		err = parse_upper(info, sel);
	if (!err)
		err = parse_device(info, KAME_IPSEC_A_POLICY_IIF, &sel->iif);
	if (!err)
		err = parse_device(info, KAME_IPSEC_A_POLICY_OIF, &sel->oif);
	if (err)
		return err;
	if (sel->oif && dir != KAME_IPSEC_DIR_OUT)
		return wrong(info, KAME_IPSEC_A_POLICY_OIF,
			     "the device out is known in direction out only");
	sel->dscp = -1;
	if (info->attrs[KAME_IPSEC_A_POLICY_DSCP])
		sel->dscp = nla_get_u8(info->attrs[KAME_IPSEC_A_POLICY_DSCP]);
	if (info->attrs[KAME_IPSEC_A_POLICY_MARK_MASK])
		sel->mark_mask = nla_get_u32(info->attrs[KAME_IPSEC_A_POLICY_MARK_MASK]);
	else if (info->attrs[KAME_IPSEC_A_POLICY_MARK])
		sel->mark_mask = ~0U;
	if (info->attrs[KAME_IPSEC_A_POLICY_MARK])
		sel->mark = nla_get_u32(info->attrs[KAME_IPSEC_A_POLICY_MARK]);
	if (sel->mark & ~sel->mark_mask)
		return wrong(info, KAME_IPSEC_A_POLICY_MARK,
			     "the mark has bits that its mask leaves out");
	return 0;
}

static int parse_outer(struct genl_info *info, struct kame_ipsec_tmpl *tmpl)
{
	const struct nlattr *src = info->attrs[KAME_IPSEC_A_POLICY_OUTER_SRC];
	const struct nlattr *dst = info->attrs[KAME_IPSEC_A_POLICY_OUTER_DST];
	int err;

	if (!src)
		return wrong(info, KAME_IPSEC_A_POLICY_OUTER_SRC,
			     "tunnel mode needs both outer addresses");
	if (!dst)
		return wrong(info, KAME_IPSEC_A_POLICY_OUTER_DST,
			     "tunnel mode needs both outer addresses");
	tmpl->family = nla_len(src) == 4 ? AF_INET : AF_INET6;
	err = kame_ipsec_genl_family(tmpl->family, src, info->extack);
	if (!err)
		err = kame_ipsec_genl_addr(src, tmpl->family, &tmpl->src, info->extack);
	if (!err && nla_len(dst) != nla_len(src))
		return wrong(info, KAME_IPSEC_A_POLICY_OUTER_DST,
			     "the outer addresses are of different families");
	if (!err)
		err = kame_ipsec_genl_addr(dst, tmpl->family, &tmpl->dst, info->extack);
	if (err)
		return err;
	if (xfrm_addr_any(&tmpl->src, tmpl->family) || xfrm_addr_any(&tmpl->dst, tmpl->family))
		return wrong(info, KAME_IPSEC_A_POLICY_OUTER_DST,
			     "the outer addresses must be those of the two ends");
	if (tmpl->family == AF_INET ? ipv4_is_multicast(tmpl->dst.a4) :
				      ipv6_addr_is_multicast(&tmpl->dst.in6))
		return wrong(info, KAME_IPSEC_A_POLICY_OUTER_DST,
			     "a tunnel ends at one node, not at a group");
	return 0;
}

static int parse_tmpl(struct genl_info *info, struct kame_ipsec_policy *pol)
{
	struct kame_ipsec_tmpl *tmpl = &pol->tmpl;
	struct nlattr **a = info->attrs;

	if (!a[KAME_IPSEC_A_POLICY_TRANSFORM])
		return wrong(info, KAME_IPSEC_A_POLICY_TRANSFORM,
			     "action protect needs a transform, ESP or AH");
	tmpl->proto = nla_get_u8(a[KAME_IPSEC_A_POLICY_TRANSFORM]);
	if (tmpl->proto != IPPROTO_ESP && tmpl->proto != IPPROTO_AH)
		return wrong(info, KAME_IPSEC_A_POLICY_TRANSFORM,
			     "the transform is neither ESP nor AH");
	if (!a[KAME_IPSEC_A_POLICY_MODE])
		return wrong(info, KAME_IPSEC_A_POLICY_MODE,
			     "action protect needs a mode, transport or tunnel");
	if (a[KAME_IPSEC_A_POLICY_LEVEL])
		tmpl->level = nla_get_u32(a[KAME_IPSEC_A_POLICY_LEVEL]);
	if (a[KAME_IPSEC_A_POLICY_REQID])
		tmpl->reqid = nla_get_u32(a[KAME_IPSEC_A_POLICY_REQID]);
	if (a[KAME_IPSEC_A_POLICY_SPI]) {
		tmpl->spi = nla_get_be32(a[KAME_IPSEC_A_POLICY_SPI]);
		if (!tmpl->spi)
			return wrong(info, KAME_IPSEC_A_POLICY_SPI, "no state has SPI 0");
	}
	tmpl->mode = XFRM_MODE_TRANSPORT;
	tmpl->family = pol->sel.family;
	if (nla_get_u32(a[KAME_IPSEC_A_POLICY_MODE]) == KAME_IPSEC_MODE_TUNNEL) {
		tmpl->mode = XFRM_MODE_TUNNEL;
		return parse_outer(info, tmpl);
	}
	if (a[KAME_IPSEC_A_POLICY_OUTER_SRC])
		return wrong(info, KAME_IPSEC_A_POLICY_OUTER_SRC,
			     "transport mode has no outer addresses");
	if (a[KAME_IPSEC_A_POLICY_OUTER_DST])
		return wrong(info, KAME_IPSEC_A_POLICY_OUTER_DST,
			     "transport mode has no outer addresses");
	return 0;
}

/* Without protection there is nothing to say about it. */
static int check_no_tmpl(struct genl_info *info)
{
	static const int attrs[] = {
		KAME_IPSEC_A_POLICY_TRANSFORM, KAME_IPSEC_A_POLICY_MODE,
		KAME_IPSEC_A_POLICY_OUTER_SRC, KAME_IPSEC_A_POLICY_OUTER_DST,
		KAME_IPSEC_A_POLICY_REQID, KAME_IPSEC_A_POLICY_SPI, KAME_IPSEC_A_POLICY_LEVEL,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++)
		if (info->attrs[attrs[i]])
			return wrong(info, attrs[i], "only action protect has a template");
	return 0;
}

static int parse_policy(struct genl_info *info, struct kame_ipsec_policy *pol)
{
	struct nlattr **a = info->attrs;
	int err;

	if (!a[KAME_IPSEC_A_POLICY_DIR])
		return wrong(info, KAME_IPSEC_A_POLICY_DIR, "the policy has no direction");
	if (!a[KAME_IPSEC_A_POLICY_ACTION])
		return wrong(info, KAME_IPSEC_A_POLICY_ACTION, "the policy has no action");
	pol->dir = nla_get_u32(a[KAME_IPSEC_A_POLICY_DIR]);
	pol->action = nla_get_u32(a[KAME_IPSEC_A_POLICY_ACTION]);
	if (a[KAME_IPSEC_A_POLICY_PRIORITY])
		pol->priority = nla_get_u32(a[KAME_IPSEC_A_POLICY_PRIORITY]);
	if (a[KAME_IPSEC_A_POLICY_INDEX]) {
		pol->index = nla_get_u32(a[KAME_IPSEC_A_POLICY_INDEX]);
		if (!a[KAME_IPSEC_A_POLICY_REPLACE] || !pol->index)
			return wrong(info, KAME_IPSEC_A_POLICY_INDEX,
				     "an index is given by the module, and names the policy to replace");
	}
	err = parse_sel(info, pol->dir, &pol->sel);
	if (err)
		return err;
	return pol->action == KAME_IPSEC_ACTION_PROTECT ? parse_tmpl(info, pol) :
							  check_no_tmpl(info);
}

/**
 * kame_ipsec_genl_parse_policy - read a policy
 * @info: the request
 *
 * Return: a policy that the caller adds or frees, or an ERR_PTR: -EINVAL with
 * info->extack told what is wrong, or -ENOMEM.
 */
struct kame_ipsec_policy *kame_ipsec_genl_parse_policy(struct genl_info *info)
{
	struct kame_ipsec_policy *pol = kame_ipsec_policy_alloc();
	int err;

	if (!pol)
		return ERR_PTR(-ENOMEM);
	err = parse_policy(info, pol);
	if (err) {
		kame_ipsec_policy_free(pol);
		return ERR_PTR(err);
	}
	return pol;
}

/**
 * kame_ipsec_genl_put_addr - write an address
 * @msg: the message
 * @attr: the attribute
 * @addr: the address
 * @family: AF_INET or AF_INET6
 *
 * Return: 0 or -EMSGSIZE.
 */
int kame_ipsec_genl_put_addr(struct sk_buff *msg, int attr, const xfrm_address_t *addr, u8 family)
{
	return nla_put(msg, attr, family == AF_INET ? 4 : 16, addr);
}

static int put_prefix(struct sk_buff *msg, int attr, const xfrm_address_t *addr, u8 len, u8 family)
{
	if (!len)
		return 0;
	return kame_ipsec_genl_put_addr(msg, attr, addr, family) ?: nla_put_u8(msg, attr + 1, len);
}

static int put_range(struct sk_buff *msg, int attr, struct kame_ipsec_range range)
{
	if (kame_ipsec_range_any(range))
		return 0;
	return nla_put_u16(msg, attr, range.min) ?: nla_put_u16(msg, attr + 1, range.max);
}

static int put_upper(struct sk_buff *msg, const struct kame_ipsec_sel *sel)
{
	if (sel->proto && nla_put_u8(msg, KAME_IPSEC_A_POLICY_PROTO, sel->proto))
		return -EMSGSIZE;
	if (sel->proto != IPPROTO_ICMP && sel->proto != IPPROTO_ICMPV6)
		return put_range(msg, KAME_IPSEC_A_POLICY_SPORT_MIN, sel->sport) ?:
		       put_range(msg, KAME_IPSEC_A_POLICY_DPORT_MIN, sel->dport);
	if (!kame_ipsec_range_any(sel->sport) &&
	    nla_put_u8(msg, KAME_IPSEC_A_POLICY_ICMP_TYPE, sel->sport.min))
		return -EMSGSIZE;
	if (!kame_ipsec_range_any(sel->dport) &&
	    nla_put_u8(msg, KAME_IPSEC_A_POLICY_ICMP_CODE, sel->dport.min))
		return -EMSGSIZE;
	return 0;
}

static int put_sel(struct sk_buff *msg, const struct kame_ipsec_sel *sel)
{
	if (nla_put_u8(msg, KAME_IPSEC_A_POLICY_FAMILY, sel->family) ||
	    put_prefix(msg, KAME_IPSEC_A_POLICY_SRC, &sel->src, sel->src_len, sel->family) ||
	    put_prefix(msg, KAME_IPSEC_A_POLICY_DST, &sel->dst, sel->dst_len, sel->family) ||
	    put_upper(msg, sel) ||
	    (sel->iif && nla_put_u32(msg, KAME_IPSEC_A_POLICY_IIF, sel->iif)) ||
	    (sel->oif && nla_put_u32(msg, KAME_IPSEC_A_POLICY_OIF, sel->oif)) ||
	    (sel->dscp >= 0 && nla_put_u8(msg, KAME_IPSEC_A_POLICY_DSCP, sel->dscp)))
		return -EMSGSIZE;
	if (sel->mark_mask && (nla_put_u32(msg, KAME_IPSEC_A_POLICY_MARK, sel->mark) ||
			       nla_put_u32(msg, KAME_IPSEC_A_POLICY_MARK_MASK, sel->mark_mask)))
		return -EMSGSIZE;
	return 0;
}

static int put_tmpl(struct sk_buff *msg, const struct kame_ipsec_tmpl *tmpl)
{
	bool tunnel = tmpl->mode == XFRM_MODE_TUNNEL;

	if (nla_put_u8(msg, KAME_IPSEC_A_POLICY_TRANSFORM, tmpl->proto) ||
	    nla_put_u32(msg, KAME_IPSEC_A_POLICY_MODE,
			tunnel ? KAME_IPSEC_MODE_TUNNEL : KAME_IPSEC_MODE_TRANSPORT) ||
	    nla_put_u32(msg, KAME_IPSEC_A_POLICY_LEVEL, tmpl->level) ||
	    nla_put_u32(msg, KAME_IPSEC_A_POLICY_REQID, tmpl->reqid) ||
	    (tmpl->spi && nla_put_be32(msg, KAME_IPSEC_A_POLICY_SPI, tmpl->spi)))
		return -EMSGSIZE;
	if (!tunnel)
		return 0;
	return kame_ipsec_genl_put_addr(msg, KAME_IPSEC_A_POLICY_OUTER_SRC, &tmpl->src,
					tmpl->family) ?:
	       kame_ipsec_genl_put_addr(msg, KAME_IPSEC_A_POLICY_OUTER_DST, &tmpl->dst,
					tmpl->family);
}

static int put_stats(struct sk_buff *msg, const struct kame_ipsec_policy *pol)
{
	u64 sum[__KAME_IPSEC_STAT_MAX] = {};
	time64_t last = 0;
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct kame_ipsec_pcpu *p = per_cpu_ptr(pol->pcpu, cpu);

		for (i = 0; i < __KAME_IPSEC_STAT_MAX; i++)
			sum[i] += READ_ONCE(p->count[i]);
		last = max(last, READ_ONCE(p->last_use));
	}
	if (nla_put_64bit(msg, KAME_IPSEC_A_POLICY_STATS, sizeof(sum), sum,
			  KAME_IPSEC_A_POLICY_PAD) ||
	    (last && nla_put_u64_64bit(msg, KAME_IPSEC_A_POLICY_LAST_USE, last,
				       KAME_IPSEC_A_POLICY_PAD)))
		return -EMSGSIZE;
	return 0;
}

/**
 * kame_ipsec_genl_put_policy - write a policy
 * @msg: the message
 * @pol: the policy
 *
 * Context: process, kame_ipsec_ns.lock.
 * Return: 0 or -EMSGSIZE.
 */
int kame_ipsec_genl_put_policy(struct sk_buff *msg, const struct kame_ipsec_policy *pol)
{
	if (nla_put_u32(msg, KAME_IPSEC_A_POLICY_INDEX, pol->index) ||
	    nla_put_u32(msg, KAME_IPSEC_A_POLICY_DIR, pol->dir) ||
	    nla_put_u32(msg, KAME_IPSEC_A_POLICY_PRIORITY, pol->priority) ||
	    nla_put_u32(msg, KAME_IPSEC_A_POLICY_ACTION, pol->action) ||
	    nla_put_u32(msg, KAME_IPSEC_A_POLICY_HELD, READ_ONCE(pol->held_nr)) ||
	    put_sel(msg, &pol->sel) || put_stats(msg, pol))
		return -EMSGSIZE;
	return pol->action == KAME_IPSEC_ACTION_PROTECT ? put_tmpl(msg, &pol->tmpl) : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings of a device: from and to netlink attributes.
 */
#include <net/addrconf.h>
#include <net/inet_ecn.h>
#include <net/ipv6.h>
#include <net/netlink.h>

#include "kame_tunnel.h"
#include "kunit.h"

/* Say what is wrong with an attribute. */
#define refuse(extack, attr, msg) ({					\
	NL_SET_ERR_MSG_ATTR(extack, attr, msg);				\
	-EINVAL;							\
})

static int parse_addr(const struct nlattr *attr, struct in6_addr *addr, bool *ipv6,
		      struct netlink_ext_ack *extack)
{
	switch (nla_len(attr)) {
	case sizeof(struct in_addr):
		*ipv6 = false;
		ipv6_addr_set_v4mapped(nla_get_in_addr(attr), addr);
		return 0;
	case sizeof(struct in6_addr):
		*ipv6 = true;
		*addr = nla_get_in6_addr(attr);
		if (ipv6_addr_v4mapped(addr))
			return refuse(extack, attr,
				      "an IPv4-mapped address is no endpoint: give it as IPv4");
		return 0;
	default:
		return refuse(extack, attr, "an endpoint is an IPv4 or an IPv6 address");
	}
}

/* Only unicast addresses that mean the same on the wire are endpoints. */
static int check_addr(const struct nlattr *attr, const struct in6_addr *addr, bool ipv6,
		      struct netlink_ext_ack *extack)
{
	int type = ipv6_addr_type(addr);
	__be32 v4 = addr->s6_addr32[3];

	if (ipv6 ? type & IPV6_ADDR_MULTICAST : ipv4_is_multicast(v4) || ipv4_is_lbcast(v4))
		return refuse(extack, attr, "a multicast or broadcast address is no endpoint");
	if (ipv6 ? type & IPV6_ADDR_LOOPBACK : ipv4_is_loopback(v4))
		return refuse(extack, attr, "a loopback address is no endpoint");
	return 0;
}

static bool is_any(const struct in6_addr *addr, bool ipv6)
{
	return ipv6 ? ipv6_addr_any(addr) : !addr->s6_addr32[3];
}

/* The endpoints, in which a new tunnel and a changed one differ. */
static int parse_endpoints(struct kame_tunnel_cfg *cfg, struct nlattr *data[],
			   struct netlink_ext_ack *extack)
{
	const struct nlattr *local = data[IFLA_KAME_TUNNEL_LOCAL];
	const struct nlattr *remote = data[IFLA_KAME_TUNNEL_REMOTE];
	bool is_new = ipv6_addr_any(&cfg->key.remote), ipv6 = cfg->ipv6;
	int err;

	if (!remote && is_new) {
		NL_SET_ERR_MSG(extack, "a tunnel needs the address of its other end (remote)");
		return -EINVAL;
	}
	if (remote) {
		err = parse_addr(remote, &cfg->key.remote, &ipv6, extack) ?:
		      check_addr(remote, &cfg->key.remote, ipv6, extack);
		if (err)
			return err;
		if (ipv6 && !ipv6_mod_enabled()) {
			NL_SET_ERR_MSG_ATTR(extack, remote, "IPv6 is disabled on this node");
			return -EAFNOSUPPORT;
		}
		if (is_any(&cfg->key.remote, ipv6))
			return refuse(extack, remote,
				      "the other end must be one address, not the unspecified one");
		if (!is_new && ipv6 != cfg->ipv6)
			return refuse(extack, remote,
				      "the outer family of a tunnel can't change: make a new one");
		cfg->ipv6 = ipv6;
	}
	if (local) {
		err = parse_addr(local, &cfg->key.local, &ipv6, extack) ?:
		      check_addr(local, &cfg->key.local, ipv6, extack);
		if (err)
			return err;
		if (ipv6 != cfg->ipv6)
			return refuse(extack, local,
				      "local and remote addresses are of different families");
	} else if (is_new) {
		if (cfg->ipv6)
			cfg->key.local = in6addr_any;
		else
			ipv6_addr_set_v4mapped(htonl(INADDR_ANY), &cfg->key.local);
	}
	if (ipv6_addr_equal(&cfg->key.local, &cfg->key.remote))
		return refuse(extack, remote ?: local, "both ends have the same address");
	return 0;
}

static int parse_link(struct kame_tunnel_cfg *cfg, struct nlattr *data[], struct net *net,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = data[IFLA_KAME_TUNNEL_LINK];

	if (attr) {
		cfg->link = nla_get_u32(attr);
		if (cfg->link && !__dev_get_by_index(net, cfg->link)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "no device has this index where the outer packets are");
			return -ENODEV;
		}
		/* A device that is being made has the index 0 yet. */
		if (cfg->link && cfg->t->dev && cfg->link == cfg->t->dev->ifindex &&
		    net == dev_net(cfg->t->dev))
			return refuse(extack, attr, "a tunnel can't be its own underlay");
	}
	if (cfg->ipv6 && !cfg->link &&
	    (ipv6_addr_type(&cfg->key.remote) | ipv6_addr_type(&cfg->key.local)) &
	    IPV6_ADDR_LINKLOCAL) {
		NL_SET_ERR_MSG(extack, "a link-local endpoint needs the device of its link (dev)");
		return -EINVAL;
	}
	return 0;
}

static int parse_tclass(struct kame_tunnel_cfg *cfg, const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	u16 tclass;

	if (!attr)
		return 0;
	tclass = nla_get_u16(attr);
	if (tclass > KAME_TUNNEL_TCLASS_INHERIT)
		return refuse(extack, attr, "a traffic class is 0 to 255, or inherit");
	cfg->dsfield_inherit = tclass == KAME_TUNNEL_TCLASS_INHERIT;
	if (!cfg->dsfield_inherit && tclass & INET_ECN_MASK)
		return refuse(extack, attr,
			      "the two low bits of a traffic class are ECN's: see the ecn setting");
	cfg->dsfield = cfg->dsfield_inherit ? 0 : tclass;
	return 0;
}

static int parse_flowlabel(struct kame_tunnel_cfg *cfg, const struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	u32 label;

	if (!attr)
		return 0;
	if (!cfg->ipv6)
		return refuse(extack, attr, "only an outer IPv6 header has a flow label");
	label = nla_get_u32(attr);
	if (label > KAME_TUNNEL_FLOWLABEL_INHERIT)
		return refuse(extack, attr, "a flow label is 0 to 0xfffff, auto or inherit");
	cfg->flowlabel_auto = label == KAME_TUNNEL_FLOWLABEL_AUTO;
	cfg->flowlabel_inherit = label == KAME_TUNNEL_FLOWLABEL_INHERIT;
	cfg->flowlabel = label < KAME_TUNNEL_FLOWLABEL_AUTO ? htonl(label) : 0;
	return 0;
}

static int parse_encaplimit(struct kame_tunnel_cfg *cfg, const struct nlattr *attr,
			    struct netlink_ext_ack *extack)
{
	u16 limit;

	if (!attr)
		return 0;
	limit = nla_get_u16(attr);
	if (limit > KAME_TUNNEL_ENCAPLIMIT_NONE)
		return refuse(extack, attr, "an encapsulation limit is 0 to 255, or none");
	if (!cfg->ipv6 && limit != KAME_TUNNEL_ENCAPLIMIT_NONE)
		return refuse(extack, attr, "only an outer IPv6 header has an encapsulation limit");
	cfg->encap_limit = limit == KAME_TUNNEL_ENCAPLIMIT_NONE ? -1 : limit;
	return 0;
}

static void set_defaults(struct kame_tunnel_cfg *cfg)
{
	cfg->hoplimit = KAME_TUNNEL_DEFAULT_HOPLIMIT;
	cfg->encap_limit = cfg->ipv6 ? KAME_TUNNEL_DEFAULT_ENCAPLIMIT : -1;
	cfg->flowlabel_auto = cfg->ipv6;
	cfg->pmtudisc = true;
	cfg->ecn = true;
	cfg->ingress = true;
}

/**
 * kame_tunnel_cfg_parse() - apply netlink attributes to settings
 * @cfg: a copy of the settings to change, or zeroed for a new tunnel; @cfg->t is
 *	set. Not to be used after an error.
 * @data: attributes, indexed by IFLA_KAME_TUNNEL_*
 * @net: namespace of the outer packets
 * @extack: says what is wrong
 *
 * Context: RTNL.
 * Return: 0, -EINVAL or -ENODEV.
 */
int kame_tunnel_cfg_parse(struct kame_tunnel_cfg *cfg, struct nlattr *data[], struct net *net,
			  struct netlink_ext_ack *extack)
{
	bool is_new = ipv6_addr_any(&cfg->key.remote);
	int err;

	err = parse_endpoints(cfg, data, extack);
	if (err)
		return err;
	if (is_new)
		set_defaults(cfg);
	err = parse_link(cfg, data, net, extack) ?:
	      parse_tclass(cfg, data[IFLA_KAME_TUNNEL_TCLASS], extack) ?:
	      parse_flowlabel(cfg, data[IFLA_KAME_TUNNEL_FLOWLABEL], extack) ?:
	      parse_encaplimit(cfg, data[IFLA_KAME_TUNNEL_ENCAPLIMIT], extack);
	if (err)
		return err;

	if (data[IFLA_KAME_TUNNEL_HOPLIMIT])
		cfg->hoplimit = nla_get_u8(data[IFLA_KAME_TUNNEL_HOPLIMIT]);
	if (data[IFLA_KAME_TUNNEL_PMTUDISC])
		cfg->pmtudisc = nla_get_u8(data[IFLA_KAME_TUNNEL_PMTUDISC]);
	if (data[IFLA_KAME_TUNNEL_FWMARK])
		cfg->fwmark = nla_get_u32(data[IFLA_KAME_TUNNEL_FWMARK]);
	if (data[IFLA_KAME_TUNNEL_FWMARK_INHERIT])
		cfg->fwmark_inherit = nla_get_u8(data[IFLA_KAME_TUNNEL_FWMARK_INHERIT]);
	if (data[IFLA_KAME_TUNNEL_ECN])
		cfg->ecn = nla_get_u8(data[IFLA_KAME_TUNNEL_ECN]);
	if (data[IFLA_KAME_TUNNEL_INGRESS])
		cfg->ingress = nla_get_u8(data[IFLA_KAME_TUNNEL_INGRESS]);
	if (data[IFLA_KAME_TUNNEL_MAX_DEPTH])
		cfg->max_depth = nla_get_u8(data[IFLA_KAME_TUNNEL_MAX_DEPTH]);
	if (data[IFLA_KAME_TUNNEL_MAX_NESTING])
		cfg->max_nesting = nla_get_u8(data[IFLA_KAME_TUNNEL_MAX_NESTING]);
	if (cfg->fwmark && cfg->fwmark_inherit)
		return refuse(extack, data[IFLA_KAME_TUNNEL_FWMARK] ?:
			      data[IFLA_KAME_TUNNEL_FWMARK_INHERIT],
			      "the mark is either inherited or given");
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(kame_tunnel_cfg_parse);

static int fill_addr(struct sk_buff *skb, int attr, const struct in6_addr *addr, bool ipv6)
{
	if (is_any(addr, ipv6))
		return 0;
	if (ipv6)
		return nla_put_in6_addr(skb, attr, addr);
	return nla_put_in_addr(skb, attr, addr->s6_addr32[3]);
}

static u32 flowlabel_value(const struct kame_tunnel_cfg *cfg)
{
	if (cfg->flowlabel_auto)
		return KAME_TUNNEL_FLOWLABEL_AUTO;
	if (cfg->flowlabel_inherit)
		return KAME_TUNNEL_FLOWLABEL_INHERIT;
	return ntohl(cfg->flowlabel);
}

/**
 * kame_tunnel_cfg_fill() - put settings and counters into a message
 * @skb: the message
 * @t: the tunnel
 * @cfg: its settings
 *
 * Return: 0 or -EMSGSIZE.
 */
int kame_tunnel_cfg_fill(struct sk_buff *skb, const struct kame_tunnel *t,
			 const struct kame_tunnel_cfg *cfg)
{
	u64 mib[__KAME_TUNNEL_MIB_MAX];

	if (fill_addr(skb, IFLA_KAME_TUNNEL_LOCAL, &cfg->key.local, cfg->ipv6) ||
	    fill_addr(skb, IFLA_KAME_TUNNEL_REMOTE, &cfg->key.remote, cfg->ipv6) ||
	    nla_put_u32(skb, IFLA_KAME_TUNNEL_LINK, cfg->link) ||
	    nla_put_u8(skb, IFLA_KAME_TUNNEL_HOPLIMIT, cfg->hoplimit) ||
	    nla_put_u16(skb, IFLA_KAME_TUNNEL_TCLASS,
			cfg->dsfield_inherit ? KAME_TUNNEL_TCLASS_INHERIT : cfg->dsfield) ||
	    nla_put_u8(skb, IFLA_KAME_TUNNEL_PMTUDISC, cfg->pmtudisc) ||
	    nla_put_u32(skb, IFLA_KAME_TUNNEL_FWMARK, cfg->fwmark) ||
	    nla_put_u8(skb, IFLA_KAME_TUNNEL_FWMARK_INHERIT, cfg->fwmark_inherit) ||
	    nla_put_u8(skb, IFLA_KAME_TUNNEL_ECN, cfg->ecn) ||
	    nla_put_u8(skb, IFLA_KAME_TUNNEL_INGRESS, cfg->ingress) ||
	    nla_put_u8(skb, IFLA_KAME_TUNNEL_MAX_DEPTH, cfg->max_depth) ||
	    nla_put_u8(skb, IFLA_KAME_TUNNEL_MAX_NESTING, cfg->max_nesting) ||
	    nla_put_u8(skb, IFLA_KAME_TUNNEL_LOOPS, test_bit(KAME_TUNNEL_LOOPS, &t->flags)))
		return -EMSGSIZE;
	if (cfg->ipv6 &&
	    (nla_put_u32(skb, IFLA_KAME_TUNNEL_FLOWLABEL, flowlabel_value(cfg)) ||
	     nla_put_u16(skb, IFLA_KAME_TUNNEL_ENCAPLIMIT,
			 cfg->encap_limit < 0 ? KAME_TUNNEL_ENCAPLIMIT_NONE : cfg->encap_limit)))
		return -EMSGSIZE;

	kame_tunnel_mib_read(t->mib, mib);
	return nla_put_64bit(skb, IFLA_KAME_TUNNEL_MIB, sizeof(mib), mib, IFLA_KAME_TUNNEL_PAD);
}

/** kame_tunnel_cfg_size() - room that kame_tunnel_cfg_fill() needs */
size_t kame_tunnel_cfg_size(void)
{
	return 2 * nla_total_size(sizeof(struct in6_addr)) +
	       3 * nla_total_size(sizeof(u32)) +	/* link, fwmark, flow label */
	       2 * nla_total_size(sizeof(u16)) +	/* traffic class, encapsulation limit */
	       8 * nla_total_size(sizeof(u8)) +
	       nla_total_size_64bit(sizeof(u64) * __KAME_TUNNEL_MIB_MAX);
}

static void free_rcu_cb(struct rcu_head *rcu)
{
	struct kame_tunnel_cfg *cfg = container_of(rcu, struct kame_tunnel_cfg, rcu);

	kame_tunnel_route_drop(cfg);
	kfree(cfg);
}

/**
 * kame_tunnel_cfg_put() - free settings when no reader has them any more
 * @cfg: settings that can't be found any more, or NULL
 */
void kame_tunnel_cfg_put(struct kame_tunnel_cfg *cfg)
{
	if (cfg)
		call_rcu(&cfg->rcu, free_rcu_cb);
}

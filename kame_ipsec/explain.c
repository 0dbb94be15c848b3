// SPDX-License-Identifier: GPL-2.0-only
/*
 * What would become of a packet: the steps of the output routine, without a packet.
 */
#include <linux/if_arp.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/xfrm.h>

#include <kame/compat.h>
#include <uapi/linux/kame_ipsec.h>

#include "again.h"
#include "bundle.h"
#include "explain.h"
#include "genl.h"
#include "input.h"
#include "policy.h"
#include "state.h"

/**
 * struct answer - what explain finds out
 * @flow: the packet
 * @verdict: enum kame_ipsec_verdict
 * @pol: the policy, or NULL
 * @x: the state, or NULL; held
 * @route: the packet's own route, or NULL; held
 * @outer: the route of the protected packet, or NULL; held
 * @mtu: the biggest packet that passes, 0 if unknown
 * @again: enum kame_ipsec_again
 * @again_policy: index of the policy that it would meet
 */
struct answer {
	struct kame_ipsec_flow flow;
	u32 verdict;
	struct kame_ipsec_policy *pol;
	struct xfrm_state *x;
	struct dst_entry *route;
	struct dst_entry *outer;
	u32 mtu;
	u32 again;
	u32 again_policy;
};

static int parse_addr(struct genl_info *info, int attr, u8 family, xfrm_address_t *addr)
{
	if (!info->attrs[attr])
		return 0;
	return kame_ipsec_genl_addr(info->attrs[attr], family, addr, info->extack);
}

static int parse_flow(struct genl_info *info, struct kame_ipsec_flow *flow)
{
	struct nlattr **a = info->attrs;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, KAME_IPSEC_A_FLOW_FAMILY) ||
	    GENL_REQ_ATTR_CHECK(info, KAME_IPSEC_A_FLOW_DST)) {
		NL_SET_ERR_MSG_MOD(info->extack, "a packet needs a family and a destination");
		return -EINVAL;
	}
	flow->family = nla_get_u8(a[KAME_IPSEC_A_FLOW_FAMILY]);
	err = kame_ipsec_genl_family(flow->family, a[KAME_IPSEC_A_FLOW_FAMILY], info->extack);
	if (!err)
		err = parse_addr(info, KAME_IPSEC_A_FLOW_SRC, flow->family, &flow->src);
	if (!err)
		err = parse_addr(info, KAME_IPSEC_A_FLOW_DST, flow->family, &flow->dst);
	if (err)
		return err;
	flow->dir = a[KAME_IPSEC_A_FLOW_DIR] ? nla_get_u32(a[KAME_IPSEC_A_FLOW_DIR]) :
					       KAME_IPSEC_DIR_OUT;
	if (a[KAME_IPSEC_A_FLOW_PROTO])
		flow->proto = nla_get_u8(a[KAME_IPSEC_A_FLOW_PROTO]);
	if (!kame_ipsec_flow_is_upper(flow->family, flow->proto)) {
		NL_SET_ERR_MSG_ATTR(info->extack, a[KAME_IPSEC_A_FLOW_PROTO],
				    "an extension header of IPv6 is no upper protocol");
		return -EINVAL;
	}
	if (a[KAME_IPSEC_A_FLOW_SPORT])
		flow->sport = nla_get_u16(a[KAME_IPSEC_A_FLOW_SPORT]);
	if (a[KAME_IPSEC_A_FLOW_DPORT])
		flow->dport = nla_get_u16(a[KAME_IPSEC_A_FLOW_DPORT]);
	if (a[KAME_IPSEC_A_FLOW_IIF])
		flow->iif = nla_get_u32(a[KAME_IPSEC_A_FLOW_IIF]);
	if (a[KAME_IPSEC_A_FLOW_OIF])
		flow->oif = nla_get_u32(a[KAME_IPSEC_A_FLOW_OIF]);
	if (a[KAME_IPSEC_A_FLOW_MARK])
		flow->mark = nla_get_u32(a[KAME_IPSEC_A_FLOW_MARK]);
	if (a[KAME_IPSEC_A_FLOW_DSCP])
		flow->dscp = nla_get_u8(a[KAME_IPSEC_A_FLOW_DSCP]);
	return 0;
}

static struct dst_entry *route4(struct net *net, struct kame_ipsec_flow *flow)
{
	struct flowi4 fl4 = {
		.flowi4_oif = flow->oif,
		.flowi4_mark = flow->mark,
		.flowi4_tos = flow->dscp << 2,
		.flowi4_proto = flow->proto,
		/* The source may be that of a host behind this one. */
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
		.daddr = flow->dst.a4,
		.saddr = flow->src.a4,
	};
	/* Not ip_route_output_key(), by which the kernel's own policies ask for states. */
	struct rtable *rt = __ip_route_output_key(net, &fl4);

	if (IS_ERR(rt))
		return NULL;
	flow->src.a4 = fl4.saddr;
	return &rt->dst;
}

static struct dst_entry *route6(struct net *net, struct kame_ipsec_flow *flow)
{
	struct flowi6 fl6 = {
		.flowi6_oif = flow->oif,
		.flowi6_mark = flow->mark,
		.flowi6_proto = flow->proto,
		.daddr = flow->dst.in6,
		.saddr = flow->src.in6,
	};
	struct dst_entry *dst;

	/* It also chooses the source, as for a socket. */
	if (ip6_dst_lookup(net, NULL, &dst, &fl6))
		return NULL;
	flow->src.in6 = fl6.saddr;
	return dst;
}

/* A route of the packet itself, which tells its source and the device it leaves by */
static bool find_route(struct kame_ipsec_ns *ns, struct answer *ans)
{
	ans->route = ans->flow.family == AF_INET ? route4(ns->net, &ans->flow) :
						   route6(ns->net, &ans->flow);
	if (!ans->route)
		return false;
	ans->flow.oif = ans->route->dev->ifindex;
	ans->mtu = dst_mtu(ans->route);
	return true;
}

/* Whether the hooks see what the encapsulation of a route makes of a packet in its place. A
 * BPF program may change it, and MPLS comes behind them.
 */
static bool makes_another(const struct lwtunnel_state *lwt)
{
	return lwtunnel_output_redirect((struct lwtunnel_state *)lwt) &&
	       lwt->type != LWTUNNEL_ENCAP_BPF;
}

/* Packets that the output routine leaves alone, by their route */
static bool left_alone(struct answer *ans)
{
	const struct dst_entry *dst = ans->route;

	if (dst->dev->flags & IFF_LOOPBACK)
		ans->verdict = KAME_IPSEC_VERDICT_LOCAL;
	else if (dst->flags & DST_NOXFRM)
		ans->verdict = KAME_IPSEC_VERDICT_EXCEPTED;
	else if (netif_is_l3_master(dst->dev))
		ans->verdict = KAME_IPSEC_VERDICT_VRF;
	else if (makes_another(dst->lwtstate))
		ans->verdict = KAME_IPSEC_VERDICT_ENCAP;
	else
		return false;
	return true;
}

static bool to_group(const struct answer *ans)
{
	const struct kame_ipsec_flow *flow = &ans->flow;

	if (flow->family == AF_INET6)
		return ipv6_addr_is_multicast(&flow->dst.in6);
	return ipv4_is_multicast(flow->dst.a4) ||
	       container_of(ans->route, struct rtable, dst)->rt_flags &
	       (RTCF_BROADCAST | RTCF_MULTICAST);
}

static bool is_tunnel(const struct net_device *dev)
{
	switch (dev->type) {
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_IP6GRE:
	case ARPHRD_NONE:
		return true;
	default:
		return false;
	}
}

static void find_outer(struct kame_ipsec_ns *ns, struct answer *ans)
{
	const struct net_device *dev = ans->route->dev;
	struct xfrm_state *x = ans->x;
	u32 mark = 0;
	int l3mdev = 0;

	if (netif_is_l3_slave(dev))
		l3mdev = l3mdev_master_ifindex_rcu((struct net_device *)dev);
	if (x->props.smark.v || x->props.smark.m)
		mark = xfrm_smark_get(ans->flow.mark, x);
	if (x->props.mode == XFRM_MODE_TUNNEL) {
		ans->outer = kame_ipsec_bundle_route(ns->net, x, l3mdev, mark);
		if (IS_ERR(ans->outer)) {
			ans->outer = NULL;
			ans->verdict = KAME_IPSEC_VERDICT_NO_ROUTE;
			return;
		}
	} else {
		ans->outer = ans->route;
		dst_hold(ans->outer);
	}
	ans->mtu = kame_ipsec_bundle_mtu(x, dst_mtu(ans->outer), ans->flow.family);
	ans->again_policy = kame_ipsec_again_policy(ns, x, ans->outer->dev->ifindex,
						    ans->flow.mark);
	if (ans->again_policy)
		ans->again = KAME_IPSEC_AGAIN_ITSELF;
	else if (is_tunnel(ans->outer->dev))
		ans->again = KAME_IPSEC_AGAIN_DEVICE;
}

/* A walk over all states, for one that a packet may come in by */
struct in_search {
	const struct kame_ipsec_policy *pol;
	const struct kame_ipsec_flow *flow;
	struct kame_ipsec_found *found;
	struct xfrm_state *x;
};

static int search_in(struct xfrm_state *x, int count, void *data)
{
	struct in_search *search = data;

	if (search->x || x->km.state != XFRM_STATE_VALID || !kame_xfrm_state_may_receive(x) ||
	    !kame_ipsec_input_state_fits(search->pol, x, search->flow))
		return 0;
	if (!kame_ipsec_state_takes(x, search->flow)) {
		search->found->outside = true;
		return 0;
	}
	search->x = x;
	xfrm_state_hold(x);
	return 0;
}

/* What comes in has a state already, and any will do that the policy doesn't exclude. */
static struct xfrm_state *find_in(struct net *net, const struct answer *ans,
				  struct kame_ipsec_found *found)
{
	struct in_search search = { .pol = ans->pol, .flow = &ans->flow, .found = found };
	struct xfrm_state_walk walk;

	*found = (struct kame_ipsec_found){};
	xfrm_state_walk_init(&walk, ans->pol->tmpl.proto, NULL);
	xfrm_state_walk(net, &walk, search_in, &search);
	xfrm_state_walk_done(&walk, net);
	return search.x;
}

static void find_state(struct kame_ipsec_ns *ns, struct answer *ans)
{
	struct kame_ipsec_found found;

	if (ans->route)
		ans->x = kame_ipsec_state_find(ns->net, ans->pol, &ans->flow, &found);
	else
		ans->x = find_in(ns->net, ans, &found);
	if (ans->x) {
		ans->verdict = KAME_IPSEC_VERDICT_PROTECT;
		if (ans->route)
			find_outer(ns, ans);
	} else if (found.outside) {
		ans->verdict = KAME_IPSEC_VERDICT_OUTSIDE;
	} else if (kame_ipsec_policy_required(ans->pol)) {
		ans->verdict = KAME_IPSEC_VERDICT_NO_STATE;
	} else {
		ans->verdict = KAME_IPSEC_VERDICT_UNPROTECTED;
	}
}

static void find_answer(struct kame_ipsec_ns *ns, struct answer *ans)
{
	if (ans->flow.dir == KAME_IPSEC_DIR_OUT && !find_route(ns, ans)) {
		ans->verdict = KAME_IPSEC_VERDICT_NO_ROUTE;
		return;
	}
	if (ans->route && left_alone(ans))
		return;
	ans->pol = kame_ipsec_spd_lookup(&ns->spd, &ans->flow);
	if (!ans->pol) {
		ans->verdict = KAME_IPSEC_VERDICT_CLEAR;
		return;
	}
	switch (ans->pol->action) {
	case KAME_IPSEC_ACTION_PROTECT:
		if (ans->route && to_group(ans))
			ans->verdict = KAME_IPSEC_VERDICT_GROUP;
		else
			find_state(ns, ans);
		break;
	case KAME_IPSEC_ACTION_BYPASS:
		ans->verdict = KAME_IPSEC_VERDICT_BYPASS;
		break;
	default:
		ans->verdict = KAME_IPSEC_VERDICT_DISCARD;
	}
}

static int put_state(struct sk_buff *msg, const struct xfrm_state *x)
{
	bool tunnel = x->props.mode == XFRM_MODE_TUNNEL;

	if (nla_put_u8(msg, KAME_IPSEC_A_FLOW_TRANSFORM, x->id.proto) ||
	    nla_put_u32(msg, KAME_IPSEC_A_FLOW_MODE,
			tunnel ? KAME_IPSEC_MODE_TUNNEL : KAME_IPSEC_MODE_TRANSPORT) ||
	    nla_put_be32(msg, KAME_IPSEC_A_FLOW_SPI, x->id.spi) ||
	    nla_put_u32(msg, KAME_IPSEC_A_FLOW_REQID, x->props.reqid) ||
	    (x->encap && nla_put_flag(msg, KAME_IPSEC_A_FLOW_ENCAP)))
		return -EMSGSIZE;
	return kame_ipsec_genl_put_addr(msg, KAME_IPSEC_A_FLOW_OUTER_SRC, &x->props.saddr,
					x->props.family) ?:
	       kame_ipsec_genl_put_addr(msg, KAME_IPSEC_A_FLOW_OUTER_DST, &x->id.daddr,
					x->props.family);
}

static int put_answer(struct sk_buff *msg, const struct answer *ans)
{
	const struct kame_ipsec_flow *flow = &ans->flow;

	if (nla_put_u32(msg, KAME_IPSEC_A_FLOW_VERDICT, ans->verdict) ||
	    kame_ipsec_genl_put_addr(msg, KAME_IPSEC_A_FLOW_SRC, &flow->src, flow->family) ||
	    (flow->oif && nla_put_u32(msg, KAME_IPSEC_A_FLOW_OIF, flow->oif)) ||
	    (ans->pol && nla_put_u32(msg, KAME_IPSEC_A_FLOW_POLICY, ans->pol->index)) ||
	    (ans->mtu && nla_put_u32(msg, KAME_IPSEC_A_FLOW_MTU, ans->mtu)) ||
	    nla_put_u32(msg, KAME_IPSEC_A_FLOW_AGAIN, ans->again) ||
	    (ans->again_policy &&
	     nla_put_u32(msg, KAME_IPSEC_A_FLOW_AGAIN_POLICY, ans->again_policy)) ||
	    (ans->outer &&
	     nla_put_u32(msg, KAME_IPSEC_A_FLOW_OUTER_OIF, ans->outer->dev->ifindex)))
		return -EMSGSIZE;
	return ans->x ? put_state(msg, ans->x) : 0;
}

/**
 * kame_ipsec_explain - say what would become of a packet
 * @ns: the namespace
 * @info: the request
 * @msg: the answer is appended
 *
 * Context: process.
 * Return: 0, or -EINVAL with info->extack told what is wrong, or -EMSGSIZE.
 */
int kame_ipsec_explain(struct kame_ipsec_ns *ns, struct genl_info *info, struct sk_buff *msg)
{
	struct answer ans = {};
	int err;

	err = parse_flow(info, &ans.flow);
	if (err)
		return err;
	local_bh_disable();
	rcu_read_lock();
	find_answer(ns, &ans);
	err = put_answer(msg, &ans);
	rcu_read_unlock();
	local_bh_enable();
	if (ans.x)
		xfrm_state_put(ans.x);
	dst_release(ans.route);
	dst_release(ans.outer);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Links, prefixes and routers as netlink attributes. Each function returns 0, or
 * -EMSGSIZE where the message has no room. The caller holds the namespace's lock.
 */
#include <linux/netdevice.h>
#include <net/netlink.h>

#include <uapi/linux/kame_nd.h>

#include "genl_fill.h"
#include "netns.h"
#include "table.h"

/* Routers listed with a prefix, so that a few prefixes fit in a message */
#define MEMBERS_MAX 32

static int put_dev(struct sk_buff *msg, const struct kame_nd_link *link, int ifindex, int ifname)
{
	struct net_device *dev;
	int err;

	err = nla_put_u32(msg, ifindex, link->ifindex);
	rcu_read_lock();
	dev = dev_get_by_index_rcu(link->ns->net, link->ifindex);
	if (dev && !err)
		err = nla_put_string(msg, ifname, dev->name);
	rcu_read_unlock();
	return err;
}

int kame_nd_put_link(struct sk_buff *msg, const struct kame_nd_link *link)
{
	const struct kame_nd_settings *set = &link->set;

	if (put_dev(msg, link, KAME_ND_A_LINK_IFINDEX, KAME_ND_A_LINK_IFNAME) ||
	    nla_put_u8(msg, KAME_ND_A_LINK_ENABLED, set->enabled) ||
	    nla_put_u32(msg, KAME_ND_A_LINK_PROBES, set->probes) ||
	    nla_put_u32(msg, KAME_ND_A_LINK_INTERVAL, set->interval) ||
	    nla_put_u32(msg, KAME_ND_A_LINK_HOLD_DOWN, set->hold_down) ||
	    nla_put_u32(msg, KAME_ND_A_LINK_PROBE_RATE, set->probe_rate) ||
	    nla_put_u32(msg, KAME_ND_A_LINK_MAX_PREFIXES, set->max_prefixes) ||
	    nla_put_u32(msg, KAME_ND_A_LINK_MAX_ROUTERS, set->max_routers) ||
	    nla_put_u32(msg, KAME_ND_A_LINK_LEFT_OUT, set->left_out) ||
	    nla_put_u32(msg, KAME_ND_A_LINK_PREFIXES, link->n_prefixes) ||
	    nla_put_u32(msg, KAME_ND_A_LINK_ROUTERS, link->n_routers) ||
	    nla_put_u8(msg, KAME_ND_A_LINK_RULE_5_5, set->rule_5_5) ||
	    nla_put_u8(msg, KAME_ND_A_LINK_SOURCE_ROUTER, set->source_router))
		return -EMSGSIZE;
	return 0;
}

static int put_members(struct sk_buff *msg, const struct kame_nd_prefix *prefix)
{
	const struct kame_nd_edge *edge;
	unsigned int n = 0;
	struct nlattr *nest;

	list_for_each_entry(edge, &prefix->edges, of_prefix) {
		if (n++ == MEMBERS_MAX)
			break;
		nest = nla_nest_start(msg, KAME_ND_A_PREFIX_ROUTER);
		if (!nest ||
		    nla_put_in6_addr(msg, KAME_ND_A_MEMBER_ADDRESS, &edge->router->addr) ||
		    nla_put_u32(msg, KAME_ND_A_MEMBER_REACH, edge->router->reach) ||
		    nla_put_u32(msg, KAME_ND_A_MEMBER_LEFT_OUT, edge->left_out))
			return -EMSGSIZE;
		nla_nest_end(msg, nest);
	}
	return 0;
}

int kame_nd_put_prefix(struct sk_buff *msg, const struct kame_nd_prefix *prefix)
{
	u64 now = kame_nd_now();

	if (put_dev(msg, prefix->link, KAME_ND_A_PREFIX_IFINDEX, KAME_ND_A_PREFIX_IFNAME) ||
	    nla_put_in6_addr(msg, KAME_ND_A_PREFIX_PREFIX, &prefix->addr) ||
	    nla_put_u32(msg, KAME_ND_A_PREFIX_LENGTH, prefix->len) ||
	    nla_put_u8(msg, KAME_ND_A_PREFIX_ON_LINK, prefix->on_link) ||
	    nla_put_u8(msg, KAME_ND_A_PREFIX_AUTONOMOUS, prefix->autonomous) ||
	    nla_put_u32(msg, KAME_ND_A_PREFIX_STATE, prefix->verdict.state) ||
	    nla_put_u32(msg, KAME_ND_A_PREFIX_REASON, prefix->verdict.reason) ||
	    nla_put_u32(msg, KAME_ND_A_PREFIX_PIN, prefix->pin) ||
	    nla_put_u32(msg, KAME_ND_A_PREFIX_ROUTERS, prefix->n_edges) ||
	    nla_put_u64_64bit(msg, KAME_ND_A_PREFIX_VALID,
			      kame_nd_lifetime_left(now, prefix->valid), KAME_ND_A_PREFIX_PAD) ||
	    nla_put_u64_64bit(msg, KAME_ND_A_PREFIX_PREFERRED,
			      kame_nd_lifetime_left(now, prefix->preferred),
			      KAME_ND_A_PREFIX_PAD) ||
	    nla_put_u64_64bit(msg, KAME_ND_A_PREFIX_SINCE, now - prefix->since,
			      KAME_ND_A_PREFIX_PAD))
		return -EMSGSIZE;
	return put_members(msg, prefix);
}

int kame_nd_put_router(struct sk_buff *msg, const struct kame_nd_router *router)
{
	u64 now = kame_nd_now();

	if (put_dev(msg, router->link, KAME_ND_A_ROUTER_IFINDEX, KAME_ND_A_ROUTER_IFNAME) ||
	    nla_put_in6_addr(msg, KAME_ND_A_ROUTER_ADDRESS, &router->addr) ||
	    (router->lladdr_len && nla_put(msg, KAME_ND_A_ROUTER_LLADDR, router->lladdr_len,
					   router->lladdr)) ||
	    nla_put_u32(msg, KAME_ND_A_ROUTER_REACH, router->reach) ||
	    nla_put_u8(msg, KAME_ND_A_ROUTER_MANAGED, router->managed) ||
	    nla_put_u8(msg, KAME_ND_A_ROUTER_OTHER, router->other) ||
	    nla_put_s32(msg, KAME_ND_A_ROUTER_PREFERENCE, router->preference) ||
	    nla_put_u32(msg, KAME_ND_A_ROUTER_PREFIXES, router->n_edges) ||
	    nla_put_u64_64bit(msg, KAME_ND_A_ROUTER_LIFETIME,
			      kame_nd_lifetime_left(now, router->expires),
			      KAME_ND_A_ROUTER_PAD) ||
	    nla_put_u64_64bit(msg, KAME_ND_A_ROUTER_HEARD, now - router->heard,
			      KAME_ND_A_ROUTER_PAD))
		return -EMSGSIZE;
	return 0;
}

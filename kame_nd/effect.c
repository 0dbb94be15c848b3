// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the state of a prefix does to the routing table and to the addresses of
 * its device.
 */
#include <linux/netdevice.h>
#include <net/net_namespace.h>

#include "effect.h"
#include "mib.h"
#include "netns.h"
#include "table.h"

static void apply(struct kame_nd_prefix *prefix, enum kame_nd_state state)
{
	const struct kame_nd_routes routes = { .dst = &prefix->addr, .len = prefix->len };
	bool detach = state == KAME_ND_STATE_DETACHED, changed;
	struct kame_nd_ns *ns = prefix->link->ns;
	struct net *net = ns->net;
	struct net_device *dev;
	unsigned int n;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(net, prefix->link->ifindex);
	if (dev) {
		n = kame_nd_effect_routes(ns, &routes, dev, detach);
		kame_nd_mib_add(ns, detach ? KAME_ND_MIB_ROUTE_DETACHED :
				KAME_ND_MIB_ROUTE_RESTORED, n);
		changed = n;
		changed |= kame_nd_effect_addr(prefix, dev, state != KAME_ND_STATE_ATTACHED);
		/* Cached routes and connected sockets choose anew. */
		if (changed)
			rt_genid_bump_ipv6(net);
	}
	rcu_read_unlock();
	prefix->applied = state;
}

/**
 * kame_nd_effect_apply - give routes and addresses the state of their prefix
 * @prefix: the prefix, settled
 *
 * Does no harm where it is done twice, and is done again whenever something may
 * have undone it: an advertisement, a device that came up, a new address.
 */
void kame_nd_effect_apply(struct kame_nd_prefix *prefix)
{
	enum kame_nd_state state = prefix->verdict.state;

	lockdep_assert_held(&prefix->link->ns->lock);
	if (state != KAME_ND_STATE_ATTACHED || prefix->applied != state)
		apply(prefix, state);
}

/**
 * kame_nd_effect_forget - leave routes and addresses as stock would have them
 * @prefix: the prefix, which is about to be forgotten
 */
void kame_nd_effect_forget(struct kame_nd_prefix *prefix)
{
	if (prefix->applied != KAME_ND_STATE_ATTACHED)
		apply(prefix, KAME_ND_STATE_ATTACHED);
	kame_nd_effect_addr_forget(prefix);
}

/**
 * kame_nd_effect_router - take the default route by a router out of use, or put it back
 * @router: the router
 * @dead: whether it is out of use
 *
 * Does no harm where it is done twice, as above.
 */
void kame_nd_effect_router(struct kame_nd_router *router, bool dead)
{
	const struct kame_nd_routes routes = { .dst = &in6addr_any, .gateway = &router->addr };
	struct kame_nd_ns *ns = router->link->ns;
	struct net_device *dev;
	unsigned int n = 0;

	lockdep_assert_held(&ns->lock);
	if (!dead && !router->dead)
		return;
	rcu_read_lock();
	dev = dev_get_by_index_rcu(ns->net, router->ifindex);
	if (dev)
		n = kame_nd_effect_routes(ns, &routes, dev, dead);
	if (n)
		rt_genid_bump_ipv6(ns->net);
	rcu_read_unlock();
	kame_nd_mib_add(ns, dead ? KAME_ND_MIB_DEFAULT_DEAD : KAME_ND_MIB_DEFAULT_RESTORED, n);
	router->dead = dead;
}

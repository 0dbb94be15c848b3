// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the state of a prefix does to the routing table and to the addresses of
 * its device.
 */
#include <linux/netdevice.h>
#include <net/net_namespace.h>

#include "effect.h"
#include "netns.h"
#include "table.h"

static void apply(struct kame_nd_prefix *prefix, enum kame_nd_state state)
{
	struct net *net = prefix->link->ns->net;
	struct net_device *dev;
	bool changed;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(net, prefix->link->ifindex);
	if (dev) {
		changed = kame_nd_effect_route(prefix, dev, state == KAME_ND_STATE_DETACHED);
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

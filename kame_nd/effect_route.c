// SPDX-License-Identifier: GPL-2.0-only
/*
 * A detached prefix is not on-link, and an unreachable router is no default router:
 * the nexthop of the route is marked dead, as the kernel itself does for a device that
 * is down. The route stays, with its metric and its lifetime, which advertisements go
 * on to refresh; lookups pass it by, and rtnetlink shows it as "dead".
 */
#include <linux/math64.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6_stubs.h>
#include <net/l3mdev.h>

#include "effect.h"
#include "netns.h"
#include "table.h"

static struct fib6_table *device_table(struct net *net, const struct net_device *dev)
{
	u32 id = l3mdev_fib_table_rcu(dev);

	return ipv6_stub->fib6_get_table(net, id ? id : RT6_TABLE_MAIN);
}

static bool bit_is_set(const struct in6_addr *addr, unsigned int bit)
{
	return addr->s6_addr[bit / 8] & (0x80 >> bit % 8);
}

/* The node that holds the routes to the prefix, if there are any. A lookup would
 * not do: it does not find routes that are dead.
 */
static struct fib6_node *find_node(struct fib6_table *table, const struct in6_addr *addr, u8 len)
{
	struct fib6_node *node = &table->tb6_root;

	while (node && node->fn_bit < len)
		node = bit_is_set(addr, node->fn_bit) ?
			rcu_dereference_protected(node->right,
						  lockdep_is_held(&table->tb6_lock)) :
			rcu_dereference_protected(node->left,
						  lockdep_is_held(&table->tb6_lock));
	return node && node->fn_bit == len ? node : NULL;
}

static bool is_by(const struct fib6_nh *nh, const struct in6_addr *gateway)
{
	if (!gateway)
		return !nh->fib_nh_gw_family;
	return nh->fib_nh_gw_family == AF_INET6 && ipv6_addr_equal(&nh->fib_nh_gw6, gateway);
}

/* Routes that an advertisement made, in the kernel or by a daemon. What somebody
 * set by hand isn't ours, nor is what an address set by hand brought with it. An
 * address that was there and went leaves the kernel's route without its mark, but
 * with a lifetime again; so do addresses that daemons keep up.
 */
static bool is_ours(const struct fib6_info *rt, const struct kame_nd_routes *routes,
		    const struct net_device *dev)
{
	const u32 from_ra = RTF_ADDRCONF | (routes->gateway ? RTF_DEFAULT : RTF_PREFIX_RT);

	if (rt->fib6_dst.plen != routes->len || rt->fib6_src.plen || rt->nh ||
	    rt->fib6_type != RTN_UNICAST ||
	    !ipv6_addr_equal(&rt->fib6_dst.addr, routes->dst))
		return false;
	if (rt->fib6_nh->fib_nh_dev != dev || !is_by(rt->fib6_nh, routes->gateway))
		return false;
	return (rt->fib6_flags & from_ra) == from_ra || rt->fib6_protocol == RTPROT_RA ||
		(!routes->gateway && rt->fib6_flags & RTF_EXPIRES && rt->fib6_protocol == RTPROT_KERNEL);
}

static bool is_passed_by(const struct fib6_nh *nh)
{
	return nh->fib_nh_flags & RTNH_F_DEAD ||
		(nh->fib_nh_flags & RTNH_F_LINKDOWN && ip6_ignore_linkdown(nh->fib_nh_dev));
}

/* A route with several next hops, as networkd and NetworkManager make of two routers:
 * flows are spread over them by bounds of a hash, and one that is dead must have no
 * share. The kernel does so where a device goes down, by a function that it keeps to itself.
 */
static void share_out(struct fib6_info *first)
{
	struct fib6_info *rt = first;
	u64 total = 0, sum = 0;

	do {
		if (!is_passed_by(rt->fib6_nh))
			total += rt->fib6_nh->fib_nh_weight;
		rt = list_next_entry(rt, fib6_siblings);
	} while (rt != first);
	do {
		if (is_passed_by(rt->fib6_nh)) {
			atomic_set(&rt->fib6_nh->fib_nh_upper_bound, -1);
		} else {
			sum += rt->fib6_nh->fib_nh_weight;
			atomic_set(&rt->fib6_nh->fib_nh_upper_bound,
				   DIV_ROUND_CLOSEST_ULL(sum << 31, total) - 1);
		}
		rt = list_next_entry(rt, fib6_siblings);
	} while (rt != first);
}

static bool set_dead(struct fib6_info *rt, bool dead)
{
	struct fib6_nh *nh = rt->fib6_nh;

	if (dead == !!(nh->fib_nh_flags & RTNH_F_DEAD))
		return false;
	if (dead)
		nh->fib_nh_flags |= RTNH_F_DEAD;
	else
		nh->fib_nh_flags &= ~RTNH_F_DEAD;
	return true;
}

/* Marks the routes, and tells listeners. One that changed is held, in @changed; all of
 * them are of one node.
 */
static unsigned int mark(struct kame_nd_ns *ns, struct fib6_table *table,
			 const struct kame_nd_routes *routes, const struct net_device *dev, bool dead,
			 struct fib6_info **changed)
{
	struct nl_info info = { .nl_net = ns->net };
	struct fib6_info *rt, *first = NULL;
	struct fib6_node *node;
	unsigned int n = 0;

	spin_lock_bh(&table->tb6_lock);
	node = find_node(table, routes->dst, routes->len);
	rt = node ? rcu_dereference_protected(node->leaf,
					      lockdep_is_held(&table->tb6_lock)) : NULL;
	for (; rt; rt = rcu_dereference_protected(rt->fib6_next,
						  lockdep_is_held(&table->tb6_lock))) {
		/* Next hops of one route follow each other. */
		if (rt->fib6_nsiblings && (!first || first->fib6_metric != rt->fib6_metric))
			first = rt;
		if (!is_ours(rt, routes, dev) || !set_dead(rt, dead))
			continue;
		if (rt->fib6_nsiblings)
			share_out(first);
		ipv6_stub->fib6_rt_update(ns->net, rt, &info);
		if (!n++) {
			fib6_info_hold(rt);
			*changed = rt;
		}
	}
	spin_unlock_bh(&table->tb6_lock);
	return n;
}

/**
 * kame_nd_effect_routes - take routes out of use, or put them back
 * @ns: the namespace
 * @routes: which routes
 * @dev: their device
 * @dead: whether they are out of use
 *
 * Context: RCU.
 * Return: the number of routes that changed.
 */
unsigned int kame_nd_effect_routes(struct kame_nd_ns *ns, const struct kame_nd_routes *routes,
				   struct net_device *dev, bool dead)
{
	struct fib6_info *changed;
	struct fib6_table *table;
	unsigned int n;

	/* A device that is down has no routes that are alive. */
	if (!dead && !(dev->flags & IFF_UP))
		return 0;
	table = device_table(ns->net, dev);
	if (!table)
		return 0;
	n = mark(ns, table, routes, dev, dead, &changed);
	if (n) {
		/* takes the table's lock */
		ipv6_stub->fib6_update_sernum(ns->net, changed);
		fib6_info_release(changed);
	}
	return n;
}

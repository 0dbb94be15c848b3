// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prefixes, routers, and who advertises what. Every change keeps the counts
 * that the state rule asks for, so that a change costs time for what it touches
 * and not for all there is.
 */
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/ipv6.h>

#include "effect.h"
#include "genl.h"
#include "mib.h"
#include "netns.h"
#include "probe.h"
#include "source.h"
#include "table.h"
#include "watch.h"

/**
 * kame_nd_now - the time by which lifetimes run
 *
 * Return: milliseconds since boot, the time suspended included.
 */
u64 kame_nd_now(void)
{
	return ktime_to_ms(ktime_get_boottime());
}

/* A list of what is known changes: who is reading it will see a part of each. */
void kame_nd_listed(struct kame_nd_ns *ns)
{
	lockdep_assert_held(&ns->lock);
	if (!++ns->listed)
		ns->listed = 1;
}

/**
 * kame_nd_list_last - move a router or prefix to the end of a list of its link
 * @ns: the namespace, locked
 * @entry: what is moved
 * @list: the list, which it may be in already
 */
void kame_nd_list_last(struct kame_nd_ns *ns, struct list_head *entry, struct list_head *list)
{
	if (list_is_last(entry, list))
		return;
	list_move_tail(entry, list);
	kame_nd_listed(ns);
}

static u32 hash_addr(const struct kame_nd_ns *ns, int ifindex, u8 len,
		     const struct in6_addr *addr)
{
	u64 word[2];

	memcpy(word, addr, sizeof(word));
	return siphash_3u64(word[0], word[1], (u64)ifindex << 8 | len, &ns->key);
}

static u32 hash_edge(const struct kame_nd_ns *ns, const struct kame_nd_prefix *prefix,
		     const struct kame_nd_router *router)
{
	return siphash_2u64((unsigned long)prefix, (unsigned long)router, &ns->key);
}

/* A count that leaves 0 or comes to 0 changes what prefixes without routers are. */
static void count(struct kame_nd_ns *ns, unsigned int *of_link, unsigned int *of_ns, bool more)
{
	unsigned int edge = more ? 0 : 1;

	if (*of_link == edge || *of_ns == edge)
		ns->rescope = true;
	*of_link += more ? 1 : -1;
	*of_ns += more ? 1 : -1;
}

static void count_prefix(struct kame_nd_prefix *prefix, bool more)
{
	struct kame_nd_link *link = prefix->link;

	count(link->ns, &link->scope.prefixes, &link->ns->scope.prefixes, more);
	kame_nd_list_last(link->ns, &prefix->list, more ? &link->prefixes : &link->orphans);
}

static void count_bare(struct kame_nd_router *router, bool more)
{
	struct kame_nd_link *link = router->link;

	count(link->ns, &link->scope.bare, &link->ns->scope.bare, more);
}

/* A prefix gains or loses a live router. */
static void count_live(struct kame_nd_edge *edge, bool more)
{
	struct kame_nd_prefix *prefix = edge->prefix;

	if (more ? !prefix->live++ : !--prefix->live)
		count_prefix(prefix, more);
	if (!edge->dropped)
		prefix->fresh += more ? 1 : -1;
	kame_nd_prefix_touch(prefix);
	kame_nd_source_touch(prefix->link);
}

/* Routers */

/**
 * kame_nd_router_find - a router, if it is known
 * @ns: the namespace
 * @ifindex: the device
 * @addr: the router's link-local address
 *
 * Context: RCU, or the namespace's lock.
 * Return: the router or NULL.
 */
struct kame_nd_router *kame_nd_router_find(struct kame_nd_ns *ns, int ifindex,
					   const struct in6_addr *addr)
{
	struct kame_nd_router *router;

	hash_for_each_possible_rcu(ns->routers, router, hnode, hash_addr(ns, ifindex, 128, addr),
				   lockdep_is_held(&ns->lock)) {
		if (router->ifindex == ifindex && ipv6_addr_equal(&router->addr, addr))
			return router;
	}
	return NULL;
}

/* Have its default route taken out of use, or put back. */
void kame_nd_router_touch(struct kame_nd_router *router)
{
	if (list_empty(&router->dirty))
		list_add_tail(&router->dirty, &router->link->ns->dirty_routers);
}

/* Where no router is reachable each of them is as good as the other. */
static bool only_unreachable(const struct kame_nd_link *link)
{
	return link->n_routers == link->n_unreachable;
}

static void touch_unreachable(struct kame_nd_link *link)
{
	struct kame_nd_router *router;

	list_for_each_entry(router, &link->unreachable, list)
		kame_nd_router_touch(router);
}

/* Room for one more router: one that is unreachable goes for it. */
static bool make_room_for_router(struct kame_nd_link *link)
{
	if (link->n_routers < link->set.max_routers)
		return true;
	kame_nd_mib_inc(link->ns, KAME_ND_MIB_ROUTER_BOUND);
	if (list_empty(&link->unreachable))
		return false;
	kame_nd_router_del(list_first_entry(&link->unreachable, struct kame_nd_router, list),
			   KAME_ND_CAUSE_BOUND);
	return link->n_routers < link->set.max_routers;
}

/**
 * kame_nd_router_add - make a router known
 * @link: where it was heard
 * @addr: its link-local address, not known yet
 *
 * Return: the router, or NULL without memory or over max-routers.
 */
struct kame_nd_router *kame_nd_router_add(struct kame_nd_link *link, const struct in6_addr *addr)
{
	struct kame_nd_ns *ns = link->ns;
	struct kame_nd_router *router;

	lockdep_assert_held(&ns->lock);
	if (!make_room_for_router(link))
		return NULL;
	router = kzalloc(sizeof(*router), GFP_KERNEL);
	if (!router) {
		kame_nd_mib_inc(ns, KAME_ND_MIB_RA_NO_MEMORY);
		return NULL;
	}
	router->link = link;
	router->ifindex = link->ifindex;
	router->addr = *addr;
	router->reach = KAME_ND_REACH_UNKNOWN;
	INIT_LIST_HEAD(&router->edges);
	INIT_LIST_HEAD(&router->probe);
	INIT_LIST_HEAD(&router->dirty);
	if (only_unreachable(link))
		touch_unreachable(link);
	list_add_tail(&router->list, &link->routers);
	kame_nd_listed(ns);
	link->n_routers++;
	count_bare(router, true);
	hash_add_rcu(ns->routers, &router->hnode, hash_addr(ns, link->ifindex, 128, addr));
	kame_nd_mib_inc(ns, KAME_ND_MIB_ROUTER_LEARNED);
	return router;
}

/**
 * kame_nd_router_del - forget a router
 * @router: the router; gone on return
 * @cause: why
 */
void kame_nd_router_del(struct kame_nd_router *router, enum kame_nd_cause cause)
{
	struct kame_nd_link *link = router->link;
	struct kame_nd_edge *edge, *next;

	lockdep_assert_held(&link->ns->lock);
	kame_nd_genl_router(router, cause, true);
	list_for_each_entry_safe(edge, next, &router->edges, of_router)
		kame_nd_edge_del(edge);
	if (kame_nd_router_live(router))
		count_bare(router, false);
	else
		link->n_unreachable--;
	kame_nd_probe_stop(router);
	kame_nd_effect_router(router, false);
	list_del(&router->dirty);
	hash_del_rcu(&router->hnode);
	list_del(&router->list);
	kame_nd_listed(link->ns);
	link->n_routers--;
	if (only_unreachable(link))
		touch_unreachable(link);
	kame_nd_source_touch(link);
	kfree_rcu(router, rcu);
}

/**
 * kame_nd_router_set_reach - note the reachability of a router
 * @router: the router
 * @reach: what it is now
 *
 * The caller settles states afterwards.
 */
void kame_nd_router_set_reach(struct kame_nd_router *router, enum kame_nd_reach reach)
{
	struct kame_nd_link *link = router->link;
	bool was_live = kame_nd_router_live(router), live;
	struct kame_nd_edge *edge;

	lockdep_assert_held(&link->ns->lock);
	if (router->reach == reach)
		return;
	if (reach == KAME_ND_REACH_PROBING)
		router->was = router->reach;
	WRITE_ONCE(router->reach, reach);
	live = kame_nd_router_live(router);
	kame_nd_genl_router(router, KAME_ND_CAUSE_NEIGHBOUR, false);
	if (live == was_live)
		return;
	kame_nd_mib_inc(link->ns, live ? KAME_ND_MIB_ROUTER_REACHABLE :
			KAME_ND_MIB_ROUTER_UNREACHABLE);
	if (only_unreachable(link))
		touch_unreachable(link);
	kame_nd_list_last(link->ns, &router->list, live ? &link->routers : &link->unreachable);
	link->n_unreachable += live ? -1 : 1;
	if (only_unreachable(link))
		touch_unreachable(link);
	kame_nd_router_touch(router);
	kame_nd_source_touch(link);
	list_for_each_entry(edge, &router->edges, of_router)
		count_live(edge, live);
	if (list_empty(&router->edges))
		count_bare(router, live);
}

/* Prefixes */

/**
 * kame_nd_prefix_find - a prefix, if it is known
 * @ns: the namespace, locked
 * @ifindex: the device
 * @addr: the prefix
 * @len: its length
 *
 * Return: the prefix or NULL.
 */
struct kame_nd_prefix *kame_nd_prefix_find(struct kame_nd_ns *ns, int ifindex,
					   const struct in6_addr *addr, u8 len)
{
	struct kame_nd_prefix *prefix;

	lockdep_assert_held(&ns->lock);
	hash_for_each_possible(ns->prefixes, prefix, hnode, hash_addr(ns, ifindex, len, addr)) {
		if (prefix->len == len && prefix->link->ifindex == ifindex &&
		    ipv6_addr_equal(&prefix->addr, addr))
			return prefix;
	}
	return NULL;
}

/* Room for one more prefix: one that has no live router goes for it. */
static bool make_room_for_prefix(struct kame_nd_link *link)
{
	if (link->n_prefixes < link->set.max_prefixes)
		return true;
	kame_nd_mib_inc(link->ns, KAME_ND_MIB_PREFIX_BOUND);
	if (list_empty(&link->orphans))
		return false;
	kame_nd_prefix_del(list_first_entry(&link->orphans, struct kame_nd_prefix, list),
			   KAME_ND_CAUSE_BOUND);
	return link->n_prefixes < link->set.max_prefixes;
}

/**
 * kame_nd_prefix_add - make a prefix known
 * @link: where it was advertised
 * @addr: the prefix, not known yet
 * @len: its length
 *
 * Return: the prefix, or NULL without memory or over max-prefixes.
 */
struct kame_nd_prefix *kame_nd_prefix_add(struct kame_nd_link *link, const struct in6_addr *addr,
					  u8 len)
{
	struct kame_nd_ns *ns = link->ns;
	struct kame_nd_prefix *prefix;

	lockdep_assert_held(&ns->lock);
	if (!make_room_for_prefix(link))
		return NULL;
	prefix = kzalloc(sizeof(*prefix), GFP_KERNEL);
	if (!prefix) {
		kame_nd_mib_inc(ns, KAME_ND_MIB_RA_NO_MEMORY);
		return NULL;
	}
	prefix->link = link;
	prefix->addr = *addr;
	prefix->len = len;
	prefix->since = kame_nd_now();
	INIT_LIST_HEAD(&prefix->dirty);
	INIT_LIST_HEAD(&prefix->edges);
	INIT_LIST_HEAD(&prefix->addrs);
	list_add_tail(&prefix->list, &link->orphans);
	kame_nd_listed(ns);
	link->n_prefixes++;
	hash_add(ns->prefixes, &prefix->hnode, hash_addr(ns, link->ifindex, len, addr));
	kame_nd_mib_inc(ns, KAME_ND_MIB_PREFIX_LEARNED);
	kame_nd_prefix_touch(prefix);
	return prefix;
}

/**
 * kame_nd_prefix_del - forget a prefix
 * @prefix: the prefix; gone on return, its routes and addresses as stock has them
 * @cause: why
 */
void kame_nd_prefix_del(struct kame_nd_prefix *prefix, enum kame_nd_cause cause)
{
	struct kame_nd_link *link = prefix->link;
	struct kame_nd_edge *edge, *next;

	lockdep_assert_held(&link->ns->lock);
	list_for_each_entry_safe(edge, next, &prefix->edges, of_prefix)
		kame_nd_edge_del(edge);
	kame_nd_effect_forget(prefix);
	kame_nd_source_forget(prefix);
	if (prefix->announced)
		kame_nd_genl_prefix(prefix, cause, true);
	list_del_init(&prefix->dirty);
	hash_del(&prefix->hnode);
	list_del(&prefix->list);
	kame_nd_listed(link->ns);
	link->n_prefixes--;
	kame_nd_watch_kick(link->ns);
	kfree(prefix);
}

/* Have the state of the prefix settled, and applied again where it has an effect. */
void kame_nd_prefix_touch(struct kame_nd_prefix *prefix)
{
	if (list_empty(&prefix->dirty))
		list_add_tail(&prefix->dirty, &prefix->link->ns->dirty);
}

/* Who advertises what */

struct kame_nd_edge *kame_nd_edge_find(struct kame_nd_prefix *prefix,
				       struct kame_nd_router *router)
{
	struct kame_nd_ns *ns = prefix->link->ns;
	struct kame_nd_edge *edge;

	hash_for_each_possible(ns->edges, edge, hnode, hash_edge(ns, prefix, router)) {
		if (edge->prefix == prefix && edge->router == router)
			return edge;
	}
	return NULL;
}

/**
 * kame_nd_edge_add - enter a router in the list of a prefix
 * @prefix: the prefix
 * @router: a router of the same link, not in the list yet
 *
 * Return: the entry, or NULL without memory.
 */
struct kame_nd_edge *kame_nd_edge_add(struct kame_nd_prefix *prefix,
				      struct kame_nd_router *router)
{
	struct kame_nd_ns *ns = prefix->link->ns;
	struct kame_nd_edge *edge;

	edge = kzalloc(sizeof(*edge), GFP_KERNEL);
	if (!edge) {
		kame_nd_mib_inc(ns, KAME_ND_MIB_RA_NO_MEMORY);
		return NULL;
	}
	edge->prefix = prefix;
	edge->router = router;
	list_add_tail(&edge->of_prefix, &prefix->edges);
	prefix->n_edges++;
	if (kame_nd_router_live(router)) {
		if (list_empty(&router->edges))
			count_bare(router, false);
		count_live(edge, true);
	}
	list_add_tail(&edge->of_router, &router->edges);
	router->n_edges++;
	hash_add(ns->edges, &edge->hnode, hash_edge(ns, prefix, router));
	kame_nd_prefix_touch(prefix);
	return edge;
}

void kame_nd_edge_del(struct kame_nd_edge *edge)
{
	struct kame_nd_prefix *prefix = edge->prefix;
	struct kame_nd_router *router = edge->router;

	list_del(&edge->of_prefix);
	prefix->n_edges--;
	list_del(&edge->of_router);
	router->n_edges--;
	if (kame_nd_router_live(router)) {
		count_live(edge, false);
		if (list_empty(&router->edges))
			count_bare(router, true);
	}
	hash_del(&edge->hnode);
	kame_nd_prefix_touch(prefix);
	kfree(edge);
}

/* The router has dropped the prefix from its advertisements, or has it again. */
void kame_nd_edge_set_dropped(struct kame_nd_edge *edge, bool dropped)
{
	if (edge->dropped == dropped)
		return;
	edge->dropped = dropped;
	if (kame_nd_router_live(edge->router))
		edge->prefix->fresh += dropped ? -1 : 1;
	kame_nd_prefix_touch(edge->prefix);
	kame_nd_source_touch(edge->prefix->link);
}

/* States */

static struct kame_nd_verdict verdict(const struct kame_nd_prefix *prefix)
{
	const struct kame_nd_link *link = prefix->link;
	const struct kame_nd_compared *scope =
		link->ns->compare == KAME_ND_SCOPE_HOST ? &link->ns->scope : &link->scope;
	const struct kame_nd_state_input in = {
		.enabled = link->set.enabled,
		.pin = prefix->pin,
		.live = prefix->live,
		.fresh = prefix->fresh,
		.scope_prefixes = scope->prefixes,
		.scope_bare = scope->bare,
	};

	return kame_nd_state(&in);
}

static void count_verdict(const struct kame_nd_prefix *prefix)
{
	static const enum kame_nd_mib counter[] = {
		[KAME_ND_STATE_ATTACHED] = KAME_ND_MIB_ATTACHED,
		[KAME_ND_STATE_DEPRECATED] = KAME_ND_MIB_LEFT_OUT,
		[KAME_ND_STATE_DETACHED] = KAME_ND_MIB_DETACHED,
	};

	kame_nd_mib_inc(prefix->link->ns, counter[prefix->verdict.state]);
}

static void settle(struct kame_nd_prefix *prefix, enum kame_nd_cause cause)
{
	struct kame_nd_verdict is = verdict(prefix), was = prefix->verdict;
	bool changed = !prefix->announced || is.state != was.state;

	prefix->verdict = is;
	if (changed) {
		prefix->since = kame_nd_now();
		count_verdict(prefix);
		kame_nd_source_touch(prefix->link);
		/* Addresses that other prefixes cover, too, may be theirs now, or no more. */
		kame_nd_watch_kick(prefix->link->ns);
	}
	kame_nd_effect_apply(prefix);
	if (changed || is.reason != was.reason)
		kame_nd_genl_prefix(prefix, cause, false);
	prefix->announced = true;
}

/* The default route by a router that does not answer is of no use where another one
 * does: the kernel's own choice avoids it only while its neighbour entry has failed.
 */
static void settle_router(struct kame_nd_router *router)
{
	const struct kame_nd_link *link = router->link;

	kame_nd_effect_router(router, link->set.enabled && !kame_nd_router_live(router) &&
			      !only_unreachable(link));
}

/**
 * kame_nd_settle - bring states, and what they have an effect on, up to date
 * @ns: the namespace, locked
 * @cause: what made the change
 */
void kame_nd_settle(struct kame_nd_ns *ns, enum kame_nd_cause cause)
{
	struct kame_nd_router *router;
	struct kame_nd_prefix *prefix;
	struct kame_nd_link *link;

	lockdep_assert_held(&ns->lock);
	while (!list_empty(&ns->dirty_routers)) {
		router = list_first_entry(&ns->dirty_routers, struct kame_nd_router, dirty);
		list_del_init(&router->dirty);
		settle_router(router);
	}
	if (ns->rescope) {
		ns->rescope = false;
		list_for_each_entry(link, &ns->links, list)
			kame_nd_link_touch(link);
	}
	while (!list_empty(&ns->dirty)) {
		prefix = list_first_entry(&ns->dirty, struct kame_nd_prefix, dirty);
		list_del_init(&prefix->dirty);
		settle(prefix, cause);
	}
}

void kame_nd_table_init(struct kame_nd_ns *ns)
{
	INIT_LIST_HEAD(&ns->links);
	ns->listed = 1;
	INIT_LIST_HEAD(&ns->dirty);
	INIT_LIST_HEAD(&ns->dirty_routers);
	hash_init(ns->routers);
	hash_init(ns->prefixes);
	hash_init(ns->edges);
	get_random_bytes(&ns->key, sizeof(ns->key));
}

void kame_nd_table_uninit(struct kame_nd_ns *ns)
{
	struct kame_nd_link *link, *next;

	mutex_lock(&ns->lock);
	ns->dead = true;
	list_for_each_entry_safe(link, next, &ns->links, list)
		kame_nd_link_free(link, KAME_ND_CAUSE_DEVICE);
	mutex_unlock(&ns->lock);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Learns what was heard: who advertises which prefix, and for how long.
 */
#include <linux/sched.h>
#include <net/ipv6.h>

#include "genl.h"
#include "hear.h"
#include "learn.h"
#include "mib.h"
#include "netns.h"
#include "probe.h"
#include "ra.h"
#include "source.h"
#include "table.h"
#include "watch.h"

/* A router may spread its options over several advertisements (RFC 4861 section
 * 6.2.3), which come at least this far from the next lot (MIN_DELAY_BETWEEN_RAS).
 */
#define BURST (3 * MSEC_PER_SEC)
/* Neighbours that fail have the routers asked this often at most. */
#define TROUBLE_EVERY MSEC_PER_SEC
/* Expired entries are looked for this often at most. */
#define EXPIRE_EVERY MSEC_PER_SEC

/* Have what ends at @when forgotten then. */
static void expires(struct kame_nd_ns *ns, u64 when)
{
	u64 left = kame_nd_lifetime_left(kame_nd_now(), when);

	if (when >= ns->expire_at)
		return;
	ns->expire_at = when;
	mod_delayed_work(kame_nd_wq, &ns->expire_work,
			 msecs_to_jiffies(min_t(u64, left, INT_MAX)));
}

static void judge(struct kame_nd_edge *edge)
{
	unsigned int limit = edge->router->link->set.left_out;

	kame_nd_edge_set_dropped(edge, limit && edge->left_out >= limit);
}

/* The router has not advertised these prefixes this time. */
static void count_left_out(struct kame_nd_router *router, u64 now)
{
	struct kame_nd_edge *edge;
	bool counted = false;

	if (!router->link->set.left_out || now - router->omitted_at < BURST)
		return;
	list_for_each_entry(edge, &router->edges, of_router) {
		if (edge->generation == router->generation)
			continue;
		counted = true;
		edge->left_out++;
		judge(edge);
	}
	if (counted)
		router->omitted_at = now;
}

static void judge_all(struct list_head *routers)
{
	struct kame_nd_router *router;
	struct kame_nd_edge *edge;

	list_for_each_entry(router, routers, list) {
		list_for_each_entry(edge, &router->edges, of_router)
			judge(edge);
	}
}

/**
 * kame_nd_learn_left_out - have the setting left-out, which has changed, take effect
 * @link: the link
 *
 * The caller settles states afterwards.
 */
void kame_nd_learn_left_out(struct kame_nd_link *link)
{
	lockdep_assert_held(&link->ns->lock);
	judge_all(&link->routers);
	judge_all(&link->unreachable);
}

static void refresh_prefix(struct kame_nd_prefix *prefix, const struct kame_nd_pio *pio, u64 now)
{
	prefix->on_link = pio->on_link;
	prefix->autonomous = pio->autonomous;
	prefix->valid = kame_nd_lifetime_end(now, pio->valid);
	prefix->preferred = kame_nd_lifetime_end(now, pio->preferred);
	prefix->heard = now;
	kame_nd_list_last(prefix->link->ns, &prefix->list,
			  prefix->live ? &prefix->link->prefixes : &prefix->link->orphans);
	expires(prefix->link->ns, prefix->valid);
	/* The kernel, or a daemon, is about to undo what the state has done. */
	if (prefix->verdict.state != KAME_ND_STATE_ATTACHED)
		kame_nd_prefix_touch(prefix);
}

static struct kame_nd_edge *get_edge(struct kame_nd_prefix *prefix, struct kame_nd_router *router)
{
	struct kame_nd_edge *edge = kame_nd_edge_find(prefix, router);

	if (edge)
		return edge;
	if (prefix->n_edges >= prefix->link->set.max_routers) {
		kame_nd_mib_inc(prefix->link->ns, KAME_ND_MIB_ROUTER_BOUND);
		return NULL;
	}
	return kame_nd_edge_add(prefix, router);
}

/* A prefix option with lifetime 0 takes back what this router said. */
static void withdraw(struct kame_nd_prefix *prefix, struct kame_nd_router *router)
{
	struct kame_nd_edge *edge = router ? kame_nd_edge_find(prefix, router) : NULL;

	if (edge)
		kame_nd_edge_del(edge);
	if (!prefix->n_edges)
		kame_nd_prefix_del(prefix, KAME_ND_CAUSE_ADVERTISEMENT);
}

static void learn_pio(struct kame_nd_link *link, struct kame_nd_router *router,
		      const struct kame_nd_pio *pio, u64 now)
{
	struct kame_nd_prefix *prefix;
	struct kame_nd_edge *edge;

	prefix = kame_nd_prefix_find(link->ns, link->ifindex, &pio->prefix, pio->len);
	if (!pio->valid) {
		if (prefix)
			withdraw(prefix, router);
		return;
	}
	/* What is advertised only by those that route nothing is none of ours. */
	if (!prefix && router)
		prefix = kame_nd_prefix_add(link, &pio->prefix, pio->len);
	if (!prefix)
		return;
	refresh_prefix(prefix, pio, now);
	edge = router ? get_edge(prefix, router) : NULL;
	if (!edge)
		return;
	edge->generation = router->generation;
	edge->expires = prefix->valid;
	edge->left_out = 0;
	judge(edge);
}

static bool is_replaced(const struct kame_nd_router *router, const struct kame_nd_ra *ra)
{
	return router->lladdr_len && ra->lladdr_len &&
		(router->lladdr_len != ra->lladdr_len ||
		 memcmp(router->lladdr, ra->lladdr, ra->lladdr_len));
}

static void refresh_router(struct kame_nd_router *router, const struct kame_nd_ra *ra, u64 now)
{
	struct kame_nd_link *link = router->link;

	if (ra->lladdr_len) {
		router->lladdr_len = ra->lladdr_len;
		memcpy(router->lladdr, ra->lladdr, ra->lladdr_len);
	}
	if (router->preference != ra->preference)
		kame_nd_source_touch(link);
	router->preference = ra->preference;
	router->managed = ra->managed;
	router->other = ra->other;
	router->heard = now;
	router->expires = kame_nd_lifetime_end(now, ra->lifetime);
	router->generation++;
	kame_nd_list_last(link->ns, &router->list,
			  kame_nd_router_live(router) ? &link->routers : &link->unreachable);
	/* Its default route may be a new one. */
	if (!kame_nd_router_live(router))
		kame_nd_router_touch(router);
	expires(link->ns, router->expires);
}

/* The router that the advertisement comes from, or NULL where it is none or there
 * is no room for it. @is_new: whether it wasn't known.
 */
static struct kame_nd_router *get_router(struct kame_nd_link *link, const struct kame_nd_ra *ra,
					 bool *is_new)
{
	struct kame_nd_router *router;

	router = kame_nd_router_find(link->ns, link->ifindex, &ra->router);
	if (router && is_replaced(router, ra)) {
		/* Many routers call themselves fe80::1: this is another one. */
		kame_nd_mib_inc(link->ns, KAME_ND_MIB_ROUTER_REPLACED);
		kame_nd_router_del(router, KAME_ND_CAUSE_ADVERTISEMENT);
		router = NULL;
	}
	if (!ra->lifetime) {
		if (router) {
			kame_nd_mib_inc(link->ns, KAME_ND_MIB_ROUTER_EXPIRED);
			kame_nd_router_del(router, KAME_ND_CAUSE_ADVERTISEMENT);
		}
		return NULL;
	}
	*is_new = !router;
	return router ? router : kame_nd_router_add(link, &ra->router);
}

static void learn_ra(struct kame_nd_link *link, const struct kame_nd_ra *ra)
{
	struct kame_nd_router *router;
	u64 now = kame_nd_now();
	bool is_new = false;
	unsigned int i;

	kame_nd_mib_inc(link->ns, KAME_ND_MIB_RA_LEARNED);
	kame_nd_mib_add(link->ns, KAME_ND_MIB_PREFIX_INVALID, ra->invalid);
	if (ra->lifetime)
		kame_nd_probe_heard(link);
	router = get_router(link, ra, &is_new);
	if (router)
		refresh_router(router, ra, now);
	for (i = 0; i < ra->n_pios; i++)
		learn_pio(link, router, &ra->pio[i], now);
	if (!router) {
		/* Over the bound, some of those that hold the places may be gone. */
		if (ra->lifetime && list_empty(&link->probing))
			kame_nd_probe_link(link, NULL);
		return;
	}
	count_left_out(router, now);
	if (is_new) {
		kame_nd_hear_entry(router);
		kame_nd_genl_router(router, KAME_ND_CAUSE_ADVERTISEMENT, false);
		kame_nd_probe_link(link, router);
	} else if (router->reach == KAME_ND_REACH_UNREACHABLE) {
		kame_nd_probe_router(router);
	}
}

/* A transmission fails, or may be failing. Where a router is what doesn't answer it
 * alone is asked, else all: we may have moved.
 */
static void learn_trouble(struct kame_nd_link *link, struct kame_nd_router *router)
{
	u64 now = kame_nd_now();

	if (router) {
		kame_nd_probe_router(router);
	} else if (link && now - link->trouble_at >= TROUBLE_EVERY) {
		link->trouble_at = now;
		kame_nd_probe_link(link, NULL);
	}
}

static void learn(struct kame_nd_ns *ns, const struct kame_nd_heard *heard)
{
	struct kame_nd_router *router;
	struct kame_nd_link *link;

	if (heard->what == KAME_ND_HEARD_RA) {
		link = kame_nd_link_get(ns, heard->ifindex);
		if (link)
			learn_ra(link, heard->ra);
		kame_nd_watch_check(ns);
		kame_nd_settle(ns, KAME_ND_CAUSE_ADVERTISEMENT);
		return;
	}
	link = kame_nd_link_find(ns, heard->ifindex);
	router = kame_nd_router_find(ns, heard->ifindex, &heard->addr);
	if (heard->what == KAME_ND_HEARD_TROUBLE)
		learn_trouble(link, router);
	else if (heard->what == KAME_ND_HEARD_ANSWER && router)
		kame_nd_probe_answered(router);
	else if (heard->what == KAME_ND_HEARD_FAILURE && router)
		kame_nd_probe_failed(router);
	kame_nd_settle(ns, KAME_ND_CAUSE_NEIGHBOUR);
}

/* Learns what is in the queue. */
void kame_nd_learn_work(struct work_struct *work)
{
	struct kame_nd_ns *ns = container_of(work, struct kame_nd_ns, queue_work);
	struct kame_nd_heard *heard;

	while ((heard = kame_nd_hear_next(ns))) {
		mutex_lock(&ns->lock);
		learn(ns, heard);
		mutex_unlock(&ns->lock);
		kame_nd_hear_free(heard);
		cond_resched();
	}
}

static u64 expire_routers(struct list_head *routers, u64 now)
{
	struct kame_nd_router *router, *next;
	u64 first = KAME_ND_FOREVER;

	list_for_each_entry_safe(router, next, routers, list) {
		if (router->expires > now) {
			first = min(first, router->expires);
			continue;
		}
		kame_nd_mib_inc(router->link->ns, KAME_ND_MIB_ROUTER_EXPIRED);
		kame_nd_router_del(router, KAME_ND_CAUSE_EXPIRY);
	}
	return first;
}

static u64 expire_edges(struct kame_nd_prefix *prefix, u64 now)
{
	struct kame_nd_edge *edge, *next;
	u64 first = KAME_ND_FOREVER;

	list_for_each_entry_safe(edge, next, &prefix->edges, of_prefix) {
		if (edge->expires > now)
			first = min(first, edge->expires);
		else
			kame_nd_edge_del(edge);
	}
	return first;
}

static u64 expire_prefixes(struct list_head *prefixes, u64 now)
{
	struct kame_nd_prefix *prefix, *next;
	u64 first = KAME_ND_FOREVER;

	list_for_each_entry_safe(prefix, next, prefixes, list) {
		first = min(first, expire_edges(prefix, now));
		if (prefix->valid > now) {
			first = min(first, prefix->valid);
			continue;
		}
		kame_nd_mib_inc(prefix->link->ns, KAME_ND_MIB_PREFIX_EXPIRED);
		kame_nd_prefix_del(prefix, KAME_ND_CAUSE_EXPIRY);
	}
	return first;
}

/* Forgets what has expired. */
void kame_nd_learn_expire_work(struct work_struct *work)
{
	struct kame_nd_ns *ns = container_of(to_delayed_work(work), struct kame_nd_ns,
					     expire_work);
	u64 now = kame_nd_now(), first = KAME_ND_FOREVER;
	struct kame_nd_link *link;

	mutex_lock(&ns->lock);
	list_for_each_entry(link, &ns->links, list) {
		first = min(first, expire_routers(&link->routers, now));
		first = min(first, expire_routers(&link->unreachable, now));
		first = min(first, expire_prefixes(&link->orphans, now));
		first = min(first, expire_prefixes(&link->prefixes, now));
	}
	kame_nd_settle(ns, KAME_ND_CAUSE_EXPIRY);
	ns->expire_at = KAME_ND_FOREVER;
	if (first != KAME_ND_FOREVER && !ns->dead)
		expires(ns, max(first, now + EXPIRE_EVERY));
	mutex_unlock(&ns->lock);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sources and routers that belong together. Addresses of the prefixes that the chosen
 * next hop advertises are preferred (RFC 6724 rule 5.5), and packets leave through a
 * router that advertises their source's prefix (RFC 8028).
 *
 * Rule 5.5: the prefixes of the other routers of the link get an address label that
 * matches no destination's, so that rule 6, the next one after 5, passes their
 * addresses by. A preferred source of the default route would do without regard to
 * rules 1 to 4 and 6 to 8, and to what a socket prefers.
 *
 * RFC 8028: a default route for the prefix as source. All that asks for routes sees it.
 */
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>

#include "effect.h"
#include "mib.h"
#include "netns.h"
#include "rtnl.h"
#include "source.h"
#include "table.h"

/* Changes come together, and each that is made takes RTNL. */
#define SOON (HZ / 50)
/* The kernel, or a daemon, may be about to set the route that an advertisement
 * brought: seen to once more then.
 */
#define AGAIN HZ

/* A change to be given to rtnetlink */
struct change {
	struct list_head list;
	struct kame_nd_source was;
	struct kame_nd_source is;
	bool again;	/* the route may be gone, without our doing */
	int label_err;
	int route_err;
};

static void kick(struct kame_nd_ns *ns)
{
	atomic_set(&ns->source_checks, 2);
	/* Not put off by each of a flood of changes */
	if (!test_and_set_bit(0, &ns->source_soon))
		mod_delayed_work(kame_nd_wq, &ns->source_work, SOON);
}

/**
 * kame_nd_source_touch - have labels and routes of a link's prefixes seen to
 * @link: the link, where routers, prefixes or settings have changed
 */
void kame_nd_source_touch(struct kame_nd_link *link)
{
	lockdep_assert_held(&link->ns->lock);
	link->source_dirty = true;
	if (!link->ns->dead)
		kick(link->ns);
}

/**
 * kame_nd_source_forget - have what a prefix was given undone
 * @prefix: the prefix, which is about to be forgotten
 */
void kame_nd_source_forget(struct kame_nd_prefix *prefix)
{
	struct kame_nd_link *link = prefix->link;

	if (!prefix->source)
		return;
	list_add_tail(&prefix->source->list, &link->ns->source_undo);
	prefix->source = NULL;
	link->n_sources--;
	kick(link->ns);
}

/* The router by which packets go that no other route takes, if it is one of ours. The
 * kernel chooses it; it is asked for the route to an address that nobody has.
 */
static struct kame_nd_router *chosen_router(struct kame_nd_link *link)
{
	struct flowi6 fl6 = {
		.flowi6_oif = link->ifindex,
		.daddr = { .s6_addr = { 0x20, [15] = 1 } },
	};
	struct kame_nd_router *router = NULL;
	const struct rt6_info *rt;
	struct dst_entry *dst;

	dst = ip6_route_output(link->ns->net, NULL, &fl6);
	rt = container_of(dst, struct rt6_info, dst);
	if (!dst->error && rt->rt6i_flags & RTF_GATEWAY && dst->dev->ifindex == link->ifindex)
		router = kame_nd_router_find(link->ns, link->ifindex, &rt->rt6i_gateway);
	dst_release(dst);
	return router;
}

/* Whether the device has an address from the prefix: without one it needs no label. */
static bool has_address(const struct kame_nd_prefix *prefix, struct inet6_dev *idev)
{
	const struct inet6_ifaddr *ifp;
	bool has = false;

	read_lock_bh(&idev->lock);
	list_for_each_entry(ifp, &idev->addr_list, if_list) {
		has = kame_nd_effect_addr_is_of(ifp, prefix);
		if (has)
			break;
	}
	read_unlock_bh(&idev->lock);
	return has;
}

static bool wants_label(struct kame_nd_prefix *prefix, struct kame_nd_router *chosen,
			struct inet6_dev *idev)
{
	const struct kame_nd_edge *edge;

	if (!prefix->link->set.rule_5_5 || !chosen || list_empty(&chosen->edges) ||
	    !prefix->fresh)
		return false;
	edge = kame_nd_edge_find(prefix, chosen);
	return (!edge || edge->dropped) && has_address(prefix, idev);
}

/* The router that packets from the prefix are to leave through, or NULL */
static const struct kame_nd_router *exit_router(const struct kame_nd_prefix *prefix)
{
	const struct kame_nd_router *best = NULL;
	const struct kame_nd_edge *edge;
	int score, most = -1;

	if (!prefix->link->set.source_router)
		return NULL;
	list_for_each_entry(edge, &prefix->edges, of_prefix) {
		const struct kame_nd_candidate candidate = {
			.live = kame_nd_router_live(edge->router),
			.dropped = edge->dropped,
			.preference = edge->router->preference,
			.current_one = prefix->source &&
				ipv6_addr_equal(&prefix->source->router, &edge->router->addr),
		};

		score = kame_nd_candidate_score(&candidate);
		if (score > most) {
			most = score;
			best = edge->router;
		}
	}
	return best;
}

/* What the prefix should have. Context: RCU. */
static void want(struct kame_nd_prefix *prefix, struct kame_nd_router *chosen,
		 struct net_device *dev, struct kame_nd_source *is)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct kame_nd_router *router;
	u32 table = l3mdev_fib_table_rcu(dev);

	is->ifindex = dev->ifindex;
	is->table = table ? table : RT6_TABLE_MAIN;
	is->prefix = prefix->addr;
	is->len = prefix->len;
	if (!prefix->link->set.enabled || prefix->verdict.state == KAME_ND_STATE_DETACHED ||
	    !idev || !(dev->flags & IFF_UP))
		return;
	is->label = wants_label(prefix, chosen, idev);
	router = exit_router(prefix);
	if (router)
		is->router = router->addr;
}

static bool is_nothing(const struct kame_nd_source *s)
{
	return !s->label && ipv6_addr_any(&s->router);
}

/* Enters what a prefix should have, and the change that it takes. */
static void plan(struct kame_nd_prefix *prefix, const struct kame_nd_source *is,
		 struct list_head *todo)
{
	struct kame_nd_link *link = prefix->link;
	bool again = link->source_flushed && prefix->source &&
		!ipv6_addr_any(&prefix->source->router);
	struct change *change;

	if (!again && (prefix->source ? prefix->source->label == is->label &&
		       prefix->source->table == is->table &&
		       ipv6_addr_equal(&prefix->source->router, &is->router) : is_nothing(is)))
		return;
	change = kzalloc(sizeof(*change), GFP_KERNEL);
	if (!change)
		return;
	if (!prefix->source) {
		prefix->source = kzalloc(sizeof(*prefix->source), GFP_KERNEL);
		if (!prefix->source) {
			kfree(change);
			return;
		}
		*prefix->source = *is;
		prefix->source->label = false;
		prefix->source->router = in6addr_any;
		link->n_sources++;
	}
	change->was = *prefix->source;
	change->is = *is;
	change->again = again;
	list_add_tail(&change->list, todo);
	*prefix->source = *is;
	if (is_nothing(is)) {
		kfree(prefix->source);
		prefix->source = NULL;
		link->n_sources--;
	}
}

static void plan_all(struct kame_nd_link *link, struct list_head *prefixes,
		     struct kame_nd_router *chosen, struct net_device *dev, struct list_head *todo)
{
	struct kame_nd_prefix *prefix;

	list_for_each_entry(prefix, prefixes, list) {
		struct kame_nd_source is = {};

		rcu_read_lock();
		want(prefix, chosen, dev, &is);
		rcu_read_unlock();
		plan(prefix, &is, todo);
	}
}

static void plan_link(struct kame_nd_link *link, struct list_head *todo)
{
	struct kame_nd_router *chosen = NULL;
	struct net_device *dev;
	struct in6_addr was = link->chosen;

	dev = dev_get_by_index(link->ns->net, link->ifindex);
	if (!dev)
		return;
	/* Where there is one router nothing is to be preferred. */
	if (link->set.enabled && link->set.rule_5_5 && link->n_routers > 1)
		chosen = chosen_router(link);
	link->chosen = chosen ? chosen->addr : in6addr_any;
	if ((link->source_dirty || !ipv6_addr_equal(&was, &link->chosen)) &&
	    (link->n_sources || link->set.source_router || chosen)) {
		plan_all(link, &link->prefixes, chosen, dev, todo);
		plan_all(link, &link->orphans, chosen, dev, todo);
	}
	link->source_dirty = false;
	link->source_flushed = false;
	dev_put(dev);
}

static void remove_label(struct kame_nd_ns *ns, const struct kame_nd_source *s)
{
	if (!kame_nd_rtnl_label_del(ns->net, s))
		kame_nd_mib_inc(ns, KAME_ND_MIB_LABEL_REMOVED);
}

static void remove_route(struct kame_nd_ns *ns, const struct kame_nd_source *s)
{
	if (!kame_nd_rtnl_route_del(ns->net, s))
		kame_nd_mib_inc(ns, KAME_ND_MIB_SOURCE_ROUTE_REMOVED);
}

/* Takes back what is there; that it is gone already is no harm. */
static void undo(struct kame_nd_ns *ns, const struct kame_nd_source *s)
{
	if (s->label)
		remove_label(ns, s);
	if (!ipv6_addr_any(&s->router))
		remove_route(ns, s);
}

static int change_label(struct kame_nd_ns *ns, const struct change *c)
{
	int err;

	if (c->was.label == c->is.label)
		return 0;
	if (!c->is.label) {
		remove_label(ns, &c->is);
		return 0;
	}
	err = kame_nd_rtnl_label_add(ns->net, &c->is);
	if (!err)
		kame_nd_mib_inc(ns, KAME_ND_MIB_LABEL_SET);
	return err;
}

/* The old route goes first: replacing one could hit somebody else's. It goes, too, where
 * it was seen to vanish, as the one that is there may be of later.
 */
static int change_route(struct kame_nd_ns *ns, const struct change *c)
{
	int err;

	if (!c->again && c->was.table == c->is.table &&
	    ipv6_addr_equal(&c->was.router, &c->is.router))
		return 0;
	if (!ipv6_addr_any(&c->was.router))
		remove_route(ns, &c->was);
	if (ipv6_addr_any(&c->is.router))
		return 0;
	err = kame_nd_rtnl_route_add(ns->net, &c->is);
	if (!err)
		kame_nd_mib_inc(ns, KAME_ND_MIB_SOURCE_ROUTE_SET);
	return err;
}

static void drop_refused(struct kame_nd_source *s, const struct change *c)
{
	if (c->label_err)
		s->label = false;
	if (c->route_err)
		s->router = in6addr_any;
}

/* What was refused is not ours to take back, be the prefix known still or forgotten.
 * What somebody has set stays; anything else is tried again.
 */
static void refused(struct kame_nd_ns *ns, const struct change *c)
{
	const struct kame_nd_source *is = &c->is;
	struct kame_nd_prefix *prefix;
	struct kame_nd_source *s;

	kame_nd_mib_add(ns, KAME_ND_MIB_SOURCE_REFUSED, !!c->label_err + !!c->route_err);
	mutex_lock(&ns->lock);
	list_for_each_entry(s, &ns->source_undo, list) {
		if (s->ifindex == is->ifindex && s->len == is->len &&
		    ipv6_addr_equal(&s->prefix, &is->prefix))
			drop_refused(s, c);
	}
	prefix = kame_nd_prefix_find(ns, is->ifindex, &is->prefix, is->len);
	if (prefix && prefix->source)
		drop_refused(prefix->source, c);
	if (prefix && ((c->label_err && c->label_err != -EEXIST) ||
		       (c->route_err && c->route_err != -EEXIST)))
		prefix->link->source_dirty = true;
	mutex_unlock(&ns->lock);
}

/* Without the lock, as rtnetlink takes RTNL */
static void carry_out(struct kame_nd_ns *ns, struct list_head *todo)
{
	struct change *c, *next;

	list_for_each_entry_safe(c, next, todo, list) {
		c->label_err = change_label(ns, c);
		c->route_err = change_route(ns, c);
		if (c->label_err || c->route_err)
			refused(ns, c);
		kfree(c);
		cond_resched();
	}
}

static void undo_all(struct kame_nd_ns *ns, struct list_head *gone)
{
	struct kame_nd_source *s, *next;

	list_for_each_entry_safe(s, next, gone, list) {
		/* With the namespace all of it goes. */
		if (check_net(ns->net))
			undo(ns, s);
		kfree(s);
		cond_resched();
	}
}

/* Has labels and routes as routers and prefixes are. */
void kame_nd_source_work(struct work_struct *work)
{
	struct kame_nd_ns *ns = container_of(to_delayed_work(work), struct kame_nd_ns,
					     source_work);
	struct kame_nd_link *link;
	LIST_HEAD(gone);
	LIST_HEAD(todo);

	clear_bit(0, &ns->source_soon);
	mutex_lock(&ns->lock);
	list_splice_init(&ns->source_undo, &gone);
	list_for_each_entry(link, &ns->links, list)
		plan_link(link, &todo);
	mutex_unlock(&ns->lock);
	undo_all(ns, &gone);
	carry_out(ns, &todo);
	if (atomic_dec_if_positive(&ns->source_checks) > 0)
		queue_delayed_work(kame_nd_wq, &ns->source_work, AGAIN);
}

void kame_nd_source_net_init(struct net *net)
{
	struct kame_nd_ns *ns = kame_nd_ns(net);

	INIT_LIST_HEAD(&ns->source_undo);
	INIT_DELAYED_WORK(&ns->source_work, kame_nd_source_work);
	atomic_set(&ns->source_checks, 0);
}

/* Once the tables are empty: takes back what is left. */
void kame_nd_source_net_uninit(struct net *net)
{
	struct kame_nd_ns *ns = kame_nd_ns(net);

	atomic_set(&ns->source_checks, 0);
	mod_delayed_work(kame_nd_wq, &ns->source_work, 0);
	flush_delayed_work(&ns->source_work);
	cancel_delayed_work_sync(&ns->source_work);
}

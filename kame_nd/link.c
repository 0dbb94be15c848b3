// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices on which routers were heard, or that a request set.
 */
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "netns.h"
#include "source.h"
#include "table.h"

static const struct kame_nd_settings defaults = {
	.enabled = true,
	.probes = 3,
	.interval = 1000,
	.hold_down = 1000,
	.probe_rate = 50,
	.max_prefixes = 64,
	.max_routers = 32,
	.left_out = 3,
	.rule_5_5 = true,
};

/**
 * kame_nd_link_find - a link, if it is known
 * @ns: the namespace, locked
 * @ifindex: the device
 *
 * Return: the link or NULL.
 */
struct kame_nd_link *kame_nd_link_find(struct kame_nd_ns *ns, int ifindex)
{
	struct kame_nd_link *link;

	lockdep_assert_held(&ns->lock);
	list_for_each_entry(link, &ns->links, list) {
		if (link->ifindex == ifindex)
			return link;
	}
	return NULL;
}

/* A device that is going is found no more before its last event comes, so none is
 * made known after that.
 */
static bool dev_exists(struct net *net, int ifindex)
{
	bool exists;

	rcu_read_lock();
	exists = dev_get_by_index_rcu(net, ifindex);
	rcu_read_unlock();
	return exists;
}

/**
 * kame_nd_link_get - a link, made known where it isn't
 * @ns: the namespace, locked
 * @ifindex: the device
 *
 * Return: the link, or NULL without memory, where there is no such device, or
 * where the namespace is going.
 */
struct kame_nd_link *kame_nd_link_get(struct kame_nd_ns *ns, int ifindex)
{
	struct kame_nd_link *link = kame_nd_link_find(ns, ifindex);

	if (link || ns->dead || !dev_exists(ns->net, ifindex))
		return link;
	link = kzalloc(sizeof(*link), GFP_KERNEL);
	if (!link)
		return NULL;
	link->ns = ns;
	link->ifindex = ifindex;
	link->set = defaults;
	INIT_LIST_HEAD(&link->prefixes);
	INIT_LIST_HEAD(&link->orphans);
	INIT_LIST_HEAD(&link->routers);
	INIT_LIST_HEAD(&link->unreachable);
	INIT_LIST_HEAD(&link->probing);
	list_add_tail(&link->list, &ns->links);
	kame_nd_listed(ns);
	return link;
}

/* The caller settles states afterwards. */
void kame_nd_link_flush_prefixes(struct kame_nd_link *link, enum kame_nd_cause cause)
{
	struct kame_nd_prefix *prefix, *next;

	list_for_each_entry_safe(prefix, next, &link->prefixes, list)
		kame_nd_prefix_del(prefix, cause);
	list_for_each_entry_safe(prefix, next, &link->orphans, list)
		kame_nd_prefix_del(prefix, cause);
}

/* The caller settles states afterwards. */
void kame_nd_link_flush_routers(struct kame_nd_link *link, enum kame_nd_cause cause)
{
	struct kame_nd_router *router, *next;

	list_for_each_entry_safe(router, next, &link->routers, list)
		kame_nd_router_del(router, cause);
	list_for_each_entry_safe(router, next, &link->unreachable, list)
		kame_nd_router_del(router, cause);
}

/**
 * kame_nd_link_free - forget a link and all that is on it
 * @link: the link
 * @cause: why
 *
 * The caller holds the namespace's lock and settles states afterwards.
 */
void kame_nd_link_free(struct kame_nd_link *link, enum kame_nd_cause cause)
{
	lockdep_assert_held(&link->ns->lock);
	kame_nd_link_flush_prefixes(link, cause);
	kame_nd_link_flush_routers(link, cause);
	if (link->set.source_router)
		WRITE_ONCE(link->ns->source_links, link->ns->source_links - 1);
	list_del(&link->list);
	kame_nd_listed(link->ns);
	kfree(link);
}

/* Have the states of all prefixes and routers on the link settled. */
void kame_nd_link_touch(struct kame_nd_link *link)
{
	struct kame_nd_router *router;
	struct kame_nd_prefix *prefix;

	list_for_each_entry(prefix, &link->prefixes, list)
		kame_nd_prefix_touch(prefix);
	list_for_each_entry(prefix, &link->orphans, list)
		kame_nd_prefix_touch(prefix);
	list_for_each_entry(router, &link->unreachable, list)
		kame_nd_router_touch(router);
	kame_nd_source_touch(link);
}

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_NETNS_H
#define _KAME_ND_NETNS_H

#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <uapi/linux/kame_nd.h>

#include "hear.h"
#include "table.h"

struct kame_nd_counters;

#define KAME_ND_HASH_BITS 10

/**
 * struct kame_nd_ns - what kame_nd keeps for a network namespace
 * @net: the namespace
 * @lock: protects the tables below and all that they hold. It is taken within
 *	RTNL by notifiers, so RTNL must not be taken within it.
 * @links: struct kame_nd_link
 * @listed: counts changes of what is in lists of links, routers and prefixes, and of
 *	their order; never 0
 * @routers: struct kame_nd_router by device and address; readers under RCU
 * @prefixes: struct kame_nd_prefix by device and prefix
 * @edges: struct kame_nd_edge by prefix and router
 * @key: of the hashes, so that nobody can choose what collides
 * @dirty: prefixes whose state is to be settled
 * @dirty_routers: routers whose default route is to be settled
 * @scope: sum over all links
 * @rescope: whether a count of @scope or of a link's has come from 0 or to 0
 * @compare: enum kame_nd_scope
 * @expire_work: forgets what has expired
 * @expire_at: when it will run; protected by @lock
 * @queue_lock: protects @queue and @queued
 * @queue: what was heard and is to be learned (struct kame_nd_heard)
 * @queued: how many of each kind are in @queue
 * @queue_work: learns it
 * @probe_work: sends the solicitations that are due, and sees who has not answered
 * @probe_at: when it will run; protected by @lock
 * @watch_work: brings routes and addresses in line with states (watch.c)
 * @watch_soon: bit 0: it is about to run
 * @watch_due: when it would have run last had changes come evenly, in jiffies
 * @watch_rounds: times that it is still to run
 * @source_work: gives rtnetlink what prefixes should have (source.c)
 * @source_soon: bit 0: it is about to run
 * @source_undo: what prefixes had that were forgotten (struct kame_nd_source);
 *	protected by @lock
 * @source_checks: times that it is still to run
 * @source_links: links with the setting source-router
 * @watch: tells of addresses and routes
 * @watch_lost: what it has not told, when last seen to
 * @mib: counters
 * @dead: the namespace is going; protected by @lock
 */
struct kame_nd_ns {
	struct net *net;
	struct mutex lock;
	struct list_head links;
	unsigned int listed;
	DECLARE_HASHTABLE(routers, KAME_ND_HASH_BITS);
	DECLARE_HASHTABLE(prefixes, KAME_ND_HASH_BITS);
	DECLARE_HASHTABLE(edges, KAME_ND_HASH_BITS);
	siphash_key_t key;
	struct list_head dirty;
	struct list_head dirty_routers;
	struct kame_nd_compared scope;
	bool rescope;
	enum kame_nd_scope compare;
	struct delayed_work expire_work;
	u64 expire_at;
	spinlock_t queue_lock;
	struct list_head queue;
	unsigned int queued[KAME_ND_HEARD_KINDS];
	struct work_struct queue_work;
	struct delayed_work probe_work;
	u64 probe_at;
	struct delayed_work watch_work;
	unsigned long watch_soon;
	unsigned long watch_due;
	atomic_t watch_rounds;
	struct delayed_work source_work;
	unsigned long source_soon;
	struct list_head source_undo;
	atomic_t source_checks;
	unsigned int source_links;
	struct socket *watch;
	int watch_lost;
	struct kame_nd_counters __percpu *mib;
	bool dead;
};

struct kame_nd_ns *kame_nd_ns(const struct net *net);
int kame_nd_netns_init(void);
void kame_nd_netns_uninit(void);
void kame_nd_leave(void);
bool kame_nd_is_leaving(void);

extern struct workqueue_struct *kame_nd_wq;

#endif /* _KAME_ND_NETNS_H */

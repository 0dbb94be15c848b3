// SPDX-License-Identifier: GPL-2.0-only
/*
 * The last routes that were found, per CPU, so that most packets need no search of
 * the routing table. What the table says is still what counts: an entry is used
 * only as long as it is proven to be what a search would find.
 *
 * A search depends on the device and the destination, and on more only where
 * there are policy rules, routes by source, several nexthops, or neighbours that a
 * host avoids: such routes are not cached. That the answer is the same is proven
 * on each use. The route's cookie stands for its place in its table, and any change
 * of that place, or of what lies above or below it, alters it; the serial number
 * of the local table, which is searched first, stands for all of that table; a
 * number of our own, for the state of devices. All were read before the search, so
 * that a change in the middle of it counts as well.
 */
#include <linux/cpumask.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <linux/workqueue.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ipv6_stubs.h>

#include "cache.h"

/* Places where a destination may be */
#define WAYS 2U
#define ENTRIES_MAX (1U << 20)
/* One in so many misses takes a place that is in use, so that more destinations
 * than there are places cost hardly more than a search each.
 */
#define REPLACE_EVERY 4

/**
 * struct cache_entry - a route that was found
 * @daddr: for this destination
 * @dev: from this device, which is only compared: flushed before it goes
 * @dst: the route, held; NULL in an empty entry
 * @cookie: of the route
 * @local: serial number of the local table
 * @changes: state of devices
 */
struct cache_entry {
	struct in6_addr daddr;
	const struct net_device *dev;
	struct dst_entry *dst;
	u32 cookie;
	int local;
	int changes;
} ____cacheline_aligned;

/**
 * struct cache_table - the entries of a CPU, changed by it alone, bottom halves off
 * @sets: number of sets of WAYS entries, a power of 2
 * @misses: decides who takes a place in use
 * @entry: the entries
 */
struct cache_table {
	unsigned int sets;
	unsigned int misses;
	struct cache_entry entry[];
};

static unsigned int cache = 32768;
module_param(cache, uint, 0444);
MODULE_PARM_DESC(cache, "Routes remembered per CPU, rounded up to a power of 2 (0: none; default 32768)");

/* A table is taken away as a whole, since its routes hold devices. */
static struct cache_table __rcu *__percpu *tables;
static DEFINE_MUTEX(tables_lock);
static atomic_t changes = ATOMIC_INIT(0);
static u32 seed __read_mostly;

static void refill(struct work_struct *work);
static DECLARE_DELAYED_WORK(refill_work, refill);
/* Namespaces that are destroyed by the thousand don't have tables made each time. */
#define REFILL_AFTER (HZ / 5)

static struct cache_entry *find_set(struct cache_table *table, const struct net_device *dev,
				    const struct in6_addr *daddr)
{
	u32 hash = jhash_3words((__force u32)daddr->s6_addr32[3],
				(__force u32)daddr->s6_addr32[2] ^ dev->ifindex,
				(__force u32)daddr->s6_addr32[1] ^
				(__force u32)daddr->s6_addr32[0], seed);

	return &table->entry[(hash & (table->sets - 1)) * WAYS];
}

#ifdef CONFIG_IPV6_MULTIPLE_TABLES
static int local_sernum(const struct net *net)
{
	return READ_ONCE(net->ipv6.fib6_local_tbl->tb6_root.fn_sernum);
}
#else
static int local_sernum(const struct net *net)
{
	return READ_ONCE(net->ipv6.fib6_main_tbl->tb6_root.fn_sernum);
}
#endif

/* Adding a route alters the number of the root of its table, when it can be found. */
static int main_sernum(const struct net *net)
{
	return READ_ONCE(net->ipv6.fib6_main_tbl->tb6_root.fn_sernum);
}

static bool entry_is_current(const struct cache_entry *e, const struct net *net)
{
	return e->local == local_sernum(net) && e->changes == atomic_read(&changes) &&
		dst_check(e->dst, e->cookie);
}

/* Whether a search depends on nothing but device and destination. */
static bool search_is_plain(const struct net *net, const struct sk_buff *skb)
{
	return !fib6_has_custom_rules(net) && !fib6_routes_require_src(net) &&
		!ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr);
}

/* Whether the next search would find the same for no other reason than the table. */
static bool route_is_lasting(const struct net *net, const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);
	const struct rt6_info *rt = (const struct rt6_info *)dst;
	const struct fib6_info *from = rcu_dereference(rt->from);

	if (dst->error || dst->lwtstate || IP6CB(skb)->flags & IP6SKB_MULTIPATH ||
	    !from || from->nh || from->fib6_nsiblings ||
	    from->fib6_nh->fib_nh_flags & RTNH_F_LINKDOWN)
		return false;
	/* A host, unlike a router, passes by routers that don't answer. */
	return rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST) ||
		READ_ONCE(net->ipv6.devconf_all->forwarding);
}

/* An entry for another route: an empty one or one that is of no use, else @set,
 * one time in REPLACE_EVERY; or NULL.
 */
static struct cache_entry *find_place(struct cache_table *table, struct cache_entry *set)
{
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		if (!set[i].dst || !entry_is_current(&set[i], dev_net(set[i].dst->dev)))
			return &set[i];
	}
	if (++table->misses % REPLACE_EVERY)
		return NULL;
	return &set[table->misses / REPLACE_EVERY % WAYS];
}

static void remember(struct cache_table *table, struct cache_entry *set, struct sk_buff *skb,
		     const struct cache_entry *now)
{
	struct dst_entry *dst = skb_dst(skb), *old;
	struct cache_entry *e = find_place(table, set);

	if (!e || !dst_hold_safe(dst))
		return;
	old = e->dst;
	*e = *now;
	e->dst = dst;
	dst_release(old);
}

static void search(struct net *net, struct sk_buff *skb, struct cache_table *table,
		   struct cache_entry *set)
{
	struct cache_entry now = {
		.daddr = ipv6_hdr(skb)->daddr,
		.dev = skb->dev,
		.local = local_sernum(net),
		.changes = atomic_read(&changes),
	};
	int main = main_sernum(net);

	/* pairs with the barrier between a change of a table and its number */
	smp_rmb();
	ipv6_stub->ipv6_route_input(skb);
	if (!skb_dst(skb) || !route_is_lasting(net, skb))
		return;
	now.cookie = rt6_get_cookie((struct rt6_info *)skb_dst(skb));
	/* with the same barrier: the cookie before the numbers */
	smp_rmb();
	if (main == main_sernum(net) && now.local == local_sernum(net))
		remember(table, set, skb, &now);
}

/**
 * kame_ipv6_cache_route - give a packet its route
 * @skb: the packet, with its IPv6 header where the network header is
 *
 * The same as a search of the routing table. The route isn't counted as a reference
 * of the packet's.
 *
 * Context: rcu_read_lock().
 */
void kame_ipv6_cache_route(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	struct cache_table *table;
	struct cache_entry *set;
	unsigned int i;

	/* What comes back from user space does so with bottom halves on. */
	if (unlikely(!in_softirq() || !search_is_plain(net, skb)))
		goto no_cache;
	table = rcu_dereference(*this_cpu_ptr(tables));
	if (unlikely(!table)) {
		if (cache)
			queue_delayed_work(system_unbound_wq, &refill_work, REFILL_AFTER);
		goto no_cache;
	}
	set = find_set(table, skb->dev, &ipv6_hdr(skb)->daddr);
	for (i = 0; i < WAYS; i++) {
		if (set[i].dev == skb->dev &&
		    ipv6_addr_equal(&set[i].daddr, &ipv6_hdr(skb)->daddr) &&
		    set[i].dst && entry_is_current(&set[i], net)) {
			skb_dst_set_noref(skb, set[i].dst);
			return;
		}
	}
	search(net, skb, table, set);
	return;
no_cache:
	ipv6_stub->ipv6_route_input(skb);
}

static void table_free(struct cache_table *table)
{
	unsigned int i;

	if (!table)
		return;
	for (i = 0; i < table->sets * WAYS; i++)
		dst_release(table->entry[i].dst);
	kvfree(table);
}

/**
 * kame_ipv6_cache_flush - let go of all routes
 *
 * Before a device goes: routes hold devices, and packets may still be using the
 * entries. Tables are made anew when packets come.
 */
void kame_ipv6_cache_flush(void)
{
	struct cache_table **old;
	unsigned int cpu;
	bool any = false;

	atomic_inc(&changes);
	old = kcalloc(nr_cpu_ids, sizeof(*old), GFP_KERNEL | __GFP_NOFAIL);
	mutex_lock(&tables_lock);
	for_each_possible_cpu(cpu) {
		old[cpu] = rcu_replace_pointer(*per_cpu_ptr(tables, cpu), NULL,
					       lockdep_is_held(&tables_lock));
		any |= !!old[cpu];
	}
	mutex_unlock(&tables_lock);
	if (any)
		synchronize_net();
	for_each_possible_cpu(cpu)
		table_free(old[cpu]);
	kfree(old);
}

/**
 * kame_ipv6_cache_stale - search anew for each route
 *
 * After a change that the routing table's numbers don't tell.
 */
void kame_ipv6_cache_stale(void)
{
	atomic_inc(&changes);
}

static void refill(struct work_struct *work)
{
	unsigned int sets = roundup_pow_of_two(clamp(cache, WAYS, ENTRIES_MAX)) / WAYS, cpu;
	struct cache_table *table;

	mutex_lock(&tables_lock);
	for_each_online_cpu(cpu) {
		if (rcu_access_pointer(*per_cpu_ptr(tables, cpu)))
			continue;
		table = kvzalloc_node(struct_size(table, entry, sets * WAYS),
				      GFP_KERNEL | __GFP_NOWARN, cpu_to_node(cpu));
		if (!table)
			continue;
		table->sets = sets;
		rcu_assign_pointer(*per_cpu_ptr(tables, cpu), table);
	}
	mutex_unlock(&tables_lock);
}

int __init kame_ipv6_cache_init(void)
{
	tables = alloc_percpu(struct cache_table __rcu *);
	if (!tables)
		return -ENOMEM;
	get_random_bytes(&seed, sizeof(seed));
	return 0;
}

/* No packet is on its way through the module any more. */
void kame_ipv6_cache_uninit(void)
{
	cancel_delayed_work_sync(&refill_work);
	kame_ipv6_cache_flush();
	free_percpu(tables);
}

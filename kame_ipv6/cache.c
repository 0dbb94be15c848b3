// SPDX-License-Identifier: GPL-2.0-only
/*
 * The last routes that were found, per CPU, so that most packets need no search of
 * the routing table. What the table says is still what counts: an entry is used
 * only as long as it is proven to be what a search would find.
 *
 * A search depends on the device and the destination, and on more only where
 * there are policy rules, routes by source, several nexthops, or neighbours that a
 * host avoids: such routes are not cached. That the answer is the same is proven
 * on each use, in one of two ways.
 *
 * The first needs nothing but the entry: any change of the namespace's routes, and
 * of any device, alters a sum of numbers that only grow. The second, where that
 * has altered, tells whether this route was meant: its cookie stands for its place
 * in its table, and any change of that place, or of what lies above or below it,
 * alters it; the serial number of the local table, which is searched first, stands
 * for all of that table; a number of our own, for the state of devices. All were
 * read before the search, so that a change in the middle of it counts as well.
 */
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/prefetch.h>
#include <linux/random.h>
#include <linux/workqueue.h>
#include <net/fib_notifier.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ipv6_stubs.h>

#include "cache.h"
#include "netns.h"

/* Places where a destination may be */
#define WAYS 2U
#define ENTRIES_MAX (1U << 20)
/* One in so many misses takes a place that is in use, so that more destinations
 * than there are places cost hardly more than a search each.
 */
#define REPLACE_EVERY 4
/* Gateways that are known by a number, a power of 2 */
#define HOPS 256U

/**
 * struct cache_entry - a route that was found
 * @daddr: for this destination
 * @dev: from this device, which is only compared: flushed before it goes
 * @dst: the route, held
 * @idev: of the route
 * @hop: number of the gateway, 0 for none
 * @all: sum of numbers that alters with any route
 * @own: sum of numbers that alters with the local table and devices
 * @cookie: of the route
 * @searched: when the table was asked, in seconds: see entry_renew()
 * @kind: enum kame_ipv6_path_kind
 * @summed: @all is enough of a proof
 */
struct cache_entry {
	struct in6_addr daddr;
	const struct net_device *dev;
	struct dst_entry *dst;
	struct inet6_dev *idev;
	u64 hop;
	u32 all;
	u32 own;
	u32 cookie;
	u16 searched;
	u8 kind;
	bool summed;
} ____cacheline_aligned;

/**
 * struct cache_hop - a gateway. Many routes lead to few gateways, so that these are
 * at hand when the routes are not.
 * @addr: its address
 * @number: of this gateway alone; the remainder by HOPS is its place
 */
struct cache_hop {
	struct in6_addr addr;
	u64 number;
};

/**
 * struct cache_table - the entries of a CPU, changed by it alone, bottom halves off
 * @shift: bits of a hash that are not the number of a set
 * @entries: WAYS for each set
 * @misses: decides who takes a place in use
 * @hops: gateways
 * @hops_seen: makes their numbers
 * @entry: the entries
 */
struct cache_table {
	unsigned int shift;
	unsigned int entries;
	unsigned int misses;
	u64 hops_seen;
	struct cache_hop hops[HOPS];
	struct cache_entry entry[];
};

static unsigned int cache = 32768;
module_param(cache, uint, 0444);
MODULE_PARM_DESC(cache, "Routes remembered per CPU, rounded up to a power of 2 (0: none; default 32768)");

/* A table is taken away as a whole, since its routes hold devices. */
static struct cache_table __rcu *__percpu *tables;
static DEFINE_MUTEX(tables_lock);
static atomic_t changes = ATOMIC_INIT(0);
/* What the routing tables told, in all namespaces: their serial numbers don't tell
 * that a route is deleted.
 */
static atomic_t told = ATOMIC_INIT(0);
static u64 seeds[2] __read_mostly;

static void refill(struct work_struct *work);
static DECLARE_DELAYED_WORK(refill_work, refill);
/* Namespaces that are destroyed by the thousand don't have tables made each time. */
#define REFILL_AFTER (HZ / 5)

static u64 mix(u64 hash)
{
	hash ^= hash >> 32;
	return hash * GOLDEN_RATIO_64;
}

static struct cache_entry *find_set(struct cache_table *table, const struct net_device *dev,
				    const struct in6_addr *daddr)
{
	const u32 *a = (__force const u32 *)daddr->s6_addr32;
	u64 high = (u64)a[0] << 32 | a[1], low = (u64)a[2] << 32 | a[3];
	u64 hash = mix((high ^ dev->ifindex) * seeds[0] + low * seeds[1]);

	return &table->entry[(hash >> table->shift) * WAYS];
}

/* Seconds, of a kind */
static u32 time_now(void)
{
	unsigned long now = jiffies;

	return now >> ilog2(HZ);
}

/* Numbers that only grow, so that the sum stays only where each does. The serial
 * number of the namespace's routes is new for each that is added or altered, when it
 * can be found. The time is for what nothing tells, that a route which is in the
 * table is given a lifetime: at most a second.
 */
static u32 sum_of_all(const struct net *net)
{
	return atomic_read(&net->ipv6.fib6_sernum) + atomic_read(&told) +
	       atomic_read(&changes) + time_now();
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

static u32 sum_of_own(const struct net *net)
{
	return local_sernum(net) + atomic_read(&changes);
}

static bool entry_is_current(const struct cache_entry *e, const struct net *net)
{
	return e->own == sum_of_own(net) && dst_check(e->dst, e->cookie);
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

/* Whether all that may happen to the route alters sum_of_all(). Nothing is told of an
 * exception that goes, of time that passes, and of a route that is deleted from behind
 * others of its prefix.
 */
static bool route_is_told(const struct net *net, const struct rt6_info *rt)
{
	const struct fib6_info *from = rcu_dereference(rt->from);
	const struct fib6_node *fn = from ? rcu_dereference(from->fib6_node) : NULL;

	return kame_ipv6_ns(net)->fib_told && rt->rt6i_flags & RTF_PCPU &&
	       !rt->sernum && fn && rcu_access_pointer(fn->leaf) == from &&
	       !((rt->rt6i_flags | from->fib6_flags) & RTF_EXPIRES);
}

static u8 route_kind(const struct rt6_info *rt)
{
	const struct dst_entry *dst = &rt->dst;

	if (dst->input == ip6_input)
		return KAME_IPV6_PATH_ACCEPT;
	if (dst->output != ip6_output || dst->xfrm || dst_metric_raw(dst, RTAX_MTU) ||
	    dst_metric_locked(dst, RTAX_MTU) || !rt->rt6i_idev ||
	    rt->rt6i_idev->dev != dst->dev || rt->rt6i_flags & (RTF_CACHE | RTF_LOCAL))
		return KAME_IPV6_PATH_OTHER;
	return KAME_IPV6_PATH_FORWARD;
}

static u64 hop_number(struct cache_table *table, const struct in6_addr *addr)
{
	const u32 *a = (__force const u32 *)addr->s6_addr32;
	u64 hash = mix(((u64)(a[0] ^ a[2]) << 32 | (a[1] ^ a[3])) * seeds[0]);
	unsigned int place = hash >> 32 & (HOPS - 1);
	struct cache_hop *hop = &table->hops[place];

	if (!hop->number || !ipv6_addr_equal(&hop->addr, addr)) {
		hop->addr = *addr;
		hop->number = ++table->hops_seen * HOPS + place;
	}
	return hop->number;
}

static bool entry_is_for(const struct cache_entry *e, const struct net_device *dev,
			 const struct in6_addr *daddr)
{
	return e->dev == dev && ipv6_addr_equal(&e->daddr, daddr);
}

/* An entry for the route @now: the one that has been its own, an empty one or one that is
 * of no use, else any of @set, one time in REPLACE_EVERY; or NULL.
 */
static struct cache_entry *find_place(struct cache_table *table, struct cache_entry *set,
				      const struct cache_entry *now)
{
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		if (entry_is_for(&set[i], now->dev, &now->daddr))
			return &set[i];
	}
	for (i = 0; i < WAYS; i++) {
		if (!set[i].dst || !entry_is_current(&set[i], dev_net(set[i].dst->dev)))
			return &set[i];
	}
	if (++table->misses % REPLACE_EVERY)
		return NULL;
	return &set[table->misses / REPLACE_EVERY % WAYS];
}

static const struct cache_entry *remember(struct kame_ipv6_ns *ns, struct cache_table *table,
					  struct cache_entry *set, const struct sk_buff *skb,
					  const struct cache_entry *now)
{
	struct dst_entry *dst = skb_dst(skb), *old;
	struct rt6_info *rt = (struct rt6_info *)dst;
	struct cache_entry *e = find_place(table, set, now);

	if (!e || !dst_hold_safe(dst))
		return NULL;
	/* Whoever waits for packets sees both: see kame_ipv6_cache_dev_gone(). */
	if (!READ_ONCE(ns->cached))
		WRITE_ONCE(ns->cached, true);
	old = e->dst;
	*e = *now;
	e->dst = dst;
	e->idev = rt->rt6i_idev;
	e->kind = route_kind(rt);
	e->hop = 0;
	if (e->kind == KAME_IPV6_PATH_FORWARD && rt->rt6i_flags & RTF_GATEWAY)
		e->hop = hop_number(table, &rt->rt6i_gateway);
	dst_release(old);
	return e;
}

static const struct cache_entry *search(struct net *net, struct sk_buff *skb,
					struct cache_table *table, struct cache_entry *set)
{
	struct cache_entry now = {
		.daddr = ipv6_hdr(skb)->daddr,
		.dev = skb->dev,
		.all = sum_of_all(net),
		.own = sum_of_own(net),
		.searched = time_now(),
	};
	int main = main_sernum(net);

	/* pairs with the barrier between a change of a table and its number */
	smp_rmb();
	ipv6_stub->ipv6_route_input(skb);
	if (!skb_dst(skb) || !route_is_lasting(net, skb))
		return NULL;
	now.cookie = rt6_get_cookie((struct rt6_info *)skb_dst(skb));
	now.summed = route_is_told(net, (struct rt6_info *)skb_dst(skb));
	/* with the same barrier: the cookie before the numbers */
	smp_rmb();
	if (main != main_sernum(net) || now.own != sum_of_own(net))
		return NULL;
	return remember(kame_ipv6_ns(net), table, set, skb, &now);
}

/* The second proof, where the first fails. Nothing tells that a router advertisement has
 * given a route another preference, or a route that had run out another lifetime: no
 * entry is used for longer than a second without a search.
 */
static noinline bool entry_renew(struct cache_entry *e, const struct net *net, u32 all)
{
	if (e->searched != (u16)time_now() || !entry_is_current(e, net))
		return false;
	e->all = all;
	return true;
}

static struct cache_entry *find(struct cache_entry *set, const struct net *net,
				const struct sk_buff *skb)
{
	const struct in6_addr *daddr = &ipv6_hdr(skb)->daddr;
	u32 all = sum_of_all(net);
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		struct cache_entry *e = &set[i];

		if (!entry_is_for(e, skb->dev, daddr))
			continue;
		if (likely(e->all == all && e->summed) || entry_renew(e, net, all))
			return e;
	}
	return NULL;
}

/* What the entry tells of the packets that take it. */
static void show_path(const struct cache_table *table, const struct cache_entry *e,
		      struct kame_ipv6_path *path)
{
	const struct cache_hop *hop = &table->hops[e->hop % HOPS];

	path->kind = e->kind;
	if (e->kind != KAME_IPV6_PATH_FORWARD)
		return;
	path->idev = e->idev;
	path->on_link = !e->hop;
	if (path->on_link)
		path->next_hop = e->daddr;
	else if (likely(hop->number == e->hop))
		path->next_hop = hop->addr;
	else
		path->next_hop = ((const struct rt6_info *)e->dst)->rt6i_gateway;
}

/**
 * kame_ipv6_cache_prefetch - a route will be asked for soon
 * @dev: the device that a packet came in on
 * @daddr: its destination, which may not be a valid one
 *
 * Context: rcu_read_lock(), bottom halves off.
 */
void kame_ipv6_cache_prefetch(const struct net_device *dev, const struct in6_addr *daddr)
{
	struct cache_table *table = rcu_dereference(*this_cpu_ptr(tables));
	const struct cache_entry *set;
	unsigned int i;

	if (unlikely(!table))
		return;
	set = find_set(table, dev, daddr);
	for (i = 0; i < WAYS; i++)
		prefetch(&set[i]);
}

/**
 * kame_ipv6_cache_route - give a packet its route
 * @skb: the packet, with its IPv6 header where the network header is
 * @net: its namespace
 * @path: filled
 *
 * The same as a search of the routing table. The route isn't counted as a reference
 * of the packet's.
 *
 * Context: rcu_read_lock().
 */
void kame_ipv6_cache_route(struct sk_buff *skb, struct net *net, struct kame_ipv6_path *path)
{
	const struct cache_entry *e;
	struct cache_table *table;
	struct cache_entry *set;

	path->kind = KAME_IPV6_PATH_OTHER;
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
	e = find(set, net, skb);
	if (likely(e)) {
		/* What a tunnel that is all devices in one says of the packet is counted. */
		skb_dst_drop(skb);
		skb_dst_set_noref(skb, e->dst);
	} else {
		e = search(net, skb, table, set);
	}
	if (e)
		show_path(table, e, path);
	return;
no_cache:
	ipv6_stub->ipv6_route_input(skb);
}

/**
 * kame_ipv6_cache_fib_event - hear what the routing tables tell
 * @nb: of a namespace
 * @event: enum fib_event_type
 * @ptr: struct fib_notifier_info
 */
int kame_ipv6_cache_fib_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct fib_notifier_info *info = ptr;

	if (info->family == AF_INET6)
		atomic_inc(&told);
	return NOTIFY_DONE;
}

static void table_free(struct cache_table *table)
{
	unsigned int i;

	if (!table)
		return;
	for (i = 0; i < table->entries; i++)
		dst_release(table->entry[i].dst);
	kvfree(table);
}

/* Let go of all routes, while packets may still be using the entries. Tables are made
 * anew when packets come.
 */
static void flush(void)
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
 * kame_ipv6_cache_dev_gone - let go of a device that is being removed
 * @ns: its namespace
 *
 * Routes hold devices, those of their own namespace. On NETDEV_UNREGISTER the device is
 * down, no route leads to it, and the kernel has waited for all packets since: of what
 * they remembered the mark is seen here, and no more comes.
 */
void kame_ipv6_cache_dev_gone(const struct kame_ipv6_ns *ns)
{
	if (READ_ONCE(ns->cached))
		flush();
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
	unsigned int entries = roundup_pow_of_two(clamp(cache, 2 * WAYS, ENTRIES_MAX)), cpu;
	struct cache_table *table;

	mutex_lock(&tables_lock);
	for_each_online_cpu(cpu) {
		if (rcu_access_pointer(*per_cpu_ptr(tables, cpu)))
			continue;
		table = kvzalloc_node(struct_size(table, entry, entries),
				      GFP_KERNEL | __GFP_NOWARN, cpu_to_node(cpu));
		if (!table)
			continue;
		table->entries = entries;
		table->shift = 64 - ilog2(entries / WAYS);
		rcu_assign_pointer(*per_cpu_ptr(tables, cpu), table);
	}
	mutex_unlock(&tables_lock);
}

int __init kame_ipv6_cache_init(void)
{
	tables = alloc_percpu(struct cache_table __rcu *);
	if (!tables)
		return -ENOMEM;
	get_random_bytes(seeds, sizeof(seeds));
	seeds[0] |= 1;
	seeds[1] |= 1;
	return 0;
}

/* No packet is on its way through the module any more. */
void kame_ipv6_cache_uninit(void)
{
	cancel_delayed_work_sync(&refill_work);
	flush();
	free_percpu(tables);
}

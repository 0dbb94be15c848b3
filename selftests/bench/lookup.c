// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lookups of destinations: is a packet for this node, and if not, where does it go?
 * The INET'99 paper, section 3.2, compares three ways to find out: a linear list of
 * the node's addresses, a hash table of them, and the routing table. The run says which
 * addresses are in list and hash; the routing table is the kernel's own, and has a local
 * route for each of them.
 */
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ipv6_stubs.h>

#include "bench.h"

/* Lookups that are timed together */
#define PER_CHUNK 64

/* An address of the node, in a piece of memory of its own as in any kernel */
struct lookup_addr {
	struct list_head list;
	struct hlist_node node;
	struct in6_addr addr;
};

/**
 * struct lookup - what a run has
 * @list: the node's addresses
 * @hash: the same in a table
 * @buckets: length of @hash, a power of 2
 * @seed: of the hash
 * @skb: the packet; only its destination changes
 * @daddr: destinations of the next chunk
 */
struct lookup {
	struct list_head list;
	struct hlist_head *hash;
	unsigned int buckets;
	u32 seed;
	struct sk_buff *skb;
	struct in6_addr daddr[PER_CHUNK];
};

typedef bool (*lookup_fn)(const struct lookup *l);

static struct hlist_head *bucket(const struct lookup *l, const struct in6_addr *addr)
{
	u32 hash = jhash2((__force const u32 *)addr->s6_addr32, ARRAY_SIZE(addr->s6_addr32),
			  l->seed);

	return &l->hash[hash & (l->buckets - 1)];
}

static int add_addr(struct lookup *l, const struct in6_addr *addr)
{
	struct lookup_addr *a = kzalloc(sizeof(*a), GFP_KERNEL);

	if (!a)
		return -ENOMEM;
	a->addr = *addr;
	list_add_tail(&a->list, &l->list);
	hlist_add_head(&a->node, bucket(l, addr));
	return 0;
}

static int add_addrs(struct lookup *l, const struct kame_bench_config *config)
{
	u32 first = be32_to_cpu(config->own.s6_addr32[3]), n;
	struct in6_addr addr = config->own;
	int err = 0;

	/* As many buckets as addresses, so that a bucket has one, on average. */
	l->buckets = roundup_pow_of_two(max(config->owns, 16U));
	l->hash = kvcalloc(l->buckets, sizeof(*l->hash), GFP_KERNEL);
	if (!l->hash)
		return -ENOMEM;
	l->seed = get_random_u32();
	for (n = 0; !err && n < config->owns; n++) {
		addr.s6_addr32[3] = cpu_to_be32(first + n);
		err = add_addr(l, &addr);
	}
	return err;
}

static void lookup_uninit(struct lookup *l)
{
	struct lookup_addr *a, *next;

	list_for_each_entry_safe(a, next, &l->list, list)
		kfree(a);
	kvfree(l->hash);
	kfree_skb(l->skb);
}

static int lookup_init(struct lookup *l, const struct kame_bench_config *config,
		       struct net_device *dev)
{
	INIT_LIST_HEAD(&l->list);
	l->skb = netdev_alloc_skb_ip_align(dev, config->len);
	if (!l->skb)
		return -ENOMEM;
	skb_put_data(l->skb, config->packet, config->len);
	skb_reset_network_header(l->skb);
	l->skb->protocol = htons(ETH_P_IPV6);
	return add_addrs(l, config);
}

/* Section 3.2's own way: the type of the route tells. */
static bool by_fib(const struct lookup *l)
{
	ipv6_stub->ipv6_route_input(l->skb);
	return skb_dst(l->skb)->input == ip6_input;
}

static bool by_list(const struct lookup *l)
{
	const struct in6_addr *daddr = &ipv6_hdr(l->skb)->daddr;
	const struct lookup_addr *a;

	list_for_each_entry(a, &l->list, list)
		if (ipv6_addr_equal(&a->addr, daddr))
			return true;
	return by_fib(l);
}

static bool by_hash(const struct lookup *l)
{
	const struct in6_addr *daddr = &ipv6_hdr(l->skb)->daddr;
	const struct lookup_addr *a;

	hlist_for_each_entry(a, bucket(l, daddr), node)
		if (ipv6_addr_equal(&a->addr, daddr))
			return true;
	return by_fib(l);
}

static const lookup_fn lookups[] = {
	[KAME_BENCH_LOOKUP_LIST] = by_list,
	[KAME_BENCH_LOOKUP_HASH] = by_hash,
	[KAME_BENCH_LOOKUP_FIB] = by_fib,
};

static void make_destinations(struct lookup *l, const struct kame_bench_config *config,
			      u32 first)
{
	const struct ipv6hdr *hdr = (const struct ipv6hdr *)config->packet;
	unsigned int at = config->vary_at - offsetof(struct ipv6hdr, daddr), n;
	__be32 number;

	for (n = 0; n < PER_CHUNK; n++) {
		l->daddr[n] = hdr->daddr;
		memcpy(&number, &l->daddr[n].s6_addr[at], sizeof(number));
		be32_add_cpu(&number, kame_bench_nth_value(config, first + n));
		memcpy(&l->daddr[n].s6_addr[at], &number, sizeof(number));
	}
}

/* Return: how many of the packets are for this node. */
static u32 look_up(const struct lookup *l, lookup_fn accepts)
{
	struct in6_addr *to = &ipv6_hdr(l->skb)->daddr;
	u32 accepted = 0, n;

	for (n = 0; n < PER_CHUNK; n++) {
		*to = l->daddr[n];
		accepted += accepts(l);
		skb_dst_drop(l->skb);
	}
	return accepted;
}

static int run(struct lookup *l, const struct kame_bench_config *config,
	       struct kame_bench_result *result)
{
	u64 start = ktime_get_ns(), most = (u64)config->ms * NSEC_PER_MSEC, begun, ended;
	lookup_fn accepts = lookups[config->lookup];

	do {
		make_destinations(l, config, result->packets);
		/* As in a driver's poll */
		local_bh_disable();
		rcu_read_lock();
		begun = ktime_get_ns();
		result->sunk += look_up(l, accepts);
		ended = ktime_get_ns();
		rcu_read_unlock();
		local_bh_enable();
		kame_bench_result_add(result, ended - begun, PER_CHUNK);
		cond_resched();
		if (signal_pending(current))
			return -EINTR;
	} while (result->packets < config->count && (!most || ended - start < most));
	return 0;
}

/**
 * kame_bench_lookup() - look destinations up, and time it
 * @config: the run; its packet is IPv6, and its destinations vary
 * @result: zeroed; released by kame_bench_result_uninit(), whatever is returned
 *
 * Context: process, may sleep.
 * Return: 0, -EINVAL for what is no such packet, -ENODEV for the device, -ENOMEM, -EINTR.
 */
int kame_bench_lookup(const struct kame_bench_config *config, struct kame_bench_result *result)
{
	struct net_device *dev;
	struct lookup *l;
	int err = -ENOMEM;

	if (config->proto != htons(ETH_P_IPV6) ||
	    config->vary_at < offsetof(struct ipv6hdr, daddr) ||
	    config->vary_at > sizeof(struct ipv6hdr) - sizeof(__be32))
		return -EINVAL;
	dev = dev_get_by_name(config->net, config->dev);
	if (!dev)
		return -ENODEV;
	l = kzalloc(sizeof(*l), GFP_KERNEL);
	if (!l)
		goto out_dev;
	err = kame_bench_result_init(result, config->count + PER_CHUNK, PER_CHUNK);
	if (err)
		goto out_lookup;
	err = lookup_init(l, config, dev);
	if (!err)
		err = run(l, config, result);
	lookup_uninit(l);
out_lookup:
	kfree(l);
out_dev:
	dev_put(dev);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows seen lately, by CPU: their policy and bundle.
 */
#include <linux/mm.h>

#include "bundle.h"
#include "cache.h"

#define CACHE_SIZE (1 << KAME_IPSEC_CACHE_BITS)

/**
 * kame_ipsec_cache_find - what a flow meets
 * @ns: the namespace
 * @flow: the flow, with the fields that selectors look at
 *
 * Context: bottom halves off, rcu_read_lock().
 * Return: this CPU's entry of the flow, whose policy is current. Its bundle may not be.
 */
struct kame_ipsec_cached *kame_ipsec_cache_find(struct kame_ipsec_ns *ns,
						const struct kame_ipsec_flow *flow)
{
	struct kame_ipsec_cached *c;
	/* Before the search: what it finds is at least as new as that. */
	u32 gen = smp_load_acquire(&ns->gen);

	c = &this_cpu_ptr(ns->cache)->slot[kame_ipsec_cache_hash(flow)];
	if (likely(c->gen == gen && kame_ipsec_cache_equal(&c->flow, flow)))
		return c;
	kame_ipsec_mib_inc(ns->mib, KAME_IPSEC_MIB_FLOW_MISS);
	c->pol = kame_ipsec_spd_lookup(&ns->spd, flow);
	c->flow = *flow;
	c->gen = gen;
	dst_release(xchg(&c->dst, NULL));
	return c;
}

/**
 * kame_ipsec_cache_sweep - let go of bundles
 * @ns: the namespace
 * @all: also of those that are current
 *
 * Context: process, kame_ipsec_ns.lock.
 */
void kame_ipsec_cache_sweep(struct kame_ipsec_ns *ns, bool all)
{
	u32 gen = READ_ONCE(ns->gen);
	unsigned int i;
	int cpu;

	if (!ns->cache)
		return;
	for_each_possible_cpu(cpu) {
		struct kame_ipsec_cached *slot = per_cpu_ptr(ns->cache, cpu)->slot;

		for (i = 0; slot && i < CACHE_SIZE; i++)
			kame_ipsec_bundle_sweep(&slot[i].dst,
						all || READ_ONCE(slot[i].gen) != gen);
	}
}

/**
 * kame_ipsec_cache_alloc - make the caches of a namespace, if it has none
 * @ns: the namespace
 *
 * Context: process, kame_ipsec_ns.lock.
 * Return: 0 or -ENOMEM.
 */
int kame_ipsec_cache_alloc(struct kame_ipsec_ns *ns)
{
	int cpu;

	if (ns->cache)
		return 0;
	ns->cache = alloc_percpu(struct kame_ipsec_cache);
	if (!ns->cache)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct kame_ipsec_cached **slot = &per_cpu_ptr(ns->cache, cpu)->slot;

		*slot = kvzalloc_node(array_size(CACHE_SIZE, sizeof(**slot)),
				      GFP_KERNEL_ACCOUNT, cpu_to_node(cpu));
		if (!*slot) {
			kame_ipsec_cache_free(ns);
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * kame_ipsec_cache_free - let go of the caches of a namespace
 * @ns: the namespace, which no packet meets any more
 */
void kame_ipsec_cache_free(struct kame_ipsec_ns *ns)
{
	int cpu;

	if (!ns->cache)
		return;
	kame_ipsec_cache_sweep(ns, true);
	for_each_possible_cpu(cpu)
		kvfree(per_cpu_ptr(ns->cache, cpu)->slot);
	free_percpu(ns->cache);
	ns->cache = NULL;
}

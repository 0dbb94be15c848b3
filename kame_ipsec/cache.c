// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flows seen lately, by CPU: their policy and bundle.
 */
#include <linux/mm.h>

#include "bundle.h"
#include "cache.h"

#define CACHE_SIZE (1 << KAME_IPSEC_CACHE_BITS)

/**
 * kame_ipsec_cache_fill - have an entry be that of a flow
 * @ns: the namespace
 * @c: this CPU's entry for it
 * @flow: the flow, with the fields that selectors look at
 * @fields: those fields
 * @gen: generation of the policies, read before
 *
 * Context: bottom halves off, rcu_read_lock().
 * Return: false where policies have come that look at more than @fields: what they made of
 * the flow might be neither what it was before nor what it is with them.
 */
bool kame_ipsec_cache_fill(struct kame_ipsec_ns *ns, struct kame_ipsec_cached *c,
			   const struct kame_ipsec_flow *flow, unsigned int fields,
			   unsigned long gen)
{
	kame_ipsec_mib_inc(ns->mib, KAME_IPSEC_MIB_FLOW_MISS);
	c->pol = kame_ipsec_spd_lookup(&ns->spd, flow);
	c->stats = c->pol ? this_cpu_ptr(c->pol->pcpu) : NULL;
	c->action = c->pol ? c->pol->action : 0;
	c->flow = *flow;
	c->gen = gen;
	dst_release(xchg(&c->dst, NULL));
	if (likely(!(kame_ipsec_spd_fields(&ns->spd, flow->dir, flow->family) & ~fields)))
		return true;
	c->gen = 0;
	return false;
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
	unsigned long gen = READ_ONCE(ns->gen);
	unsigned int i;
	int cpu;

	if (!ns->cached)
		return;
	for_each_possible_cpu(cpu) {
		struct kame_ipsec_cached *slot = per_cpu_ptr(ns->mib, cpu)->slot;

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

	if (ns->cached)
		return 0;
	ns->cached = true;
	for_each_possible_cpu(cpu) {
		struct kame_ipsec_cached **slot = &per_cpu_ptr(ns->mib, cpu)->slot;

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

	if (!ns->cached)
		return;
	kame_ipsec_cache_sweep(ns, true);
	for_each_possible_cpu(cpu) {
		struct kame_ipsec_counters *c = per_cpu_ptr(ns->mib, cpu);

		kvfree(c->slot);
		c->slot = NULL;
	}
	ns->cached = false;
}

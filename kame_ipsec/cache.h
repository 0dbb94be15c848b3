/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_CACHE_H
#define _KAME_IPSEC_CACHE_H

#include <linux/hash.h>
#include <linux/bitops.h>

#include "netns.h"
#include "policy.h"

#define KAME_IPSEC_CACHE_BITS 9

/**
 * struct kame_ipsec_cached - what a flow met last
 * @flow: the flow, with the fields that selectors look at
 * @pol: its policy, or NULL for none. Valid only while @gen is the namespace's: a
 *	policy goes a grace period after the generation.
 * @stats: this CPU's part of the policy, valid as @pol
 * @action: that of the policy
 * @dst: its bundle, or NULL. Written by xchg(): by this CPU with bottom halves off, and
 *	by whoever empties the caches. Holds a reference.
 * @gen: generation of the policies that @pol was looked up in
 */
struct kame_ipsec_cached {
	struct kame_ipsec_flow flow;
	struct kame_ipsec_policy *pol;
	struct kame_ipsec_pcpu *stats;
	struct dst_entry *dst;
	unsigned long gen;
	u8 action;
} ____cacheline_aligned;

/* Written out, and no word waits for the one before: a loop costs more than what it does. */
static inline u32 kame_ipsec_cache_hash(const struct kame_ipsec_flow *flow)
{
	const u64 *w = (const u64 *)flow;
	u64 h;

	BUILD_BUG_ON(sizeof(*flow) != 7 * sizeof(u64));
	h = (rol64(w[0], 2) ^ rol64(w[1], 55)) ^ (rol64(w[2], 44) ^ rol64(w[3], 33)) ^
	    (rol64(w[4], 22) ^ rol64(w[5], 11)) ^ w[6];
	return hash_64(h ^ h >> 29, KAME_IPSEC_CACHE_BITS);
}

static inline bool kame_ipsec_cache_equal(const struct kame_ipsec_flow *a,
					  const struct kame_ipsec_flow *b)
{
	const u64 *x = (const u64 *)a, *y = (const u64 *)b;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) |
		 (x[4] ^ y[4]) | (x[5] ^ y[5]) | (x[6] ^ y[6]));
}

bool kame_ipsec_cache_fill(struct kame_ipsec_ns *ns, struct kame_ipsec_cached *c,
			   const struct kame_ipsec_flow *flow, unsigned int fields,
			   unsigned long gen);

/**
 * kame_ipsec_cache_find - what a flow meets
 * @ns: the namespace
 * @flow: the flow, with the fields that selectors look at
 * @fields: those fields
 *
 * Context: bottom halves off, rcu_read_lock().
 * Return: this CPU's entry of the flow, whose policy is current. Its bundle may not be.
 * NULL where policies have come that look at more than @fields.
 */
static __always_inline struct kame_ipsec_cached *
kame_ipsec_cache_find(struct kame_ipsec_ns *ns, const struct kame_ipsec_flow *flow,
		      unsigned int fields)
{
	struct kame_ipsec_cached *c;
	/* Before the search: what it finds is at least as new as that. */
	unsigned long gen = smp_load_acquire(&ns->gen);

	c = &this_cpu_ptr(ns->mib)->slot[kame_ipsec_cache_hash(flow)];
	if (unlikely(c->gen != gen || !kame_ipsec_cache_equal(&c->flow, flow)) &&
	    !kame_ipsec_cache_fill(ns, c, flow, fields, gen))
		return NULL;
	return c;
}

void kame_ipsec_cache_sweep(struct kame_ipsec_ns *ns, bool all);
int kame_ipsec_cache_alloc(struct kame_ipsec_ns *ns);
void kame_ipsec_cache_free(struct kame_ipsec_ns *ns);

#endif /* _KAME_IPSEC_CACHE_H */

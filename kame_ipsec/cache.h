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
 * @dst: its bundle, or NULL. Written by xchg(): by this CPU with bottom halves off, and
 *	by whoever empties the caches. Holds a reference.
 * @gen: generation of the policies that @pol was looked up in
 */
struct kame_ipsec_cached {
	struct kame_ipsec_flow flow;
	struct kame_ipsec_policy *pol;
	struct dst_entry *dst;
	u32 gen;
} ____cacheline_aligned;

struct kame_ipsec_cache {
	struct kame_ipsec_cached *slot;
};

static inline u32 kame_ipsec_cache_hash(const struct kame_ipsec_flow *flow)
{
	const u64 *w = (const u64 *)flow;
	u64 h = w[0];
	unsigned int i;

	BUILD_BUG_ON(sizeof(*flow) != 7 * sizeof(u64));
	for (i = 1; i < 7; i++)
		h = rol64(h, 11) ^ w[i];
	return hash_64(h ^ h >> 29, KAME_IPSEC_CACHE_BITS);
}

static inline bool kame_ipsec_cache_equal(const struct kame_ipsec_flow *a,
					  const struct kame_ipsec_flow *b)
{
	const u64 *x = (const u64 *)a, *y = (const u64 *)b;
	u64 diff = 0;
	unsigned int i;

	for (i = 0; i < 7; i++)
		diff |= x[i] ^ y[i];
	return !diff;
}

struct kame_ipsec_cached *kame_ipsec_cache_find(struct kame_ipsec_ns *ns,
						const struct kame_ipsec_flow *flow);
void kame_ipsec_cache_sweep(struct kame_ipsec_ns *ns, bool all);
int kame_ipsec_cache_alloc(struct kame_ipsec_ns *ns);
void kame_ipsec_cache_free(struct kame_ipsec_ns *ns);

#endif /* _KAME_IPSEC_CACHE_H */

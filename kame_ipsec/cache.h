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

/* Written out: a loop costs more than what it does. */
static inline u32 kame_ipsec_cache_hash(const struct kame_ipsec_flow *flow)
{
	const u64 *w = (const u64 *)flow;
	u64 h;

	BUILD_BUG_ON(sizeof(*flow) != 7 * sizeof(u64));
	h = rol64(w[0], 11) ^ w[1];
	h = rol64(h, 11) ^ w[2];
	h = rol64(h, 11) ^ w[3];
	h = rol64(h, 11) ^ w[4];
	h = rol64(h, 11) ^ w[5];
	h = rol64(h, 11) ^ w[6];
	return hash_64(h ^ h >> 29, KAME_IPSEC_CACHE_BITS);
}

static inline bool kame_ipsec_cache_equal(const struct kame_ipsec_flow *a,
					  const struct kame_ipsec_flow *b)
{
	const u64 *x = (const u64 *)a, *y = (const u64 *)b;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) |
		 (x[4] ^ y[4]) | (x[5] ^ y[5]) | (x[6] ^ y[6]));
}

struct kame_ipsec_cached *kame_ipsec_cache_find(struct kame_ipsec_ns *ns,
						const struct kame_ipsec_flow *flow);
void kame_ipsec_cache_sweep(struct kame_ipsec_ns *ns, bool all);
int kame_ipsec_cache_alloc(struct kame_ipsec_ns *ns);
void kame_ipsec_cache_free(struct kame_ipsec_ns *ns);

#endif /* _KAME_IPSEC_CACHE_H */

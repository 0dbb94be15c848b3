/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_MIB_H
#define _KAME_IPSEC_MIB_H

#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <uapi/linux/kame_ipsec_mib.h>

struct kame_ipsec_cached;
struct kame_ipsec_ns;
struct kame_ipsec_policy;
struct kame_ipsec_under_way;

/**
 * struct kame_ipsec_counters - one CPU's part of a namespace
 * @slot: flows seen lately, cache.h. Made with the first policy and kept.
 * @under_way: the packet whose output this CPU is within, or NULL. With bottom halves off.
 * @count: counters, indexed by enum kame_ipsec_mib
 *
 * What each packet needs lies together: to fetch it costs more than to use it.
 */
struct kame_ipsec_counters {
	struct kame_ipsec_cached *slot;
	const struct kame_ipsec_under_way *under_way;
	u64 count[__KAME_IPSEC_MIB_MAX];
} ____cacheline_aligned;

static inline void kame_ipsec_mib_inc(struct kame_ipsec_counters __percpu *mib,
				      enum kame_ipsec_mib index)
{
	this_cpu_inc(mib->count[index]);
}

void kame_ipsec_mib_add(u64 *sum, const struct kame_ipsec_counters __percpu *mib);
const char *kame_ipsec_mib_name(enum kame_ipsec_mib index);
void kame_ipsec_drop_count(struct kame_ipsec_ns *ns, const struct kame_ipsec_policy *pol,
			   const struct sk_buff *skb, enum kame_ipsec_mib cause);
unsigned int kame_ipsec_drop(struct kame_ipsec_ns *ns, const struct kame_ipsec_policy *pol,
			     struct sk_buff *skb, enum kame_ipsec_mib cause, int err);

#endif /* _KAME_IPSEC_MIB_H */

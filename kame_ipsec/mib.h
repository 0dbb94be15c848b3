/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_MIB_H
#define _KAME_IPSEC_MIB_H

#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <uapi/linux/kame_ipsec_mib.h>

struct kame_ipsec_ns;
struct kame_ipsec_policy;

/**
 * struct kame_ipsec_counters - one CPU's counters of a namespace
 * @count: indexed by enum kame_ipsec_mib
 */
struct kame_ipsec_counters {
	u64 count[__KAME_IPSEC_MIB_MAX];
};

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

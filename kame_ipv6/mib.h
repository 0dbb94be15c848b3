/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_MIB_H
#define _KAME_IPV6_MIB_H

#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <uapi/linux/kame_ipv6_mib.h>

/**
 * struct kame_ipv6_counters - one CPU's counters of a device or a namespace
 * @count: indexed by enum kame_ipv6_mib
 */
struct kame_ipv6_counters {
	u64 count[__KAME_IPV6_MIB_MAX];
};

/* Packets are handled with bottom halves off: nobody else on this CPU counts meanwhile. */
static inline void kame_ipv6_mib_count(struct kame_ipv6_counters __percpu *mib,
				       enum kame_ipv6_mib index, unsigned int n)
{
	__this_cpu_add(mib->count[index], n);
}

static inline void kame_ipv6_mib_inc(struct kame_ipv6_counters __percpu *mib,
				     enum kame_ipv6_mib index)
{
	kame_ipv6_mib_count(mib, index, 1);
}

void kame_ipv6_mib_add(u64 *sum, const struct kame_ipv6_counters __percpu *mib);
void kame_ipv6_mib_fold(struct kame_ipv6_counters __percpu *to,
			const struct kame_ipv6_counters __percpu *from);
const char *kame_ipv6_mib_name(enum kame_ipv6_mib index);
void kame_ipv6_drop_elsewhere(struct kame_ipv6_counters __percpu *mib,
			      const struct sk_buff *skb, enum kame_ipv6_mib cause);
void kame_ipv6_drop(struct kame_ipv6_counters __percpu *mib, struct sk_buff *skb,
		    enum kame_ipv6_mib cause);

#endif /* _KAME_IPV6_MIB_H */

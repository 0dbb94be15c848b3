// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters, and the one way in which kame_ipv6 drops a packet.
 */
#include "kunit.h"
#include "mib.h"
#include "trace.h"

#define MIB_NAME(symbol, label, help) [KAME_IPV6_MIB_##symbol] = label,
static const char * const names[__KAME_IPV6_MIB_MAX] = {
	KAME_IPV6_MIB_LIST(MIB_NAME)
};

/* What the kernel's own drop monitors are told. */
static enum skb_drop_reason drop_reason(enum kame_ipv6_mib cause)
{
	switch (cause) {
	case KAME_IPV6_MIB_DROP_OTHERHOST:
		return SKB_DROP_REASON_OTHERHOST;
	case KAME_IPV6_MIB_DROP_DISABLED:
		return SKB_DROP_REASON_IPV6DISABLED;
	case KAME_IPV6_MIB_DROP_NO_MEMORY:
		return SKB_DROP_REASON_NOMEM;
	case KAME_IPV6_MIB_DROP_PAYLOAD:
		return SKB_DROP_REASON_PKT_TOO_SMALL;
	case KAME_IPV6_MIB_DROP_TRUNCATED:
		return SKB_DROP_REASON_HDR_TRUNC;
	case KAME_IPV6_MIB_DROP_VERSION:
	case KAME_IPV6_MIB_DROP_OPTION_UNKNOWN:
	case KAME_IPV6_MIB_DROP_ROUTING_TYPE:
		return SKB_DROP_REASON_UNHANDLED_PROTO;
	case KAME_IPV6_MIB_DROP_L2_MULTICAST:
		return SKB_DROP_REASON_UNICAST_IN_L2_MULTICAST;
	default:
		return SKB_DROP_REASON_IP_INHDR;
	}
}

/**
 * kame_ipv6_mib_add - add up the counters of all CPUs
 * @sum: array of __KAME_IPV6_MIB_MAX counters that grow by those in @mib
 * @mib: the counters to read; they may change meanwhile
 */
void kame_ipv6_mib_add(u64 *sum, const struct kame_ipv6_counters __percpu *mib)
{
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct kame_ipv6_counters *c = per_cpu_ptr(mib, cpu);

		for (i = 0; i < __KAME_IPV6_MIB_MAX; i++)
			sum[i] += READ_ONCE(c->count[i]);
	}
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipv6_mib_add);

/**
 * kame_ipv6_mib_fold - keep the counters of a device that is let go
 * @to: the counters of its namespace
 * @from: the counters of the device, which no CPU writes any more
 */
void kame_ipv6_mib_fold(struct kame_ipv6_counters __percpu *to,
			const struct kame_ipv6_counters __percpu *from)
{
	u64 sum[__KAME_IPV6_MIB_MAX] = {};
	unsigned int i;

	kame_ipv6_mib_add(sum, from);
	local_bh_disable();
	for (i = 0; i < __KAME_IPV6_MIB_MAX; i++)
		__this_cpu_add(to->count[i], sum[i]);
	local_bh_enable();
}

const char *kame_ipv6_mib_name(enum kame_ipv6_mib index)
{
	return index < __KAME_IPV6_MIB_MAX ? names[index] : "?";
}

/**
 * kame_ipv6_drop_elsewhere - count a packet that the kernel is about to drop
 * @mib: counters of the device it came in on
 * @skb: the packet
 * @cause: the counter that says why, one of KAME_IPV6_MIB_DROP_*
 */
void kame_ipv6_drop_elsewhere(struct kame_ipv6_counters __percpu *mib,
			      const struct sk_buff *skb, enum kame_ipv6_mib cause)
{
	kame_ipv6_mib_inc(mib, cause);
	trace_kame_ipv6_drop(skb, cause);
}

/**
 * kame_ipv6_drop - free a packet that kame_ipv6 refuses
 * @mib: counters of the device it came in on
 * @skb: the packet; gone on return
 * @cause: the counter that says why, one of KAME_IPV6_MIB_DROP_*
 *
 * Context: softirq or process context, under rcu_read_lock().
 */
void kame_ipv6_drop(struct kame_ipv6_counters __percpu *mib, struct sk_buff *skb,
		    enum kame_ipv6_mib cause)
{
	kame_ipv6_drop_elsewhere(mib, skb, cause);
	kfree_skb_reason(skb, drop_reason(cause));
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters, and the one way in which kame_ipsec drops a packet.
 */
#include <linux/netfilter.h>

#include "mib.h"
#include "netns.h"
#include "offload.h"
#include "policy.h"
#include "trace.h"

#define MIB_NAME(symbol, label, help) [KAME_IPSEC_MIB_##symbol] = label,
static const char * const names[__KAME_IPSEC_MIB_MAX] = {
	KAME_IPSEC_MIB_LIST(MIB_NAME)
};

/* What the kernel's own drop monitors are told. */
static enum skb_drop_reason drop_reason(enum kame_ipsec_mib cause)
{
	switch (cause) {
	case KAME_IPSEC_MIB_DROP_TOO_BIG:
		return SKB_DROP_REASON_PKT_TOO_BIG;
	case KAME_IPSEC_MIB_DROP_NO_MEMORY:
		return SKB_DROP_REASON_NOMEM;
	case KAME_IPSEC_MIB_DROP_MALFORMED:
		return SKB_DROP_REASON_IP_INHDR;
	case KAME_IPSEC_MIB_DROP_NO_ROUTE:
		return SKB_DROP_REASON_IP_OUTNOROUTES;
	default:
		return SKB_DROP_REASON_XFRM_POLICY;
	}
}

/**
 * kame_ipsec_mib_add - add up the counters of all CPUs
 * @sum: array of __KAME_IPSEC_MIB_MAX counters that grow by those in @mib
 * @mib: the counters to read; they may change meanwhile
 */
void kame_ipsec_mib_add(u64 *sum, const struct kame_ipsec_counters __percpu *mib)
{
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct kame_ipsec_counters *c = per_cpu_ptr(mib, cpu);

		for (i = 0; i < __KAME_IPSEC_MIB_MAX; i++)
			sum[i] += READ_ONCE(c->count[i]);
	}
}

const char *kame_ipsec_mib_name(enum kame_ipsec_mib index)
{
	return index < __KAME_IPSEC_MIB_MAX ? names[index] : "?";
}

/**
 * kame_ipsec_drop_count - count a packet that somebody else frees
 * @ns: the namespace
 * @pol: the policy that it met, or NULL
 * @skb: the packet
 * @cause: why, one of KAME_IPSEC_MIB_DROP_*
 */
void kame_ipsec_drop_count(struct kame_ipsec_ns *ns, const struct kame_ipsec_policy *pol,
			   const struct sk_buff *skb, enum kame_ipsec_mib cause)
{
	kame_ipsec_mib_inc(ns->mib, cause);
	if (pol)
		kame_ipsec_policy_count(pol, KAME_IPSEC_STAT_ERRORS);
	trace_kame_ipsec_drop(skb, cause, pol ? pol->index : 0);
}

/**
 * kame_ipsec_drop - free a packet that kame_ipsec refuses
 * @ns: the namespace
 * @pol: the policy that it met, or NULL
 * @skb: the packet; gone on return
 * @cause: why, one of KAME_IPSEC_MIB_DROP_*
 * @err: what the sender is told, a negative errno
 *
 * Context: any but hard interrupt, under rcu_read_lock().
 * Return: a netfilter verdict that takes @err to the sender.
 */
unsigned int kame_ipsec_drop(struct kame_ipsec_ns *ns, const struct kame_ipsec_policy *pol,
			     struct sk_buff *skb, enum kame_ipsec_mib cause, int err)
{
	kame_ipsec_drop_count(ns, pol, skb, cause);
	if (pol)
		kame_ipsec_offload_forbid(ns->net, skb, pol->sel.family);
	kfree_skb_reason(skb, drop_reason(cause));
	return NF_STOLEN | (unsigned int)-err << NF_VERDICT_QBITS;
}

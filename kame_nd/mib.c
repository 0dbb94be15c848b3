// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of a namespace.
 */
#include "mib.h"

/**
 * kame_nd_mib_sum - add up the counters of all CPUs
 * @ns: the namespace
 * @sum: array of __KAME_ND_MIB_MAX counters that grow by those of @ns
 */
void kame_nd_mib_sum(const struct kame_nd_ns *ns, u64 *sum)
{
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct kame_nd_counters *c = per_cpu_ptr(ns->mib, cpu);

		for (i = 0; i < __KAME_ND_MIB_MAX; i++)
			sum[i] += READ_ONCE(c->count[i]);
	}
}

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_MIB_H
#define _KAME_ND_MIB_H

#include <linux/percpu.h>
#include <uapi/linux/kame_nd_mib.h>

#include "netns.h"

/**
 * struct kame_nd_counters - one CPU's counters of a namespace
 * @count: indexed by enum kame_nd_mib
 */
struct kame_nd_counters {
	u64 count[__KAME_ND_MIB_MAX];
};

static inline void kame_nd_mib_inc(struct kame_nd_ns *ns, enum kame_nd_mib index)
{
	this_cpu_inc(ns->mib->count[index]);
}

static inline void kame_nd_mib_add(struct kame_nd_ns *ns, enum kame_nd_mib index, u64 n)
{
	this_cpu_add(ns->mib->count[index], n);
}

void kame_nd_mib_sum(const struct kame_nd_ns *ns, u64 *sum);

#endif /* _KAME_ND_MIB_H */

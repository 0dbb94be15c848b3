/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_POLICY_H
#define _KAME_IPSEC_POLICY_H

#include <net/dst.h>

#include <uapi/linux/kame_ipsec.h>
#include <uapi/linux/kame_ipsec_mib.h>

#include "sel.h"

struct kame_ipsec_ns;
struct kame_ipsec_bundle;

/**
 * struct kame_ipsec_tmpl - the protection that a policy demands
 * @src: source of the outer header (tunnel mode)
 * @dst: destination of the outer header (tunnel mode)
 * @family: family of the outer header (tunnel mode) or of the selector
 * @proto: IPPROTO_ESP or IPPROTO_AH
 * @mode: XFRM_MODE_TRANSPORT or XFRM_MODE_TUNNEL
 * @level: enum kame_ipsec_level
 * @reqid: reqid of the states
 * @spi: SPI of the one state, 0 if any will do
 */
struct kame_ipsec_tmpl {
	xfrm_address_t src;
	xfrm_address_t dst;
	u16 family;
	u8 proto;
	u8 mode;
	u8 level;
	u32 reqid;
	__be32 spi;
};

/**
 * struct kame_ipsec_pcpu - one CPU's part of a policy
 * @last_use: time of the last match, seconds since 1970
 * @count: counters, indexed by enum kame_ipsec_stat
 * @bundle: the bundle last used in tunnel mode. Written by xchg(): this CPU with
 *	bottom halves off, and whoever empties the caches. Holds a reference.
 *
 * Each packet writes it: it has a cache line of its own.
 */
struct kame_ipsec_pcpu {
	time64_t last_use;
	u64 count[__KAME_IPSEC_STAT_MAX];
	struct dst_entry *bundle;
} ____cacheline_aligned;

/**
 * struct kame_ipsec_policy - a policy
 * @sel: selector
 * @tmpl: template of action protect
 * @order: priority and index; the lowest is asked first
 * @index: name of the policy
 * @priority: as the user gave it
 * @fields: what the selector looks at, enum kame_ipsec_field
 * @dir: enum kame_ipsec_dir
 * @action: enum kame_ipsec_action
 * @list: in kame_ipsec_spd_side.policies by order. Protected by kame_ipsec_ns.lock; RCU.
 * @node: the node of the lookup table that the policy hangs on
 * @node_list: in kame_ipsec_spd_node.policies by order; as @list
 * @flush_list: of those that are deleted together
 * @pcpu: counters and bundles
 * @held: packets that wait for a state. Protected by kame_ipsec_ns.hold_lock, as are
 *	@held_nr, @hold_list and @gone.
 * @held_nr: number of packets in @held
 * @hold_list: in kame_ipsec_ns.hold_list while @held has packets
 * @gone: deleted: holds no more packets
 * @event_next: jiffies from when on the next event of a missing state may go out, 0 at
 *	first
 * @rcu: frees the policy
 */
struct kame_ipsec_policy {
	struct kame_ipsec_sel sel;
	struct kame_ipsec_tmpl tmpl;
	u64 order;
	u32 index;
	u32 priority;
	unsigned int fields;
	u8 dir;
	u8 action;
	struct kame_ipsec_pcpu __percpu *pcpu;

	struct list_head list;
	struct list_head node_list;
	struct kame_ipsec_spd_node *node;
	struct list_head flush_list;

	struct list_head held;
	unsigned int held_nr;
	struct list_head hold_list;
	bool gone;
	unsigned long event_next;

	struct rcu_head rcu;
};

static inline void kame_ipsec_policy_count(const struct kame_ipsec_policy *pol,
					   enum kame_ipsec_stat stat)
{
	this_cpu_inc(pol->pcpu->count[stat]);
}

static inline void kame_ipsec_policy_use(const struct kame_ipsec_policy *pol)
{
	kame_ipsec_policy_count(pol, KAME_IPSEC_STAT_MATCHED);
	this_cpu_write(pol->pcpu->last_use, ktime_get_real_seconds());
}

/* The same with bottom halves off, by this CPU's part of the policy */
static inline void kame_ipsec_policy_use_bh(struct kame_ipsec_pcpu *stats)
{
	stats->count[KAME_IPSEC_STAT_MATCHED]++;
	stats->last_use = ktime_get_real_seconds();
}

static inline bool kame_ipsec_policy_required(const struct kame_ipsec_policy *pol)
{
	return pol->action == KAME_IPSEC_ACTION_PROTECT &&
	       pol->tmpl.level != KAME_IPSEC_LEVEL_USE;
}

struct kame_ipsec_policy *kame_ipsec_policy_alloc(void);
void kame_ipsec_policy_free(struct kame_ipsec_policy *pol);
int kame_ipsec_policy_add(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol, bool replace,
			  bool check, struct netlink_ext_ack *extack);
void kame_ipsec_policy_del(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol);
void kame_ipsec_policy_flush(struct kame_ipsec_ns *ns, int dir);
struct kame_ipsec_policy *kame_ipsec_policy_get(struct kame_ipsec_ns *ns, u32 index);
void kame_ipsec_policy_drop_bundles(struct kame_ipsec_ns *ns, bool all);

#endif /* _KAME_IPSEC_POLICY_H */

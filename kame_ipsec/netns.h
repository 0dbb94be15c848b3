/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_NETNS_H
#define _KAME_IPSEC_NETNS_H

#include <linux/idr.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "mib.h"
#include "spd.h"

/* Hooks of a namespace: output, input before and after routing; both families */
#define KAME_IPSEC_HOOKS 8

/* Most acquires that wait for an answer, and most of one policy */
#define KAME_IPSEC_ACQUIRES 256
#define KAME_IPSEC_ACQUIRES_OF_ONE 64

/* Most packets that a namespace holds, and most memory of theirs, bytes */
#define KAME_IPSEC_HELD 4096
#define KAME_IPSEC_HELD_BYTES (16 << 20)

/**
 * struct kame_ipsec_pending - an acquire that a key manager took
 * @src: source of the states asked for
 * @dst: destination of the states asked for
 * @policy: index of the policy
 * @until: jiffies when it may be asked again
 */
struct kame_ipsec_pending {
	xfrm_address_t src;
	xfrm_address_t dst;
	u32 policy;
	unsigned long until;
};

/**
 * struct kame_ipsec_ns - state of a network namespace
 * @net: the namespace
 * @mib: counters, and what else is each CPU's
 * @gen: generation of the policies; a cache entry of another one is void. Never 0, and not one
 *	that was before, for which 32 bits would be few: what a void entry has may be freed.
 * @out_fields: what selectors of output look at, IPv4 and IPv6, enum kame_ipsec_field.
 *	Written before @gen.
 * @lock: serialises changes of policies and of settings
 * @spd: the policies. Written under @lock, read under RCU.
 * @by_index: the policies by their index, under @lock
 * @policies: number of policies, under @lock
 * @uniques: number of policies of level unique, under @lock
 * @next_reqid: where the search for an unused reqid begins, under @lock
 * @defrag: policies want fragments put together, IPv4 and IPv6, under @lock
 * @cached: each CPU has a cache of flows, under @lock
 * @ops: hooks; @lock
 * @hooked: groups of hooks that are registered, a bit each; @lock
 * @sweep: empties caches of what is out of date
 * @hold_lock: protects held packets, the two counts of them, and @pending
 * @hold_list: policies that hold packets
 * @held_nr: number of held packets
 * @held_bytes: their memory
 * @hold_work: sends or drops held packets
 * @hold_max: most packets that one policy holds
 * @hold_ms: how long
 * @pending: acquires; those whose time has come are free
 * @quote: enum kame_ipsec_quote
 * @dying: no new work; set when the namespace or the module goes
 */
struct kame_ipsec_ns {
	struct net *net;
	struct kame_ipsec_counters __percpu *mib;
	unsigned long gen;
	u32 out_fields[2];
	struct mutex lock;
	struct kame_ipsec_spd spd;
	struct idr by_index;
	unsigned int policies;
	unsigned int uniques;
	u32 next_reqid;
	bool defrag[2];
	bool cached;
	struct nf_hook_ops ops[KAME_IPSEC_HOOKS];
	unsigned int hooked;
	struct work_struct sweep;

	spinlock_t hold_lock;
	struct list_head hold_list;
	unsigned int held_nr;
	unsigned int held_bytes;
	struct delayed_work hold_work;
	u32 hold_max;
	u32 hold_ms;
	struct kame_ipsec_pending *pending;

	u32 quote;
	bool dying;
};

/* The hooks at POST_ROUTING of a namespace, or NULL. Context: rcu_read_lock(). */
static __always_inline const struct nf_hook_entries *
kame_ipsec_netns_post_routing(const struct net *net, u8 family)
{
	if (family == AF_INET)
		return rcu_dereference(net->nf.hooks_ipv4[NF_INET_POST_ROUTING]);
	return rcu_dereference(net->nf.hooks_ipv6[NF_INET_POST_ROUTING]);
}

/* Whether the module goes: nothing is to be kept from now on that holds on to a device. */
bool kame_ipsec_netns_stops(void);
struct kame_ipsec_ns *kame_ipsec_ns(const struct net *net);
int kame_ipsec_netns_hook(struct kame_ipsec_ns *ns, const struct kame_ipsec_policy *pol);
void kame_ipsec_netns_unhook(struct kame_ipsec_ns *ns);
void kame_ipsec_netns_changed(struct kame_ipsec_ns *ns);
void kame_ipsec_netns_sweep_later(struct kame_ipsec_ns *ns);
int kame_ipsec_netns_init(void);
void kame_ipsec_netns_uninit(void);

#endif /* _KAME_IPSEC_NETNS_H */

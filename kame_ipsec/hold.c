// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that find no state. The key managers are asked for one; the first packets
 * of a policy wait for the answer, and the rest are dropped.
 */
#include <linux/slab.h>
#include <net/dst.h>

#include "acquire.h"
#include "bundle.h"
#include "genl.h"
#include "hold.h"
#include "state.h"

/* A state that comes between the search for it and the holding of the packet is not
 * announced again: have a look now and then.
 */
#define HOLD_LOOK ((unsigned long)HZ / 10)

/* A packet that is held. Its control block is in use. */
struct held {
	struct list_head list;
	struct sk_buff *skb;
	struct kame_ipsec_flow flow;
	unsigned int bytes;
	unsigned long until;
};

static void held_free(struct held *held)
{
	kfree_skb_reason(held->skb, SKB_DROP_REASON_XFRM_POLICY);
	kfree(held);
}

/* Context: hold_lock. */
static bool has_room(const struct kame_ipsec_ns *ns, const struct kame_ipsec_policy *pol,
		     unsigned int bytes)
{
	return !ns->dying && !kame_ipsec_netns_stops() && !pol->gone &&
	       pol->held_nr < READ_ONCE(ns->hold_max) && ns->held_nr < KAME_IPSEC_HELD &&
	       bytes <= KAME_IPSEC_HELD_BYTES - ns->held_bytes;
}

/* Context: bottom halves off. Return: whether the packet is held now. */
static bool hold(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol, struct sk_buff *skb,
		 const struct kame_ipsec_flow *flow)
{
	unsigned long wait = msecs_to_jiffies(READ_ONCE(ns->hold_ms));
	struct held *held;
	bool ok = false;

	/* TCP keeps the data of the original, and would send it again in the middle of this. */
	if (skb->sk && skb_fclone_busy(skb->sk, skb))
		return false;
	held = kmalloc(sizeof(*held), GFP_ATOMIC);
	if (!held)
		return false;
	held->skb = skb;
	held->flow = *flow;
	held->bytes = skb->truesize;
	held->until = jiffies + wait;
	spin_lock(&ns->hold_lock);
	if (has_room(ns, pol, held->bytes) && skb_dst_force(skb)) {
		/* The device is kept by the route, not by the packet. */
		skb->dev = NULL;
		list_add_tail(&held->list, &pol->held);
		pol->held_nr++;
		ns->held_nr++;
		ns->held_bytes += held->bytes;
		if (list_empty(&pol->hold_list))
			list_add_tail(&pol->hold_list, &ns->hold_list);
		queue_delayed_work(system_wq, &ns->hold_work, min(wait, HOLD_LOOK));
		ok = true;
	}
	spin_unlock(&ns->hold_lock);
	if (!ok)
		kfree(held);
	return ok;
}

/* Tell listeners, once in a while. */
static void event(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol,
		  const struct kame_ipsec_flow *flow)
{
	unsigned long next = READ_ONCE(pol->event_next);

	if (next && time_before(jiffies, next))
		return;
	if (cmpxchg(&pol->event_next, next, (jiffies + HZ) ? : 1) == next)
		kame_ipsec_genl_no_state(ns, pol, flow);
}

/**
 * kame_ipsec_hold_no_state - what becomes of a packet without a state
 * @out: the packet
 * @pol: the policy, of action protect
 * @flow: the packet, with all fields
 *
 * Context: bottom halves off, rcu_read_lock().
 * Return: a netfilter verdict. -ENOKEY is for the sender of a packet that is dropped.
 */
unsigned int kame_ipsec_hold_no_state(const struct kame_ipsec_out *out,
				      struct kame_ipsec_policy *pol,
				      const struct kame_ipsec_flow *flow)
{
	bool heard;

	kame_ipsec_policy_count(pol, KAME_IPSEC_STAT_NO_STATE);
	event(out->ns, pol, flow);
	heard = kame_ipsec_acquire(out->ns, pol, flow);
	if (pol->tmpl.level == KAME_IPSEC_LEVEL_USE) {
		kame_ipsec_mib_inc(out->ns->mib, KAME_IPSEC_MIB_OUT_CLEAR);
		return NF_ACCEPT;
	}
	if (heard && hold(out->ns, pol, out->skb, flow)) {
		kame_ipsec_mib_inc(out->ns->mib, KAME_IPSEC_MIB_OUT_HELD);
		return NF_STOLEN;
	}
	return kame_ipsec_drop(out->ns, pol, out->skb, KAME_IPSEC_MIB_DROP_NO_STATE, -ENOKEY);
}

/**
 * kame_ipsec_hold_kick - a state has come: look at the packets held
 * @ns: the namespace
 *
 * Context: any but hard interrupt.
 */
void kame_ipsec_hold_kick(struct kame_ipsec_ns *ns)
{
	spin_lock_bh(&ns->hold_lock);
	if (!ns->dying && !list_empty(&ns->hold_list))
		mod_delayed_work(system_wq, &ns->hold_work, 0);
	spin_unlock_bh(&ns->hold_lock);
}

/* Take packets off a policy. Context: hold_lock. */
static void take(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol, struct held *held,
		 struct list_head *to)
{
	list_move_tail(&held->list, to);
	ns->held_nr--;
	ns->held_bytes -= held->bytes;
	pol->held_nr--;
	if (!pol->held_nr)
		list_del_init(&pol->hold_list);
}

/* The same for one that waited in vain */
static void give_up(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol, struct held *held,
		    struct list_head *list)
{
	kame_ipsec_drop_count(ns, pol, held->skb, KAME_IPSEC_MIB_DROP_HOLD_EXPIRED);
	take(ns, pol, held, list);
}

/**
 * kame_ipsec_hold_move - packets go on waiting for the policy that took another's place
 * @ns: the namespace
 * @from: the one that goes
 * @to: the one in its place
 *
 * Context: process.
 */
void kame_ipsec_hold_move(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *from,
			  struct kame_ipsec_policy *to)
{
	spin_lock_bh(&ns->hold_lock);
	from->gone = true;
	if (from->held_nr) {
		list_splice_tail_init(&from->held, &to->held);
		to->held_nr += from->held_nr;
		from->held_nr = 0;
		list_del_init(&from->hold_list);
		if (list_empty(&to->hold_list))
			list_add_tail(&to->hold_list, &ns->hold_list);
		if (!ns->dying)
			mod_delayed_work(system_wq, &ns->hold_work, 0);
	}
	spin_unlock_bh(&ns->hold_lock);
}

/**
 * kame_ipsec_hold_purge - drop the packets of a policy that goes
 * @ns: the namespace
 * @pol: the policy
 *
 * Context: process.
 */
void kame_ipsec_hold_purge(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol)
{
	struct held *held, *next;
	LIST_HEAD(list);

	spin_lock_bh(&ns->hold_lock);
	pol->gone = true;
	list_for_each_entry_safe(held, next, &pol->held, list)
		give_up(ns, pol, held, &list);
	spin_unlock_bh(&ns->hold_lock);
	list_for_each_entry_safe(held, next, &list, list)
		held_free(held);
}

/**
 * kame_ipsec_hold_purge_dev - drop the packets that would leave by a device
 * @ns: the namespace
 * @dev: the device, which goes; NULL for all
 *
 * Context: process.
 */
void kame_ipsec_hold_purge_dev(struct kame_ipsec_ns *ns, const struct net_device *dev)
{
	struct kame_ipsec_policy *pol, *pnext;
	struct held *held, *next;
	LIST_HEAD(list);

	spin_lock_bh(&ns->hold_lock);
	list_for_each_entry_safe(pol, pnext, &ns->hold_list, hold_list)
		list_for_each_entry_safe(held, next, &pol->held, list)
			if (!dev || skb_dst(held->skb)->dev == dev)
				give_up(ns, pol, held, &list);
	spin_unlock_bh(&ns->hold_lock);
	list_for_each_entry_safe(held, next, &list, list)
		held_free(held);
}

/* Whether a packet waits for nothing any more */
static bool is_ready(struct kame_ipsec_ns *ns, const struct kame_ipsec_policy *pol,
		     const struct held *held)
{
	struct kame_ipsec_found found;
	struct xfrm_state *x;

	/* The policy that it waited for may have been replaced by one that needs no state. */
	if (pol->action != KAME_IPSEC_ACTION_PROTECT)
		return true;
	x = kame_ipsec_state_find(ns->net, pol, &held->flow, &found);
	if (x)
		xfrm_state_put(x);
	return x;
}

/* Sort out the packets that may go, and those whose time is over. */
static void sort_held(struct kame_ipsec_ns *ns, struct list_head *ready, struct list_head *late,
		      unsigned long *next)
{
	struct kame_ipsec_policy *pol, *pnext;
	struct held *held, *hnext;

	list_for_each_entry_safe(pol, pnext, &ns->hold_list, hold_list) {
		list_for_each_entry_safe(held, hnext, &pol->held, list) {
			if (is_ready(ns, pol, held))
				take(ns, pol, held, ready);
			else if (time_after_eq(jiffies, held->until))
				give_up(ns, pol, held, late);
			else if (time_before(held->until, *next))
				*next = held->until;
		}
	}
}

static void release(struct kame_ipsec_ns *ns, struct held *held)
{
	struct sk_buff *skb = held->skb;
	/* The packet keeps its socket, which may be a request for a connection. */
	struct sock *sk = skb_to_full_sk(skb);

	kame_ipsec_mib_inc(ns->mib, KAME_IPSEC_MIB_OUT_RELEASED);
	rcu_read_lock();
	skb->dev = skb_dst(skb)->dev;
	kame_ipsec_output_resume(ns->net, sk && sk_fullsock(sk) ? sk : NULL, skb,
				 held->flow.family);
	rcu_read_unlock();
	kfree(held);
}

/**
 * kame_ipsec_hold_work - send or drop the packets held
 * @work: kame_ipsec_ns.hold_work
 */
void kame_ipsec_hold_work(struct work_struct *work)
{
	struct kame_ipsec_ns *ns = container_of(to_delayed_work(work), struct kame_ipsec_ns,
						hold_work);
	unsigned long next = jiffies + HOLD_LOOK;
	struct held *held, *hnext;
	LIST_HEAD(ready);
	LIST_HEAD(late);

	spin_lock_bh(&ns->hold_lock);
	sort_held(ns, &ready, &late, &next);
	if (!ns->dying && !list_empty(&ns->hold_list))
		mod_delayed_work(system_wq, &ns->hold_work,
				 time_after(next, jiffies) ? next - jiffies : 1);
	spin_unlock_bh(&ns->hold_lock);
	list_for_each_entry_safe(held, hnext, &late, list)
		held_free(held);
	list_for_each_entry_safe(held, hnext, &ready, list)
		release(ns, held);
}

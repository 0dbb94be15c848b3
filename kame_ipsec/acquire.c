// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asking the key managers for a state, as the kernel's own policies do: by an XFRM
 * acquire, which any IKE daemon understands.
 */
#include <linux/slab.h>
#include <net/xfrm.h>

#include "acquire.h"
#include "state.h"

/* What a key manager is told of the packet that wants the state */
static void fill_sel(struct xfrm_selector *sel, const struct kame_ipsec_flow *flow)
{
	u8 len = flow->family == AF_INET ? 32 : 128;

	sel->daddr = flow->dst;
	sel->saddr = flow->src;
	sel->prefixlen_d = len;
	sel->prefixlen_s = len;
	sel->proto = flow->proto;
	sel->family = flow->family;
	sel->ifindex = flow->oif;
	if (flow->flags & KAME_IPSEC_FLOW_NO_PORTS)
		return;
	sel->sport = htons(flow->sport);
	sel->dport = htons(flow->dport);
	sel->sport_mask = htons(U16_MAX);
	sel->dport_mask = htons(U16_MAX);
}

static void fill_tmpl(struct xfrm_tmpl *tmpl, const struct kame_ipsec_policy *pol,
		      const struct kame_ipsec_ends *ends)
{
	tmpl->id.daddr = ends->dst;
	tmpl->id.proto = pol->tmpl.proto;
	tmpl->id.spi = pol->tmpl.spi;
	tmpl->saddr = ends->src;
	tmpl->encap_family = pol->tmpl.family;
	tmpl->reqid = pol->tmpl.reqid;
	tmpl->mode = pol->tmpl.mode;
	tmpl->share = pol->tmpl.level == KAME_IPSEC_LEVEL_UNIQUE ? XFRM_SHARE_UNIQUE :
								   XFRM_SHARE_ANY;
	tmpl->optional = pol->tmpl.level == KAME_IPSEC_LEVEL_USE;
	tmpl->allalgs = 1;
	tmpl->aalgos = ~0;
	tmpl->ealgos = ~0;
	tmpl->calgos = ~0;
}

/* The policy in the words of the kernel's own */
static void fill_policy(struct xfrm_policy *xp, const struct kame_ipsec_policy *pol,
			const struct xfrm_tmpl *tmpl)
{
	const struct kame_ipsec_sel *sel = &pol->sel;

	xp->selector.daddr = sel->dst;
	xp->selector.saddr = sel->src;
	xp->selector.prefixlen_d = sel->dst_len;
	xp->selector.prefixlen_s = sel->src_len;
	xp->selector.proto = sel->proto;
	xp->selector.family = sel->family;
	xp->selector.ifindex = sel->oif;
	if (sel->sport.min == sel->sport.max) {
		xp->selector.sport = htons(sel->sport.min);
		xp->selector.sport_mask = htons(U16_MAX);
	}
	if (sel->dport.min == sel->dport.max) {
		xp->selector.dport = htons(sel->dport.min);
		xp->selector.dport_mask = htons(U16_MAX);
	}
	xp->mark.v = sel->mark;
	xp->mark.m = sel->mark_mask;
	xp->priority = pol->priority;
	xp->index = pol->index;
	xp->family = sel->family;
	xp->action = XFRM_POLICY_ALLOW;
	xp->type = XFRM_POLICY_TYPE_MAIN;
	xp->lft.soft_byte_limit = XFRM_INF;
	xp->lft.hard_byte_limit = XFRM_INF;
	xp->lft.soft_packet_limit = XFRM_INF;
	xp->lft.hard_packet_limit = XFRM_INF;
	xp->xfrm_nr = 1;
	xp->xfrm_vec[0] = *tmpl;
}

/* A state that is never inserted: it only carries the request. */
static struct xfrm_state *request(struct net *net, const struct kame_ipsec_policy *pol,
				  const struct kame_ipsec_flow *flow, const struct xfrm_tmpl *tmpl)
{
	struct xfrm_state *x = xfrm_state_alloc(net);

	if (!x)
		return NULL;
	fill_sel(&x->sel, flow);
	x->id = tmpl->id;
	x->props.saddr = tmpl->saddr;
	x->props.mode = tmpl->mode;
	x->props.reqid = tmpl->reqid;
	x->props.family = tmpl->encap_family;
	x->mark.v = pol->sel.mark;
	x->mark.m = pol->sel.mark_mask;
	/* So that it may be let go of */
	x->km.state = XFRM_STATE_DEAD;
	return x;
}

static bool ask(struct net *net, const struct kame_ipsec_policy *pol,
		const struct kame_ipsec_flow *flow, const struct kame_ipsec_ends *ends)
{
	struct xfrm_tmpl tmpl = {};
	struct xfrm_policy *xp;
	struct xfrm_state *x;
	bool heard = false;

	/* Both are too big for the stack. */
	xp = kzalloc(sizeof(*xp), GFP_ATOMIC);
	if (!xp)
		return false;
	fill_tmpl(&tmpl, pol, ends);
	fill_policy(xp, pol, &tmpl);
	write_pnet(&xp->xp_net, net);
	x = request(net, pol, flow, &tmpl);
	if (x) {
		heard = !km_query(x, &tmpl, xp);
		xfrm_state_put(x);
	}
	kfree(xp);
	return heard;
}

static bool is_free(struct kame_ipsec_pending *p)
{
	if (p->policy && time_after_eq(jiffies, p->until))
		p->policy = 0;
	return !p->policy;
}

static bool is_for(const struct kame_ipsec_pending *p, u32 index,
		   const struct kame_ipsec_ends *ends)
{
	return p->policy == index && !memcmp(&p->src, &ends->src, sizeof(p->src)) &&
	       !memcmp(&p->dst, &ends->dst, sizeof(p->dst));
}

/* Room for one more request. One policy, whose packets may go to many peers, does not get all
 * there is; and one that has none yet gets the place of the request that ends first.
 * Context: hold_lock.
 */
static struct kame_ipsec_pending *pending_room(struct kame_ipsec_ns *ns, u32 index)
{
	struct kame_ipsec_pending *room = NULL, *first = ns->pending, *p;
	unsigned int mine = 0;

	for (p = ns->pending; p < ns->pending + KAME_IPSEC_ACQUIRES; p++) {
		if (is_free(p))
			room = p;
		else if (p->policy == index)
			mine++;
		if (time_before(p->until, first->until))
			first = p;
	}
	if (!mine && !room)
		room = first;
	if (mine >= KAME_IPSEC_ACQUIRES_OF_ONE)
		room = NULL;
	if (room)
		room->policy = 0;
	return room;
}

/* Find the request for a state, or room for it. Context: hold_lock. */
static struct kame_ipsec_pending *pending_find(struct kame_ipsec_ns *ns, u32 index,
					       const struct kame_ipsec_ends *ends)
{
	struct kame_ipsec_pending *p;

	for (p = ns->pending; p < ns->pending + KAME_IPSEC_ACQUIRES; p++)
		if (!is_free(p) && is_for(p, index, ends))
			return p;
	return pending_room(ns, index);
}

/**
 * kame_ipsec_acquire - ask the key managers for a state
 * @ns: the namespace
 * @pol: the policy, of action protect
 * @flow: the packet, with all fields
 *
 * They are asked once in the time that the kernel gives them (net.core.xfrm_acq_expires).
 *
 * Context: bottom halves off, rcu_read_lock().
 * Return: whether one has taken the request, now or before.
 */
bool kame_ipsec_acquire(struct kame_ipsec_ns *ns, const struct kame_ipsec_policy *pol,
			const struct kame_ipsec_flow *flow)
{
	unsigned long wait = READ_ONCE(ns->net->xfrm.sysctl_acq_expires) * HZ;
	struct kame_ipsec_pending *p;
	struct kame_ipsec_ends ends;
	bool heard = false;

	kame_ipsec_state_ends(&ends, pol, flow);
	spin_lock(&ns->hold_lock);
	p = pending_find(ns, pol->index, &ends);
	if (p && p->policy) {
		heard = true;
	} else if (p) {
		p->policy = pol->index;
		p->src = ends.src;
		p->dst = ends.dst;
		p->until = jiffies + wait;
	}
	spin_unlock(&ns->hold_lock);
	if (!p || heard)
		return heard;

	heard = ask(ns->net, pol, flow, &ends);
	kame_ipsec_mib_inc(ns->mib, heard ? KAME_IPSEC_MIB_ACQUIRE :
					    KAME_IPSEC_MIB_ACQUIRE_UNHEARD);
	if (!heard) {
		spin_lock(&ns->hold_lock);
		if (is_for(p, pol->index, &ends))
			p->policy = 0;
		spin_unlock(&ns->hold_lock);
	}
	return heard;
}

/**
 * kame_ipsec_acquire_done - a state has come: whoever asked for it may ask again
 * @ns: the namespace
 * @x: the state
 *
 * Context: any but hard interrupt.
 */
void kame_ipsec_acquire_done(struct kame_ipsec_ns *ns, const struct xfrm_state *x)
{
	struct kame_ipsec_pending *p;

	spin_lock_bh(&ns->hold_lock);
	for (p = ns->pending; ns->pending && p < ns->pending + KAME_IPSEC_ACQUIRES; p++)
		if (p->policy && xfrm_addr_equal(&p->src, &x->props.saddr, x->props.family) &&
		    xfrm_addr_equal(&p->dst, &x->id.daddr, x->props.family))
			p->policy = 0;
	spin_unlock_bh(&ns->hold_lock);
}

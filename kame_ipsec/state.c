// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state that a policy uses for a packet. States are the kernel's own xfrm.
 */
#include <net/ipv6.h>
#include <net/xfrm.h>

#include <kame/compat.h>

#include "kunit.h"
#include "state.h"

/**
 * kame_ipsec_state_ends - the ends that a state for a packet has
 * @ends: filled in
 * @pol: the policy, of action protect
 * @flow: the packet
 */
void kame_ipsec_state_ends(struct kame_ipsec_ends *ends, const struct kame_ipsec_policy *pol,
			   const struct kame_ipsec_flow *flow)
{
	bool tunnel = pol->tmpl.mode == XFRM_MODE_TUNNEL;

	ends->src = tunnel ? pol->tmpl.src : flow->src;
	ends->dst = tunnel ? pol->tmpl.dst : flow->dst;
}

static bool prefix_takes(const xfrm_address_t *prefix, u8 len, const xfrm_address_t *addr,
			 u8 family)
{
	if (family == AF_INET)
		return addr4_match(addr->a4, prefix->a4, len);
	return ipv6_prefix_equal(&addr->in6, &prefix->in6, len);
}

/* Whether a packet is within a selector of the kernel's, which is of its family */
static bool selector_takes(const struct xfrm_selector *sel, const struct kame_ipsec_flow *flow)
{
	const int dev = flow->dir == KAME_IPSEC_DIR_OUT ? flow->oif : flow->iif;

	if (sel->sport_mask || sel->dport_mask)
		if (flow->flags & KAME_IPSEC_FLOW_NO_PORTS)
			return false;
	return prefix_takes(&sel->daddr, sel->prefixlen_d, &flow->dst, flow->family) &&
	       prefix_takes(&sel->saddr, sel->prefixlen_s, &flow->src, flow->family) &&
	       !((htons(flow->sport) ^ sel->sport) & sel->sport_mask) &&
	       !((htons(flow->dport) ^ sel->dport) & sel->dport_mask) &&
	       (!sel->proto || sel->proto == flow->proto) &&
	       (!sel->ifindex || sel->ifindex == dev);
}

/**
 * kame_ipsec_state_takes - whether a packet is within the selector of a state
 * @x: the state
 * @flow: the packet, with all fields
 *
 * A state that has no selector of its own takes all.
 */
bool kame_ipsec_state_takes(const struct xfrm_state *x, const struct kame_ipsec_flow *flow)
{
	if (!kame_ipsec_state_narrow(x))
		return true;
	return x->sel.family == flow->family && selector_takes(&x->sel, flow);
}

/**
 * kame_ipsec_state_none_for - whether a socket has it that a packet needs no state
 * @sk: a full socket
 * @dir: XFRM_POLICY_IN or XFRM_POLICY_OUT
 * @flow: the packet, with all fields
 *
 * That is what key managers have for the packets of their own. A policy of a socket that is
 * about other packets, or has templates, excepts none.
 *
 * Context: rcu_read_lock().
 */
bool kame_ipsec_state_none_for(const struct sock *sk, int dir, const struct kame_ipsec_flow *flow)
{
	const struct xfrm_policy *xp = rcu_dereference(sk->sk_policy[dir]);

	return xp && xp->action == XFRM_POLICY_ALLOW && !xp->xfrm_nr && !xp->if_id &&
	       xp->family == flow->family &&
	       (READ_ONCE(sk->sk_mark) & xp->mark.m) == xp->mark.v &&
	       selector_takes(&xp->selector, flow);
}

static bool state_is_new(const struct xfrm_state *x)
{
	/* A clock that was set back makes none old. */
	return (time64_t)x->curlft.add_time + KAME_IPSEC_STATE_NEW > ktime_get_real_seconds();
}

/* A device that does all of the work knows which packets are meant by the kernel's own
 * policies, which are given to it, too. What a policy of ours sends would leave in clear.
 */
static bool state_usable(const struct xfrm_state *x, u8 dir)
{
	if (x->km.state != XFRM_STATE_VALID)
		return false;
	if (dir != KAME_IPSEC_DIR_OUT)
		return kame_xfrm_state_may_receive(x);
	return kame_xfrm_state_may_send(x) && !kame_xfrm_state_offload_packet(x);
}

static struct xfrm_state *find_spi(struct net *net, const struct kame_ipsec_policy *pol,
				   const struct kame_ipsec_ends *ends, u8 dir)
{
	const struct kame_ipsec_tmpl *tmpl = &pol->tmpl;
	struct xfrm_state *x;

	x = xfrm_state_lookup(net, pol->sel.mark, &ends->dst, tmpl->spi, tmpl->proto,
			      tmpl->family);
	if (!x)
		return NULL;
	if (state_usable(x, dir) && x->props.mode == tmpl->mode &&
	    xfrm_addr_equal(&x->props.saddr, &ends->src, tmpl->family) &&
	    (!tmpl->reqid || x->props.reqid == tmpl->reqid))
		return x;
	xfrm_state_put(x);
	return NULL;
}

/* A walk over all states, for the ones that share a reqid and differ in their
 * selectors: which one takes the packet?
 */
struct state_search {
	const struct kame_ipsec_policy *pol;
	bool settled;	/* new ones are the last choice */
	const struct kame_ipsec_flow *flow;
	const struct kame_ipsec_ends *ends;
	struct xfrm_state *best;
};

/* The newest, or the newest that is not new, or the oldest of the new. The walk
 * comes to the newest first.
 */
static bool is_better(const struct state_search *search, const struct xfrm_state *x,
		      const struct xfrm_state *best)
{
	if (!search->settled)
		return x->curlft.add_time > best->curlft.add_time;
	if (state_is_new(best))
		return x->curlft.add_time <= best->curlft.add_time;
	return !state_is_new(x) && x->curlft.add_time > best->curlft.add_time;
}

static int search_state(struct xfrm_state *x, int count, void *data)
{
	struct state_search *search = data;
	const struct kame_ipsec_tmpl *tmpl = &search->pol->tmpl;

	if (x->props.family != tmpl->family || x->props.reqid != tmpl->reqid ||
	    x->props.mode != tmpl->mode || x->if_id ||
	    !state_usable(x, search->flow->dir) ||
	    (search->pol->sel.mark & x->mark.m) != x->mark.v ||
	    !xfrm_addr_equal(&x->props.saddr, &search->ends->src, tmpl->family) ||
	    !xfrm_addr_equal(&x->id.daddr, &search->ends->dst, tmpl->family) ||
	    !kame_ipsec_state_takes(x, search->flow))
		return 0;
	if (search->best && !is_better(search, x, search->best))
		return 0;
	if (search->best)
		xfrm_state_put(search->best);
	search->best = x;
	xfrm_state_hold(x);
	return 0;
}

static struct xfrm_state *find_by_selector(struct net *net, struct state_search *search)
{
	struct xfrm_state_walk walk;

	xfrm_state_walk_init(&walk, search->pol->tmpl.proto, NULL);
	xfrm_state_walk(net, &walk, search_state, search);
	xfrm_state_walk_done(&walk, net);
	return search->best;
}

/* A state that is to be used in place of @x as long as that is new: @x where it is
 * the only one.
 */
static struct xfrm_state *settled_one(struct net *net, struct state_search *search,
				      struct xfrm_state *x, struct kame_ipsec_found *found)
{
	struct xfrm_state *old;

	search->settled = true;
	search->best = NULL;
	old = find_by_selector(net, search);
	if (!old)
		return x;
	xfrm_state_put(x);
	found->for_now = old != x;
	return old;
}

/**
 * kame_ipsec_state_find - the state for a packet
 * @net: the namespace
 * @pol: the policy, of action protect
 * @flow: the packet, with all fields
 * @found: filled in
 *
 * The newest of several, where it has been there long enough for the peer to know
 * it, too.
 *
 * Return: a state that the caller puts, or NULL.
 */
struct xfrm_state *kame_ipsec_state_find(struct net *net, const struct kame_ipsec_policy *pol,
					 const struct kame_ipsec_flow *flow,
					 struct kame_ipsec_found *found)
{
	const struct kame_ipsec_tmpl *tmpl = &pol->tmpl;
	struct kame_ipsec_ends ends;
	struct state_search search = { .pol = pol, .flow = flow, .ends = &ends };
	struct xfrm_state *x;

	*found = (struct kame_ipsec_found){};
	kame_ipsec_state_ends(&ends, pol, flow);
	if (tmpl->spi)
		x = find_spi(net, pol, &ends, flow->dir);
	else
		x = xfrm_stateonly_find(net, pol->sel.mark, 0, &ends.dst, &ends.src,
					tmpl->family, tmpl->mode, tmpl->proto, tmpl->reqid);
	if (!x)
		return NULL;
	if (!state_usable(x, flow->dir) || !kame_ipsec_state_takes(x, flow)) {
		xfrm_state_put(x);
		x = tmpl->spi ? NULL : find_by_selector(net, &search);
		found->outside = !x;
	}
	return x && !tmpl->spi && state_is_new(x) ? settled_one(net, &search, x, found) : x;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_state_find);

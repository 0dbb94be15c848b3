/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_STATE_H
#define _KAME_IPSEC_STATE_H

#include "policy.h"

/**
 * struct kame_ipsec_ends - the ends of a state
 * @src: source address
 * @dst: destination address
 */
struct kame_ipsec_ends {
	xfrm_address_t src;
	xfrm_address_t dst;
};

/**
 * struct kame_ipsec_found - what a search for a state tells beside it
 * @outside: there are states, but none that takes the packet
 * @for_now: a newer state will take over within KAME_IPSEC_STATE_NEW seconds
 */
struct kame_ipsec_found {
	bool outside;
	bool for_now;
};

/* As long as a state is new, in seconds. The peer of an IKE daemon may have its
 * counterpart only when the answer to the last message has come (RFC 7296 section
 * 2.8): until then an older state that is still there is the one to use.
 */
#define KAME_IPSEC_STATE_NEW 2

void kame_ipsec_state_ends(struct kame_ipsec_ends *ends, const struct kame_ipsec_policy *pol,
			   const struct kame_ipsec_flow *flow);
bool kame_ipsec_state_takes(const struct xfrm_state *x, const struct kame_ipsec_flow *flow);
bool kame_ipsec_state_none_for(const struct sock *sk, int dir, const struct kame_ipsec_flow *flow);
struct xfrm_state *kame_ipsec_state_find(struct net *net, const struct kame_ipsec_policy *pol,
					 const struct kame_ipsec_flow *flow,
					 struct kame_ipsec_found *found);

/* Whether a state narrows down what may go through it */
static inline bool kame_ipsec_state_narrow(const struct xfrm_state *x)
{
	return x->sel.family &&
	       (x->sel.prefixlen_s || x->sel.prefixlen_d || x->sel.proto || x->sel.ifindex ||
		x->sel.sport_mask || x->sel.dport_mask);
}

/* Whether a device, or the kernel in the place of one, does a part of the state's work */
static inline bool kame_ipsec_state_by_device(const struct xfrm_state *x)
{
	return x->type_offload || x->xso.dev;
}

#endif /* _KAME_IPSEC_STATE_H */

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

void kame_ipsec_state_ends(struct kame_ipsec_ends *ends, const struct kame_ipsec_policy *pol,
			   const struct kame_ipsec_flow *flow);
bool kame_ipsec_state_takes(const struct xfrm_state *x, const struct kame_ipsec_flow *flow);
struct xfrm_state *kame_ipsec_state_find(struct net *net, const struct kame_ipsec_policy *pol,
					 const struct kame_ipsec_flow *flow, bool *outside);

/* Whether a state narrows down what may go through it */
static inline bool kame_ipsec_state_narrow(const struct xfrm_state *x)
{
	return x->sel.family &&
	       (x->sel.prefixlen_s || x->sel.prefixlen_d || x->sel.proto || x->sel.ifindex ||
		x->sel.sport_mask || x->sel.dport_mask);
}

#endif /* _KAME_IPSEC_STATE_H */

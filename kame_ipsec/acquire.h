/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_ACQUIRE_H
#define _KAME_IPSEC_ACQUIRE_H

#include "netns.h"
#include "policy.h"

bool kame_ipsec_acquire(struct kame_ipsec_ns *ns, const struct kame_ipsec_policy *pol,
			const struct kame_ipsec_flow *flow);
void kame_ipsec_acquire_done(struct kame_ipsec_ns *ns, const struct xfrm_state *x);

#endif /* _KAME_IPSEC_ACQUIRE_H */

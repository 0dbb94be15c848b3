/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_HOLD_H
#define _KAME_IPSEC_HOLD_H

#include "output.h"

unsigned int kame_ipsec_hold_no_state(const struct kame_ipsec_out *out,
				      struct kame_ipsec_policy *pol,
				      const struct kame_ipsec_flow *flow);
void kame_ipsec_hold_kick(struct kame_ipsec_ns *ns);
void kame_ipsec_hold_move(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *from,
			  struct kame_ipsec_policy *to);
void kame_ipsec_hold_purge(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol);
void kame_ipsec_hold_purge_dev(struct kame_ipsec_ns *ns, const struct net_device *dev);
void kame_ipsec_hold_work(struct work_struct *work);

#endif /* _KAME_IPSEC_HOLD_H */

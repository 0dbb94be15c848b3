/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_INPUT_H
#define _KAME_IPSEC_INPUT_H

#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

#include "policy.h"

/* Bits of the flags of IPCB and IP6CB that the kernel has no use for: the packet came in
 * protected as its policy demands, that for what is delivered and that for what is forwarded.
 * A routing header or a group may have it take the other way than it looked.
 */
#define KAME_IPSEC_CB_VERIFIED_IN BIT(15)
#define KAME_IPSEC_CB_VERIFIED_FWD BIT(14)
#define KAME_IPSEC_CB_VERIFIED_ANY (KAME_IPSEC_CB_VERIFIED_IN | KAME_IPSEC_CB_VERIFIED_FWD)

/* Whether a packet came in protected */
static inline bool kame_ipsec_input_decrypted(const struct sk_buff *skb, u8 family)
{
	u16 flags = family == AF_INET ? IPCB(skb)->flags : IP6CB(skb)->flags;

	return flags & KAME_IPSEC_CB_VERIFIED_ANY || secpath_exists(skb);
}

bool kame_ipsec_input_state_fits(const struct kame_ipsec_policy *pol, const struct xfrm_state *x,
				 const struct kame_ipsec_flow *flow);
unsigned int kame_ipsec_input_arrive4(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state);
unsigned int kame_ipsec_input_arrive6(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state);
unsigned int kame_ipsec_input_check4(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state);
unsigned int kame_ipsec_input_check6(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state);

#endif /* _KAME_IPSEC_INPUT_H */

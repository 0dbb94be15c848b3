/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_PMTU_H
#define _KAME_IPSEC_PMTU_H

#include "bundle.h"
#include "output.h"

/**
 * enum kame_ipsec_fit - how a packet fits the path
 * @KAME_IPSEC_FIT_YES: it does, or the protected packet may be fragmented
 * @KAME_IPSEC_FIT_CUT: it must be fragmented first
 * @KAME_IPSEC_FIT_NO: it does not
 */
enum kame_ipsec_fit {
	KAME_IPSEC_FIT_YES,
	KAME_IPSEC_FIT_CUT,
	KAME_IPSEC_FIT_NO,
};

/* Most packets are small: nothing else needs to be asked then. */
static __always_inline bool kame_ipsec_pmtu_is_small(const struct sk_buff *skb,
						     const struct kame_ipsec_bundle *b)
{
	return !skb_is_gso(skb) && skb->len <= b->mtu;
}

/* Whether kame_ipsec_pmtu_learn() has nothing to do for a packet that is small */
static __always_inline bool kame_ipsec_pmtu_is_datagram(const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	return sk && sk_fullsock(sk) && sk->sk_type == SOCK_DGRAM;
}

enum kame_ipsec_fit kame_ipsec_pmtu_fit(const struct kame_ipsec_out *out,
					const struct kame_ipsec_bundle *b);
void kame_ipsec_pmtu_tell(const struct kame_ipsec_out *out, const struct kame_ipsec_bundle *b);
void kame_ipsec_pmtu_learn(const struct kame_ipsec_out *out, const struct kame_ipsec_bundle *b);

#endif /* _KAME_IPSEC_PMTU_H */

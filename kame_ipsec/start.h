/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_START_H
#define _KAME_IPSEC_START_H

#include <linux/skbuff.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

#include "state.h"

/* What xfrm_output() does before a packet goes through its state is mostly for packets that
 * are seldom: of devices that encrypt, or in need of being cut. The others get by with this,
 * and xfrm_output_resume(), which is where xfrm_output() itself leads.
 */

/**
 * kame_ipsec_start_sum - finish the checksum that was left to a device
 * @skb: a packet that is not GSO
 *
 * What skb_checksum_help() does, where the transport header is in one piece that nobody else
 * reads.
 *
 * Return: false where it is not, or where the checksum is not that of the transport header:
 * nothing has changed.
 */
static __always_inline bool kame_ipsec_start_sum(struct sk_buff *skb)
{
	unsigned int start, at;

	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return true;
	start = skb_checksum_start_offset(skb);
	at = start + skb->csum_offset;
	if (skb_is_nonlinear(skb) || skb_cloned(skb) || skb_csum_is_sctp(skb) ||
	    skb->csum_start != skb->transport_header ||
	    skb->csum_start < skb->network_header + sizeof(struct iphdr) ||
	    start >= skb->len || at + sizeof(__sum16) > skb->len)
		return false;
	*(__sum16 *)(skb->data + at) =
		csum_fold(csum_partial(skb->data + start, skb->len - start, 0)) ?:
		CSUM_MANGLED_0;
	skb->ip_summed = CHECKSUM_NONE;
	return true;
}

/**
 * kame_ipsec_start - send a packet through the state of its route
 * @sk: socket that the output acts for, or NULL
 * @skb: the packet, with a bundle for a route; gone on return
 *
 * As xfrm_output().
 *
 * Context: bottom halves off, rcu_read_lock().
 * Return: 0 or a negative errno, or what a queue says (NET_XMIT_DROP and such).
 */
static __always_inline int kame_ipsec_start(struct sock *sk, struct sk_buff *skb)
{
	const struct xfrm_state *x = skb_dst(skb)->xfrm;

	if (unlikely(kame_ipsec_state_by_device(x) || skb_is_gso(skb)) ||
	    !kame_ipsec_start_sum(skb))
		return xfrm_output(sk, skb);
	if (x->outer_mode.family == AF_INET) {
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		IPCB(skb)->flags = IPSKB_XFRM_TRANSFORMED;
	} else {
		memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		IP6CB(skb)->flags = IP6SKB_XFRM_TRANSFORMED;
	}
	secpath_reset(skb);
	return xfrm_output_resume(sk, skb, 1);
}

#endif /* _KAME_IPSEC_START_H */

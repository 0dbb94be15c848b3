/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_AGAIN_H
#define _KAME_IPSEC_AGAIN_H

#include "netns.h"

/**
 * enum kame_ipsec_seen - whether a packet was protected by this node before
 * @KAME_IPSEC_SEEN_NEVER: no: what it carries can be read
 * @KAME_IPSEC_SEEN_UNKNOWN: what it carries can't be told, and no state of ours made it
 * @KAME_IPSEC_SEEN_ITSELF: the packet is what one of our states made
 * @KAME_IPSEC_SEEN_INSIDE: a tunnel put a header around such a packet
 */
enum kame_ipsec_seen {
	KAME_IPSEC_SEEN_NEVER,
	KAME_IPSEC_SEEN_UNKNOWN,
	KAME_IPSEC_SEEN_ITSELF,
	KAME_IPSEC_SEEN_INSIDE,
};

enum kame_ipsec_seen kame_ipsec_again_seen(struct net *net, const struct sk_buff *skb, u8 family);
u32 kame_ipsec_again_policy(struct kame_ipsec_ns *ns, struct xfrm_state *x, int oif, u32 mark);

#endif /* _KAME_IPSEC_AGAIN_H */

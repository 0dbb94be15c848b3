/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_ROOM_H
#define _KAME_IPSEC_ROOM_H

#include <linux/skbuff.h>

bool kame_ipsec_room_shift(struct sk_buff *skb, int head, int tail);

/**
 * kame_ipsec_room_make - make room for the headers of a transform within the buffer
 * @skb: the packet
 * @head: bytes that come in front of it
 * @tail: bytes that come behind it
 *
 * Who made the packet didn't know of the transform, which would otherwise have to copy it
 * into a bigger buffer. Most buffers are bigger than they had to be: move the packet
 * within. Where that can't be done, the transform does what it always did.
 */
static inline void kame_ipsec_room_make(struct sk_buff *skb, int head, int tail)
{
	head -= skb_headroom(skb);
	if (unlikely(head > 0))
		kame_ipsec_room_shift(skb, head, tail);
}

#endif /* _KAME_IPSEC_ROOM_H */

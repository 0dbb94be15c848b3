// SPDX-License-Identifier: GPL-2.0-only
/*
 * Room in the buffer of a packet, for headers that its maker did not know of.
 */
#include "kunit.h"
#include "room.h"

/* A packet that is moved is copied whole, so that a long one gains nothing. */
#define MOST 2048

/* Headers are named by their distance from the beginning of the buffer. */
static void headers_moved(struct sk_buff *skb, int by)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		skb->csum_start += by;
	skb->network_header += by;
	skb->transport_header += by;
	if (skb_mac_header_was_set(skb))
		skb->mac_header += by;
	skb->inner_mac_header += by;
	skb->inner_network_header += by;
	skb->inner_transport_header += by;
}

/**
 * kame_ipsec_room_shift - move a packet towards the end of its buffer
 * @skb: the packet, which nobody else has
 * @by: bytes of headroom that it gains
 * @tail: bytes of tailroom that must be left
 *
 * Return: false where the buffer has no room, or is not the packet's alone: nothing has
 * changed.
 */
bool kame_ipsec_room_shift(struct sk_buff *skb, int by, int tail)
{
	if (skb_is_nonlinear(skb) || skb_cloned(skb) || skb->len > MOST ||
	    skb_tailroom(skb) < by + tail)
		return false;
	memmove(skb->data + by, skb->data, skb->len);
	skb_reserve(skb, by);
	headers_moved(skb, by);
	skb_metadata_clear(skb);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_room_shift);

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_TUNNEL_NEST_H
#define _KAME_TUNNEL_NEST_H

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>

/**
 * struct kame_tunnel_nest - tunnel headers that a packet carries already
 * @headers: how many; counting stops at the limit that was asked for
 * @limit: encapsulation limit of the outermost header that has one, or -1
 * @limit_offset: where in the packet that limit is, from the network header
 * @limit_direct: the limit is in the packet's own IPv6 header
 */
struct kame_tunnel_nest {
	unsigned int headers;
	int limit;
	unsigned int limit_offset;
	bool limit_direct;
};

void kame_tunnel_nest_walk(const struct sk_buff *skb, unsigned int offset, u8 proto,
			   unsigned int max, struct kame_tunnel_nest *nest);

/* Most packets carry neither a tunnel header nor an extension header. */
static inline bool kame_tunnel_nest_none(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
	case IPPROTO_ESP:
		return true;
	default:
		return false;
	}
}

#endif /* _KAME_TUNNEL_NEST_H */

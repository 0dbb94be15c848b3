/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_TUNNEL_HEADER_H
#define _KAME_TUNNEL_HEADER_H

#include <linux/skbuff.h>
#include <net/inet_ecn.h>

/**
 * struct kame_tunnel_header - what an outer header is made of
 * @saddr: source address, IPv4-mapped for IPv4
 * @daddr: destination address, likewise
 * @flowlabel: flow label (IPv6)
 * @encap_limit: encapsulation limit, or -1 for none (IPv6)
 * @proto: protocol of the inner packet
 * @dsfield: traffic class, with the ECN bits
 * @hoplimit: hop limit
 * @df: don't fragment (IPv4)
 */
struct kame_tunnel_header {
	const struct in6_addr *saddr;
	const struct in6_addr *daddr;
	__be32 flowlabel;
	s16 encap_limit;
	u8 proto;
	u8 dsfield;
	u8 hoplimit;
	bool df;
};

void kame_tunnel_header_push4(struct net *net, struct sk_buff *skb,
			      const struct kame_tunnel_header *h);
void kame_tunnel_header_push6(struct sk_buff *skb, const struct kame_tunnel_header *h);

/**
 * kame_tunnel_header_ecn() - ECN field of the outer header
 * @dsfield: traffic class of the outer header, ECN bits 0
 * @inner: traffic class of the inner header
 * @normal: normal mode (RFC 6040, section 4.1), else compatibility mode
 *
 * RFC 6040 copies the field, CE as well: the kernel's INET_ECN_encapsulate()
 * does what the older RFC 3168 says.
 */
static inline u8 kame_tunnel_header_ecn(u8 dsfield, u8 inner, bool normal)
{
	return normal ? dsfield | (inner & INET_ECN_MASK) : dsfield;
}

/**
 * kame_tunnel_header_inner_mtu() - largest inner packet that fits
 * @mtu: path MTU of the outer path
 * @hlen: length of the outer headers
 * @ipv6: the inner packet is IPv6
 * @floor: the MTU to tell the inner source: never below what its protocol
 *	guarantees (RFC 2473, section 7.1; RFC 4213, section 3.2.2)
 *
 * Return: the largest inner packet that needs no outer fragmentation.
 */
static inline unsigned int kame_tunnel_header_inner_mtu(unsigned int mtu, unsigned int hlen,
							bool ipv6, unsigned int *floor)
{
	unsigned int fits = mtu > hlen ? mtu - hlen : 0;

	*floor = max_t(unsigned int, fits, ipv6 ? IPV6_MIN_MTU : IPV4_MIN_MTU);
	return fits;
}

#endif /* _KAME_TUNNEL_HEADER_H */

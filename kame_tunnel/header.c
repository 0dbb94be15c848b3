// SPDX-License-Identifier: GPL-2.0-only
/*
 * The outer header.
 */
#include <linux/ip.h>
#include <linux/ip6_tunnel.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "header.h"
#include "kame_tunnel.h"
#include "kunit.h"

/**
 * kame_tunnel_header_push4() - put an IPv4 header before a packet
 * @net: namespace of the outer packets
 * @skb: the packet, with room; length and checksum of the header are filled in
 *	on output
 * @h: what to put into the header
 */
void kame_tunnel_header_push4(struct net *net, struct sk_buff *skb,
			      const struct kame_tunnel_header *h)
{
	struct iphdr *iph;

	iph = skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	*(__be16 *)iph = htons(4 << 12 | 5 << 8 | h->dsfield);
	iph->frag_off = h->df ? htons(IP_DF) : 0;
	iph->ttl = h->hoplimit;
	iph->protocol = h->proto;
	iph->saddr = h->saddr->s6_addr32[3];
	iph->daddr = h->daddr->s6_addr32[3];

	/* Nobody reassembles an atomic datagram, so its identification means
	 * nothing (RFC 6864, section 4.1).
	 */
	if (h->df)
		iph->id = 0;
	else
		__ip_select_ident(net, iph, skb_shinfo(skb)->gso_segs ?: 1);
}
EXPORT_SYMBOL_IF_KUNIT(kame_tunnel_header_push4);

/**
 * kame_tunnel_header_push6() - put an IPv6 header before a packet
 * @skb: the packet, with room; the length in the header is filled in on output
 * @h: what to put into the header
 *
 * An encapsulation limit goes into a destination options header (RFC 2473,
 * section 5.1).
 */
void kame_tunnel_header_push6(struct sk_buff *skb, const struct kame_tunnel_header *h)
{
	struct ipv6hdr *ip6h;
	u8 proto = h->proto;

	if (h->encap_limit >= 0) {
		u8 *opt = skb_push(skb, KAME_TUNNEL_LIMIT_HLEN);

		opt[0] = proto;
		opt[1] = 0;
		opt[2] = IPV6_TLV_TNL_ENCAP_LIMIT;
		opt[3] = 1;
		opt[4] = h->encap_limit;
		opt[5] = IPV6_TLV_PADN;
		opt[6] = 1;
		opt[7] = 0;
		proto = NEXTHDR_DEST;
	}

	ip6h = skb_push(skb, sizeof(*ip6h));
	skb_reset_network_header(skb);
	ip6_flow_hdr(ip6h, h->dsfield, h->flowlabel);
	ip6h->nexthdr = proto;
	ip6h->hop_limit = h->hoplimit;
	ip6h->saddr = *h->saddr;
	ip6h->daddr = *h->daddr;
}
EXPORT_SYMBOL_IF_KUNIT(kame_tunnel_header_push6);

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_TESTS_PACKET_H
#define _KAME_IPSEC_TESTS_PACKET_H

/* Packets, header by header. */
#include <kunit/test.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#define SRC4 0x0a010001
#define DST4 0x0a020002
#define HEADROOM 128
#define BUFFER 2048

static const struct in6_addr src6 = { .s6_addr = { 0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1 } };
static const struct in6_addr dst6 = { .s6_addr = { 0x20, 1, 0xd, 0xb8, 0, 0xb, [15] = 2 } };

static inline struct sk_buff *empty(struct kunit *test)
{
	struct sk_buff *skb = alloc_skb(BUFFER, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, HEADROOM);
	skb_reset_network_header(skb);
	return skb;
}

static inline void add4(struct sk_buff *skb, u8 proto, u16 frag, unsigned int options)
{
	struct iphdr *iph = skb_put_zero(skb, sizeof(*iph) + options);

	iph->version = 4;
	iph->ihl = 5 + options / 4;
	iph->tos = 0xb8;
	iph->frag_off = htons(frag);
	iph->protocol = proto;
	iph->saddr = htonl(SRC4);
	iph->daddr = htonl(DST4);
}

static inline void add6(struct sk_buff *skb, u8 proto)
{
	struct ipv6hdr *hdr = skb_put_zero(skb, sizeof(*hdr));

	ip6_flow_hdr(hdr, 0xb8, 0);
	hdr->nexthdr = proto;
	hdr->saddr = src6;
	hdr->daddr = dst6;
}

/* Hop-by-hop, destination options or routing, of (@more + 1) * 8 bytes */
static inline void add_option(struct sk_buff *skb, u8 next, u8 more)
{
	u8 *opt = skb_put_zero(skb, (more + 1) * 8);

	opt[0] = next;
	opt[1] = more;
}

static inline void add_frag(struct sk_buff *skb, u8 next, u16 off)
{
	struct frag_hdr *fh = skb_put_zero(skb, sizeof(*fh));

	fh->nexthdr = next;
	fh->frag_off = htons(off);
}

static inline void add_udp(struct sk_buff *skb, u16 sport, u16 dport)
{
	struct udphdr *uh = skb_put_zero(skb, sizeof(*uh));

	uh->source = htons(sport);
	uh->dest = htons(dport);
}

static inline void add_bytes(struct sk_buff *skb, u8 first, u8 second, unsigned int len)
{
	u8 *p = skb_put_zero(skb, len);

	p[0] = first;
	p[1] = second;
}

#endif /* _KAME_IPSEC_TESTS_PACKET_H */

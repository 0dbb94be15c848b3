// SPDX-License-Identifier: GPL-2.0-only
/*
 * Headers, ECN, sizes, and the count of the tunnel headers in a packet.
 */
#include <kunit/test.h>
#include <linux/in.h>
#include <linux/ip6_tunnel.h>
#include <linux/module.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "header.h"
#include "kame_tunnel.h"
#include "input.h"
#include "nest.h"

#define ROOM 1024

static struct sk_buff *new_skb(struct kunit *test)
{
	struct sk_buff *skb = alloc_skb(2 * ROOM, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, ROOM);
	skb_reset_network_header(skb);
	return skb;
}

static const struct in6_addr src6 = { .s6_addr = { 0xfd, [15] = 1 } };
static const struct in6_addr dst6 = { .s6_addr = { 0xfd, [15] = 2 } };
static const struct in6_addr src4 = { .s6_addr = { [10] = 0xff, 0xff, 10, 0, 0, 1 } };
static const struct in6_addr dst4 = { .s6_addr = { [10] = 0xff, 0xff, 10, 0, 0, 2 } };

static const struct kame_tunnel_header header6 = {
	.saddr = &src6,
	.daddr = &dst6,
	.flowlabel = htonl(0x12345),
	.encap_limit = -1,
	.proto = IPPROTO_UDP,
	.dsfield = 0xb9,
	.hoplimit = 33,
};

static struct kame_tunnel_header with(u8 proto, s16 limit)
{
	struct kame_tunnel_header h = header6;

	h.proto = proto;
	h.encap_limit = limit;
	return h;
}

static void push6(struct sk_buff *skb, u8 proto, s16 limit)
{
	struct kame_tunnel_header h = with(proto, limit);

	kame_tunnel_header_push6(skb, &h);
}

static void push4(struct sk_buff *skb, u8 proto)
{
	struct kame_tunnel_header h = with(proto, -1);

	h.saddr = &src4;
	h.daddr = &dst4;
	h.df = true;
	kame_tunnel_header_push4(&init_net, skb, &h);
}

static void header_ipv6(struct kunit *test)
{
	struct sk_buff *skb = new_skb(test);
	const u8 *opt;

	push6(skb, IPPROTO_IPIP, 4);
	KUNIT_EXPECT_EQ(test, skb->len, 48u);
	KUNIT_EXPECT_EQ(test, ipv6_hdr(skb)->version + 0, 6);
	KUNIT_EXPECT_EQ(test, ipv6_get_dsfield(ipv6_hdr(skb)), 0xb9);
	KUNIT_EXPECT_EQ(test, ntohl(ip6_flowlabel(ipv6_hdr(skb))), 0x12345u);
	KUNIT_EXPECT_EQ(test, ipv6_hdr(skb)->hop_limit, 33);
	KUNIT_EXPECT_EQ(test, ipv6_hdr(skb)->nexthdr, NEXTHDR_DEST);
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&ipv6_hdr(skb)->saddr, &src6));
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&ipv6_hdr(skb)->daddr, &dst6));
	opt = skb->data + sizeof(struct ipv6hdr);
	KUNIT_EXPECT_EQ(test, opt[0], IPPROTO_IPIP);
	KUNIT_EXPECT_EQ(test, opt[1], 0);
	KUNIT_EXPECT_EQ(test, opt[2], IPV6_TLV_TNL_ENCAP_LIMIT);
	KUNIT_EXPECT_EQ(test, opt[3], 1);
	KUNIT_EXPECT_EQ(test, opt[4], 4);
	kfree_skb(skb);
}

static void header_ipv4(struct kunit *test)
{
	struct sk_buff *skb = new_skb(test);

	push4(skb, IPPROTO_IPV6);
	KUNIT_EXPECT_EQ(test, skb->len, 20u);
	KUNIT_EXPECT_EQ(test, ip_hdr(skb)->version + 0, 4);
	KUNIT_EXPECT_EQ(test, ip_hdr(skb)->ihl + 0, 5);
	KUNIT_EXPECT_EQ(test, ip_hdr(skb)->tos, 0xb9);
	KUNIT_EXPECT_EQ(test, ip_hdr(skb)->ttl, 33);
	KUNIT_EXPECT_EQ(test, ip_hdr(skb)->protocol, IPPROTO_IPV6);
	KUNIT_EXPECT_EQ(test, ntohs(ip_hdr(skb)->frag_off), IP_DF);
	KUNIT_EXPECT_EQ(test, ntohl(ip_hdr(skb)->saddr), 0x0a000001u);
	KUNIT_EXPECT_EQ(test, ntohl(ip_hdr(skb)->daddr), 0x0a000002u);
	kfree_skb(skb);
}

/* RFC 6040, section 4.1 */
static void ecn(struct kunit *test)
{
	u8 inner;

	for (inner = 0; inner < 4; inner++) {
		KUNIT_EXPECT_EQ(test, kame_tunnel_header_ecn(0xb8, 0xfc | inner, true), 0xb8 | inner);
		KUNIT_EXPECT_EQ(test, kame_tunnel_header_ecn(0xb8, 0xfc | inner, false), 0xb8);
	}
}

static void mtu(struct kunit *test)
{
	unsigned int floor;

	KUNIT_EXPECT_EQ(test, kame_tunnel_header_inner_mtu(1500, 48, true, &floor), 1452u);
	KUNIT_EXPECT_EQ(test, floor, 1452u);
	KUNIT_EXPECT_EQ(test, kame_tunnel_header_inner_mtu(1280, 48, true, &floor), 1232u);
	KUNIT_EXPECT_EQ(test, floor, 1280u);
	KUNIT_EXPECT_EQ(test, kame_tunnel_header_inner_mtu(1280, 48, false, &floor), 1232u);
	KUNIT_EXPECT_EQ(test, floor, 1232u);
	KUNIT_EXPECT_EQ(test, kame_tunnel_header_inner_mtu(20, 48, false, &floor), 0u);
	KUNIT_EXPECT_EQ(test, floor, 68u);
}

static void nest_counts(struct kunit *test)
{
	struct sk_buff *skb = new_skb(test);
	struct kame_tunnel_nest n;
	int i;

	/* one header, nothing in it */
	push6(skb, IPPROTO_UDP, -1);
	kame_tunnel_nest_walk(skb, 0, IPPROTO_IPV6, 16, &n);
	KUNIT_EXPECT_EQ(test, n.headers, 0u);
	KUNIT_EXPECT_EQ(test, n.limit, -1);

	for (i = 1; i <= 6; i++) {
		if (i & 1)
			push4(skb, IPPROTO_IPV6);
		else
			push6(skb, IPPROTO_IPIP, -1);
		kame_tunnel_nest_walk(skb, 0, i & 1 ? IPPROTO_IPIP : IPPROTO_IPV6, 16, &n);
		KUNIT_EXPECT_EQ(test, n.headers, (unsigned int)i);
		kame_tunnel_nest_walk(skb, 0, i & 1 ? IPPROTO_IPIP : IPPROTO_IPV6, 3, &n);
		KUNIT_EXPECT_EQ(test, n.headers, min(i, 3) + 0u);
	}
	kfree_skb(skb);
}

static void nest_limit(struct kunit *test)
{
	struct sk_buff *skb = new_skb(test);
	struct kame_tunnel_nest n;

	push6(skb, IPPROTO_UDP, -1);
	push6(skb, IPPROTO_IPV6, 3);
	kame_tunnel_nest_walk(skb, 0, IPPROTO_IPV6, 16, &n);
	KUNIT_EXPECT_EQ(test, n.limit, 3);
	KUNIT_EXPECT_TRUE(test, n.limit_direct);
	KUNIT_EXPECT_EQ(test, n.limit_offset, 44u);
	KUNIT_EXPECT_EQ(test, n.headers, 1u);

	/* seen through an IPv4 header */
	push4(skb, IPPROTO_IPV6);
	kame_tunnel_nest_walk(skb, 0, IPPROTO_IPIP, 16, &n);
	KUNIT_EXPECT_EQ(test, n.limit, 3);
	KUNIT_EXPECT_FALSE(test, n.limit_direct);
	KUNIT_EXPECT_EQ(test, n.headers, 2u);

	/* the outermost counts */
	push6(skb, IPPROTO_IPIP, 0);
	kame_tunnel_nest_walk(skb, 0, IPPROTO_IPV6, 16, &n);
	KUNIT_EXPECT_EQ(test, n.limit, 0);
	KUNIT_EXPECT_TRUE(test, n.limit_direct);
	kfree_skb(skb);
}

/* Any prefix of a packet, and any bytes, end the walk within the packet. */
static void nest_truncated(struct kunit *test)
{
	struct kame_tunnel_nest n;
	unsigned int len, full;
	struct sk_buff *skb;
	int i;

	skb = new_skb(test);
	push6(skb, IPPROTO_UDP, -1);
	push6(skb, IPPROTO_IPV6, 3);
	push4(skb, IPPROTO_IPV6);
	full = skb->len;
	for (len = full; len; len--) {
		skb_trim(skb, len);
		kame_tunnel_nest_walk(skb, 0, IPPROTO_IPIP, 16, &n);
		KUNIT_EXPECT_LE(test, n.headers, 2u);
		if (len < 20 + 40 + 5)
			KUNIT_EXPECT_EQ(test, n.limit, -1);
	}
	for (i = 0; i < 2000; i++) {
		skb_trim(skb, 0);
		get_random_bytes(skb_put(skb, 200), 200);
		skb->data[0] = 0x60;
		skb->data[6] = NEXTHDR_DEST;
		kame_tunnel_nest_walk(skb, 0, IPPROTO_IPV6, 16, &n);
		KUNIT_EXPECT_LE(test, n.headers, 16u);
	}
	kfree_skb(skb);
}

static void martians(struct kunit *test)
{
	struct ipv6hdr ip6h = { .saddr = src6, .daddr = dst6 };
	struct iphdr iph = { .saddr = htonl(0x0a000001), .daddr = htonl(0x0a000002) };

	KUNIT_EXPECT_FALSE(test, kame_tunnel_input_martian4(&iph));
	iph.saddr = htonl(0x7f000001);
	KUNIT_EXPECT_TRUE(test, kame_tunnel_input_martian4(&iph));
	iph.saddr = htonl(0xe0000001);
	KUNIT_EXPECT_TRUE(test, kame_tunnel_input_martian4(&iph));

	KUNIT_EXPECT_FALSE(test, kame_tunnel_input_martian6(&ip6h));
	ip6h.saddr = in6addr_any;
	KUNIT_EXPECT_FALSE(test, kame_tunnel_input_martian6(&ip6h));
	ip6h.saddr = in6addr_loopback;
	KUNIT_EXPECT_TRUE(test, kame_tunnel_input_martian6(&ip6h));
	ipv6_addr_set_v4mapped(htonl(0x0a000001), &ip6h.saddr);
	KUNIT_EXPECT_TRUE(test, kame_tunnel_input_martian6(&ip6h));
}

static struct kunit_case tunnel_cases[] = {
	KUNIT_CASE(header_ipv6),
	KUNIT_CASE(header_ipv4),
	KUNIT_CASE(ecn),
	KUNIT_CASE(mtu),
	KUNIT_CASE(nest_counts),
	KUNIT_CASE(nest_limit),
	KUNIT_CASE(nest_truncated),
	KUNIT_CASE(martians),
	{}
};

static struct kunit_suite tunnel_suite = {
	.name = "kame_tunnel",
	.test_cases = tunnel_cases,
};

kunit_test_suite(tunnel_suite);

MODULE_DESCRIPTION("Tests of kame_tunnel");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);

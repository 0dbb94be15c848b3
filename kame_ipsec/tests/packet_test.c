// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is read of packets: the flow, and what an ICMP error quotes.
 */
#include <kunit/test.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>

#include <uapi/linux/kame_ipsec.h>

#include "flow.h"
#include "icmp.h"
#include "packet.h"

static bool get(const struct sk_buff *skb, u8 family, struct kame_ipsec_flow *flow)
{
	return kame_ipsec_flow_get(flow, skb, family, KAME_IPSEC_DIR_OUT, 7,
				   KAME_IPSEC_FIELD_ALL);
}

static void expect_udp(struct kunit *test, struct sk_buff *skb, u8 family)
{
	struct kame_ipsec_flow flow;

	KUNIT_ASSERT_TRUE(test, get(skb, family, &flow));
	KUNIT_EXPECT_EQ(test, flow.family, family);
	KUNIT_EXPECT_EQ(test, flow.proto, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, flow.sport, 1000);
	KUNIT_EXPECT_EQ(test, flow.dport, 53);
	KUNIT_EXPECT_EQ(test, flow.dscp, 0xb8 >> 2);
	KUNIT_EXPECT_EQ(test, flow.oif, 7);
	KUNIT_EXPECT_EQ(test, flow.flags, 0);
	kfree_skb(skb);
}

static void flows(struct kunit *test)
{
	struct sk_buff *skb = empty(test);
	struct kame_ipsec_flow flow;

	add4(skb, IPPROTO_UDP, 0, 0);
	add_udp(skb, 1000, 53);
	KUNIT_ASSERT_TRUE(test, get(skb, AF_INET, &flow));
	KUNIT_EXPECT_EQ(test, flow.src.a4, htonl(SRC4));
	KUNIT_EXPECT_EQ(test, flow.dst.a4, htonl(DST4));
	expect_udp(test, skb, AF_INET);

	skb = empty(test);
	add4(skb, IPPROTO_UDP, 0, 40);
	add_udp(skb, 1000, 53);
	expect_udp(test, skb, AF_INET);

	/* The first fragment has the ports. */
	skb = empty(test);
	add4(skb, IPPROTO_UDP, IP_MF, 0);
	add_udp(skb, 1000, 53);
	expect_udp(test, skb, AF_INET);

	skb = empty(test);
	add6(skb, IPPROTO_UDP);
	add_udp(skb, 1000, 53);
	KUNIT_ASSERT_TRUE(test, get(skb, AF_INET6, &flow));
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&flow.src.in6, &src6));
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&flow.dst.in6, &dst6));
	expect_udp(test, skb, AF_INET6);

	skb = empty(test);
	add6(skb, NEXTHDR_HOP);
	add_option(skb, NEXTHDR_ROUTING, 0);
	add_option(skb, NEXTHDR_FRAGMENT, 2);
	add_frag(skb, NEXTHDR_DEST, IP6_MF);
	add_option(skb, IPPROTO_UDP, 1);
	add_udp(skb, 1000, 53);
	expect_udp(test, skb, AF_INET6);
}

static void expect_no_ports(struct kunit *test, struct sk_buff *skb, u8 family, u8 proto)
{
	struct kame_ipsec_flow flow;

	KUNIT_ASSERT_TRUE(test, get(skb, family, &flow));
	KUNIT_EXPECT_EQ(test, flow.proto, proto);
	KUNIT_EXPECT_EQ(test, flow.flags, KAME_IPSEC_FLOW_NO_PORTS);
	KUNIT_EXPECT_EQ(test, flow.sport, 0);
	KUNIT_EXPECT_EQ(test, flow.dport, 0);
	kfree_skb(skb);
}

static void fragments(struct kunit *test)
{
	struct sk_buff *skb = empty(test);

	add4(skb, IPPROTO_UDP, 100, 0);
	add_udp(skb, 1000, 53);
	expect_no_ports(test, skb, AF_INET, IPPROTO_UDP);

	skb = empty(test);
	add6(skb, NEXTHDR_FRAGMENT);
	add_frag(skb, IPPROTO_UDP, 0x100);
	add_udp(skb, 1000, 53);
	expect_no_ports(test, skb, AF_INET6, IPPROTO_UDP);

	/* Cut off behind the IP header */
	skb = empty(test);
	add4(skb, IPPROTO_TCP, 0, 0);
	skb_put_zero(skb, 3);
	expect_no_ports(test, skb, AF_INET, IPPROTO_TCP);

	skb = empty(test);
	add6(skb, IPPROTO_ICMPV6);
	skb_put_zero(skb, 1);
	expect_no_ports(test, skb, AF_INET6, IPPROTO_ICMPV6);
}

static void icmp_types(struct kunit *test)
{
	struct sk_buff *skb = empty(test);
	struct kame_ipsec_flow flow;

	add4(skb, IPPROTO_ICMP, 0, 0);
	add_bytes(skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 8);
	KUNIT_ASSERT_TRUE(test, get(skb, AF_INET, &flow));
	KUNIT_EXPECT_EQ(test, flow.sport, ICMP_DEST_UNREACH);
	KUNIT_EXPECT_EQ(test, flow.dport, ICMP_PORT_UNREACH);
	kfree_skb(skb);

	skb = empty(test);
	add6(skb, IPPROTO_ICMPV6);
	add_bytes(skb, ICMPV6_ECHO_REQUEST, 0, 8);
	KUNIT_ASSERT_TRUE(test, get(skb, AF_INET6, &flow));
	KUNIT_EXPECT_EQ(test, flow.flags, 0);
	kfree_skb(skb);

}

static bool is_control(struct kunit *test, u8 family, u8 proto, u8 type, u8 hops, int iif)
{
	struct sk_buff *skb = empty(test);
	struct kame_ipsec_flow flow;

	if (family == AF_INET) {
		add4(skb, proto, 0, 0);
		ip_hdr(skb)->ttl = hops;
	} else {
		add6(skb, proto);
		ipv6_hdr(skb)->hop_limit = hops;
	}
	add_bytes(skb, type, 0, 24);
	skb->skb_iif = iif;
	KUNIT_EXPECT_TRUE(test, get(skb, family, &flow));
	KUNIT_EXPECT_EQ(test, flow.proto, proto);
	kfree_skb(skb);
	return flow.flags & KAME_IPSEC_FLOW_CONTROL;
}

/* What keeps a link alive, and what only looks like it */
static void control(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, is_control(test, AF_INET6, IPPROTO_ICMPV6, 135, 255, 0));
	KUNIT_EXPECT_FALSE(test, is_control(test, AF_INET6, IPPROTO_ICMPV6, 135, 254, 0));
	KUNIT_EXPECT_FALSE(test, is_control(test, AF_INET6, IPPROTO_ICMPV6, 135, 255, 5));
	KUNIT_EXPECT_TRUE(test, is_control(test, AF_INET6, IPPROTO_ICMPV6, 143, 1, 0));
	KUNIT_EXPECT_FALSE(test, is_control(test, AF_INET6, IPPROTO_ICMPV6, 143, 1, 5));
	KUNIT_EXPECT_FALSE(test, is_control(test, AF_INET6, IPPROTO_ICMPV6, 143, 64, 0));
	KUNIT_EXPECT_FALSE(test, is_control(test, AF_INET, IPPROTO_ICMPV6, 135, 255, 0));
	KUNIT_EXPECT_TRUE(test, is_control(test, AF_INET, IPPROTO_IGMP, 0x22, 1, 0));
	KUNIT_EXPECT_FALSE(test, is_control(test, AF_INET, IPPROTO_IGMP, 0x22, 1, 5));
	KUNIT_EXPECT_FALSE(test, is_control(test, AF_INET, IPPROTO_IGMP, 0x22, 64, 0));
	KUNIT_EXPECT_FALSE(test, is_control(test, AF_INET6, IPPROTO_IGMP, 0x22, 1, 0));
}

static void unreadable(struct kunit *test)
{
	struct sk_buff *skb = empty(test);
	struct kame_ipsec_flow flow;
	int i;

	add6(skb, NEXTHDR_HOP);
	skb_put_zero(skb, 1);
	KUNIT_EXPECT_FALSE(test, get(skb, AF_INET6, &flow));
	kfree_skb(skb);

	/* An option that claims to be longer than the packet */
	skb = empty(test);
	add6(skb, NEXTHDR_HOP);
	add_option(skb, NEXTHDR_DEST, 0);
	skb_network_header(skb)[sizeof(struct ipv6hdr) + 1] = 255;
	KUNIT_EXPECT_FALSE(test, get(skb, AF_INET6, &flow));
	kfree_skb(skb);

	skb = empty(test);
	add6(skb, NEXTHDR_DEST);
	for (i = 0; i < 40; i++)
		add_option(skb, NEXTHDR_DEST, 0);
	KUNIT_EXPECT_FALSE(test, get(skb, AF_INET6, &flow));
	kfree_skb(skb);

	skb = empty(test);
	add4(skb, IPPROTO_UDP, 0, 0);
	ip_hdr(skb)->ihl = 4;
	KUNIT_EXPECT_FALSE(test, get(skb, AF_INET, &flow));
	kfree_skb(skb);
}

static void quotes(struct kunit *test)
{
	struct kame_ipsec_icmp quote;
	struct kame_ipsec_flow flow, answers;
	struct sk_buff *skb = empty(test);

	/* The error comes from the quoted packet's destination, about 1000 -> 53. */
	add6(skb, IPPROTO_ICMPV6);
	add_bytes(skb, ICMPV6_PKT_TOOBIG, 0, sizeof(struct icmp6hdr));
	add6(skb, IPPROTO_UDP);
	add_udp(skb, 1000, 53);
	KUNIT_ASSERT_TRUE(test, kame_ipsec_icmp_quote(skb, AF_INET6, &quote));
	KUNIT_EXPECT_EQ(test, quote.off, 48);
	KUNIT_EXPECT_EQ(test, quote.flow.proto, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, quote.flow.sport, 1000);
	KUNIT_ASSERT_TRUE(test, get(skb, AF_INET6, &flow));
	kame_ipsec_icmp_reverse(&answers, &quote.flow, &flow);
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&answers.src.in6, &dst6));
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&answers.dst.in6, &src6));
	KUNIT_EXPECT_EQ(test, answers.sport, 53);
	KUNIT_EXPECT_EQ(test, answers.dport, 1000);
	KUNIT_EXPECT_EQ(test, answers.oif, 7);
	/* Of a shorter one, the ports are not known; of a still shorter one, nothing is. */
	skb_trim(skb, 48 + 40 + 2);
	KUNIT_ASSERT_TRUE(test, kame_ipsec_icmp_quote(skb, AF_INET6, &quote));
	KUNIT_EXPECT_EQ(test, quote.flow.flags, KAME_IPSEC_FLOW_NO_PORTS);
	KUNIT_EXPECT_FALSE(test, quote.cut);
	skb_trim(skb, 48 + 39);
	KUNIT_EXPECT_FALSE(test, kame_ipsec_icmp_quote(skb, AF_INET6, &quote));
	kfree_skb(skb);

	/* Extension headers that go on beyond the end of the quote */
	skb = empty(test);
	add6(skb, IPPROTO_ICMPV6);
	add_bytes(skb, ICMPV6_TIME_EXCEED, 0, sizeof(struct icmp6hdr));
	add6(skb, NEXTHDR_DEST);
	add_option(skb, NEXTHDR_DEST, 0);
	KUNIT_ASSERT_TRUE(test, kame_ipsec_icmp_quote(skb, AF_INET6, &quote));
	KUNIT_EXPECT_TRUE(test, quote.cut);
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&quote.flow.src.in6, &src6));
	KUNIT_EXPECT_EQ(test, quote.flow.flags, KAME_IPSEC_FLOW_NO_PORTS);
	kfree_skb(skb);

	skb = empty(test);
	add4(skb, IPPROTO_ICMP, 0, 0);
	add_bytes(skb, ICMP_ECHO, 0, sizeof(struct icmphdr));
	add4(skb, IPPROTO_UDP, 0, 0);
	add_udp(skb, 1000, 53);
	KUNIT_EXPECT_FALSE(test, kame_ipsec_icmp_quote(skb, AF_INET, &quote));
	skb_network_header(skb)[20] = ICMP_TIME_EXCEEDED;
	KUNIT_EXPECT_TRUE(test, kame_ipsec_icmp_quote(skb, AF_INET, &quote));
	KUNIT_EXPECT_EQ(test, quote.flow.dport, 53);
	kfree_skb(skb);
}

static struct kunit_case packet_cases[] = {
	KUNIT_CASE(flows),
	KUNIT_CASE(fragments),
	KUNIT_CASE(icmp_types),
	KUNIT_CASE(control),
	KUNIT_CASE(unreadable),
	KUNIT_CASE(quotes),
	{}
};

static struct kunit_suite packet_suite = {
	.name = "kame_ipsec_packet",
	.test_cases = packet_cases,
};

kunit_test_suite(packet_suite);

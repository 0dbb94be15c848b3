// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is read of packets: the flow, what an ICMP error quotes, and whether a packet was
 * protected here before; the room that is made in its buffer, and its checksum.
 */
#include <kunit/test.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

#include <uapi/linux/kame_ipsec.h>

#include "again.h"
#include "flow.h"
#include "icmp.h"
#include "room.h"
#include "start.h"
#include "state.h"

#define SRC4 0x0a010001
#define DST4 0x0a020002
#define HEADROOM 128
#define BUFFER 2048

static const struct in6_addr src6 = { .s6_addr = { 0x20, 1, 0xd, 0xb8, 0, 0xa, [15] = 1 } };
static const struct in6_addr dst6 = { .s6_addr = { 0x20, 1, 0xd, 0xb8, 0, 0xb, [15] = 2 } };

static struct sk_buff *empty(struct kunit *test)
{
	struct sk_buff *skb = alloc_skb(BUFFER, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, HEADROOM);
	skb_reset_network_header(skb);
	return skb;
}

static void add4(struct sk_buff *skb, u8 proto, u16 frag, unsigned int options)
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

static void add6(struct sk_buff *skb, u8 proto)
{
	struct ipv6hdr *hdr = skb_put_zero(skb, sizeof(*hdr));

	ip6_flow_hdr(hdr, 0xb8, 0);
	hdr->nexthdr = proto;
	hdr->saddr = src6;
	hdr->daddr = dst6;
}

/* Hop-by-hop, destination options or routing, of (@more + 1) * 8 bytes */
static void add_option(struct sk_buff *skb, u8 next, u8 more)
{
	u8 *opt = skb_put_zero(skb, (more + 1) * 8);

	opt[0] = next;
	opt[1] = more;
}

static void add_frag(struct sk_buff *skb, u8 next, u16 off)
{
	struct frag_hdr *fh = skb_put_zero(skb, sizeof(*fh));

	fh->nexthdr = next;
	fh->frag_off = htons(off);
}

static void add_udp(struct sk_buff *skb, u16 sport, u16 dport)
{
	struct udphdr *uh = skb_put_zero(skb, sizeof(*uh));

	uh->source = htons(sport);
	uh->dest = htons(dport);
}

static void add_bytes(struct sk_buff *skb, u8 first, u8 second, unsigned int len)
{
	u8 *p = skb_put_zero(skb, len);

	p[0] = first;
	p[1] = second;
}

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

static void room(struct kunit *test)
{
	struct sk_buff *skb = empty(test);
	unsigned int tail = skb_tailroom(skb);
	struct udphdr *uh;

	add6(skb, IPPROTO_UDP);
	skb_set_transport_header(skb, sizeof(struct ipv6hdr));
	add_udp(skb, 1000, 53);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	tail -= skb->len;

	KUNIT_EXPECT_FALSE(test, kame_ipsec_room_shift(skb, 64, tail));
	KUNIT_EXPECT_EQ(test, skb_headroom(skb), HEADROOM);
	KUNIT_ASSERT_TRUE(test, kame_ipsec_room_shift(skb, 64, 32));
	KUNIT_EXPECT_EQ(test, skb_headroom(skb), HEADROOM + 64);
	KUNIT_EXPECT_EQ(test, skb_tailroom(skb), tail - 64);
	KUNIT_EXPECT_EQ(test, skb_network_offset(skb), 0);
	KUNIT_EXPECT_EQ(test, skb_transport_offset(skb), sizeof(struct ipv6hdr));
	KUNIT_EXPECT_PTR_EQ(test, skb->head + skb->csum_start, skb_transport_header(skb));
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&ipv6_hdr(skb)->daddr, &dst6));
	uh = udp_hdr(skb);
	KUNIT_EXPECT_EQ(test, uh->dest, htons(53));

	/* What somebody else reads stays where it is. */
	kfree_skb(skb_clone(skb, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, kame_ipsec_room_shift(skb, 8, 0));
	{
		struct sk_buff *clone = skb_clone(skb, GFP_KERNEL);

		KUNIT_EXPECT_FALSE(test, kame_ipsec_room_shift(skb, 8, 0));
		kfree_skb(clone);
	}
	kfree_skb(skb);
}

/* A datagram of @len random bytes, whose checksum is left to the device */
static struct sk_buff *unfinished(struct kunit *test, u8 family, unsigned int len)
{
	struct sk_buff *skb = empty(test);

	if (family == AF_INET)
		add4(skb, IPPROTO_UDP, 0, len % 3 * 4);
	else
		add6(skb, IPPROTO_UDP);
	skb_set_transport_header(skb, skb->len);
	add_udp(skb, 1000, 53);
	get_random_bytes(&udp_hdr(skb)->check, sizeof(__sum16));
	get_random_bytes(skb_put(skb, len), len);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct udphdr, check);
	return skb;
}

/* The checksum is that of the kernel's own routine. */
static void sum(struct kunit *test)
{
	struct sk_buff *skb, *other;
	unsigned int len;

	for (len = 0; len < 400; len++) {
		u8 family = len % 2 ? AF_INET : AF_INET6;

		skb = unfinished(test, family, len / 2);
		other = skb_copy(skb, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, other);
		KUNIT_EXPECT_TRUE(test, kame_ipsec_start_sum(skb));
		KUNIT_EXPECT_EQ(test, skb_checksum_help(other), 0);
		KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_NONE);
		KUNIT_EXPECT_MEMEQ(test, skb->data, other->data, skb->len);
		/* It is finished: there is nothing more to do. */
		KUNIT_EXPECT_TRUE(test, kame_ipsec_start_sum(skb));
		KUNIT_EXPECT_MEMEQ(test, skb->data, other->data, skb->len);
		kfree_skb(skb);
		kfree_skb(other);
	}
	/* A sum of 0 means that there is none (RFC 768). */
	skb = unfinished(test, AF_INET6, 0);
	udp_hdr(skb)->check = 0;
	udp_hdr(skb)->check = csum_fold(csum_partial(udp_hdr(skb), sizeof(struct udphdr), 0));
	KUNIT_EXPECT_TRUE(test, kame_ipsec_start_sum(skb));
	KUNIT_EXPECT_EQ(test, udp_hdr(skb)->check, CSUM_MANGLED_0);
	kfree_skb(skb);
}

/* What somebody else reads, and a checksum that lies elsewhere, is not touched. */
static void sum_elsewhere(struct kunit *test)
{
	struct sk_buff *skb = unfinished(test, AF_INET6, 20);
	struct sk_buff *other = skb_copy(skb, GFP_KERNEL);
	struct sk_buff *clone = skb_clone(skb, GFP_KERNEL);
	u16 start = skb->csum_start;

	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_ASSERT_NOT_NULL(test, clone);
	KUNIT_EXPECT_FALSE(test, kame_ipsec_start_sum(skb));
	kfree_skb(clone);

	/* In front of the transport header, behind it, and behind the packet */
	skb->csum_start = start - 8;
	KUNIT_EXPECT_FALSE(test, kame_ipsec_start_sum(skb));
	skb->csum_start = start + 8;
	KUNIT_EXPECT_FALSE(test, kame_ipsec_start_sum(skb));
	skb->csum_start = start;
	skb->csum_offset = 8 + 20 - 1;
	KUNIT_EXPECT_FALSE(test, kame_ipsec_start_sum(skb));
	skb->csum_offset = U16_MAX;
	KUNIT_EXPECT_FALSE(test, kame_ipsec_start_sum(skb));
	skb->csum_offset = offsetof(struct udphdr, check);
	/* A transport header that is none */
	skb->transport_header = skb->network_header;
	skb->csum_start = skb->network_header;
	KUNIT_EXPECT_FALSE(test, kame_ipsec_start_sum(skb));
	skb->transport_header = skb->network_header + skb->len;
	skb->csum_start = skb->transport_header;
	KUNIT_EXPECT_FALSE(test, kame_ipsec_start_sum(skb));

	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_PARTIAL);
	KUNIT_EXPECT_MEMEQ(test, skb->data, other->data, skb->len);
	kfree_skb(skb);
	kfree_skb(other);
}

/* A state that is found by its SPI; it transforms nothing. */
static struct xfrm_state *add_state(struct kunit *test, u8 proto, u32 spi)
{
	struct xfrm_state *x = xfrm_state_alloc(&init_net);

	KUNIT_ASSERT_NOT_NULL(test, x);
	x->id.proto = proto;
	x->id.spi = htonl(spi);
	x->id.daddr.in6 = dst6;
	x->props.saddr.in6 = src6;
	x->props.family = AF_INET6;
	x->props.mode = XFRM_MODE_TUNNEL;
	x->km.state = XFRM_STATE_VALID;
	xfrm_state_hold(x);
	xfrm_state_insert(x);
	return x;
}

static void del_state(struct xfrm_state *x)
{
	xfrm_state_delete(x);
	xfrm_state_put(x);
}

static enum kame_ipsec_seen seen(struct sk_buff *skb, u8 family)
{
	enum kame_ipsec_seen ret;

	rcu_read_lock();
	ret = kame_ipsec_again_seen(&init_net, skb, family);
	rcu_read_unlock();
	return ret;
}

static void add_esp(struct sk_buff *skb, u32 spi)
{
	__be32 *esp = skb_put_zero(skb, 32);

	*esp = htonl(spi);
}

/* ESP in @depth headers of IPv4 and IPv6 in turn; the innermost is that of the state */
static enum kame_ipsec_seen seen_below(struct kunit *test, int depth, u32 spi)
{
	struct sk_buff *skb = empty(test);
	enum kame_ipsec_seen ret;
	u8 family = depth % 2 ? AF_INET : AF_INET6;
	int i;

	for (i = depth; i > 0; i--) {
		if (i % 2)
			add4(skb, IPPROTO_IPV6, 0, 0);
		else
			add6(skb, IPPROTO_IPIP);
	}
	add6(skb, IPPROTO_ESP);
	add_esp(skb, spi);
	ret = seen(skb, family);
	kfree_skb(skb);
	return ret;
}

/* Whether a packet in a tunnel carries what can be read */
static enum kame_ipsec_seen seen_in_tunnel(struct kunit *test, u8 proto)
{
	struct sk_buff *skb = empty(test);
	enum kame_ipsec_seen ret;

	add4(skb, IPPROTO_IPV6, 0, 0);
	add6(skb, proto);
	skb_put_zero(skb, 32);
	ret = seen(skb, AF_INET);
	kfree_skb(skb);
	return ret;
}

static void again_payload(struct kunit *test)
{
	static const u8 plain[] = { IPPROTO_TCP, IPPROTO_SCTP, IPPROTO_ICMPV6 };
	static const u8 opaque[] = { IPPROTO_UDP, IPPROTO_ESP, IPPROTO_AH, IPPROTO_GRE,
				     IPPROTO_L2TP };
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(plain); i++)
		KUNIT_EXPECT_EQ(test, seen_in_tunnel(test, plain[i]), KAME_IPSEC_SEEN_NEVER);
	for (i = 0; i < ARRAY_SIZE(opaque); i++)
		KUNIT_EXPECT_EQ(test, seen_in_tunnel(test, opaque[i]), KAME_IPSEC_SEEN_UNKNOWN);

	/* A fragment that is not the first */
	skb = empty(test);
	add4(skb, IPPROTO_TCP, 77, 0);
	skb_put_zero(skb, 32);
	KUNIT_EXPECT_EQ(test, seen(skb, AF_INET), KAME_IPSEC_SEEN_UNKNOWN);
	kfree_skb(skb);
}

/* Freed with its state */
static struct xfrm_encap_tmpl *new_encap(struct kunit *test)
{
	struct xfrm_encap_tmpl *encap = kzalloc(sizeof(*encap), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, encap);
	encap->encap_type = UDP_ENCAP_ESPINUDP;
	encap->encap_sport = htons(4500);
	encap->encap_dport = htons(4500);
	return encap;
}

static enum kame_ipsec_seen seen_in_udp(struct kunit *test, u16 port, u32 spi)
{
	struct sk_buff *skb = empty(test);
	enum kame_ipsec_seen ret;

	add6(skb, IPPROTO_UDP);
	add_udp(skb, 4500, port);
	add_esp(skb, spi);
	ret = seen(skb, AF_INET6);
	kfree_skb(skb);
	return ret;
}

static void again(struct kunit *test)
{
	struct xfrm_state *esp = add_state(test, IPPROTO_ESP, 0x4711);
	struct xfrm_state *ah = add_state(test, IPPROTO_AH, 0x4712);
	struct xfrm_state *udp = add_state(test, IPPROTO_ESP, 0x4713);
	struct sk_buff *skb;
	int depth;

	KUNIT_EXPECT_EQ(test, seen_below(test, 0, 0x4711), KAME_IPSEC_SEEN_ITSELF);
	KUNIT_EXPECT_EQ(test, seen_below(test, 0, 0x4710), KAME_IPSEC_SEEN_UNKNOWN);
	for (depth = 1; depth < 8; depth++) {
		KUNIT_EXPECT_EQ(test, seen_below(test, depth, 0x4711), KAME_IPSEC_SEEN_INSIDE);
		KUNIT_EXPECT_EQ(test, seen_below(test, depth, 0x4710), KAME_IPSEC_SEEN_UNKNOWN);
	}
	/* It doesn't look for ever. */
	KUNIT_EXPECT_EQ(test, seen_below(test, 20, 0x4711), KAME_IPSEC_SEEN_UNKNOWN);

	/* GRE with a key and a sequence number */
	skb = empty(test);
	add4(skb, IPPROTO_GRE, 0, 0);
	add_bytes(skb, 0x30, 0, 12);
	skb_tail_pointer(skb)[-10] = 0x86;
	skb_tail_pointer(skb)[-9] = 0xdd;
	add6(skb, NEXTHDR_DEST);
	add_option(skb, IPPROTO_AH, 0);
	add_bytes(skb, IPPROTO_UDP, 4, 24);
	*(__be32 *)(skb_tail_pointer(skb) - 20) = htonl(0x4712);
	KUNIT_EXPECT_EQ(test, seen(skb, AF_INET), KAME_IPSEC_SEEN_INSIDE);
	kfree_skb(skb);

	/* ESP in UDP, but not what a key manager sends, nor what anybody sends to other ports
	 * or with the number of a state that doesn't use UDP
	 */
	udp->encap = new_encap(test);
	KUNIT_EXPECT_EQ(test, seen_in_udp(test, 4500, 0x4713), KAME_IPSEC_SEEN_ITSELF);
	KUNIT_EXPECT_EQ(test, seen_in_udp(test, 4500, 0), KAME_IPSEC_SEEN_UNKNOWN);
	KUNIT_EXPECT_EQ(test, seen_in_udp(test, 4501, 0x4713), KAME_IPSEC_SEEN_UNKNOWN);
	KUNIT_EXPECT_EQ(test, seen_in_udp(test, 4500, 0x4711), KAME_IPSEC_SEEN_UNKNOWN);
	KUNIT_EXPECT_EQ(test, seen_below(test, 0, 0x4713), KAME_IPSEC_SEEN_UNKNOWN);

	del_state(udp);
	del_state(esp);
	del_state(ah);
	KUNIT_EXPECT_EQ(test, seen_below(test, 1, 0x4711), KAME_IPSEC_SEEN_UNKNOWN);
}

/* The state that a policy which names one, or takes any of its reqid, finds for a packet */
static bool finds_in(struct kunit *test, u32 spi, u8 dir, struct kame_ipsec_found *found)
{
	struct kame_ipsec_policy *pol = kunit_kzalloc(test, sizeof(*pol), GFP_KERNEL);
	const struct kame_ipsec_flow flow = {
		.src.in6 = src6,
		.dst.in6 = dst6,
		.family = AF_INET6,
		.dir = dir,
	};
	struct xfrm_state *x;

	KUNIT_ASSERT_NOT_NULL(test, pol);
	pol->tmpl.src.in6 = src6;
	pol->tmpl.dst.in6 = dst6;
	pol->tmpl.family = AF_INET6;
	pol->tmpl.proto = IPPROTO_ESP;
	pol->tmpl.mode = XFRM_MODE_TUNNEL;
	pol->tmpl.spi = htonl(spi);
	x = kame_ipsec_state_find(&init_net, pol, &flow, found);
	if (x)
		xfrm_state_put(x);
	return x;
}

static bool finds(struct kunit *test, u32 spi, struct kame_ipsec_found *found)
{
	return finds_in(test, spi, KAME_IPSEC_DIR_OUT, found);
}

/* A state may be for one direction. */
static void direction(struct kunit *test)
{
	struct xfrm_state *x = add_state(test, IPPROTO_ESP, 0x4714);
	struct kame_ipsec_found found;

	KUNIT_EXPECT_TRUE(test, finds_in(test, 0, KAME_IPSEC_DIR_OUT, &found));
	KUNIT_EXPECT_TRUE(test, finds_in(test, 0, KAME_IPSEC_DIR_FWD, &found));
#ifdef KAME_HAVE_XFRM_STATE_DIR
	x->dir = XFRM_SA_DIR_IN;
	KUNIT_EXPECT_FALSE(test, finds_in(test, 0, KAME_IPSEC_DIR_OUT, &found));
	KUNIT_EXPECT_TRUE(test, finds_in(test, 0, KAME_IPSEC_DIR_FWD, &found));
	KUNIT_EXPECT_TRUE(test, finds_in(test, 0x4714, KAME_IPSEC_DIR_IN, &found));
	x->dir = XFRM_SA_DIR_OUT;
	KUNIT_EXPECT_TRUE(test, finds_in(test, 0, KAME_IPSEC_DIR_OUT, &found));
	KUNIT_EXPECT_FALSE(test, finds_in(test, 0, KAME_IPSEC_DIR_IN, &found));
#endif
	del_state(x);
}

/* A state that a device takes over whole must not be used. */
static void offload(struct kunit *test)
{
	struct xfrm_state *x = add_state(test, IPPROTO_ESP, 0x4713);
	struct kame_ipsec_found found;

	KUNIT_EXPECT_TRUE(test, finds(test, 0x4713, &found));
	KUNIT_EXPECT_TRUE(test, finds(test, 0, &found));
	x->xso.type = XFRM_DEV_OFFLOAD_CRYPTO;
	KUNIT_EXPECT_TRUE(test, finds(test, 0x4713, &found));
	KUNIT_EXPECT_TRUE(test, finds(test, 0, &found));
#ifdef KAME_HAVE_XFRM_OFFLOAD_PACKET
	x->xso.type = XFRM_DEV_OFFLOAD_PACKET;
	KUNIT_EXPECT_FALSE(test, finds(test, 0x4713, &found));
	KUNIT_EXPECT_FALSE(test, finds(test, 0, &found));
	KUNIT_EXPECT_TRUE(test, found.outside);
#endif
	x->xso.type = XFRM_DEV_OFFLOAD_UNSPECIFIED;
	del_state(x);
	KUNIT_EXPECT_FALSE(test, finds(test, 0x4713, &found));
}

static struct kunit_case packet_cases[] = {
	KUNIT_CASE(flows),
	KUNIT_CASE(fragments),
	KUNIT_CASE(icmp_types),
	KUNIT_CASE(control),
	KUNIT_CASE(unreadable),
	KUNIT_CASE(quotes),
	KUNIT_CASE(room),
	KUNIT_CASE(sum),
	KUNIT_CASE(sum_elsewhere),
	KUNIT_CASE(again),
	KUNIT_CASE(again_payload),
	KUNIT_CASE(direction),
	KUNIT_CASE(offload),
	{}
};

static struct kunit_suite packet_suite = {
	.name = "kame_ipsec_packet",
	.test_cases = packet_cases,
};

kunit_test_suite(packet_suite);

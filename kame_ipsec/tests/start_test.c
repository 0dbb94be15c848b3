// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is done to a packet in front of its state: the room that is made in its buffer, and
 * its checksum.
 */
#include <kunit/test.h>

#include "packet.h"
#include "room.h"
#include "start.h"

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

static struct kunit_case start_cases[] = {
	KUNIT_CASE(room),
	KUNIT_CASE(sum),
	KUNIT_CASE(sum_elsewhere),
	{}
};

static struct kunit_suite start_suite = {
	.name = "kame_ipsec_start",
	.test_cases = start_cases,
};

kunit_test_suite(start_suite);

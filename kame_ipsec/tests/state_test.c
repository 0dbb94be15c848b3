// SPDX-License-Identifier: GPL-2.0-only
/*
 * States: which one a policy finds, and whether a packet was protected by one here before.
 */
#include <kunit/test.h>
#include <net/xfrm.h>

#include <uapi/linux/kame_ipsec.h>

#include "again.h"
#include "packet.h"
#include "state.h"

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

static struct kunit_case state_cases[] = {
	KUNIT_CASE(again),
	KUNIT_CASE(again_payload),
	KUNIT_CASE(direction),
	KUNIT_CASE(offload),
	{}
};

static struct kunit_suite state_suite = {
	.name = "kame_ipsec_state",
	.test_cases = state_cases,
};

kunit_test_suite(state_suite);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walk along a chain of headers: which header it ends at, what it counts,
 * and what it leaves in the packet's control block.
 */
#include <kunit/test.h>
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>

#include <uapi/linux/kame_ipv6.h>

#include "mib.h"
#include "walk.h"
#include "walk_test.h"

u64 walk_test_counted(struct walk_test *t, enum kame_ipv6_mib index)
{
	u64 sum[__KAME_IPV6_MIB_MAX] = {};

	kame_ipv6_mib_add(sum, t->mib);
	return sum[index];
}

/* A packet with @len bytes behind the IPv6 header, of which @linear lie in the
 * linear area and the rest in a page.
 */
static struct sk_buff *packet(struct kunit *test, u8 first, const u8 *bytes, unsigned int len,
			      unsigned int linear)
{
	struct sk_buff *skb;
	struct ipv6hdr *hdr;

	skb = alloc_skb(sizeof(*hdr) + linear + 64, GFP_ATOMIC);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 64);
	skb_reset_network_header(skb);
	hdr = skb_put_zero(skb, sizeof(*hdr));
	hdr->version = 6;
	hdr->nexthdr = first;
	hdr->hop_limit = 64;
	hdr->payload_len = htons(len);
	hdr->saddr = in6addr_loopback;
	hdr->daddr = in6addr_loopback;
	skb_put_data(skb, bytes, linear);
	if (linear < len) {
		struct page *page = alloc_page(GFP_ATOMIC);

		KUNIT_ASSERT_NOT_NULL(test, page);
		memcpy(page_address(page), bytes + linear, len - linear);
		skb_add_rx_frag(skb, 0, page, 0, len - linear, PAGE_SIZE);
	}
	skb_set_transport_header(skb, sizeof(*hdr));
	skb->protocol = htons(ETH_P_IPV6);
	skb->dev = init_net.loopback_dev;
	/* The kernel's handlers count by the packet's route. */
	skb_dst_set_noref(skb, &init_net.ipv6.ip6_null_entry->dst);
	memset(IP6CB(skb), 0, sizeof(struct inet6_skb_parm));
	IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
	return skb;
}

struct sk_buff *walk_test_begin(struct kunit *test, u8 first, const u8 *bytes,
				unsigned int len, unsigned int linear, u32 contiguity)
{
	struct walk_test *t = test->priv;
	struct sk_buff *skb;

	/* As in the receive path. */
	local_bh_disable();
	rcu_read_lock();
	skb = packet(test, first, bytes, len, linear);
	kame_ipv6_walk_init(&t->w, skb, &init_net, t->mib, contiguity);
	return skb;
}

void walk_test_end(struct sk_buff *skb)
{
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
}

/* An upper layer behind the IPv6 header itself: nothing to do. */
static void walk_no_headers(struct kunit *test)
{
	static const u8 bytes[] = { UDP8 };
	struct walk_test *t = test->priv;
	struct sk_buff *skb = walk_test_begin(test, IPPROTO_UDP, bytes, sizeof(bytes), sizeof(bytes), 0);

	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), 0);
	KUNIT_EXPECT_EQ(test, skb_network_header_len(skb), sizeof(struct ipv6hdr));
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_HDR_UDP), 1);
	walk_test_end(skb);
}

/* Destination options, routing, destination options: the offsets that RFC 3542
 * ancillary data is made from.
 */
static void walk_chain(struct kunit *test)
{
	static const u8 bytes[] = {
		DSTOPTS(NEXTHDR_ROUTING), ROUTING(NEXTHDR_DEST, 77, 0), DSTOPTS(IPPROTO_UDP), UDP8
	};
	struct walk_test *t = test->priv;
	struct sk_buff *skb = walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes), sizeof(bytes), 0);

	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), 0);
	KUNIT_EXPECT_EQ(test, skb_network_header_len(skb), 40 + 24);
	KUNIT_EXPECT_EQ(test, IP6CB(skb)->nhoff, 40 + 16);
	KUNIT_EXPECT_EQ(test, IP6CB(skb)->dst0, 40);
	KUNIT_EXPECT_EQ(test, IP6CB(skb)->srcrt, 48);
	KUNIT_EXPECT_EQ(test, IP6CB(skb)->dst1, 56);
	KUNIT_EXPECT_EQ(test, IP6CB(skb)->lastopt, 56);
	/* Nothing is stripped: the packet still begins with its IPv6 header. */
	KUNIT_EXPECT_PTR_EQ(test, skb->data, skb_network_header(skb));
	KUNIT_EXPECT_EQ(test, skb->len, 40 + sizeof(bytes));
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_HDR_DSTOPTS), 2);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_HDR_ROUTING), 1);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_HDR_UDP), 1);
	walk_test_end(skb);
}

/* The second header lies in a page: gathered, or refused. */
static void walk_not_contiguous(struct kunit *test)
{
	static const u8 bytes[] = { DSTOPTS(NEXTHDR_DEST), DSTOPTS(IPPROTO_UDP), UDP8 };
	struct walk_test *t = test->priv;
	struct sk_buff *skb;

	skb = walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes), 12, KAME_IPV6_CONTIGUITY_PULLUP);
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), 0);
	KUNIT_EXPECT_EQ(test, skb_network_header_len(skb), 40 + 16);
	KUNIT_EXPECT_GE(test, walk_test_counted(t, KAME_IPV6_MIB_PULLED_UP), 1);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_NOT_CONTIGUOUS), 0);
	walk_test_end(skb);

	walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes), 12, KAME_IPV6_CONTIGUITY_STRICT);
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), KAME_IPV6_WALK_DONE);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_NOT_CONTIGUOUS), 1);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_TRUNCATED), 0);
	walk_test_end(NULL);

	/* Payload outside of the linear area does not matter. */
	skb = walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes), 16, KAME_IPV6_CONTIGUITY_STRICT);
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), 0);
	walk_test_end(skb);
}

/* The packet ends within a header, which is not the driver's fault. */
static void walk_truncated(struct kunit *test)
{
	static const u8 bytes[] = { DSTOPTS(NEXTHDR_DEST), IPPROTO_UDP, 1, 1, 4, 0, 0, 0, 0 };
	struct walk_test *t = test->priv;
	unsigned int mode;

	for (mode = KAME_IPV6_CONTIGUITY_PULLUP; mode <= KAME_IPV6_CONTIGUITY_STRICT; mode++) {
		walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes), sizeof(bytes), mode);
		KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), KAME_IPV6_WALK_DONE);
		walk_test_end(NULL);
		walk_test_begin(test, NEXTHDR_DEST, bytes, 12, 12, mode);
		KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), KAME_IPV6_WALK_DONE);
		walk_test_end(NULL);
	}
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_TRUNCATED), 4);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_NOT_CONTIGUOUS), 0);
}

/* The limit is the number of headers that pass. */
static void walk_too_many(struct kunit *test)
{
	static const u8 bytes[] = {
		DSTOPTS(NEXTHDR_DEST), DSTOPTS(NEXTHDR_DEST), DSTOPTS(IPPROTO_UDP), UDP8
	};
	struct walk_test *t = test->priv;
	struct sk_buff *skb = walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes), sizeof(bytes), 0);

	t->w.max_headers = 3;
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), 0);
	walk_test_end(skb);

	walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes), sizeof(bytes), 0);
	t->w.max_headers = 2;
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), KAME_IPV6_WALK_DONE);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_TOO_MANY_HEADERS), 1);
	walk_test_end(NULL);

	skb = walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes), sizeof(bytes), 0);
	t->w.max_headers = 0;
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), 0);
	walk_test_end(skb);
}

struct order_case {
	const char *name;
	u8 first;
	u8 bytes[48];
	bool passes;
};

static const struct order_case order_cases[] = {
	{ "routing", NEXTHDR_ROUTING, { ROUTING(IPPROTO_UDP, 77, 0), UDP8 }, true },
	{ "options, routing, options", NEXTHDR_DEST,
	  { DSTOPTS(NEXTHDR_ROUTING), ROUTING(NEXTHDR_DEST, 77, 0), DSTOPTS(IPPROTO_UDP), UDP8 },
	  true },
	{ "options twice in a row", NEXTHDR_DEST,
	  { DSTOPTS(NEXTHDR_DEST), DSTOPTS(IPPROTO_UDP), UDP8 }, false },
	{ "options twice behind routing", NEXTHDR_ROUTING,
	  { ROUTING(NEXTHDR_DEST, 77, 0), DSTOPTS(NEXTHDR_DEST), DSTOPTS(IPPROTO_UDP), UDP8 },
	  false },
	{ "routing twice", NEXTHDR_ROUTING,
	  { ROUTING(NEXTHDR_ROUTING, 77, 0), ROUTING(IPPROTO_UDP, 77, 0), UDP8 }, false },
	{ "routing behind the last options", NEXTHDR_ROUTING,
	  { ROUTING(NEXTHDR_DEST, 77, 0), DSTOPTS(NEXTHDR_ROUTING), ROUTING(IPPROTO_UDP, 77, 0),
	    UDP8 }, false },
};

static void order_case_name(const struct order_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(order, order_cases, order_case_name);

static void walk_order(struct kunit *test)
{
	const struct order_case *c = test->param_value;
	struct walk_test *t = test->priv;
	struct sk_buff *skb = walk_test_begin(test, c->first, c->bytes, sizeof(c->bytes),
				    sizeof(c->bytes), 0);

	t->w.strict_order = true;
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), c->passes ? 0 : KAME_IPV6_WALK_DONE);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_ORDER), !c->passes);
	walk_test_end(c->passes ? skb : NULL);

	/* Lenient: as stock. */
	skb = walk_test_begin(test, c->first, c->bytes, sizeof(c->bytes), sizeof(c->bytes), 0);
	t->w.strict_order = false;
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), 0);
	walk_test_end(skb);
}

/* A routing header of unknown type: skipped or refused, RFC 8200 section 4.4
 * and RFC 5095.
 */
static void walk_routing(struct kunit *test)
{
	static const u8 skipped[] = { ROUTING(IPPROTO_UDP, 0, 0), UDP8 };
	static const u8 refused[] = { ROUTING(IPPROTO_UDP, 0, 1), UDP8 };
	struct walk_test *t = test->priv;
	struct sk_buff *skb;

	skb = walk_test_begin(test, NEXTHDR_ROUTING, skipped, sizeof(skipped), sizeof(skipped), 0);
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), 0);
	KUNIT_EXPECT_EQ(test, skb_network_header_len(skb), 48);
	walk_test_end(skb);

	walk_test_begin(test, NEXTHDR_ROUTING, refused, sizeof(refused), sizeof(refused), 0);
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), KAME_IPV6_WALK_DONE);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_ROUTING_TYPE), 1);
	walk_test_end(NULL);

	skb = walk_test_begin(test, NEXTHDR_ROUTING, skipped, sizeof(skipped), sizeof(skipped), 0);
	skb->pkt_type = PACKET_MULTICAST;
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), KAME_IPV6_WALK_DONE);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_ROUTING_ADDRESS), 1);
	walk_test_end(NULL);
}

/* Options that speak against the packet end the walk. */
static void walk_options_drop(struct kunit *test)
{
	static const u8 unknown[] = { IPPROTO_UDP, 0, 0x5e, 4, 0, 0, 0, 0, UDP8 };
	static const u8 malformed[] = { IPPROTO_UDP, 0, 0x1e, 9, 0, 0, 0, 0, UDP8 };
	struct walk_test *t = test->priv;

	walk_test_begin(test, NEXTHDR_DEST, unknown, sizeof(unknown), sizeof(unknown), 0);
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), KAME_IPV6_WALK_DONE);
	walk_test_end(NULL);
	walk_test_begin(test, NEXTHDR_DEST, malformed, sizeof(malformed), sizeof(malformed), 0);
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), KAME_IPV6_WALK_DONE);
	walk_test_end(NULL);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_OPTION_UNKNOWN), 1);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_OPTION_HEADER), 1);
}

/* Hop-by-hop options that are not first are left to the kernel's answer. */
static void walk_misplaced_hop_by_hop(struct kunit *test)
{
	static const u8 bytes[] = { DSTOPTS(NEXTHDR_HOP), DSTOPTS(IPPROTO_UDP), UDP8 };
	struct walk_test *t = test->priv;
	struct sk_buff *skb = walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes), sizeof(bytes), 0);

	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), 0);
	KUNIT_EXPECT_EQ(test, skb_network_header_len(skb), 48);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_HANDED_OVER), 1);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_HDR_HBH), 0);
	walk_test_end(skb);
}

static void walk_hop_by_hop(struct kunit *test)
{
	static const u8 bytes[] = { IPPROTO_ICMPV6, 0, 5, 2, 0, 0x2a, 1, 0, UDP8 };
	struct walk_test *t = test->priv;
	struct sk_buff *skb = walk_test_begin(test, NEXTHDR_HOP, bytes, sizeof(bytes), sizeof(bytes), 0);

	KUNIT_EXPECT_EQ(test, kame_ipv6_exthdrs_hop_by_hop(&t->w), IPPROTO_ICMPV6);
	KUNIT_EXPECT_EQ(test, IP6CB(skb)->flags, IP6SKB_HOPBYHOP | IP6SKB_ROUTERALERT);
	KUNIT_EXPECT_EQ(test, ntohs(IP6CB(skb)->ra), 0x2a);
	KUNIT_EXPECT_EQ(test, skb_network_header_len(skb), 48);
	walk_test_end(skb);
}

/* A lone fragment goes to the kernel's reassembly and does not come back. */
static void walk_fragment(struct kunit *test)
{
	static const u8 atomic[] = { IPPROTO_UDP, 0, 0, 0, 0, 0, 0, 1, UDP8 };
	static const u8 half[] = { IPPROTO_UDP, 0, 0 };
	struct walk_test *t = test->priv;
	struct sk_buff *skb;

	skb = walk_test_begin(test, NEXTHDR_FRAGMENT, atomic, sizeof(atomic), sizeof(atomic), 0);
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), 0);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_HDR_FRAGMENT), 1);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_HDR_UDP), 1);
	walk_test_end(skb);

	walk_test_begin(test, NEXTHDR_FRAGMENT, half, sizeof(half), sizeof(half), 0);
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), KAME_IPV6_WALK_DONE);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_TRUNCATED), 1);
	walk_test_end(NULL);
}

/* Packets to a group: limits hold, nothing is consumed. */
static void walk_check(struct kunit *test)
{
	static const u8 bytes[] = { DSTOPTS(NEXTHDR_DEST), DSTOPTS(IPPROTO_UDP), UDP8 };
	struct walk_test *t = test->priv;
	struct sk_buff *skb = walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes), 8,
				    KAME_IPV6_CONTIGUITY_PULLUP);

	KUNIT_EXPECT_TRUE(test, kame_ipv6_walk_check(&t->w));
	KUNIT_EXPECT_EQ(test, skb_network_header_len(skb), 40);
	KUNIT_EXPECT_EQ(test, IP6CB(skb)->nhoff, offsetof(struct ipv6hdr, nexthdr));
	walk_test_end(skb);

	walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes), 8, KAME_IPV6_CONTIGUITY_STRICT);
	KUNIT_EXPECT_FALSE(test, kame_ipv6_walk_check(&t->w));
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_NOT_CONTIGUOUS), 1);
	walk_test_end(NULL);

	walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes), sizeof(bytes), 0);
	t->w.max_headers = 1;
	KUNIT_EXPECT_FALSE(test, kame_ipv6_walk_check(&t->w));
	walk_test_end(NULL);
}

int walk_test_init(struct kunit *test)
{
	struct walk_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->mib = alloc_percpu(struct kame_ipv6_counters);
	test->priv = t;
	return t->mib ? 0 : -ENOMEM;
}

void walk_test_exit(struct kunit *test)
{
	struct walk_test *t = test->priv;

	if (t)
		free_percpu(t->mib);
}

static struct kunit_case walk_cases[] = {
	KUNIT_CASE(walk_no_headers),
	KUNIT_CASE(walk_chain),
	KUNIT_CASE(walk_not_contiguous),
	KUNIT_CASE(walk_truncated),
	KUNIT_CASE(walk_too_many),
	KUNIT_CASE_PARAM(walk_order, order_gen_params),
	KUNIT_CASE(walk_routing),
	KUNIT_CASE(walk_options_drop),
	KUNIT_CASE(walk_misplaced_hop_by_hop),
	KUNIT_CASE(walk_hop_by_hop),
	KUNIT_CASE(walk_fragment),
	KUNIT_CASE(walk_check),
	{}
};

static struct kunit_suite walk_suite = {
	.name = "kame_ipv6_walk",
	.init = walk_test_init,
	.exit = walk_test_exit,
	.test_cases = walk_cases,
};

kunit_test_suite(walk_suite);

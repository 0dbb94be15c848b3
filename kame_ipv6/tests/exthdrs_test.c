// SPDX-License-Identifier: GPL-2.0-only
/*
 * The routines of the headers, branch by branch: what each does with a header that is
 * over a limit, refused, or for the kernel, and what the walk measures.
 */
#include <kunit/test.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <net/ipv6.h>

#include <uapi/linux/kame_ipv6.h>

#include "mib.h"
#include "walk.h"
#include "walk_test.h"

/**
 * struct exthdrs_case - a packet, and what becomes of it
 * @name: of the case
 * @first: protocol of the first header
 * @bytes: behind the IPv6 header
 * @len: how many of them
 * @max_headers: see struct kame_ipv6_walk
 * @max_bytes: see struct kame_ipv6_walk
 * @max_options: see struct kame_ipv6_walk
 * @early: hop-by-hop options before the route, not the walk behind it
 * @multicast: the packet is to a group
 * @result: what the routine or the walk returns
 * @counter: what moves by one
 */
struct exthdrs_case {
	const char *name;
	u8 first;
	u8 bytes[64];
	unsigned int len;
	unsigned int max_headers;
	unsigned int max_bytes;
	unsigned int max_options;
	bool early;
	bool multicast;
	int result;
	enum kame_ipv6_mib counter;
};

#define DONE KAME_IPV6_WALK_DONE
/* Two options that say skip, of 0 and 2 bytes */
#define TWO_OPTIONS(next) (next), 0, 0x1e, 0, 0x1e, 2, 0, 0
/* An option of a type that says: drop, answer, answer unless to a group */
#define OPTION(next, type) (next), 0, (type), 4, 0, 0, 0, 0
#define JUMBO(next, a, b, c, d) (next), 0, 0xc2, 4, (a), (b), (c), (d)

static const struct exthdrs_case exthdrs_cases[] = {
	{ .name = "hbh: read", .first = NEXTHDR_HOP, .bytes = { DSTOPTS(IPPROTO_UDP), UDP8 },
	  .len = 16, .early = true, .result = IPPROTO_UDP, .counter = KAME_IPV6_MIB_HDR_HBH },
	{ .name = "hbh: cut short", .first = NEXTHDR_HOP, .bytes = { IPPROTO_UDP, 1 },
	  .len = 8, .early = true, .result = DONE, .counter = KAME_IPV6_MIB_DROP_TRUNCATED },
	{ .name = "hbh: cut in its first bytes", .first = NEXTHDR_HOP, .bytes = { IPPROTO_UDP, 0 },
	  .len = 4, .early = true, .result = DONE, .counter = KAME_IPV6_MIB_DROP_TRUNCATED },
	{ .name = "hbh: over max-header-bytes", .first = NEXTHDR_HOP,
	  .bytes = { DSTOPTS(IPPROTO_UDP), UDP8 }, .len = 16, .max_bytes = 7, .early = true,
	  .result = DONE, .counter = KAME_IPV6_MIB_DROP_HEADER_BYTES },
	{ .name = "hbh: over max-options", .first = NEXTHDR_HOP,
	  .bytes = { TWO_OPTIONS(IPPROTO_UDP), UDP8 }, .len = 16, .max_options = 1, .early = true,
	  .result = DONE, .counter = KAME_IPV6_MIB_DROP_OPTION_HEADER },
	{ .name = "hbh: within max-options", .first = NEXTHDR_HOP,
	  .bytes = { TWO_OPTIONS(IPPROTO_UDP), UDP8 }, .len = 16, .max_options = 2, .early = true,
	  .result = IPPROTO_UDP, .counter = KAME_IPV6_MIB_HDR_HBH },
	{ .name = "hbh: option says drop", .first = NEXTHDR_HOP,
	  .bytes = { OPTION(IPPROTO_UDP, 0x5e), UDP8 }, .len = 16, .early = true, .result = DONE,
	  .counter = KAME_IPV6_MIB_DROP_OPTION_UNKNOWN },
	{ .name = "hbh: option says answer", .first = NEXTHDR_HOP,
	  .bytes = { OPTION(IPPROTO_UDP, 0x9e), UDP8 }, .len = 16, .early = true, .result = DONE,
	  .counter = KAME_IPV6_MIB_DROP_OPTION_UNKNOWN },
	{ .name = "hbh: option says answer, to a group", .first = NEXTHDR_HOP,
	  .bytes = { OPTION(IPPROTO_UDP, 0xde), UDP8 }, .len = 16, .early = true, .multicast = true,
	  .result = DONE, .counter = KAME_IPV6_MIB_DROP_OPTION_UNKNOWN },
	{ .name = "hbh: jumbo that is none", .first = NEXTHDR_HOP,
	  .bytes = { JUMBO(IPPROTO_UDP, 0, 0, 0, 16), UDP8 }, .len = 16, .early = true,
	  .result = DONE, .counter = KAME_IPV6_MIB_DROP_OPTION_HEADER },
	{ .name = "hbh: behind the route", .first = NEXTHDR_HOP,
	  .bytes = { DSTOPTS(IPPROTO_UDP), UDP8 }, .len = 16, .result = 0,
	  .counter = KAME_IPV6_MIB_HANDED_OVER },
	{ .name = "dstopts: over max-header-bytes", .first = NEXTHDR_DEST,
	  .bytes = { DSTOPTS(NEXTHDR_DEST), DSTOPTS(IPPROTO_UDP), UDP8 }, .len = 24,
	  .max_bytes = 15, .result = DONE, .counter = KAME_IPV6_MIB_DROP_HEADER_BYTES },
	{ .name = "dstopts: within max-header-bytes", .first = NEXTHDR_DEST,
	  .bytes = { DSTOPTS(NEXTHDR_DEST), DSTOPTS(IPPROTO_UDP), UDP8 }, .len = 24,
	  .max_bytes = 16, .result = 0, .counter = KAME_IPV6_MIB_CHAIN_16 },
	{ .name = "dstopts: over max-options", .first = NEXTHDR_DEST,
	  .bytes = { TWO_OPTIONS(IPPROTO_UDP), UDP8 }, .len = 16, .max_options = 1,
	  .result = DONE, .counter = KAME_IPV6_MIB_DROP_OPTION_HEADER },
	{ .name = "dstopts: option says answer", .first = NEXTHDR_DEST,
	  .bytes = { OPTION(IPPROTO_UDP, 0x9e), UDP8 }, .len = 16, .result = DONE,
	  .counter = KAME_IPV6_MIB_DROP_OPTION_UNKNOWN },
	{ .name = "dstopts: tunnel encapsulation limit", .first = NEXTHDR_DEST,
	  .bytes = { IPPROTO_UDP, 0, 4, 1, 3, 1, 1, 0, UDP8 }, .len = 16, .result = 0,
	  .counter = KAME_IPV6_MIB_HDR_UDP },
	{ .name = "routing: over max-header-bytes", .first = NEXTHDR_ROUTING,
	  .bytes = { ROUTING(IPPROTO_UDP, 77, 0), UDP8 }, .len = 16, .max_bytes = 4,
	  .result = DONE, .counter = KAME_IPV6_MIB_DROP_HEADER_BYTES },
	{ .name = "routing: cut short", .first = NEXTHDR_ROUTING,
	  .bytes = { IPPROTO_UDP, 2, 77, 0 }, .len = 16, .result = DONE,
	  .counter = KAME_IPV6_MIB_DROP_TRUNCATED },
	{ .name = "routing: type 0, segments left", .first = NEXTHDR_ROUTING,
	  .bytes = { ROUTING(IPPROTO_UDP, 0, 1), UDP8 }, .len = 16, .result = DONE,
	  .counter = KAME_IPV6_MIB_DROP_ROUTING_TYPE },
	{ .name = "routing: type 0, none left", .first = NEXTHDR_ROUTING,
	  .bytes = { ROUTING(IPPROTO_UDP, 0, 0), UDP8 }, .len = 16, .result = 0,
	  .counter = KAME_IPV6_MIB_HDR_ROUTING },
	{ .name = "routing: to a group", .first = NEXTHDR_ROUTING,
	  .bytes = { ROUTING(IPPROTO_UDP, 77, 0), UDP8 }, .len = 16, .multicast = true,
	  .result = DONE, .counter = KAME_IPV6_MIB_DROP_ROUTING_ADDRESS },
	{ .name = "fragment: over max-header-bytes", .first = NEXTHDR_FRAGMENT,
	  .bytes = { IPPROTO_UDP, 0, 0, 0, 0, 0, 0, 1, UDP8 }, .len = 16, .max_bytes = 7,
	  .result = DONE, .counter = KAME_IPV6_MIB_DROP_HEADER_BYTES },
	{ .name = "fragment: over max-headers", .first = NEXTHDR_DEST,
	  .bytes = { DSTOPTS(NEXTHDR_FRAGMENT), IPPROTO_UDP, 0, 0, 0, 0, 0, 0, 1, UDP8 }, .len = 24,
	  .max_headers = 1, .result = DONE, .counter = KAME_IPV6_MIB_DROP_TOO_MANY_HEADERS },
	{ .name = "ends in ESP", .first = NEXTHDR_DEST, .bytes = { DSTOPTS(IPPROTO_ESP), UDP8 },
	  .len = 16, .result = 0, .counter = KAME_IPV6_MIB_HDR_ESP },
	{ .name = "ends in AH", .first = NEXTHDR_DEST, .bytes = { DSTOPTS(IPPROTO_AH), UDP8 },
	  .len = 16, .result = 0, .counter = KAME_IPV6_MIB_HDR_AH },
	{ .name = "ends in no next header", .first = NEXTHDR_DEST, .bytes = { DSTOPTS(IPPROTO_NONE) },
	  .len = 8, .result = 0, .counter = KAME_IPV6_MIB_HDR_NONE },
	{ .name = "ends in TCP", .first = NEXTHDR_DEST, .bytes = { DSTOPTS(IPPROTO_TCP), UDP8 },
	  .len = 16, .result = 0, .counter = KAME_IPV6_MIB_HDR_TCP },
	{ .name = "ends in ICMPv6", .first = NEXTHDR_DEST,
	  .bytes = { DSTOPTS(IPPROTO_ICMPV6), UDP8 }, .len = 16, .result = 0,
	  .counter = KAME_IPV6_MIB_HDR_ICMPV6 },
	{ .name = "ends in another", .first = NEXTHDR_DEST, .bytes = { DSTOPTS(200), UDP8 },
	  .len = 16, .result = 0, .counter = KAME_IPV6_MIB_HDR_OTHER },
};

static void exthdrs_case_name(const struct exthdrs_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(exthdrs, exthdrs_cases, exthdrs_case_name);

static void exthdrs_case(struct kunit *test)
{
	const struct exthdrs_case *c = test->param_value;
	struct walk_test *t = test->priv;
	struct sk_buff *skb;
	int result;

	skb = walk_test_begin(test, c->first, c->bytes, c->len, c->len, 0);
	if (c->multicast)
		ipv6_hdr(skb)->daddr = in6addr_linklocal_allnodes;
	t->w.max_headers = c->max_headers;
	t->w.max_bytes = c->max_bytes;
	t->w.max_options = c->max_options;
	result = c->early ? kame_ipv6_exthdrs_hop_by_hop(&t->w) : kame_ipv6_walk(&t->w);
	KUNIT_EXPECT_EQ(test, result, c->result);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, c->counter), 1);
	walk_test_end(result == DONE ? NULL : skb);
}

/* The kernel's handlers take these headers. Each refuses this one, for its own reason,
 * and so the walk is over.
 */
static void exthdrs_by_kernel(struct kunit *test)
{
	static const u8 types[] = { IPV6_SRCRT_TYPE_2, IPV6_SRCRT_TYPE_3, IPV6_SRCRT_TYPE_4 };
	struct walk_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		const u8 bytes[] = { ROUTING(IPPROTO_UDP, types[i], 1), UDP8 };

		walk_test_begin(test, NEXTHDR_ROUTING, bytes, sizeof(bytes), sizeof(bytes), 0);
		KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), DONE);
		walk_test_end(NULL);
	}
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_HDR_ROUTING), 3);
	/* Not our drops, and so not our counters. */
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_ROUTING_TYPE), 0);
}

/* How long chains were, and how much of them was linear, before they were gathered */
static void exthdrs_measured(struct kunit *test)
{
	static const u8 bytes[] = {
		DSTOPTS(NEXTHDR_DEST), DSTOPTS(NEXTHDR_DEST), DSTOPTS(NEXTHDR_DEST),
		DSTOPTS(IPPROTO_UDP), UDP8
	};
	static const unsigned int linear[] = { 0, 12, 32, 40 };
	struct walk_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(linear); i++) {
		struct sk_buff *skb = walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes),
						      linear[i], KAME_IPV6_CONTIGUITY_PULLUP);

		KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), 0);
		KUNIT_EXPECT_EQ(test, skb_network_header_len(skb), 40 + 32);
		walk_test_end(skb);
	}
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_CHAIN_32), 4);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_LINEAR_NONE), 1);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_LINEAR_PART), 1);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_LINEAR_ALL), 2);
	/* one pull for the whole chain */
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_PULLED_UP), 2);
}

/* A group's packet that ends within a header is the kernel's to count. */
static void exthdrs_check_truncated(struct kunit *test)
{
	static const u8 bytes[] = { NEXTHDR_DEST, 7, 1, 4, 0, 0, 0, 0, UDP8 };
	struct walk_test *t = test->priv;
	struct sk_buff *skb = walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes),
					      sizeof(bytes), 0);

	KUNIT_EXPECT_TRUE(test, kame_ipv6_walk_check(&t->w));
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_TRUNCATED), 0);
	walk_test_end(skb);

	walk_test_begin(test, NEXTHDR_DEST, bytes + 8, 0, 0, 0);
	KUNIT_EXPECT_TRUE(test, kame_ipv6_walk_check(&t->w));
	walk_test_end(t->w.skb);

	walk_test_begin(test, NEXTHDR_FRAGMENT, bytes, 8, 8, 0);
	t->w.max_bytes = 4;
	KUNIT_EXPECT_FALSE(test, kame_ipv6_walk_check(&t->w));
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_HEADER_BYTES), 1);
	walk_test_end(NULL);
}

static struct kunit_case exthdrs_test_cases[] = {
	KUNIT_CASE_PARAM(exthdrs_case, exthdrs_gen_params),
	KUNIT_CASE(exthdrs_by_kernel),
	KUNIT_CASE(exthdrs_measured),
	KUNIT_CASE(exthdrs_check_truncated),
	{}
};

static struct kunit_suite exthdrs_suite = {
	.name = "kame_ipv6_exthdrs",
	.init = walk_test_init,
	.exit = walk_test_exit,
	.test_cases = exthdrs_test_cases,
};

kunit_test_suite(exthdrs_suite);

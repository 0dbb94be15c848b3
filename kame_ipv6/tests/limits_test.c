// SPDX-License-Identifier: GPL-2.0-only
/*
 * Branches of the header routines that depend on more than the header: the sysctls, how
 * the packet lies in memory, its size, the order of headers, and options that only the
 * kernel can process. With options_test.c (each option), exthdrs_test.c (each routine) and
 * walk_test.c (the loop) each branch is taken but those that need memory to run out, and
 * the kernel to have no handler of a header that it always has.
 */
#include <kunit/test.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <net/ipv6.h>

#include <uapi/linux/kame_ipv6.h>

#include "mib.h"
#include "options.h"
#include "walk.h"
#include "walk_test.h"

#define DONE KAME_IPV6_WALK_DONE
/* One option that says skip, and two */
#define ONE_OPTION(next) (next), 0, 0x1e, 4, 0, 0, 0, 0
#define TWO_OPTIONS(next) (next), 0, 0x1e, 0, 0x1e, 2, 0, 0

/**
 * struct sysctl_case - a header, and sysctls that speak for or against it
 * @name: of the case
 * @early: hop-by-hop options before the route, not destination options behind it
 * @bytes: the header, and UDP
 * @cnt: sysctl max_{hbh,dst}_opts_number
 * @len: sysctl max_{hbh,dst}_opts_length
 * @max_options: of the namespace
 * @counter: what moves by one: a drop, or the header that was read
 */
struct sysctl_case {
	const char *name;
	bool early;
	u8 bytes[16];
	int cnt;
	int len;
	unsigned int max_options;
	enum kame_ipv6_mib counter;
};

static const struct sysctl_case sysctl_cases[] = {
	{ "hbh: as long as the sysctl", true, { DSTOPTS(IPPROTO_UDP), UDP8 }, 8, 8, 0,
	  KAME_IPV6_MIB_HDR_HBH },
	{ "hbh: longer than the sysctl", true, { DSTOPTS(IPPROTO_UDP), UDP8 }, 8, 7, 0,
	  KAME_IPV6_MIB_DROP_OPTION_HEADER },
	{ "hbh: the sysctl refuses the unknown", true, { ONE_OPTION(IPPROTO_UDP), UDP8 }, -8, 64, 0,
	  KAME_IPV6_MIB_DROP_OPTION_UNKNOWN },
	{ "hbh: and does so within max-options", true, { ONE_OPTION(IPPROTO_UDP), UDP8 }, -8, 64, 1,
	  KAME_IPV6_MIB_DROP_OPTION_UNKNOWN },
	{ "hbh: a lower sysctl counts", true, { TWO_OPTIONS(IPPROTO_UDP), UDP8 }, 1, 64, 9,
	  KAME_IPV6_MIB_DROP_OPTION_HEADER },
	{ "hbh: of equal ones the sysctl", true, { TWO_OPTIONS(IPPROTO_UDP), UDP8 }, 2, 64, 2,
	  KAME_IPV6_MIB_HDR_HBH },
	{ "dstopts: as long as the sysctl", false, { DSTOPTS(IPPROTO_UDP), UDP8 }, 8, 8, 0,
	  KAME_IPV6_MIB_HDR_UDP },
	{ "dstopts: longer than the sysctl", false, { DSTOPTS(IPPROTO_UDP), UDP8 }, 8, 7, 0,
	  KAME_IPV6_MIB_DROP_OPTION_HEADER },
	{ "dstopts: the sysctl refuses the unknown", false, { ONE_OPTION(IPPROTO_UDP), UDP8 }, -8, 64,
	  0, KAME_IPV6_MIB_DROP_OPTION_UNKNOWN },
	{ "dstopts: a lower sysctl counts", false, { TWO_OPTIONS(IPPROTO_UDP), UDP8 }, 1, 64, 9,
	  KAME_IPV6_MIB_DROP_OPTION_HEADER },
};

static void sysctl_case_name(const struct sysctl_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(sysctl, sysctl_cases, sysctl_case_name);

static int walk_under_sysctls(struct walk_test *t, const struct sysctl_case *c)
{
	struct netns_sysctl_ipv6 *sysctl = &init_net.ipv6.sysctl, saved = *sysctl;
	int result;

	if (c->early) {
		sysctl->max_hbh_opts_cnt = c->cnt;
		sysctl->max_hbh_opts_len = c->len;
		result = kame_ipv6_exthdrs_hop_by_hop(&t->w);
	} else {
		sysctl->max_dst_opts_cnt = c->cnt;
		sysctl->max_dst_opts_len = c->len;
		result = kame_ipv6_walk(&t->w);
	}
	sysctl->max_hbh_opts_cnt = saved.max_hbh_opts_cnt;
	sysctl->max_hbh_opts_len = saved.max_hbh_opts_len;
	sysctl->max_dst_opts_cnt = saved.max_dst_opts_cnt;
	sysctl->max_dst_opts_len = saved.max_dst_opts_len;
	return result;
}

static void limits_sysctl(struct kunit *test)
{
	const struct sysctl_case *c = test->param_value;
	struct walk_test *t = test->priv;
	struct sk_buff *skb;
	int result;

	skb = walk_test_begin(test, c->early ? NEXTHDR_HOP : NEXTHDR_DEST, c->bytes,
			      sizeof(c->bytes), sizeof(c->bytes), 0);
	t->w.max_options = c->max_options;
	result = walk_under_sysctls(t, c);
	if (c->counter == KAME_IPV6_MIB_HDR_HBH || c->counter == KAME_IPV6_MIB_HDR_UDP)
		KUNIT_EXPECT_EQ(test, result, c->early ? IPPROTO_UDP : 0);
	else
		KUNIT_EXPECT_EQ(test, result, DONE);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, c->counter), 1);
	walk_test_end(result == DONE ? NULL : skb);
}

/* A payload of 65536 bytes, and 8 more that the link layer padded */
static void limits_jumbo(struct kunit *test)
{
	static const u8 header[] = { IPPROTO_UDP, 0, 0xc2, 4, 0, 1, 0, 0 };
	const unsigned int payload = 65536, len = payload + 8;
	struct walk_test *t = test->priv;
	struct sk_buff *skb;
	u8 *bytes;

	bytes = kunit_kzalloc(test, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bytes);
	memcpy(bytes, header, sizeof(header));
	skb = walk_test_begin(test, NEXTHDR_HOP, bytes, len, len, 0);
	ipv6_hdr(skb)->payload_len = 0;
	KUNIT_EXPECT_EQ(test, kame_ipv6_exthdrs_hop_by_hop(&t->w), IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, IP6CB(skb)->flags, IP6SKB_HOPBYHOP | IP6SKB_JUMBOGRAM);
	KUNIT_EXPECT_EQ(test, skb->len, sizeof(struct ipv6hdr) + payload);
	walk_test_end(skb);
}

/* Headers outside the linear area, in which gathering them ends for other reasons than
 * an upper layer.
 */
static void limits_gathered(struct kunit *test)
{
	static const u8 cut[] = { DSTOPTS(NEXTHDR_DEST), IPPROTO_UDP, 1, 1, 4, 0, 0, 0, 0 };
	static const u8 many[] = { DSTOPTS(NEXTHDR_DEST), DSTOPTS(NEXTHDR_DEST),
				   DSTOPTS(IPPROTO_UDP), UDP8 };
	static const u8 whole[] = { DSTOPTS(NEXTHDR_FRAGMENT), NEXTHDR_DEST, 0, 0, 0, 0, 0, 0, 1,
				    DSTOPTS(IPPROTO_UDP), UDP8 };
	struct walk_test *t = test->priv;
	struct sk_buff *skb;

	walk_test_begin(test, NEXTHDR_DEST, cut, sizeof(cut), 0, KAME_IPV6_CONTIGUITY_PULLUP);
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), DONE);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_TRUNCATED), 1);
	walk_test_end(NULL);

	walk_test_begin(test, NEXTHDR_DEST, many, sizeof(many), 0, KAME_IPV6_CONTIGUITY_PULLUP);
	t->w.max_headers = 2;
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), DONE);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_TOO_MANY_HEADERS), 1);
	walk_test_end(NULL);

	/* What lies behind a fragment header is gathered when the whole is there. */
	skb = walk_test_begin(test, NEXTHDR_DEST, whole, sizeof(whole), 0,
			      KAME_IPV6_CONTIGUITY_PULLUP);
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), 0);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_HDR_FRAGMENT), 1);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_HDR_UDP), 1);
	KUNIT_EXPECT_EQ(test, skb_network_header_len(skb), 40 + 24);
	walk_test_end(skb);
}

/* RFC 8200 section 4.1: hop-by-hop options come first, and once. */
static void limits_order_hop_by_hop(struct kunit *test)
{
	static const struct {
		u8 headers[4];
		unsigned int good;
	} orders[] = {
		{ { NEXTHDR_HOP, NEXTHDR_DEST, NEXTHDR_ROUTING, NEXTHDR_DEST }, 4 },
		{ { NEXTHDR_HOP, NEXTHDR_HOP }, 1 },
		{ { NEXTHDR_DEST, NEXTHDR_HOP }, 1 },
		{ { NEXTHDR_HOP, NEXTHDR_DEST, NEXTHDR_DEST }, 2 },
		{ { NEXTHDR_FRAGMENT, NEXTHDR_DEST, NEXTHDR_ROUTING }, 2 },
	};
	static const u8 bytes[] = { DSTOPTS(IPPROTO_UDP), UDP8 };
	struct walk_test *t = test->priv;
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		struct sk_buff *skb = walk_test_begin(test, NEXTHDR_HOP, bytes, sizeof(bytes),
						      sizeof(bytes), 0);

		t->w.strict_order = true;
		for (n = 0; n < orders[i].good; n++)
			KUNIT_EXPECT_TRUE(test, kame_ipv6_walk_enter(&t->w, orders[i].headers[n]));
		if (n < ARRAY_SIZE(orders[i].headers)) {
			KUNIT_EXPECT_FALSE(test, kame_ipv6_walk_enter(&t->w, orders[i].headers[n]));
			skb = NULL;
		}
		walk_test_end(skb);
	}
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_ORDER), i - 1);
}

#if IS_ENABLED(CONFIG_IPV6_MIP6)
/* The kernel has no mobility state for this address, and so drops the packet itself. */
static void limits_home_address(struct kunit *test)
{
	static const u8 bytes[] = {
		IPPROTO_UDP, 2, 1, 2, 0, 0, 201, 16,
		0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, UDP8
	};
	struct walk_test *t = test->priv;

	walk_test_begin(test, NEXTHDR_DEST, bytes, sizeof(bytes), sizeof(bytes), 0);
	KUNIT_EXPECT_EQ(test, kame_ipv6_walk(&t->w), DONE);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_HDR_DSTOPTS), 1);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_OPTION_HEADER), 0);
	KUNIT_EXPECT_EQ(test, walk_test_counted(t, KAME_IPV6_MIB_DROP_OPTION_UNKNOWN), 0);
	walk_test_end(NULL);
}
#endif

/**
 * struct kernel_only_case - a packet that stock input may have to read
 * @name: of the case
 * @first: protocol behind the IPv6 header
 * @bytes: the header, its options at [2]
 * @len: how many of them there are
 * @ioam: the device has IOAM enabled
 * @wanted: whether it must
 */
struct kernel_only_case {
	const char *name;
	u8 first;
	u8 bytes[24];
	unsigned int len;
	bool ioam;
	bool wanted;
};

static const struct kernel_only_case kernel_only_cases[] = {
	{ "no hop-by-hop options", IPPROTO_UDP, { UDP8 }, 8, true, false },
	{ "none of the kernel's", NEXTHDR_HOP, { DSTOPTS(IPPROTO_UDP), UDP8 }, 16, true, false },
	{ "ioam", NEXTHDR_HOP, { IPPROTO_UDP, 1, 0x31, 10 }, 16, true, true },
	{ "ioam, not enabled", NEXTHDR_HOP, { IPPROTO_UDP, 1, 0x31, 10 }, 16, false, false },
	{ "calipso", NEXTHDR_HOP, { IPPROTO_UDP, 1, 7, 8 }, 16, false, true },
	{ "calipso behind ioam, not enabled", NEXTHDR_HOP, { IPPROTO_UDP, 1, 0x31, 0, 7, 8 }, 16,
	  false, true },
	{ "ioam behind pad1 and padn", NEXTHDR_HOP, { IPPROTO_UDP, 1, 0, 1, 1, 0, 0x31, 6 }, 16,
	  true, true },
	{ "ioam in the last two bytes", NEXTHDR_HOP, { IPPROTO_UDP, 0, 1, 2, 0, 0, 0x31, 0 }, 8,
	  true, true },
	{ "ioam behind the header", NEXTHDR_HOP, { IPPROTO_UDP, 0, 1, 4, 0, 0, 0, 0, 0x31, 6 }, 16,
	  true, false },
	{ "a last byte that is no option", NEXTHDR_HOP, { IPPROTO_UDP, 0, 1, 3, 0, 0, 0, 0x31 }, 8,
	  true, false },
	{ "cut short in the header", NEXTHDR_HOP, { IPPROTO_UDP, 2, 1, 4, 0, 0, 0, 0 }, 8, true,
	  false },
	{ "cut short in its length", NEXTHDR_HOP, { IPPROTO_UDP }, 1, true, false },
};

static void kernel_only_case_name(const struct kernel_only_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kernel_only, kernel_only_cases, kernel_only_case_name);

static void limits_kernel_only(struct kunit *test)
{
	const struct kernel_only_case *c = test->param_value;
	unsigned int linear;

	for (linear = 0; linear <= c->len; linear += c->len) {
		struct sk_buff *skb = walk_test_begin(test, c->first, c->bytes, c->len, linear, 0);

		KUNIT_EXPECT_EQ(test, kame_ipv6_options_kernel_only(skb, c->ioam), c->wanted);
		walk_test_end(skb);
	}
}

/* Less than an IPv6 header */
static void limits_kernel_only_short(struct kunit *test)
{
	static const u8 bytes[] = { IPPROTO_UDP, 1, 0x31, 10 };
	struct sk_buff *skb = walk_test_begin(test, NEXTHDR_HOP, bytes, sizeof(bytes),
					      sizeof(bytes), 0);

	skb_trim(skb, sizeof(struct ipv6hdr) - 1);
	KUNIT_EXPECT_FALSE(test, kame_ipv6_options_kernel_only(skb, true));
	walk_test_end(skb);
}

static struct kunit_case limits_cases[] = {
	KUNIT_CASE_PARAM(limits_sysctl, sysctl_gen_params),
	KUNIT_CASE(limits_jumbo),
	KUNIT_CASE(limits_gathered),
	KUNIT_CASE(limits_order_hop_by_hop),
#if IS_ENABLED(CONFIG_IPV6_MIP6)
	KUNIT_CASE(limits_home_address),
#endif
	KUNIT_CASE_PARAM(limits_kernel_only, kernel_only_gen_params),
	KUNIT_CASE(limits_kernel_only_short),
	{}
};

static struct kunit_suite limits_suite = {
	.name = "kame_ipv6_limits",
	.init = walk_test_init,
	.exit = walk_test_exit,
	.test_cases = limits_cases,
};

kunit_test_suite(limits_suite);

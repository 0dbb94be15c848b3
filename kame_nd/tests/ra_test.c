// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reader of router advertisements: whole ones, and every way to be cut short.
 */
#include <kunit/test.h>
#include <linux/icmpv6.h>
#include <linux/random.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/ndisc.h>

#include "ra.h"

#define PACKET_MAX 256
/* What precedes the advertisement in the packet */
#define OFFSET 40

struct packet {
	u8 bytes[PACKET_MAX];
	unsigned int len;
};

static void put(struct packet *p, const void *bytes, unsigned int len)
{
	memcpy(p->bytes + p->len, bytes, len);
	p->len += len;
}

static void put_ra(struct packet *p, u16 lifetime, u8 flags)
{
	struct ra_msg msg = { .icmph.icmp6_type = NDISC_ROUTER_ADVERTISEMENT };

	memset(p, 0, sizeof(*p));
	p->len = OFFSET;
	msg.icmph.icmp6_rt_lifetime = htons(lifetime);
	put(p, &msg, sizeof(msg));
	p->bytes[OFFSET + 5] = flags;
}

static void put_pio(struct packet *p, const struct in6_addr *prefix, u8 len, u8 flags, u32 valid,
		    u32 preferred)
{
	struct prefix_info info = {
		.type = ND_OPT_PREFIX_INFO,
		.length = 4,
		.prefix_len = len,
		.valid = htonl(valid),
		.prefered = htonl(preferred),
		.prefix = *prefix,
	};

	((u8 *)&info)[3] = flags;
	put(p, &info, sizeof(info));
}

static const struct in6_addr global = { .s6_addr = { 0x20, 1, 0xd, 0xb8, 0, 1, 0, 2, 0xff } };
static const struct in6_addr link_local = { .s6_addr = { 0xfe, 0x80 } };
static const struct in6_addr multicast = { .s6_addr = { 0xff, 2 } };

/* The packet in linear memory or, to a part, in a page of its own. */
static struct sk_buff *make_skb(struct kunit *test, const struct packet *p, unsigned int linear)
{
	struct sk_buff *skb = alloc_skb(PACKET_MAX, GFP_KERNEL);
	struct page *page;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	linear = min(linear, p->len);
	skb_put_data(skb, p->bytes, linear);
	if (p->len > linear) {
		page = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, page);
		memcpy(page_address(page), p->bytes + linear, p->len - linear);
		skb_add_rx_frag(skb, 0, page, 0, p->len - linear, PAGE_SIZE);
	}
	return skb;
}

static struct kame_nd_ra *parse(struct kunit *test, const struct packet *p)
{
	struct sk_buff *skb = make_skb(test, p, PACKET_MAX);
	struct kame_nd_ra *ra = kame_nd_ra_parse(skb, OFFSET, 6);

	kfree_skb(skb);
	return ra;
}

static void test_fields(struct kunit *test)
{
	static const u8 lladdr[] = { ND_OPT_SOURCE_LL_ADDR, 1, 2, 3, 4, 5, 6, 7 };
	struct kame_nd_ra *ra;
	struct packet p;

	put_ra(&p, 1800, 0xc8);
	put(&p, lladdr, sizeof(lladdr));
	put_pio(&p, &global, 64, 0xc0, 7200, 3600);
	ra = parse(test, &p);
	KUNIT_ASSERT_FALSE(test, IS_ERR(ra));
	KUNIT_EXPECT_EQ(test, ra->lifetime, 1800);
	KUNIT_EXPECT_EQ(test, ra->preference, 1);
	KUNIT_EXPECT_TRUE(test, ra->managed);
	KUNIT_EXPECT_TRUE(test, ra->other);
	KUNIT_EXPECT_EQ(test, ra->lladdr_len, 6);
	KUNIT_EXPECT_EQ(test, memcmp(ra->lladdr, lladdr + 2, 6), 0);
	KUNIT_ASSERT_EQ(test, ra->n_pios, 1);
	KUNIT_EXPECT_EQ(test, ra->pio[0].len, 64);
	KUNIT_EXPECT_TRUE(test, ra->pio[0].on_link);
	KUNIT_EXPECT_TRUE(test, ra->pio[0].autonomous);
	KUNIT_EXPECT_EQ(test, ra->pio[0].valid, 7200);
	KUNIT_EXPECT_EQ(test, ra->pio[0].preferred, 3600);
	/* Bits past the length don't count. */
	KUNIT_EXPECT_EQ(test, ra->pio[0].prefix.s6_addr[8], 0);
	KUNIT_EXPECT_EQ(test, ra->pio[0].prefix.s6_addr[7], 2);
	KUNIT_EXPECT_EQ(test, ra->invalid, 0);
	kfree(ra);
}

/* RFC 4191 section 2.2 */
static void test_preference(struct kunit *test)
{
	static const struct { u8 flags; s8 preference; } cases[] = {
		{ 0x00, 0 }, { 0x08, 1 }, { 0x10, 0 }, { 0x18, -1 },
	};
	struct kame_nd_ra *ra;
	struct packet p;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		put_ra(&p, 0, cases[i].flags);
		ra = parse(test, &p);
		KUNIT_ASSERT_FALSE(test, IS_ERR(ra));
		KUNIT_EXPECT_EQ_MSG(test, ra->preference, cases[i].preference, "flags %x",
				    cases[i].flags);
		kfree(ra);
	}
}

struct pio_case {
	const char *name;
	const struct in6_addr *prefix;
	u8 len;
	u32 valid;
	u32 preferred;
	bool taken;
};

static const struct pio_case pio_cases[] = {
	{ "an ordinary one", &global, 64, 2, 1, true },
	{ "equal lifetimes", &global, 64, 1, 1, true },
	{ "lifetimes of 0", &global, 64, 0, 0, true },
	{ "for ever", &global, 64, U32_MAX, U32_MAX, true },
	{ "length 0", &global, 0, 2, 1, true },
	{ "length 128", &global, 128, 2, 1, true },
	{ "length 129", &global, 129, 2, 1, false },
	{ "preferred for longer than valid", &global, 64, 1, 2, false },
	{ "link-local", &link_local, 64, 2, 1, false },
	{ "multicast", &multicast, 64, 2, 1, false },
};

static void pio_name(const struct pio_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pio, pio_cases, pio_name);

/* RFC 4862 section 5.5.3; another option beside a bad one counts all the same. */
static void test_pio(struct kunit *test)
{
	const struct pio_case *c = test->param_value;
	struct kame_nd_ra *ra;
	struct packet p;

	put_ra(&p, 1800, 0);
	put_pio(&p, c->prefix, c->len, 0x80, c->valid, c->preferred);
	put_pio(&p, &global, 48, 0x40, 20, 10);
	ra = parse(test, &p);
	KUNIT_ASSERT_FALSE(test, IS_ERR(ra));
	KUNIT_ASSERT_EQ(test, ra->n_pios, c->taken ? 2 : 1);
	KUNIT_EXPECT_EQ(test, ra->invalid, c->taken ? 0 : 1);
	KUNIT_EXPECT_EQ(test, ra->pio[ra->n_pios - 1].len, 48);
	KUNIT_EXPECT_FALSE(test, ra->pio[ra->n_pios - 1].on_link);
	kfree(ra);
}

/* RFC 4861 section 6.1.2: an option that is malformed spoils all. */
static void test_malformed(struct kunit *test)
{
	struct kame_nd_ra *ra;
	struct packet p, cut;
	unsigned int whole;

	put_ra(&p, 1800, 0);
	put_pio(&p, &global, 64, 0xc0, 2, 1);
	whole = p.len;
	for (cut = p; cut.len > OFFSET; cut.len--) {
		bool ends_well = cut.len == whole || cut.len == OFFSET + sizeof(struct ra_msg);

		ra = parse(test, &cut);
		KUNIT_EXPECT_EQ_MSG(test, IS_ERR(ra), !ends_well, "cut to %u", cut.len - OFFSET);
		if (!IS_ERR(ra))
			kfree(ra);
	}
	/* an option of length 0, which would be read for ever */
	cut = p;
	cut.bytes[OFFSET + sizeof(struct ra_msg) + 1] = 0;
	KUNIT_EXPECT_PTR_EQ(test, parse(test, &cut), ERR_PTR(-EINVAL));
	/* a code that means something else */
	cut = p;
	cut.bytes[OFFSET + 1] = 1;
	KUNIT_EXPECT_PTR_EQ(test, parse(test, &cut), ERR_PTR(-EINVAL));
	/* a prefix option that is whole, but not of its size, is left out */
	cut = p;
	cut.bytes[OFFSET + sizeof(struct ra_msg) + 1] = 3;
	cut.len -= 8;
	ra = parse(test, &cut);
	KUNIT_ASSERT_FALSE(test, IS_ERR(ra));
	KUNIT_EXPECT_EQ(test, ra->n_pios, 0);
	KUNIT_EXPECT_EQ(test, ra->invalid, 1);
	kfree(ra);
}

/* Wherever the packet's linear part ends, the same is read. */
static void test_split(struct kunit *test)
{
	struct kame_nd_ra *ra;
	struct sk_buff *skb;
	unsigned int linear;
	struct packet p;

	put_ra(&p, 1800, 0);
	put_pio(&p, &global, 64, 0xc0, 2, 1);
	for (linear = 1; linear < p.len; linear++) {
		skb = make_skb(test, &p, linear);
		ra = kame_nd_ra_parse(skb, OFFSET, 6);
		kfree_skb(skb);
		KUNIT_ASSERT_FALSE(test, IS_ERR(ra));
		KUNIT_EXPECT_EQ_MSG(test, ra->n_pios, 1, "split at %u", linear);
		KUNIT_EXPECT_EQ(test, ra->pio[0].valid, 2);
		kfree(ra);
	}
}

/* Random bytes: whatever is read lies within the packet, which KASAN watches. */
static void test_random(struct kunit *test)
{
	struct kame_nd_ra *ra;
	struct packet p;
	int i;

	for (i = 0; i < 20000; i++) {
		put_ra(&p, 1800, 0);
		get_random_bytes(p.bytes + p.len, PACKET_MAX - p.len);
		/* Often enough, a type that is read and a length that is small */
		p.bytes[p.len] = i % 2 ? ND_OPT_PREFIX_INFO : ND_OPT_SOURCE_LL_ADDR;
		p.bytes[p.len + 1] %= 6;
		p.len += get_random_u32() % (PACKET_MAX - p.len);
		ra = parse(test, &p);
		if (IS_ERR(ra)) {
			KUNIT_ASSERT_PTR_EQ(test, ra, ERR_PTR(-EINVAL));
			continue;
		}
		KUNIT_ASSERT_LE(test, ra->n_pios, (PACKET_MAX - OFFSET) / 32);
		KUNIT_ASSERT_LE(test, ra->lladdr_len, KAME_ND_LLADDR_MAX);
		kfree(ra);
	}
}

static struct kunit_case ra_cases[] = {
	KUNIT_CASE(test_fields),
	KUNIT_CASE(test_preference),
	KUNIT_CASE_PARAM(test_pio, pio_gen_params),
	KUNIT_CASE(test_malformed),
	KUNIT_CASE(test_split),
	KUNIT_CASE(test_random),
	{}
};

static struct kunit_suite kame_nd_ra_suite = {
	.name = "kame_nd_ra",
	.test_cases = ra_cases,
};

kunit_test_suite(kame_nd_ra_suite);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selectors, and the search for the first policy that matches: against asking one
 * policy after the other, with random policies and packets.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "policy.h"
#include "spd.h"

#define POLICIES 400
#define PACKETS 4000

struct spd_ctx {
	struct kame_ipsec_spd spd;
	struct kame_ipsec_policy *pol[POLICIES];
	unsigned int nr;
	struct rnd_state rnd;
};

static u32 below(struct spd_ctx *ctx, u32 n)
{
	return prandom_u32_state(&ctx->rnd) % n;
}

/* Few values, so that packets meet policies: two bits of each byte that differs */
static void random_addr(struct spd_ctx *ctx, u8 family, xfrm_address_t *addr)
{
	int i;

	memset(addr, 0, sizeof(*addr));
	for (i = 0; i < (family == AF_INET ? 4 : 16); i++)
		((u8 *)addr)[i] = below(ctx, 2) ? 0xc0 : below(ctx, 3);
}

static void random_range(struct spd_ctx *ctx, struct kame_ipsec_range *range)
{
	range->min = 0;
	range->max = U16_MAX;
	if (below(ctx, 2))
		return;
	range->min = below(ctx, 4);
	range->max = range->min + below(ctx, 3) * below(ctx, 2);
}

static void random_sel(struct spd_ctx *ctx, struct kame_ipsec_sel *sel)
{
	static const u8 lens[] = { 0, 8, 13, 24, 32, 48, 64, 127, 128 };

	sel->family = below(ctx, 2) ? AF_INET : AF_INET6;
	sel->src_len = lens[below(ctx, sel->family == AF_INET ? 5 : 9)];
	sel->dst_len = lens[below(ctx, sel->family == AF_INET ? 5 : 9)];
	random_addr(ctx, sel->family, &sel->src);
	random_addr(ctx, sel->family, &sel->dst);
	kame_ipsec_sel_mask_addr(&sel->src, sel->src_len, sel->family);
	kame_ipsec_sel_mask_addr(&sel->dst, sel->dst_len, sel->family);
	sel->proto = below(ctx, 2) ? IPPROTO_UDP : 0;
	random_range(ctx, &sel->sport);
	random_range(ctx, &sel->dport);
	sel->iif = below(ctx, 4) ? 0 : 1 + below(ctx, 2);
	sel->oif = below(ctx, 4) ? 0 : 1 + below(ctx, 2);
	sel->mark_mask = below(ctx, 3) ? 0 : below(ctx, 4);
	sel->mark = below(ctx, 4) & sel->mark_mask;
	sel->dscp = below(ctx, 4) ? -1 : (int)below(ctx, 2);
}

static void random_flow(struct spd_ctx *ctx, struct kame_ipsec_flow *flow)
{
	memset(flow, 0, sizeof(*flow));
	flow->family = below(ctx, 2) ? AF_INET : AF_INET6;
	flow->dir = below(ctx, 3);
	random_addr(ctx, flow->family, &flow->src);
	random_addr(ctx, flow->family, &flow->dst);
	flow->proto = below(ctx, 3) ? IPPROTO_UDP : IPPROTO_ICMPV6;
	flow->sport = below(ctx, 5);
	flow->dport = below(ctx, 5);
	flow->iif = below(ctx, 3);
	flow->oif = below(ctx, 3);
	flow->mark = below(ctx, 4);
	flow->dscp = below(ctx, 2);
	if (!below(ctx, 10))
		flow->flags |= KAME_IPSEC_FLOW_NO_PORTS;
	if (flow->proto == IPPROTO_ICMPV6 && !below(ctx, 3))
		flow->flags |= KAME_IPSEC_FLOW_CONTROL;
}

static struct kame_ipsec_policy *random_policy(struct kunit *test, struct spd_ctx *ctx, u32 index)
{
	struct kame_ipsec_policy *pol = kunit_kzalloc(test, sizeof(*pol), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pol);
	random_sel(ctx, &pol->sel);
	pol->dir = below(ctx, 3);
	pol->action = below(ctx, 3);
	pol->priority = below(ctx, 20);
	pol->index = index;
	pol->order = (u64)pol->priority << 32 | index;
	pol->fields = kame_ipsec_sel_fields(&pol->sel);
	return pol;
}

static void add(struct kunit *test, struct spd_ctx *ctx)
{
	struct kame_ipsec_policy *pol = random_policy(test, ctx, ctx->nr + 1);

	KUNIT_ASSERT_EQ(test, kame_ipsec_spd_insert(&ctx->spd, pol), 0);
	ctx->pol[ctx->nr++] = pol;
}

/* The reference knows nothing of the database: it goes through the array. */
static struct kame_ipsec_policy *reference(const struct spd_ctx *ctx,
					   const struct kame_ipsec_flow *flow)
{
	struct kame_ipsec_policy *best = NULL;
	unsigned int i;

	for (i = 0; i < ctx->nr; i++) {
		struct kame_ipsec_policy *pol = ctx->pol[i];

		if (pol && pol->dir == flow->dir && (!best || pol->order < best->order) &&
		    kame_ipsec_sel_match(&pol->sel, flow,
					 pol->action != KAME_IPSEC_ACTION_BYPASS))
			best = pol;
	}
	return best;
}

static void compare(struct kunit *test, struct spd_ctx *ctx, unsigned int packets)
{
	unsigned int i, found = 0;

	for (i = 0; i < packets; i++) {
		struct kame_ipsec_policy *want, *got, *linear;
		struct kame_ipsec_flow flow;

		random_flow(ctx, &flow);
		rcu_read_lock();
		want = reference(ctx, &flow);
		got = kame_ipsec_spd_lookup(&ctx->spd, &flow);
		linear = kame_ipsec_spd_linear(&ctx->spd, &flow);
		rcu_read_unlock();
		KUNIT_ASSERT_PTR_EQ(test, got, want);
		KUNIT_ASSERT_PTR_EQ(test, linear, want);
		found += !!want;
	}
	/* Of packets that match nothing, nothing is learnt. */
	if (ctx->nr > POLICIES / 2)
		KUNIT_EXPECT_GT(test, found, packets / 10);
}

static bool protects(const struct kame_ipsec_policy *pol)
{
	return pol && pol->action == KAME_IPSEC_ACTION_PROTECT;
}

/* Other values of the fields that are not known make no difference. */
static void forget(struct spd_ctx *ctx, struct kame_ipsec_flow *flow, unsigned int unknown)
{
	if (unknown & KAME_IPSEC_FIELD_PROTO)
		flow->proto = IPPROTO_TCP;
	if (unknown & KAME_IPSEC_FIELD_PORTS)
		flow->flags |= KAME_IPSEC_FLOW_NO_PORTS;
	if (unknown & KAME_IPSEC_FIELD_IIF)
		flow->iif = below(ctx, 3);
	if (unknown & KAME_IPSEC_FIELD_OIF)
		flow->oif = below(ctx, 3);
	if (unknown & KAME_IPSEC_FIELD_MARK)
		flow->mark = below(ctx, 4);
	if (unknown & KAME_IPSEC_FIELD_DSCP)
		flow->dscp = below(ctx, 2);
}

/* Where a packet must be protected, the answer is yes whatever is not known of it. */
static void guesses(struct kunit *test, struct spd_ctx *ctx, unsigned int packets)
{
	unsigned int i, yes = 0, no = 0;

	for (i = 0; i < packets; i++) {
		unsigned int unknown = below(ctx, KAME_IPSEC_FIELD_ALL + 1);
		struct kame_ipsec_flow flow;
		bool must, exact, may;

		random_flow(ctx, &flow);
		flow.flags &= ~KAME_IPSEC_FLOW_CONTROL;
		if (unknown & KAME_IPSEC_FIELD_PORTS)
			unknown |= KAME_IPSEC_FIELD_PORTS;
		rcu_read_lock();
		must = protects(kame_ipsec_spd_lookup(&ctx->spd, &flow));
		exact = kame_ipsec_spd_may_protect(&ctx->spd, &flow, 0);
		forget(ctx, &flow, unknown);
		may = kame_ipsec_spd_may_protect(&ctx->spd, &flow, unknown);
		rcu_read_unlock();
		KUNIT_ASSERT_EQ(test, exact, must);
		if (must)
			KUNIT_ASSERT_TRUE(test, may);
		yes += may;
		no += !may;
	}
	KUNIT_EXPECT_GT(test, yes, packets / 10);
	KUNIT_EXPECT_GT(test, no, packets / 10);
}

static void remove_all(struct spd_ctx *ctx)
{
	unsigned int i;

	for (i = 0; i < ctx->nr; i++)
		if (ctx->pol[i])
			kame_ipsec_spd_remove(&ctx->spd, ctx->pol[i]);
	ctx->nr = 0;
}

static void random_policies(struct kunit *test)
{
	struct spd_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	prandom_seed_state(&ctx->rnd, 19990622);
	KUNIT_ASSERT_EQ(test, kame_ipsec_spd_init(&ctx->spd), 0);
	compare(test, ctx, 100);
	for (i = 0; i < POLICIES; i++) {
		add(test, ctx);
		if (i % 20 == 0)
			compare(test, ctx, 100);
	}
	compare(test, ctx, PACKETS);
	guesses(test, ctx, PACKETS);
	for (i = 0; i < POLICIES; i += 1 + below(ctx, 3)) {
		kame_ipsec_spd_remove(&ctx->spd, ctx->pol[i]);
		ctx->pol[i] = NULL;
		if (i % 20 == 0)
			compare(test, ctx, 100);
	}
	compare(test, ctx, PACKETS);
	remove_all(ctx);
	compare(test, ctx, 100);
	/* The policies themselves are the test's. */
	synchronize_rcu();
	kame_ipsec_spd_uninit(&ctx->spd);
}

static void set_any(struct kame_ipsec_sel *sel, u8 family)
{
	memset(sel, 0, sizeof(*sel));
	sel->family = family;
	sel->sport.max = U16_MAX;
	sel->dport.max = U16_MAX;
	sel->dscp = -1;
}

static void selectors(struct kunit *test)
{
	struct kame_ipsec_flow nd = {
		.family = AF_INET6, .proto = IPPROTO_ICMPV6, .sport = 135,
		.flags = KAME_IPSEC_FLOW_CONTROL,
	};
	struct kame_ipsec_flow udp = {
		.family = AF_INET, .proto = IPPROTO_UDP, .sport = 1000, .dport = 53,
		.src.a4 = htonl(0x0a000001), .dst.a4 = htonl(0x0a800001),
	};
	struct kame_ipsec_sel sel;

	set_any(&sel, AF_INET6);
	KUNIT_EXPECT_FALSE(test, kame_ipsec_sel_match(&sel, &nd, true));
	KUNIT_EXPECT_FALSE(test, kame_ipsec_sel_match(&sel, &udp, true));
	sel.proto = IPPROTO_ICMPV6;
	KUNIT_EXPECT_FALSE(test, kame_ipsec_sel_match(&sel, &nd, true));
	sel.sport.min = sel.sport.max = 135;
	KUNIT_EXPECT_TRUE(test, kame_ipsec_sel_match(&sel, &nd, true));

	set_any(&sel, AF_INET);
	KUNIT_EXPECT_TRUE(test, kame_ipsec_sel_match(&sel, &udp, false));
	sel.dst.a4 = htonl(0x0a000000);
	sel.dst_len = 9;
	KUNIT_EXPECT_FALSE(test, kame_ipsec_sel_match(&sel, &udp, false));
	sel.dst_len = 8;
	KUNIT_EXPECT_TRUE(test, kame_ipsec_sel_match(&sel, &udp, false));
	sel.proto = IPPROTO_UDP;
	sel.dport.min = 53;
	sel.dport.max = 54;
	KUNIT_EXPECT_TRUE(test, kame_ipsec_sel_match(&sel, &udp, false));
	udp.dport = 55;
	KUNIT_EXPECT_FALSE(test, kame_ipsec_sel_match(&sel, &udp, false));
	udp.flags = KAME_IPSEC_FLOW_NO_PORTS;
	KUNIT_EXPECT_FALSE(test, kame_ipsec_sel_match(&sel, &udp, false));
	KUNIT_EXPECT_TRUE(test, kame_ipsec_sel_match(&sel, &udp, true));
}

static struct kunit_case spd_cases[] = {
	KUNIT_CASE(selectors),
	KUNIT_CASE(random_policies),
	{}
};

static struct kunit_suite spd_suite = {
	.name = "kame_ipsec_spd",
	.test_cases = spd_cases,
};

kunit_test_suite(spd_suite);

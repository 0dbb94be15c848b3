// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rule that says whether a prefix is attached, row by row, and lifetimes.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "state.h"

struct state_case {
	const char *name;
	struct kame_nd_state_input in;
	enum kame_nd_state state;
	enum kame_nd_reason reason;
};

#define IN(...) .in = { .enabled = true, __VA_ARGS__ }
#define IS(s, r) .state = KAME_ND_STATE_##s, .reason = KAME_ND_REASON_##r

static const struct state_case cases[] = {
	/* The rule of the paper (section 3.4) */
	{ "its router is there", IN(.live = 1, .fresh = 1, .scope_prefixes = 1),
	  IS(ATTACHED, ROUTER) },
	{ "one of its routers is there", IN(.live = 1, .fresh = 1, .scope_prefixes = 3),
	  IS(ATTACHED, ROUTER) },
	{ "only another prefix has a router", IN(.scope_prefixes = 1),
	  IS(DETACHED, OTHER_ROUTER) },
	{ "no prefix has a router", IN(), IS(ATTACHED, NO_ROUTER) },
	/* A router without prefixes says as well that we are elsewhere. */
	{ "a router without prefixes is all that is left", IN(.scope_bare = 1),
	  IS(DETACHED, BARE_ROUTER) },
	{ "a router without prefixes beside its own",
	  IN(.live = 1, .fresh = 1, .scope_prefixes = 1, .scope_bare = 1), IS(ATTACHED, ROUTER) },
	{ "another prefix and a router without prefixes", IN(.scope_prefixes = 1, .scope_bare = 2),
	  IS(DETACHED, OTHER_ROUTER) },
	/* RFC 8978 */
	{ "its router has left it out", IN(.live = 1, .scope_prefixes = 1),
	  IS(DEPRECATED, LEFT_OUT) },
	{ "one of its routers has left it out", IN(.live = 2, .fresh = 1, .scope_prefixes = 1),
	  IS(ATTACHED, ROUTER) },
	{ "left out, and its router is gone", IN(.scope_prefixes = 1), IS(DETACHED, OTHER_ROUTER) },
	/* The cases that KAME learned over the years, as counts of what the tables hold */
	{ "its router has no neighbour entry, which proves nothing",
	  IN(.live = 1, .fresh = 1, .scope_prefixes = 2), IS(ATTACHED, ROUTER) },
	{ "its router's lifetime came to 0, another prefix has one", IN(.scope_prefixes = 1),
	  IS(DETACHED, OTHER_ROUTER) },
	{ "its router's lifetime came to 0, and it was the only one", IN(), IS(ATTACHED, NO_ROUTER) },
	{ "shared by two routers, of which one is gone",
	  IN(.live = 1, .fresh = 1, .scope_prefixes = 1), IS(ATTACHED, ROUTER) },
	{ "the same prefix has its router on another device, scope link",
	  IN(.scope_prefixes = 0), IS(ATTACHED, NO_ROUTER) },
	{ "the same prefix has its router on another device, scope host",
	  IN(.scope_prefixes = 1), IS(DETACHED, OTHER_ROUTER) },
	{ "a router without prefixes on another device, scope host", IN(.scope_bare = 1),
	  IS(DETACHED, BARE_ROUTER) },
	{ "left out by its router, and no other prefix has one",
	  IN(.live = 1, .scope_prefixes = 1, .scope_bare = 0), IS(DEPRECATED, LEFT_OUT) },
	/* Requests win, and a device that is left alone wins over them. */
	{ "pinned attached against the rule",
	  IN(.pin = KAME_ND_PIN_ATTACHED, .scope_prefixes = 1), IS(ATTACHED, PINNED) },
	{ "pinned attached, left out", IN(.pin = KAME_ND_PIN_ATTACHED, .live = 1, .scope_prefixes = 1),
	  IS(ATTACHED, PINNED) },
	{ "pinned detached against the rule",
	  IN(.pin = KAME_ND_PIN_DETACHED, .live = 1, .fresh = 1, .scope_prefixes = 1),
	  IS(DETACHED, PINNED) },
	{ "pinned detached, and none has a router", IN(.pin = KAME_ND_PIN_DETACHED),
	  IS(DETACHED, PINNED) },
	{ "the device is left alone", .in = { .scope_prefixes = 1 }, IS(ATTACHED, DISABLED) },
	{ "the device is left alone, pinned",
	  .in = { .pin = KAME_ND_PIN_DETACHED, .scope_prefixes = 1 }, IS(ATTACHED, DISABLED) },
};

static void case_name(const struct state_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(state, cases, case_name);

static void test_state(struct kunit *test)
{
	const struct state_case *c = test->param_value;
	struct kame_nd_verdict verdict = kame_nd_state(&c->in);

	KUNIT_EXPECT_EQ(test, verdict.state, c->state);
	KUNIT_EXPECT_EQ(test, verdict.reason, c->reason);
}

/* What is attached without a reason to be elsewhere stays so whatever else is pinned. */
static void test_state_never_none(struct kunit *test)
{
	struct kame_nd_state_input in = { .enabled = true };

	/* Nothing known at all: a host without routers keeps its addresses. */
	KUNIT_EXPECT_EQ(test, kame_nd_state(&in).state, KAME_ND_STATE_ATTACHED);
	for (in.live = 0; in.live < 3; in.live++) {
		for (in.fresh = 0; in.fresh <= in.live; in.fresh++) {
			in.scope_prefixes = in.live > 0;
			/* A prefix with a router is on-link, whatever the router says. */
			if (in.live)
				KUNIT_EXPECT_NE(test, kame_nd_state(&in).state,
						KAME_ND_STATE_DETACHED);
		}
	}
}

static void test_lifetime(struct kunit *test)
{
	u64 now = 5000;

	KUNIT_EXPECT_EQ(test, kame_nd_lifetime_end(now, 0), now);
	KUNIT_EXPECT_EQ(test, kame_nd_lifetime_end(now, 3), now + 3000);
	KUNIT_EXPECT_EQ(test, kame_nd_lifetime_end(now, U32_MAX), KAME_ND_FOREVER);
	/* One second less than for ever: 136 years, which 32 bits would not hold. */
	KUNIT_EXPECT_EQ(test, kame_nd_lifetime_end(now, U32_MAX - 1), now + 4294967294000ULL);

	KUNIT_EXPECT_EQ(test, kame_nd_lifetime_left(now, now + 1), 1);
	KUNIT_EXPECT_EQ(test, kame_nd_lifetime_left(now, now), 0);
	KUNIT_EXPECT_EQ(test, kame_nd_lifetime_left(now, now - 1), 0);
	KUNIT_EXPECT_EQ(test, kame_nd_lifetime_left(now, KAME_ND_FOREVER), KAME_ND_FOREVER);
}

static struct kunit_case state_cases[] = {
	KUNIT_CASE_PARAM(test_state, state_gen_params),
	KUNIT_CASE(test_state_never_none),
	KUNIT_CASE(test_lifetime),
	{}
};

static struct kunit_suite kame_nd_state_suite = {
	.name = "kame_nd_state",
	.test_cases = state_cases,
};

kunit_test_suite(kame_nd_state_suite);

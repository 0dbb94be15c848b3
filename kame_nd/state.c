// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rule that says whether a prefix is attached, and the arithmetic of
 * lifetimes: functions of their arguments alone.
 */
#include <linux/export.h>
#include <linux/math.h>
#include <linux/time64.h>

#include "kunit.h"
#include "state.h"

#define VERDICT(s, r) \
	((struct kame_nd_verdict){ KAME_ND_STATE_##s, KAME_ND_REASON_##r })

/**
 * kame_nd_state - the state of a prefix
 * @in: what it depends on
 *
 * INET'99 paper, section 3.4: a prefix is attached if its list has a router
 * that is not unreachable, or if no prefix has one. A router that is alive and
 * advertises no prefix says as clearly as one with another prefix that we are
 * somewhere else.
 *
 * Return: the state and the reason.
 */
struct kame_nd_verdict kame_nd_state(const struct kame_nd_state_input *in)
{
	if (!in->enabled)
		return VERDICT(ATTACHED, DISABLED);
	switch (in->pin) {
	case KAME_ND_PIN_ATTACHED:
		return VERDICT(ATTACHED, PINNED);
	case KAME_ND_PIN_DETACHED:
		return VERDICT(DETACHED, PINNED);
	case KAME_ND_PIN_NONE:
		break;
	}
	if (in->fresh)
		return VERDICT(ATTACHED, ROUTER);
	if (in->live)
		return VERDICT(DEPRECATED, LEFT_OUT);
	if (in->scope_prefixes)
		return VERDICT(DETACHED, OTHER_ROUTER);
	if (in->scope_bare)
		return VERDICT(DETACHED, BARE_ROUTER);
	return VERDICT(ATTACHED, NO_ROUTER);
}
EXPORT_SYMBOL_IF_KUNIT(kame_nd_state);

/**
 * kame_nd_candidate_score - how well packets from a prefix leave by a router
 * @candidate: the router, which advertises the prefix or did so
 *
 * One that still advertises it, then the one of the higher preference, then the one
 * that is used already.
 *
 * Return: the higher the better; negative where it is not to be used.
 */
int kame_nd_candidate_score(const struct kame_nd_candidate *candidate)
{
	if (!candidate->live)
		return -1;
	return !candidate->dropped << 3 | (candidate->preference + 1) << 1 |
		candidate->current_one;
}
EXPORT_SYMBOL_IF_KUNIT(kame_nd_candidate_score);

/**
 * kame_nd_lifetime_end - when an advertised lifetime ends
 * @now: milliseconds since boot, the time suspended included
 * @seconds: the lifetime as advertised; all ones is infinity (RFC 4861)
 *
 * Return: milliseconds since boot, or KAME_ND_FOREVER.
 */
u64 kame_nd_lifetime_end(u64 now, u32 seconds)
{
	return seconds == U32_MAX ? KAME_ND_FOREVER : now + (u64)seconds * MSEC_PER_SEC;
}
EXPORT_SYMBOL_IF_KUNIT(kame_nd_lifetime_end);

/**
 * kame_nd_lifetime_left - how long until then
 * @now: milliseconds since boot
 * @end: when the lifetime ends, as kame_nd_lifetime_end() says
 *
 * Return: milliseconds, 0 where it has ended, or KAME_ND_FOREVER.
 */
u64 kame_nd_lifetime_left(u64 now, u64 end)
{
	if (end == KAME_ND_FOREVER)
		return KAME_ND_FOREVER;
	return end > now ? end - now : 0;
}
EXPORT_SYMBOL_IF_KUNIT(kame_nd_lifetime_left);

/* Daemons keep lifetimes in seconds, and round. */
#define ROUNDED (3 * MSEC_PER_SEC)

/**
 * kame_nd_lifetime_goes_on - whether a lifetime is what is left of an earlier one
 * @was: seconds; all ones is infinity
 * @is: the same, given later
 * @elapsed: milliseconds between the two
 *
 * Return: whether both end at the same time, but for rounding.
 */
bool kame_nd_lifetime_goes_on(u32 was, u32 is, u64 elapsed)
{
	if (was == U32_MAX || is == U32_MAX)
		return was == is;
	return abs((s64)was * MSEC_PER_SEC - (s64)is * MSEC_PER_SEC - (s64)elapsed) <= ROUNDED;
}
EXPORT_SYMBOL_IF_KUNIT(kame_nd_lifetime_goes_on);

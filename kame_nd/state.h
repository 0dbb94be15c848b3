/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_STATE_H
#define _KAME_ND_STATE_H

#include <linux/limits.h>
#include <linux/types.h>
#include <uapi/linux/kame_nd.h>

/**
 * struct kame_nd_state_input - what the state of a prefix depends on
 * @enabled: states have an effect on this device
 * @pin: what a request said, enum kame_nd_pin
 * @live: routers in the list of the prefix that are not unreachable
 * @fresh: those of @live that have not left it out of their advertisements
 * @scope_prefixes: prefixes of the scope, this one included, that have a
 *	router which is not unreachable
 * @scope_bare: routers of the scope that are not unreachable and advertise no
 *	prefix
 */
struct kame_nd_state_input {
	bool enabled;
	enum kame_nd_pin pin;
	unsigned int live;
	unsigned int fresh;
	unsigned int scope_prefixes;
	unsigned int scope_bare;
};

/**
 * struct kame_nd_verdict - the state of a prefix
 * @state: the state
 * @reason: why
 */
struct kame_nd_verdict {
	enum kame_nd_state state;
	enum kame_nd_reason reason;
};

/**
 * struct kame_nd_candidate - a router by which packets from a prefix may leave
 * @live: it is not unreachable
 * @dropped: it has left the prefix out of its advertisements
 * @preference: as default router, -1 to 1 (RFC 4191)
 * @current_one: the packets leave by it now
 */
struct kame_nd_candidate {
	bool live;
	bool dropped;
	s8 preference;
	bool current_one;
};

int kame_nd_candidate_score(const struct kame_nd_candidate *candidate);
struct kame_nd_verdict kame_nd_state(const struct kame_nd_state_input *in);
u64 kame_nd_lifetime_end(u64 now, u32 seconds);
u64 kame_nd_lifetime_left(u64 now, u64 end);
bool kame_nd_lifetime_goes_on(u32 was, u32 is, u64 elapsed);

/* A lifetime that does not end, and one that was never advertised. */
#define KAME_ND_FOREVER U64_MAX

#endif /* _KAME_ND_STATE_H */

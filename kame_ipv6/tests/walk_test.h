/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_WALK_TEST_H
#define _KAME_IPV6_WALK_TEST_H

#include <kunit/test.h>

#include "walk.h"

/**
 * struct walk_test - what a case has in kunit.priv
 * @mib: counters, zero at its begin
 * @w: the walk of the packet that walk_test_begin() made
 */
struct walk_test {
	struct kame_ipv6_counters __percpu *mib;
	struct kame_ipv6_walk w;
};

/* Extension headers that do nothing: next header, length, and a PadN. */
#define DSTOPTS(next) (next), 0, 1, 4, 0, 0, 0, 0
#define ROUTING(next, type, left) (next), 0, (type), (left), 0, 0, 0, 0
#define UDP8 0, 9, 0, 9, 0, 8, 0, 0

u64 walk_test_counted(struct walk_test *t, enum kame_ipv6_mib index);
struct sk_buff *walk_test_begin(struct kunit *test, u8 first, const u8 *bytes,
				unsigned int len, unsigned int linear, u32 contiguity);
void walk_test_end(struct sk_buff *skb);
int walk_test_init(struct kunit *test);
void walk_test_exit(struct kunit *test);

#endif /* _KAME_IPV6_WALK_TEST_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters, as an array of u64 in one attribute, indexed by a module's enum. The
 * names come from the list (X-macro) of the module's *_mib.h:
 *
 *	static const struct mib_counter counters[] = { KAME_IPV6_MIB_LIST(MIB_COUNTER) };
 */
#ifndef KAME_MIB_H
#define KAME_MIB_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>

struct mib_counter {
	const char *name;
	const char *help;
};

#define MIB_COUNTER(symbol, name, help) { name, help },

/*
 * Prints the counters as lines of text, or as the JSON object "mib": all of them
 * there. In text, those that are zero are left out unless @zero. With @explain, each
 * line ends in its explanation, and JSON gains an object "mib_help". A module
 * that is older or newer than this program may send fewer or more counters.
 */
void mib_print(const struct mib_counter *counters, size_t n, const struct nlattr *array,
	       int indent, bool zero, bool explain);

#endif /* KAME_MIB_H */

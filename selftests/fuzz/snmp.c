// SPDX-License-Identifier: GPL-2.0-only
/*
 * SNMP counters of a namespace and of its devices, stock's own: they must move
 * alike on both sides.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

static const char *const files[] = {
	"/proc/thread-self/net/snmp6", "/proc/thread-self/net/dev_snmp6/in0",
	"/proc/thread-self/net/dev_snmp6/in1", "/proc/thread-self/net/dev_snmp6/out0",
	"/proc/thread-self/net/dev_snmp6/lo",
};

#define FILES (sizeof(files) / sizeof(*files))

/* The process is in the side's namespace. */
void snmp_open(struct side *s)
{
	unsigned int i;

	for (i = 0; i < FILES; i++) {
		s->snmp[i] = open(files[i], O_RDONLY);
		if (s->snmp[i] < 0)
			die(files[i]);
	}
}

void snmp_read(const struct side *s, struct snmp *snmp)
{
	static char text[32768];
	unsigned int i;

	snmp->count = 0;
	for (i = 0; i < FILES; i++) {
		char *line = text, *end;
		ssize_t len = pread(s->snmp[i], text, sizeof(text) - 1, 0);

		if (len <= 0)
			die(files[i]);
		text[len] = 0;
		for (; (end = strchr(line, '\n')) && snmp->count < SNMP_MAX; line = end + 1) {
			char name[32];

			*end = 0;
			if (sscanf(line, "%31s %lu", name, &snmp->value[snmp->count]) != 2 ||
			    !strcmp(name, "ifIndex"))
				continue;
			snprintf(snmp->name[snmp->count++], sizeof(snmp->name[0]), "%s %s",
				 i ? strrchr(files[i], '/') + 1 : "namespace", name);
		}
	}
}

/* Counters of ICMPv6 types appear with the first message of the type. */
static uint64_t value(const struct snmp *snmp, unsigned int at, const char *name)
{
	if (at < snmp->count && !strcmp(snmp->name[at], name))
		return snmp->value[at];
	for (at = 0; at < snmp->count; at++)
		if (!strcmp(snmp->name[at], name))
			return snmp->value[at];
	return 0;
}

/* Redirects are sent as often as timers allow, and each moves a dozen counters. */
static bool redirects_differ(const struct snmp *a0, const struct snmp *a1,
			     const struct snmp *b0, const struct snmp *b1)
{
	static const char name[] = "namespace Icmp6OutRedirects";

	return value(a1, 0, name) - value(a0, 0, name) != value(b1, 0, name) - value(b0, 0, name);
}

/**
 * snmp_same - whether the counters of both sides moved alike
 * @a0: one side before
 * @a1: and after
 * @b0: the other before
 * @b1: and after
 * @print: say which did not
 *
 * Where one side has redirected more often than the other, nothing can be said.
 */
bool snmp_same(const struct snmp *a0, const struct snmp *a1, const struct snmp *b0,
	       const struct snmp *b1, bool print)
{
	/* Where one has more than the other, the list that is longer has all. */
	const struct snmp *all = a1->count > b1->count ? a1 : b1;
	bool same = true;
	unsigned int i;

	if (redirects_differ(a0, a1, b0, b1))
		return true;
	for (i = 0; i < all->count; i++) {
		const char *name = all->name[i];
		uint64_t a = value(a1, i, name) - value(a0, i, name);
		uint64_t b = value(b1, i, name) - value(b0, i, name);

		if (a == b)
			continue;
		same = false;
		if (print)
			printf("#   %s: stock %lu, kame %lu\n", name, a, b);
	}
	return same;
}

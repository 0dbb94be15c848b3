// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipv6_fuzz STOCK KAME [OPTION...]: send packets to both namespaces and compare.
 * Exit status: 0 where nothing differs but what is meant to, 1, or 2 for a mistake.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

/* Packets between two looks at the SNMP counters */
#define BATCH 500
/* Differences that are shown */
#define SHOWN 20

static struct {
	uint64_t seed, first, count;
	unsigned int max_headers;
	const char *setup;
	bool verbose;
} options = { .count = 100000, };

static struct side stock, kame;
static struct packet packet;
static uint64_t different, intended, counters, seen[3];

void die(const char *what)
{
	fprintf(stderr, "ipv6_fuzz: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* docs/ipv6.md: more extension headers than max-headers are dropped without an answer. */
static bool too_many_headers(void)
{
	return options.max_headers && packet.headers > options.max_headers &&
	       !kame.seen.records;
}

static void show(uint64_t number)
{
	char is[256], was[256];

	seen_summary(&stock.seen, was, sizeof(was));
	seen_summary(&kame.seen, is, sizeof(is));
	printf("# packet %lu of seed %lu: stock %s; kame %s\n", number, options.seed, was, is);
	packet_print(&packet);
	printf("#   stock:\n");
	seen_print(&stock.seen);
	printf("#   kame:\n");
	seen_print(&kame.seen);
}

/* Return: whether the counters of this packet may differ. */
static bool send_one(uint64_t number)
{
	unsigned int tries;
	bool ok, same;

	packet_make(&packet, options.seed, number);
	side_forget(&stock);
	side_forget(&kame);
	ok = side_send(&stock, &packet);
	if (ok != side_send(&kame, &packet))
		printf("# packet %lu was refused by one of the devices\n", number);
	side_collect(&stock);
	side_collect(&kame);
	/* What the kernel left to a softirq comes later. */
	for (tries = 0; !(same = seen_same(&stock.seen, &kame.seen)) && tries < 3; tries++) {
		if (too_many_headers())
			break;
		usleep(5000);
		side_collect(&stock);
		side_collect(&kame);
	}
	if (options.verbose)
		show(number);
	if (same) {
		seen[!stock.seen.records ? 0 :
		     *(uint32_t *)stock.seen.data == CH_OUT ? 1 : 2]++;
		return too_many_headers();
	}
	if (too_many_headers()) {
		intended++;
		return true;
	}
	if (different++ < SHOWN)
		show(number);
	return false;
}

/* Return: whether the SNMP counters moved alike, as far as they must. */
static bool batch(uint64_t first, uint64_t count, bool print)
{
	static struct snmp stock0, stock1, kame0, kame1;
	bool may = false;
	uint64_t i;

	snmp_read(&stock, &stock0);
	snmp_read(&kame, &kame0);
	for (i = 0; i < count; i++)
		may |= send_one(first + i);
	snmp_read(&stock, &stock1);
	snmp_read(&kame, &kame1);
	return may || snmp_same(&stock0, &stock1, &kame0, &kame1, print);
}

/* Find the packets that moved the counters apart, by sending them again. */
static void narrow(uint64_t first, uint64_t count)
{
	unsigned int found = 0;
	uint64_t i;

	for (i = 0; i < count && found < SHOWN; i++) {
		if (batch(first + i, 1, true))
			continue;
		found++;
		printf("# packet %lu of seed %lu moves SNMP counters otherwise\n", first + i,
		       options.seed);
		show(first + i);
	}
	counters += found;
}

static void parse(int argc, char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "s:f:n:m:c:v")) != -1) {
		switch (opt) {
		case 's':
			options.seed = strtoull(optarg, NULL, 0);
			break;
		case 'f':
			options.first = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			options.count = strtoull(optarg, NULL, 0);
			break;
		case 'm':
			options.max_headers = strtoul(optarg, NULL, 0);
			break;
		case 'c':
			options.setup = optarg;
			break;
		case 'v':
			options.verbose = true;
			break;
		default:
			argc = 0;
		}
	}
	if (argc - optind != 2) {
		fputs("Usage: ipv6_fuzz [-s SEED] [-f FIRST] [-n PACKETS] [-m MAX-HEADERS]\n"
		      "\t[-c SETUP-COMMAND] [-v] STOCK-NS KAME-NS\n", stderr);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	uint64_t i, n;

	parse(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("# seed %lu, packets %lu to %lu\n", options.seed, options.first,
	       options.first + options.count - 1);
	side_open(&stock, argv[optind]);
	side_open(&kame, argv[optind + 1]);
	/* Addresses and routes come when the devices are there. */
	if (options.setup && system(options.setup)) {
		fprintf(stderr, "ipv6_fuzz: '%s' failed\n", options.setup);
		return 2;
	}
	side_quiet(&stock);
	side_quiet(&kame);
	for (i = 0; i < options.count && different + counters < SHOWN; i += n) {
		n = options.count - i < BATCH ? options.count - i : BATCH;
		if (!batch(options.first + i, n, false))
			narrow(options.first + i, n);
	}
	printf("# %lu packets: %lu dropped, %lu forwarded, %lu delivered or answered alike; "
	       "%lu differ as documented; %lu differ; %lu move SNMP counters otherwise\n", i, seen[0],
	       seen[1], seen[2], intended, different, counters);
	return different || counters;
}

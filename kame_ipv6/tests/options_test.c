// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of the hop-by-hop and destination options headers, as a table: the
 * bytes of a header, and what is to be done with its packet.
 */
#include <kunit/test.h>
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <linux/module.h>

#include "options.h"

#define HDR_MAX 64
/* Where the options header lies, and where its first option is. */
#define AT sizeof(struct ipv6hdr)
#define OPT (AT + 2)

#define HBH true
#define DST false

struct options_case {
	const char *name;
	bool hop_by_hop;
	bool multicast;
	int max_options;
	u16 payload_len;
	unsigned int payload;
	unsigned int len;
	u8 bytes[HDR_MAX];

	enum kame_ipv6_options_verdict verdict;
	enum kame_ipv6_mib cause;
	u8 code;
	unsigned int pointer;
	unsigned int router_alert;
	u32 jumbo;
};

#define OK .verdict = KAME_IPV6_OPTIONS_OK
#define KERNEL .verdict = KAME_IPV6_OPTIONS_KERNEL
#define DROP(why) .verdict = KAME_IPV6_OPTIONS_DROP, .cause = KAME_IPV6_MIB_DROP_##why
#define PROBLEM(why, c, p) .verdict = KAME_IPV6_OPTIONS_PARAMPROB, \
	.cause = KAME_IPV6_MIB_DROP_##why, .code = (c), .pointer = (p)

static const struct options_case cases[] = {
	{ "pad1 six times", HBH, .max_options = 8, .len = 8, .bytes = { 59, 0 }, OK },
	{ "padn of six", HBH, .max_options = 8, .len = 8, .bytes = { 59, 0, 1, 4 }, OK },
	{ "padn of six, destination", DST, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 1, 4 }, OK },
	{ "padn without data", HBH, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 1, 0, 1, 0, 1, 0 }, OK },
	{ "padding of seven bytes", HBH, .max_options = 8, .len = 16,
	  .bytes = { 59, 1, 0x1e, 5, 0, 0, 0, 0, 0, 1, 5 }, OK },
	{ "padding of eight bytes", HBH, .max_options = 8, .len = 16,
	  .bytes = { 59, 1, 0x1e, 4, 0, 0, 0, 0, 1, 6 }, DROP(OPTION_HEADER) },
	{ "padding of eight bytes in pieces", HBH, .max_options = 8, .len = 16,
	  .bytes = { 59, 1, 0x1e, 4, 0, 0, 0, 0, 1, 3, 0, 0, 0, 1, 1, 0 },
	  DROP(OPTION_HEADER) },
	{ "an option starts the padding anew", HBH, .max_options = 8, .len = 16,
	  .bytes = { 59, 1, 1, 4, 0, 0, 0, 0, 0x1e, 0, 1, 4 }, OK },
	{ "padn with a byte set", HBH, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 1, 4, 0, 0, 0, 1 }, DROP(OPTION_HEADER) },
	{ "option past the end", HBH, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 0x1e, 5 }, DROP(OPTION_HEADER) },
	{ "padn past the end", HBH, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 1, 5 }, DROP(OPTION_HEADER) },
	{ "option without a length", HBH, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 1, 3, 0, 0, 0, 0x1e }, DROP(OPTION_HEADER) },

	{ "unknown: skip", DST, .max_options = 8, .len = 8, .bytes = { 59, 0, 0x1e, 4 }, OK },
	{ "unknown: drop", DST, .max_options = 8, .len = 8, .bytes = { 59, 0, 0x5e, 4 },
	  DROP(OPTION_UNKNOWN) },
	{ "unknown: answer", DST, .max_options = 8, .len = 8, .bytes = { 59, 0, 0x9e, 4 },
	  PROBLEM(OPTION_UNKNOWN, ICMPV6_UNK_OPTION, OPT) },
	{ "unknown: answer, to a group", DST, .multicast = true, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 0x9e, 4 }, PROBLEM(OPTION_UNKNOWN, ICMPV6_UNK_OPTION, OPT) },
	{ "unknown: answer unless to a group", DST, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 0xde, 4 }, PROBLEM(OPTION_UNKNOWN, ICMPV6_UNK_OPTION, OPT) },
	{ "unknown: no answer to a group", DST, .multicast = true, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 0xde, 4 }, DROP(OPTION_UNKNOWN) },
	{ "unknown behind padding: pointer is the option's", HBH, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 1, 1, 0, 0x9e, 1 },
	  PROBLEM(OPTION_UNKNOWN, ICMPV6_UNK_OPTION, OPT + 3) },
	{ "unknown: refused by a negative limit", DST, .max_options = -8, .len = 8,
	  .bytes = { 59, 0, 0x1e, 4 }, DROP(OPTION_UNKNOWN) },
	{ "as many options as the limit", DST, .max_options = 2, .len = 8,
	  .bytes = { 59, 0, 0x1e, 0, 0x1e, 2 }, OK },
	{ "one option over the limit", DST, .max_options = 2, .len = 8,
	  .bytes = { 59, 0, 0x1e, 0, 0x1e, 0, 0x1e, 0 }, DROP(OPTION_HEADER) },
	{ "limit of 0: padding only", DST, .max_options = 0, .len = 8,
	  .bytes = { 59, 0, 1, 4 }, OK },
	{ "limit of 0: no option", DST, .max_options = 0, .len = 8,
	  .bytes = { 59, 0, 0x1e, 4 }, DROP(OPTION_HEADER) },

	{ "router alert", HBH, .max_options = 8, .len = 8, .bytes = { 59, 0, 5, 2, 0, 0, 1, 0 },
	  OK, .router_alert = OPT + 2 },
	{ "router alert of a wrong length", HBH, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 5, 3, 0, 0, 0, 0 }, DROP(OPTION_HEADER) },
	{ "router alert is no destination option", DST, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 5, 2, 0, 0, 1, 0 }, OK },
	{ "jumbo payload", HBH, .max_options = 8, .len = 8, .payload = 70000,
	  .bytes = { 59, 0, 0xc2, 4, 0, 1, 0, 0 }, OK, .jumbo = 65536 },
	{ "jumbo payload longer than the packet", HBH, .max_options = 8, .len = 8,
	  .payload = 65535, .bytes = { 59, 0, 0xc2, 4, 0, 1, 0, 0 }, DROP(PAYLOAD) },
	{ "jumbo payload that needs no option", HBH, .max_options = 8, .len = 8,
	  .payload = 70000, .bytes = { 59, 0, 0xc2, 4, 0, 0, 0xff, 0xff },
	  PROBLEM(OPTION_HEADER, ICMPV6_HDR_FIELD, OPT + 2) },
	{ "jumbo payload and a payload length", HBH, .max_options = 8, .len = 8,
	  .payload_len = 8, .payload = 70000, .bytes = { 59, 0, 0xc2, 4, 0, 1, 0, 0 },
	  PROBLEM(OPTION_HEADER, ICMPV6_HDR_FIELD, OPT) },
	{ "jumbo payload of a wrong length", HBH, .max_options = 8, .len = 8,
	  .payload = 70000, .bytes = { 59, 0, 0xc2, 3, 0, 1, 0, 0 }, DROP(OPTION_HEADER) },
	{ "jumbo payload not aligned to 4n + 2", HBH, .max_options = 8, .len = 16,
	  .payload = 70000, .bytes = { 59, 1, 0, 0xc2, 4, 0, 1, 0, 0, 1, 5 },
	  DROP(OPTION_HEADER) },
	{ "jumbo payload is no destination option", DST, .max_options = 8, .len = 8,
	  .payload = 70000, .bytes = { 59, 0, 0xc2, 4, 0, 1, 0, 0 },
	  PROBLEM(OPTION_UNKNOWN, ICMPV6_UNK_OPTION, OPT) },
	{ "ioam, not enabled", HBH, .max_options = 8, .len = 16,
	  .bytes = { 59, 1, 1, 0, 0x31, 10 }, OK },
	{ "ioam, not enabled, not aligned to 4n", HBH, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 0x31, 4 }, DROP(OPTION_HEADER) },
	{ "ioam is no destination option", DST, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 0x31, 4 }, OK },
	{ "calipso", HBH, .max_options = 8, .len = 16, .bytes = { 59, 1, 7, 8 }, KERNEL },
	{ "a drop before calipso decides", HBH, .max_options = 8, .len = 16,
	  .bytes = { 59, 1, 0x5e, 0, 7, 10 }, DROP(OPTION_UNKNOWN) },
	{ "tunnel encapsulation limit", DST, .max_options = 8, .len = 8,
	  .bytes = { 59, 0, 4, 1, 4, 1, 1, 0 }, OK },
#if IS_ENABLED(CONFIG_IPV6_MIP6)
	{ "home address", DST, .max_options = 8, .len = 24, .bytes = { 59, 2, 1, 2, 0, 0, 201, 16 },
	  KERNEL },
#endif
};

static void options_case_name(const struct options_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(options, cases, options_case_name);

static void options_walk(struct kunit *test)
{
	const struct options_case *c = test->param_value;
	struct kame_ipv6_options o = {
		.offset = AT,
		.len = c->len,
		.payload = c->payload,
		.max_options = c->max_options,
		.hop_by_hop = c->hop_by_hop,
		.multicast = c->multicast,
	};
	struct ipv6hdr *hdr;
	u8 *packet;

	/* No byte more than the header has, so that KASAN sees a read past it. */
	packet = kunit_kzalloc(test, AT + c->len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, packet);
	hdr = (struct ipv6hdr *)packet;
	hdr->payload_len = htons(c->payload_len);
	memcpy(packet + AT, c->bytes, c->len);
	o.nh = packet;

	KUNIT_EXPECT_EQ(test, kame_ipv6_options_walk(&o), c->verdict);
	if (c->verdict == KAME_IPV6_OPTIONS_DROP || c->verdict == KAME_IPV6_OPTIONS_PARAMPROB)
		KUNIT_EXPECT_EQ(test, o.cause, c->cause);
	if (c->verdict == KAME_IPV6_OPTIONS_PARAMPROB) {
		KUNIT_EXPECT_EQ(test, o.code, c->code);
		KUNIT_EXPECT_EQ(test, o.pointer, c->pointer);
	}
	KUNIT_EXPECT_EQ(test, o.router_alert, c->router_alert);
	KUNIT_EXPECT_EQ(test, o.jumbo, c->jumbo);
}

static struct kunit_case options_cases[] = {
	KUNIT_CASE_PARAM(options_walk, options_gen_params),
	{}
};

static struct kunit_suite options_suite = {
	.name = "kame_ipv6_options",
	.test_cases = options_cases,
};

kunit_test_suite(options_suite);

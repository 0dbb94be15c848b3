// SPDX-License-Identifier: GPL-2.0-only
/* kame ipv6: the devices whose IPv6 input is taken over, limits and counters. */
#include <linux/kame_ipv6.h>
#include <linux/kame_ipv6_mib.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "ipv6.h"
#include "mib.h"
#include "nl.h"
#include "objects.h"
#include "out.h"

static const struct mib_counter counters[] = { KAME_IPV6_MIB_LIST(MIB_COUNTER) };

#define N_COUNTERS (sizeof(counters) / sizeof(*counters))

static const struct nl_attr dev_attr[] = {
	[KAME_IPV6_A_DEV_IFINDEX] = { "ifindex", MNL_TYPE_U32, NULL },
	[KAME_IPV6_A_DEV_IFNAME] = { "ifname", MNL_TYPE_NUL_STRING, NULL },
	[KAME_IPV6_A_DEV_ATTACHED] = { "attached", MNL_TYPE_U8, NULL },
	[KAME_IPV6_A_DEV_OBSTACLE] = { "obstacle", MNL_TYPE_NUL_STRING, NULL },
	[KAME_IPV6_A_DEV_CONTIGUITY] = { "contiguity", MNL_TYPE_U32, NULL },
	[KAME_IPV6_A_DEV_BY_HAND] = { "by-hand", MNL_TYPE_U8, NULL },
	[KAME_IPV6_A_DEV_MIB] = { "mib", MNL_TYPE_BINARY, NULL },
};

static const struct nl_attrs dev_attrs = { dev_attr, KAME_IPV6_A_DEV_MIB };

static const struct nl_attr ns_attr[] = {
	[KAME_IPV6_A_NS_ABI] = { "abi", MNL_TYPE_U32, NULL },
	[KAME_IPV6_A_NS_AUTO] = { "auto", MNL_TYPE_U8, NULL },
	[KAME_IPV6_A_NS_VERSION] = { "version", MNL_TYPE_NUL_STRING, NULL },
	[KAME_IPV6_A_NS_MIB] = { "mib", MNL_TYPE_BINARY, NULL },
	[KAME_IPV6_A_NS_MAX_HEADERS] = { "max-headers", MNL_TYPE_U32, NULL },
	[KAME_IPV6_A_NS_ORDER] = { "order", MNL_TYPE_U32, NULL },
	[KAME_IPV6_A_NS_MAX_OPTIONS] = { "max-options", MNL_TYPE_U32, NULL },
	[KAME_IPV6_A_NS_MAX_HEADER_BYTES] = { "max-header-bytes", MNL_TYPE_U32, NULL },
};

static const struct nl_attrs ns_attrs = { ns_attr, KAME_IPV6_A_NS_MAX_HEADER_BYTES };

static struct nl_family family = {
	.name = KAME_IPV6_FAMILY_NAME,
	.version = KAME_IPV6_FAMILY_VERSION,
	.abi = KAME_IPV6_ABI,
	.about = {
		.cmd = KAME_IPV6_CMD_NS_GET,
		.attrs = &ns_attrs,
		.abi = KAME_IPV6_A_NS_ABI,
		.version = KAME_IPV6_A_NS_VERSION,
	},
};

/* Indexed by enum kame_ipv6_contiguity */
static const char *const contiguity[] = { "pullup", "strict", NULL };

/* Indexed by enum kame_ipv6_order */
static const char *const order[] = { "lenient", "strict", NULL };

/* A newer module may have more of them. */
static const char *choice_name(const char *const *choices, uint32_t value)
{
	while (*choices && value--)
		choices++;
	return *choices ? *choices : "unknown";
}

/* The columns of a device. An event of it has none: its words stand in a line. */
static void print_dev(const struct nlattr *const *tb, bool columns)
{
	bool attached = nl_u8(tb[KAME_IPV6_A_DEV_ATTACHED], 0);
	bool by_hand = nl_u8(tb[KAME_IPV6_A_DEV_BY_HAND], 0);

	if (columns)
		out_cell("DEVICE", OUT_LEFT);
	out_string("ifname", nl_string(tb[KAME_IPV6_A_DEV_IFNAME], "?"));
	out_json_uint("ifindex", nl_u32(tb[KAME_IPV6_A_DEV_IFINDEX], 0));
	if (columns && cmd_options.details) {
		out_cell("INDEX", OUT_RIGHT);
		out_text("%u", nl_u32(tb[KAME_IPV6_A_DEV_IFINDEX], 0));
	}
	if (columns)
		out_cell("ATTACHED", OUT_LEFT);
	out_bool("attached", attached, columns ? "yes" : " attached",
		 columns ? "no" : " not attached");
	if (columns)
		out_cell("CONTIGUITY", OUT_LEFT);
	if (attached && tb[KAME_IPV6_A_DEV_CONTIGUITY]) {
		out_text(columns ? "" : ", contiguity ");
		out_string("contiguity", choice_name(contiguity,
						     nl_u32(tb[KAME_IPV6_A_DEV_CONTIGUITY], 0)));
	}
	if (columns)
		out_cell("NOTE", OUT_LEFT);
	out_json_bool("by_hand", by_hand);
	if (tb[KAME_IPV6_A_DEV_OBSTACLE]) {
		out_text(columns ? "" : ": ");
		out_string("obstacle", nl_string(tb[KAME_IPV6_A_DEV_OBSTACLE], ""));
	} else if (by_hand && !attached) {
		out_text("%sdetached by hand", columns ? "" : ", ");
	}
}

static int show_dev(const struct nlattr *const *tb, void *arg)
{
	(void)arg;
	out_row_open();
	print_dev(tb, true);
	if (cmd_options.statistics && tb[KAME_IPV6_A_DEV_MIB]) {
		out_below();
		mib_print(counters, N_COUNTERS, tb[KAME_IPV6_A_DEV_MIB], 4, false, false);
	}
	out_row_close();
	return CMD_OK;
}

/* Settings of the network namespace: a number up to max, or one of the choices */
static const struct limit {
	uint16_t attr;
	uint32_t max;
	const char *const *choices;
	const char *json;
} limit_table[] = {
	{ KAME_IPV6_A_NS_MAX_HEADERS, 255, NULL, "max_headers" },
	{ KAME_IPV6_A_NS_ORDER, 0, order, "order" },
	{ KAME_IPV6_A_NS_MAX_OPTIONS, 255, NULL, "max_options" },
	{ KAME_IPV6_A_NS_MAX_HEADER_BYTES, 65535, NULL, "max_header_bytes" },
};

#define N_LIMITS (sizeof(limit_table) / sizeof(*limit_table))

/* The limits come last, in the order of limit_table[]. */
enum { W_DEV, W_CONTIGUITY, W_LIMITS };

static const char *const words[] = {
	"dev", "contiguity", "max-headers", "order", "max-options", "max-header-bytes", NULL
};

struct request {
	struct args_device dev;
	uint32_t contiguity;
	uint32_t limit[N_LIMITS];
};

static bool given(const struct args *args, unsigned int word)
{
	return args->seen & (UINT64_C(1) << word);
}

static int read_limit(struct args *args, const struct limit *limit, uint32_t *value)
{
	return limit->choices ? args_choice(args, limit->choices, value) :
		args_u32(args, 0, limit->max, value);
}

/* Reads the words of a command that takes the first @n of words[]. */
static int read_words(struct args *args, unsigned int n, struct request *rq)
{
	const char *taken[sizeof(words) / sizeof(*words)] = { NULL };
	int err = CMD_OK, word;

	memset(rq, 0, sizeof(*rq));
	memcpy(taken, words, n * sizeof(*words));
	while (!err && args_more(args)) {
		word = args_keyword(args, taken);
		if (word < 0)
			err = CMD_USAGE;
		else if (word == W_DEV)
			err = args_dev(args, &rq->dev);
		else if (word == W_CONTIGUITY)
			err = args_choice(args, contiguity, &rq->contiguity);
		else
			err = read_limit(args, &limit_table[word - W_LIMITS],
					 &rq->limit[word - W_LIMITS]);
	}
	return err;
}

/* Asks about one device or, without one, about all of them. */
static int get_devs(const struct args_device *dev, nl_reply_fn reply)
{
	struct nl_req req;
	int err;

	err = nl_start(&req, &family, &dev_attrs, KAME_IPV6_CMD_DEV_GET);
	if (err)
		return err;
	out_table_open(NULL);
	if (dev->ifindex) {
		nl_put_u32(&req, KAME_IPV6_A_DEV_IFINDEX, dev->ifindex);
		err = nl_run(&req, reply, NULL);
	} else {
		err = nl_dump(&req, reply, NULL);
	}
	if (!err)
		out_table_close();
	return err;
}

static int show(struct args *args)
{
	struct request rq;
	int err;

	err = read_words(args, W_DEV + 1, &rq);
	return err ? err : get_devs(&rq.dev, show_dev);
}

/* A request that changes one device and has no reply */
static int change(struct args *args, const struct request *rq, uint8_t cmd)
{
	struct nl_req req;
	int err;

	if (!rq->dev.ifindex)
		return args_missing(args, "a device: dev DEV");
	err = nl_start(&req, &family, &dev_attrs, cmd);
	if (err)
		return err;
	nl_put_u32(&req, KAME_IPV6_A_DEV_IFINDEX, rq->dev.ifindex);
	if (given(args, W_CONTIGUITY))
		nl_put_u32(&req, KAME_IPV6_A_DEV_CONTIGUITY, rq->contiguity);
	return nl_run(&req, NULL, NULL);
}

static int attach(struct args *args)
{
	struct request rq;
	int err;

	err = read_words(args, W_CONTIGUITY + 1, &rq);
	return err ? err : change(args, &rq, KAME_IPV6_CMD_DEV_ATTACH);
}

static int detach(struct args *args)
{
	struct request rq;
	int err;

	err = read_words(args, W_DEV + 1, &rq);
	return err ? err : change(args, &rq, KAME_IPV6_CMD_DEV_DETACH);
}

static int set_limits(const struct args *args, const struct request *rq)
{
	struct nl_req req;
	unsigned int i;
	int err;

	err = nl_start(&req, &family, &ns_attrs, KAME_IPV6_CMD_NS_SET);
	if (err)
		return err;
	for (i = 0; i < N_LIMITS; i++) {
		if (given(args, W_LIMITS + i))
			nl_put_u32(&req, limit_table[i].attr, rq->limit[i]);
	}
	return nl_run(&req, NULL, NULL);
}

static int set(struct args *args)
{
	struct request rq;
	int err;

	err = read_words(args, W_LIMITS + N_LIMITS, &rq);
	if (err)
		return err;
	if (args->seen >> W_LIMITS) {
		/* Two requests, of which one can fail, would be half a change. */
		if (given(args, W_DEV) || given(args, W_CONTIGUITY)) {
			cmd_error("a device and the network namespace are set one at a time");
			return CMD_USAGE;
		}
		return set_limits(args, &rq);
	}
	if (!given(args, W_DEV))
		return args_missing(args, "a device (dev DEV) or a limit");
	if (!given(args, W_CONTIGUITY))
		return args_missing(args, "a setting: contiguity pullup|strict");
	return change(args, &rq, KAME_IPV6_CMD_DEV_SET);
}

static void show_limit(const struct limit *limit, const char *name, const struct nlattr *attr)
{
	out_text("%-16s  ", name);
	if (limit->choices)
		out_string(limit->json, choice_name(limit->choices, nl_u32(attr, 0)));
	else
		out_uint(limit->json, nl_u32(attr, 0));
	out_text("\n");
}

static int show_limits(const struct nlattr *const *tb, void *arg)
{
	unsigned int i;

	(void)arg;
	out_open_array(NULL);
	out_open_object(NULL);
	out_text("%-16s  ", "auto");
	out_bool("auto", nl_u8(tb[KAME_IPV6_A_NS_AUTO], 0), "on", "off");
	out_text("\n");
	for (i = 0; i < N_LIMITS; i++) {
		if (tb[limit_table[i].attr])
			show_limit(&limit_table[i], words[W_LIMITS + i], tb[limit_table[i].attr]);
	}
	out_close_object();
	out_close_array();
	return CMD_OK;
}

static int limits(struct args *args)
{
	struct nl_req req;
	struct request rq;
	int err;

	err = read_words(args, 0, &rq);
	if (!err)
		err = nl_start(&req, &family, &ns_attrs, KAME_IPV6_CMD_NS_GET);
	return err ? err : nl_run(&req, show_limits, NULL);
}

static struct {
	bool zero;
	bool explain;
} stats_options;

static int stats_dev(const struct nlattr *const *tb, void *arg)
{
	(void)arg;
	out_open_object(NULL);
	out_json_string("ifname", nl_string(tb[KAME_IPV6_A_DEV_IFNAME], "?"));
	out_json_uint("ifindex", nl_u32(tb[KAME_IPV6_A_DEV_IFINDEX], 0));
	mib_print(counters, N_COUNTERS, tb[KAME_IPV6_A_DEV_MIB], 0, stats_options.zero,
		  stats_options.explain);
	out_close_object();
	return CMD_OK;
}

static int stats_ns(const struct nlattr *const *tb, void *arg)
{
	(void)arg;
	out_open_object(NULL);
	mib_print(counters, N_COUNTERS, tb[KAME_IPV6_A_NS_MIB], 0, stats_options.zero,
		  stats_options.explain);
	out_close_object();
	return CMD_OK;
}

static int print_stats(const struct args_device *dev)
{
	struct nl_req req;
	int err;

	if (dev->ifindex)
		err = nl_start(&req, &family, &dev_attrs, KAME_IPV6_CMD_DEV_GET);
	else
		err = nl_start(&req, &family, &ns_attrs, KAME_IPV6_CMD_NS_GET);
	if (err)
		return err;
	if (dev->ifindex)
		nl_put_u32(&req, KAME_IPV6_A_DEV_IFINDEX, dev->ifindex);
	out_open_array(NULL);
	err = nl_run(&req, dev->ifindex ? stats_dev : stats_ns, NULL);
	if (!err)
		out_close_array();
	return err;
}

static int stats(struct args *args)
{
	/* also in the form of options, as users of other tools write them */
	static const char *const stats_words[] = {
		"dev", "all", "explain", "-a", "--explain", NULL
	};
	struct args_device dev = { .ifindex = 0 };
	int err = CMD_OK;

	stats_options.zero = cmd_options.statistics;
	stats_options.explain = false;
	while (!err && args_more(args)) {
		switch (args_keyword(args, stats_words)) {
		case 0:
			err = args_dev(args, &dev);
			break;
		case 1:
		case 3:
			stats_options.zero = true;
			break;
		case 2:
		case 4:
			stats_options.explain = true;
			break;
		default:
			err = CMD_USAGE;
		}
	}
	return err ? err : print_stats(&dev);
}

static int print_dev_ntf(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[KAME_IPV6_A_DEV_MAX + 1];
	int err;

	err = nl_parse(&dev_attrs, nlh, tb);
	if (!err)
		print_dev(tb, false);
	return err;
}

static const struct cmd_event events[] = {
	{ KAME_IPV6_CMD_DEV_NTF, "dev-ntf", print_dev_ntf },
	{ .name = NULL },
};

static const struct cmd cmds[] = {
	{
		.name = "show",
		.run = show,
		.synopsis = "[ dev DEV ]",
		.help = "Lists the devices of the network namespace: whether kame_ipv6 handles\n"
			"their IPv6 input and, where it could not, what stands in the way.\n"
			"With -statistics, the counters that have moved; with -details, indexes.\n",
	},
	{
		.name = "attach",
		.run = attach,
		.synopsis = "dev DEV [ contiguity pullup|strict ]",
		.help = "Takes over the IPv6 input of a device.\n"
			"contiguity says what happens to a packet whose headers do not lie in one\n"
			"piece of memory: pullup gathers them once, strict drops and counts it.\n",
	},
	{
		.name = "detach",
		.run = detach,
		.synopsis = "dev DEV",
		.help = "Gives the IPv6 input of a device back to the stock stack. It is not\n"
			"attached again by itself.\n",
	},
	{
		.name = "set",
		.run = set,
		.synopsis = "{ dev DEV contiguity pullup|strict | "
			    "[ max-headers N ] [ order lenient|strict ]\n"
			    "         [ max-options N ] [ max-header-bytes N ] }",
		.help = "Changes the setting of an attached device, or those of the namespace:\n"
			"max-headers is the most extension headers in one packet, 0 to 255; 0 is no\n"
			"limit. order strict drops a packet with an extension header that is repeated\n"
			"or misordered (RFC 8200 section 4.1). max-options is the most options in one\n"
			"header, 0 to 255, where that is less than the sysctls say; max-header-bytes\n"
			"is the most bytes of extension headers in one packet, 0 to 65535; 0 is no limit.\n",
	},
	{
		.name = "stats",
		.run = stats,
		.synopsis = "[ dev DEV ] [ all ] [ explain ]",
		.help = "Prints the counters that have moved, of the namespace or of a device; with\n"
			"all (or -statistics before the object), the others as well; with explain,\n"
			"what each of them counts.\n",
	},
	{
		.name = "limits",
		.run = limits,
		.synopsis = "",
		.help = "Prints the settings of the network namespace. auto says whether every\n"
			"device that allows it is attached by itself.\n",
	},
	{
		.name = "lookup-bench",
		.run = ipv6_lookup_bench,
		.synopsis = "[ max N ] [ time MS ]",
		.help = "Measures how long it takes to find out whether a packet is for this node,\n"
			"and where it goes if not: by a linear list of the node's addresses, by a\n"
			"hash table, and by the routing table alone, in nanoseconds a packet, with 1,\n"
			"10, 100, ... N addresses (100000), each for MS milliseconds (50) at most. Needs\n"
			"the module kame_bench of the source tree.\n",
	},
	{ .name = NULL },
};

const struct cmd_object ipv6_object = {
	.name = "ipv6",
	.summary = "IPv6 input taken over per device (kame_ipv6)",
	.cmds = cmds,
	.family = &family,
	.events = events,
};

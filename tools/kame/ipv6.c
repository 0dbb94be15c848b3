// SPDX-License-Identifier: GPL-2.0-only
/* kame ipv6: the devices whose IPv6 input is taken over, limits and counters. */
#include <linux/kame_ipv6.h>
#include <linux/kame_ipv6_mib.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
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
};

static const struct nl_attrs ns_attrs = { ns_attr, KAME_IPV6_A_NS_MAX_HEADERS };

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

static const char *contiguity_name(uint32_t value)
{
	return value < 2 ? contiguity[value] : "unknown";
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
		out_string("contiguity", contiguity_name(nl_u32(tb[KAME_IPV6_A_DEV_CONTIGUITY], 0)));
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

enum { W_DEV, W_CONTIGUITY, W_MAX_HEADERS };

static const char *const words[] = { "dev", "contiguity", "max-headers", NULL };

struct request {
	struct args_device dev;
	uint32_t contiguity;
	uint32_t max_headers;
};

#define GIVEN(args, word) (!!((args)->seen & (1u << (word))))

/* Reads the words of a command that takes the first @n of words[]. */
static int read_words(struct args *args, unsigned int n, struct request *rq)
{
	const char *taken[sizeof(words) / sizeof(*words)] = { NULL };
	int err = CMD_OK;

	memset(rq, 0, sizeof(*rq));
	memcpy(taken, words, n * sizeof(*words));
	while (!err && args_more(args)) {
		switch (args_keyword(args, taken)) {
		case W_DEV:
			err = args_dev(args, &rq->dev);
			break;
		case W_CONTIGUITY:
			err = args_choice(args, contiguity, &rq->contiguity);
			break;
		case W_MAX_HEADERS:
			err = args_u32(args, 0, 255, &rq->max_headers);
			break;
		default:
			err = CMD_USAGE;
		}
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
		return args_missing(args, "device: dev DEV");
	err = nl_start(&req, &family, &dev_attrs, cmd);
	if (err)
		return err;
	nl_put_u32(&req, KAME_IPV6_A_DEV_IFINDEX, rq->dev.ifindex);
	if (GIVEN(args, W_CONTIGUITY))
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

static int set_limits(const struct request *rq)
{
	struct nl_req req;
	int err;

	err = nl_start(&req, &family, &ns_attrs, KAME_IPV6_CMD_NS_SET);
	if (err)
		return err;
	nl_put_u32(&req, KAME_IPV6_A_NS_MAX_HEADERS, rq->max_headers);
	return nl_run(&req, NULL, NULL);
}

static int set(struct args *args)
{
	struct request rq;
	int err;

	err = read_words(args, W_MAX_HEADERS + 1, &rq);
	if (err)
		return err;
	if (GIVEN(args, W_MAX_HEADERS)) {
		/* Two requests, of which one can fail, would be half a change. */
		if (GIVEN(args, W_DEV) || GIVEN(args, W_CONTIGUITY)) {
			cmd_error("a device and the network namespace are set one at a time");
			return CMD_USAGE;
		}
		return set_limits(&rq);
	}
	if (!GIVEN(args, W_DEV))
		return args_missing(args, "device (dev DEV) or a limit");
	if (!GIVEN(args, W_CONTIGUITY))
		return args_missing(args, "setting: contiguity pullup|strict");
	return change(args, &rq, KAME_IPV6_CMD_DEV_SET);
}

static int show_limits(const struct nlattr *const *tb, void *arg)
{
	(void)arg;
	out_open_array(NULL);
	out_open_object(NULL);
	out_text("auto ");
	out_bool("auto", nl_u8(tb[KAME_IPV6_A_NS_AUTO], 0), "on", "off");
	if (tb[KAME_IPV6_A_NS_MAX_HEADERS]) {
		out_text("  max-headers ");
		out_uint("max_headers", nl_u32(tb[KAME_IPV6_A_NS_MAX_HEADERS], 0));
	}
	out_text("\n");
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
	static const char *const stats_words[] = { "dev", "all", "explain", "-a", "--explain", NULL };
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

static int event(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[KAME_IPV6_A_DEV_MAX + 1];
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	int err;

	err = nl_parse(&dev_attrs, nlh, tb);
	if (err || genl->cmd != KAME_IPV6_CMD_DEV_NTF)
		return err;
	out_json_string("event", "dev-ntf");
	print_dev(tb, false);
	out_text("\n");
	return CMD_OK;
}

static const struct cmd cmds[] = {
	{
		.name = "show",
		.run = show,
		.synopsis = "[ dev DEV ]",
		.help = "Lists the devices of the network namespace: whether kame_ipv6 handles their\n"
			"IPv6 input and, where it could not, what stands in the way.\n"
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
		.help = "Gives the IPv6 input of a device back to the stock stack. It is not attached\n"
			"again by itself.\n",
	},
	{
		.name = "set",
		.run = set,
		.synopsis = "{ dev DEV contiguity pullup|strict | max-headers N }",
		.help = "Changes the setting of an attached device, or of the network namespace:\n"
			"max-headers is the most extension headers in one packet, 0 to 255; 0 is no\n"
			"limit.\n",
	},
	{
		.name = "stats",
		.run = stats,
		.synopsis = "[ dev DEV ] [ all ] [ explain ]",
		.help = "Prints the counters that have moved, of the network namespace or of a device;\n"
			"with all (or -statistics before the object), the others as well; with explain,\n"
			"what each of them counts.\n",
	},
	{
		.name = "limits",
		.run = limits,
		.synopsis = "",
		.help = "Prints the settings of the network namespace. auto says whether every device\n"
			"that allows it is attached by itself.\n",
	},
	{ .name = NULL },
};

const struct cmd_object ipv6_object = {
	.name = "ipv6",
	.summary = "IPv6 input taken over per device (kame_ipv6)",
	.cmds = cmds,
	.family = &family,
	.event = event,
};

// SPDX-License-Identifier: GPL-2.0-only
/* kame tunnel: tunnel devices that cannot loop, their limits, counters and route check. */
#include <linux/kame_tunnel.h>
#include <linux/kame_tunnel_mib.h>
#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "cmd.h"
#include "mib.h"
#include "nl.h"
#include "objects.h"
#include "out.h"
#include "tunnel.h"

static const struct mib_counter counters[] = { KAME_TUNNEL_MIB_LIST(MIB_COUNTER) };

#define N_COUNTERS (sizeof(counters) / sizeof(*counters))

static const struct nl_attr hop_attr[] = {
	[KAME_TUNNEL_A_HOP_IFINDEX] = { "ifindex", MNL_TYPE_U32, NULL },
	[KAME_TUNNEL_A_HOP_IFNAME] = { "ifname", MNL_TYPE_NUL_STRING, NULL },
	[KAME_TUNNEL_A_HOP_NETNSID] = { "netnsid", MNL_TYPE_U32, NULL },
	[KAME_TUNNEL_A_HOP_KIND] = { "kind", MNL_TYPE_NUL_STRING, NULL },
};

static const struct nl_attrs hop_attrs = { hop_attr, KAME_TUNNEL_A_HOP_KIND };

static const struct nl_attr loop_attr[] = {
	[KAME_TUNNEL_A_LOOP_IFINDEX] = { "ifindex", MNL_TYPE_U32, NULL },
	[KAME_TUNNEL_A_LOOP_IFNAME] = { "ifname", MNL_TYPE_NUL_STRING, NULL },
	[KAME_TUNNEL_A_LOOP_REASON] = { "reason", MNL_TYPE_U32, NULL },
	[KAME_TUNNEL_A_LOOP_LIMIT] = { "limit", MNL_TYPE_U32, NULL },
	[KAME_TUNNEL_A_LOOP_HOPS] = { "hops", MNL_TYPE_NESTED, &hop_attrs },
	[KAME_TUNNEL_A_LOOP_SUPPRESSED] = { "suppressed", MNL_TYPE_U32, NULL },
	[KAME_TUNNEL_A_LOOP_PATH_END] = { "path-end", MNL_TYPE_U32, NULL },
	[KAME_TUNNEL_A_LOOP_SOURCE] = { "source", MNL_TYPE_BINARY, NULL },
	[KAME_TUNNEL_A_LOOP_DESTINATION] = { "destination", MNL_TYPE_BINARY, NULL },
};

static const struct nl_attrs loop_attrs = { loop_attr, KAME_TUNNEL_A_LOOP_DESTINATION };

static const struct nl_attr dev_attr[] = {
	[KAME_TUNNEL_A_DEV_IFINDEX] = { "ifindex", MNL_TYPE_U32, NULL },
	[KAME_TUNNEL_A_DEV_IFNAME] = { "ifname", MNL_TYPE_NUL_STRING, NULL },
	[KAME_TUNNEL_A_DEV_MIB] = { "mib", MNL_TYPE_BINARY, NULL },
};

static const struct nl_attrs dev_attrs = { dev_attr, KAME_TUNNEL_A_DEV_MIB };

static const struct nl_attr ns_attr[] = {
	[KAME_TUNNEL_A_NS_ABI] = { "abi", MNL_TYPE_U32, NULL },
	[KAME_TUNNEL_A_NS_VERSION] = { "version", MNL_TYPE_NUL_STRING, NULL },
	[KAME_TUNNEL_A_NS_MAX_DEPTH] = { "max-depth", MNL_TYPE_U8, NULL },
	[KAME_TUNNEL_A_NS_MAX_NESTING] = { "max-nesting", MNL_TYPE_U8, NULL },
	[KAME_TUNNEL_A_NS_MIB] = { "mib", MNL_TYPE_BINARY, NULL },
};

static const struct nl_attrs ns_attrs = { ns_attr, KAME_TUNNEL_A_NS_MIB };

static struct nl_family family = {
	.name = KAME_TUNNEL_FAMILY_NAME,
	.version = KAME_TUNNEL_FAMILY_VERSION,
	.abi = KAME_TUNNEL_ABI,
	.about = {
		.cmd = KAME_TUNNEL_CMD_NS_GET,
		.attrs = &ns_attrs,
		.abi = KAME_TUNNEL_A_NS_ABI,
		.version = KAME_TUNNEL_A_NS_VERSION,
	},
};

static const char *const path_ends[] = {
	[KAME_TUNNEL_PATH_END_OUT] = "out",
	[KAME_TUNNEL_PATH_END_LOOP] = "loop",
	[KAME_TUNNEL_PATH_END_UNREACHABLE] = "unreachable",
	[KAME_TUNNEL_PATH_END_OPAQUE] = "opaque",
	[KAME_TUNNEL_PATH_END_TOO_LONG] = "too-long",
};

static const char *const reasons[] = {
	[KAME_TUNNEL_LOOP_REASON_DEPTH] = "depth",
	[KAME_TUNNEL_LOOP_REASON_SELF] = "self",
	[KAME_TUNNEL_LOOP_REASON_NESTING] = "nesting",
	[KAME_TUNNEL_LOOP_REASON_LIMIT] = "limit",
	[KAME_TUNNEL_LOOP_REASON_FRAGMENT] = "fragment",
	[KAME_TUNNEL_LOOP_REASON_REMOTE] = "remote",
	[KAME_TUNNEL_LOOP_REASON_AGAIN] = "again",
	[KAME_TUNNEL_LOOP_REASON_ROUTE] = "route",
};

#define NAME_OF(names, value) \
	((value) < sizeof(names) / sizeof(*(names)) ? (names)[value] : "unknown")

void tunnel_print_mib(const struct nlattr *mib, int indent, bool zero, bool explain)
{
	mib_print(counters, N_COUNTERS, mib, indent, zero, explain);
}

/*
 * The devices of a chain. The attribute comes several times, and a table of
 * attributes keeps one: walk the message that it stands in.
 */
static int print_hops(const struct nlattr *first, const void *end)
{
	const struct nlattr *attr, *tb[KAME_TUNNEL_A_HOP_MAX + 1];
	bool more = false;
	int err;

	out_open_array("hops");
	for (attr = first; mnl_attr_ok(attr, (const char *)end - (const char *)attr);
	     attr = mnl_attr_next(attr)) {
		if (mnl_attr_get_type(attr) != KAME_TUNNEL_A_LOOP_HOPS)
			continue;
		err = nl_parse_nested(&hop_attrs, attr, tb);
		if (err)
			return err;
		out_open_object(NULL);
		out_text("%s", more ? " -> " : "");
		more = true;
		if (tb[KAME_TUNNEL_A_HOP_IFNAME])
			out_string("ifname", nl_string(tb[KAME_TUNNEL_A_HOP_IFNAME], "?"));
		else
			out_text("if%u@other-namespace", nl_u32(tb[KAME_TUNNEL_A_HOP_IFINDEX], 0));
		out_json_uint("ifindex", nl_u32(tb[KAME_TUNNEL_A_HOP_IFINDEX], 0));
		if (tb[KAME_TUNNEL_A_HOP_NETNSID])
			out_json_uint("netnsid", nl_u32(tb[KAME_TUNNEL_A_HOP_NETNSID], 0));
		if (tb[KAME_TUNNEL_A_HOP_KIND])
			out_json_string("kind", nl_string(tb[KAME_TUNNEL_A_HOP_KIND], "?"));
		out_close_object();
	}
	out_close_array();
	return CMD_OK;
}

static int check_reply(const struct nlattr *const *tb, void *arg)
{
	const struct nlattr *last = tb[KAME_TUNNEL_A_LOOP_PATH_END];
	uint32_t end = nl_u32(last, KAME_TUNNEL_PATH_END_OUT);
	int err;

	(void)arg;
	out_row_open();
	out_cell("DEVICE", OUT_LEFT);
	out_string("ifname", nl_string(tb[KAME_TUNNEL_A_LOOP_IFNAME], "?"));
	out_json_uint("ifindex", nl_u32(tb[KAME_TUNNEL_A_LOOP_IFINDEX], 0));
	out_cell("END", OUT_LEFT);
	out_string("path_end", NAME_OF(path_ends, end));
	out_cell("PATH", OUT_LEFT);
	/* The module puts the hops between the name and the end. */
	err = tb[KAME_TUNNEL_A_LOOP_IFNAME] && last ?
		print_hops(tb[KAME_TUNNEL_A_LOOP_IFNAME], last) : CMD_OK;
	out_row_close();
	return err;
}

static int read_dev(struct args *args, struct args_device *dev)
{
	static const char *const dev_words[] = { "dev", NULL };
	int err = CMD_OK;

	memset(dev, 0, sizeof(*dev));
	while (!err && args_more(args))
		err = args_keyword(args, dev_words) < 0 ? CMD_USAGE : args_dev(args, dev);
	return err;
}

static int check(struct args *args)
{
	struct args_device dev;
	struct nl_req req;
	int err;

	err = read_dev(args, &dev);
	if (!err)
		err = nl_start(&req, &family, &loop_attrs, KAME_TUNNEL_CMD_CHECK);
	if (err)
		return err;
	out_table_open(NULL);
	if (dev.ifindex) {
		nl_put_u32(&req, KAME_TUNNEL_A_LOOP_IFINDEX, dev.ifindex);
		err = nl_run(&req, check_reply, NULL);
	} else {
		err = nl_dump(&req, check_reply, NULL);
	}
	if (!err)
		out_table_close();
	return err;
}

static struct {
	bool zero;
	bool explain;
} stats_options;

static int stats_dev(const struct nlattr *const *tb, void *arg)
{
	(void)arg;
	out_open_object(NULL);
	out_json_string("ifname", nl_string(tb[KAME_TUNNEL_A_DEV_IFNAME], "?"));
	out_json_uint("ifindex", nl_u32(tb[KAME_TUNNEL_A_DEV_IFINDEX], 0));
	tunnel_print_mib(tb[KAME_TUNNEL_A_DEV_MIB], 0, stats_options.zero, stats_options.explain);
	out_close_object();
	return CMD_OK;
}

static int stats_ns(const struct nlattr *const *tb, void *arg)
{
	(void)arg;
	out_open_object(NULL);
	tunnel_print_mib(tb[KAME_TUNNEL_A_NS_MIB], 0, stats_options.zero, stats_options.explain);
	out_close_object();
	return CMD_OK;
}

static int print_stats(const struct args_device *dev)
{
	struct nl_req req;
	int err;

	if (dev->ifindex)
		err = nl_start(&req, &family, &dev_attrs, KAME_TUNNEL_CMD_DEV_GET);
	else
		err = nl_start(&req, &family, &ns_attrs, KAME_TUNNEL_CMD_NS_GET);
	if (err)
		return err;
	if (dev->ifindex)
		nl_put_u32(&req, KAME_TUNNEL_A_DEV_IFINDEX, dev->ifindex);
	out_open_array(NULL);
	err = nl_run(&req, dev->ifindex ? stats_dev : stats_ns, NULL);
	if (!err)
		out_close_array();
	return err;
}

static int stats(struct args *args)
{
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

static int show_limits(const struct nlattr *const *tb, void *arg)
{
	(void)arg;
	out_open_array(NULL);
	out_open_object(NULL);
	out_text("max-depth ");
	out_uint("max_depth", nl_u8(tb[KAME_TUNNEL_A_NS_MAX_DEPTH], 0));
	out_text("  max-nesting ");
	out_uint("max_nesting", nl_u8(tb[KAME_TUNNEL_A_NS_MAX_NESTING], 0));
	out_text("\n");
	out_close_object();
	out_close_array();
	return CMD_OK;
}

static int limits(struct args *args)
{
	static const char *const limit_words[] = { "max-depth", "max-nesting", NULL };
	uint32_t depth = 0, nesting = 0;
	struct nl_req req;
	int err = CMD_OK;

	while (!err && args_more(args)) {
		switch (args_keyword(args, limit_words)) {
		case 0:
			err = args_u32(args, 1, 8, &depth);
			break;
		case 1:
			err = args_u32(args, 1, 16, &nesting);
			break;
		default:
			err = CMD_USAGE;
		}
	}
	if (err)
		return err;
	if (!depth && !nesting) {
		err = nl_start(&req, &family, &ns_attrs, KAME_TUNNEL_CMD_NS_GET);
		return err ? err : nl_run(&req, show_limits, NULL);
	}
	err = nl_start(&req, &family, &ns_attrs, KAME_TUNNEL_CMD_NS_SET);
	if (err)
		return err;
	if (depth)
		nl_put_u8(&req, KAME_TUNNEL_A_NS_MAX_DEPTH, depth);
	if (nesting)
		nl_put_u8(&req, KAME_TUNNEL_A_NS_MAX_NESTING, nesting);
	return nl_run(&req, NULL, NULL);
}

static void print_packet(const struct nlattr *const *tb)
{
	struct addr addr;

	if (tb[KAME_TUNNEL_A_LOOP_SOURCE] && addr_from_attr(tb[KAME_TUNNEL_A_LOOP_SOURCE], &addr)) {
		out_text(", packet ");
		out_addr("source", &addr);
	}
	if (tb[KAME_TUNNEL_A_LOOP_DESTINATION] &&
	    addr_from_attr(tb[KAME_TUNNEL_A_LOOP_DESTINATION], &addr)) {
		out_text(" -> ");
		out_addr("destination", &addr);
	}
}

static int print_loop_ntf(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[KAME_TUNNEL_A_LOOP_MAX + 1];
	uint32_t missed;
	int err;

	err = nl_parse(&loop_attrs, nlh, tb);
	if (err)
		return err;
	if (tb[KAME_TUNNEL_A_LOOP_IFNAME])
		out_string("ifname", nl_string(tb[KAME_TUNNEL_A_LOOP_IFNAME], "?"));
	else
		out_text("other-namespace");
	if (tb[KAME_TUNNEL_A_LOOP_IFINDEX])
		out_json_uint("ifindex", nl_u32(tb[KAME_TUNNEL_A_LOOP_IFINDEX], 0));
	out_text(" loop, reason ");
	out_string("reason", NAME_OF(reasons, nl_u32(tb[KAME_TUNNEL_A_LOOP_REASON], 0)));
	if (tb[KAME_TUNNEL_A_LOOP_LIMIT]) {
		out_text(", limit ");
		out_uint("limit", nl_u32(tb[KAME_TUNNEL_A_LOOP_LIMIT], 0));
	}
	out_text(": ");
	err = print_hops(mnl_nlmsg_get_payload_offset(nlh, sizeof(struct genlmsghdr)),
			 mnl_nlmsg_get_payload_tail(nlh));
	if (err)
		return err;
	print_packet(tb);
	if (tb[KAME_TUNNEL_A_LOOP_PATH_END])
		out_json_string("path_end", NAME_OF(path_ends,
						    nl_u32(tb[KAME_TUNNEL_A_LOOP_PATH_END], 0)));
	missed = nl_u32(tb[KAME_TUNNEL_A_LOOP_SUPPRESSED], 0);
	out_json_uint("suppressed", missed);
	if (missed)
		out_text(" (%u more since the last)", missed);
	return CMD_OK;
}

static const struct cmd_event events[] = {
	{ KAME_TUNNEL_CMD_LOOP_NTF, "loop-ntf", print_loop_ntf },
	{ .name = NULL },
};

#define OPTIONS \
	"    [ hoplimit N|inherit ] [ tclass N|inherit ] [ flowlabel N|auto|inherit ]\n" \
	"    [ pmtudisc on|off ] [ encaplimit N|none ] [ fwmark N|inherit ] [ ecn on|off ]\n" \
	"    [ ingress on|off ] [ max-depth N|default ] [ max-nesting N|default ]\n" \
	"    [ mtu N ] [ up | down ]"

static const struct cmd cmds[] = {
	{
		.name = "show",
		.run = tunnel_link_show,
		.synopsis = "[ dev NAME ]",
		.help = "Lists the tunnels of the network namespace. ROUTE is LOOPS where the route to\n"
			"the other end leads back into the tunnel.\n"
			"With -details, the settings; with -statistics, counters.\n",
	},
	{
		.name = "add",
		.run = tunnel_link_add,
		.synopsis = "NAME remote ADDR [ local ADDR ] [ link DEV ]\n" OPTIONS,
		.help = "Makes a tunnel. It carries IPv4 and IPv6; the family of its ends is that of the\n"
			"outer header. Without local, or with local 0.0.0.0 or ::, its own address is any\n"
			"of this host's.\n",
	},
	{
		.name = "set",
		.run = tunnel_link_set,
		.synopsis = "NAME [ remote ADDR ] [ local ADDR ] [ link DEV|any ]\n" OPTIONS,
		.help = "Changes a tunnel; what is not named stays.\n",
	},
	{
		.name = "del",
		.run = tunnel_link_del,
		.synopsis = "NAME",
		.help = "Removes a tunnel.\n",
	},
	{
		.name = "check",
		.run = check,
		.synopsis = "[ dev NAME ]",
		.help = "Walks from the other end of each tunnel, or of one, through the routing tables and\n"
			"prints the path and how it ends: out by a device that is no tunnel, in a loop,\n"
			"unreachable, opaque in a tunnel whose other end isn't known, or too-long, with\n"
			"more devices than are followed.\n",
	},
	{
		.name = "stats",
		.run = stats,
		.synopsis = "[ dev NAME ] [ all ] [ explain ]",
		.help = "Prints the counters that have moved, of the network namespace or of a tunnel;\n"
			"with all (or -statistics before the object), the others as well; with explain,\n"
			"what each of them counts.\n",
	},
	{
		.name = "limits",
		.run = limits,
		.synopsis = "[ max-depth N ] [ max-nesting N ]",
		.help = "Prints the limits of the network namespace, or sets them. max-depth is the most\n"
			"tunnels that may be nested in one transmission, 1 to 8; max-nesting the most\n"
			"tunnel headers that a packet may carry before it gets another, 1 to 16.\n",
	},
	{ .name = NULL },
};

const struct cmd_object tunnel_object = {
	.name = "tunnel",
	.summary = "tunnels that cannot loop (kame_tunnel)",
	.cmds = cmds,
	.family = &family,
	.events = events,
};

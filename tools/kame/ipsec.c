// SPDX-License-Identifier: GPL-2.0-only
/* kame ipsec: the object, its settings and its counters. */
#include <linux/kame_ipsec.h>
#include <linux/kame_ipsec_mib.h>
#include <string.h>

#include "cmd.h"
#include "ipsec.h"
#include "mib.h"
#include "nl.h"
#include "objects.h"
#include "out.h"

static const struct mib_counter counters[] = { KAME_IPSEC_MIB_LIST(MIB_COUNTER) };

#define N_COUNTERS (sizeof(counters) / sizeof(*counters))

static const struct nl_attr policy_attr[] = {
	[KAME_IPSEC_A_POLICY_INDEX] = { "index", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_POLICY_DIR] = { "dir", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_POLICY_PRIORITY] = { "priority", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_POLICY_ACTION] = { "action", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_POLICY_FAMILY] = { "family", MNL_TYPE_U8, NULL },
	[KAME_IPSEC_A_POLICY_SRC] = { "src", MNL_TYPE_BINARY, NULL },
	[KAME_IPSEC_A_POLICY_SRC_LEN] = { "src-len", MNL_TYPE_U8, NULL },
	[KAME_IPSEC_A_POLICY_DST] = { "dst", MNL_TYPE_BINARY, NULL },
	[KAME_IPSEC_A_POLICY_DST_LEN] = { "dst-len", MNL_TYPE_U8, NULL },
	[KAME_IPSEC_A_POLICY_PROTO] = { "proto", MNL_TYPE_U8, NULL },
	[KAME_IPSEC_A_POLICY_SPORT_MIN] = { "sport-min", MNL_TYPE_U16, NULL },
	[KAME_IPSEC_A_POLICY_SPORT_MAX] = { "sport-max", MNL_TYPE_U16, NULL },
	[KAME_IPSEC_A_POLICY_DPORT_MIN] = { "dport-min", MNL_TYPE_U16, NULL },
	[KAME_IPSEC_A_POLICY_DPORT_MAX] = { "dport-max", MNL_TYPE_U16, NULL },
	[KAME_IPSEC_A_POLICY_ICMP_TYPE] = { "icmp-type", MNL_TYPE_U8, NULL },
	[KAME_IPSEC_A_POLICY_ICMP_CODE] = { "icmp-code", MNL_TYPE_U8, NULL },
	[KAME_IPSEC_A_POLICY_IIF] = { "iif", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_POLICY_OIF] = { "oif", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_POLICY_MARK] = { "mark", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_POLICY_MARK_MASK] = { "mark-mask", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_POLICY_DSCP] = { "dscp", MNL_TYPE_U8, NULL },
	[KAME_IPSEC_A_POLICY_TRANSFORM] = { "transform", MNL_TYPE_U8, NULL },
	[KAME_IPSEC_A_POLICY_MODE] = { "mode", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_POLICY_OUTER_SRC] = { "outer-src", MNL_TYPE_BINARY, NULL },
	[KAME_IPSEC_A_POLICY_OUTER_DST] = { "outer-dst", MNL_TYPE_BINARY, NULL },
	[KAME_IPSEC_A_POLICY_REQID] = { "reqid", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_POLICY_SPI] = { "spi", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_POLICY_LEVEL] = { "level", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_POLICY_REPLACE] = { "replace", MNL_TYPE_FLAG, NULL },
	[KAME_IPSEC_A_POLICY_STATS] = { "stats", MNL_TYPE_BINARY, NULL },
	[KAME_IPSEC_A_POLICY_LAST_USE] = { "last-use", MNL_TYPE_U64, NULL },
	[KAME_IPSEC_A_POLICY_HELD] = { "held", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_POLICY_CHECK] = { "check", MNL_TYPE_FLAG, NULL },
};

const struct nl_attrs ipsec_policy_attrs = { policy_attr, KAME_IPSEC_A_POLICY_CHECK };

static const struct nl_attr flow_attr[] = {
	[KAME_IPSEC_A_FLOW_DIR] = { "dir", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_FLOW_FAMILY] = { "family", MNL_TYPE_U8, NULL },
	[KAME_IPSEC_A_FLOW_SRC] = { "src", MNL_TYPE_BINARY, NULL },
	[KAME_IPSEC_A_FLOW_DST] = { "dst", MNL_TYPE_BINARY, NULL },
	[KAME_IPSEC_A_FLOW_PROTO] = { "proto", MNL_TYPE_U8, NULL },
	[KAME_IPSEC_A_FLOW_SPORT] = { "sport", MNL_TYPE_U16, NULL },
	[KAME_IPSEC_A_FLOW_DPORT] = { "dport", MNL_TYPE_U16, NULL },
	[KAME_IPSEC_A_FLOW_IIF] = { "iif", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_FLOW_OIF] = { "oif", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_FLOW_MARK] = { "mark", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_FLOW_DSCP] = { "dscp", MNL_TYPE_U8, NULL },
	[KAME_IPSEC_A_FLOW_VERDICT] = { "verdict", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_FLOW_POLICY] = { "policy", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_FLOW_TRANSFORM] = { "transform", MNL_TYPE_U8, NULL },
	[KAME_IPSEC_A_FLOW_MODE] = { "mode", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_FLOW_SPI] = { "spi", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_FLOW_REQID] = { "reqid", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_FLOW_OUTER_SRC] = { "outer-src", MNL_TYPE_BINARY, NULL },
	[KAME_IPSEC_A_FLOW_OUTER_DST] = { "outer-dst", MNL_TYPE_BINARY, NULL },
	[KAME_IPSEC_A_FLOW_OUTER_OIF] = { "outer-oif", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_FLOW_MTU] = { "mtu", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_FLOW_AGAIN] = { "again", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_FLOW_AGAIN_POLICY] = { "again-policy", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_FLOW_ENCAP] = { "encap", MNL_TYPE_FLAG, NULL },
};

const struct nl_attrs ipsec_flow_attrs = { flow_attr, KAME_IPSEC_A_FLOW_ENCAP };

static const struct nl_attr ns_attr[] = {
	[KAME_IPSEC_A_NS_ABI] = { "abi", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_NS_VERSION] = { "version", MNL_TYPE_NUL_STRING, NULL },
	[KAME_IPSEC_A_NS_MIB] = { "mib", MNL_TYPE_BINARY, NULL },
	[KAME_IPSEC_A_NS_HOLD_MAX] = { "hold-max", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_NS_HOLD_MS] = { "hold-ms", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_NS_QUOTE] = { "quote", MNL_TYPE_U32, NULL },
	[KAME_IPSEC_A_NS_POLICIES] = { "policies", MNL_TYPE_U32, NULL },
};

const struct nl_attrs ipsec_ns_attrs = { ns_attr, KAME_IPSEC_A_NS_POLICIES };

struct nl_family ipsec_family = {
	.name = KAME_IPSEC_FAMILY_NAME,
	.version = KAME_IPSEC_FAMILY_VERSION,
	.abi = KAME_IPSEC_ABI,
	.about = {
		.cmd = KAME_IPSEC_CMD_NS_GET,
		.attrs = &ipsec_ns_attrs,
		.abi = KAME_IPSEC_A_NS_ABI,
		.version = KAME_IPSEC_A_NS_VERSION,
	},
};

/* Indexed by enum kame_ipsec_quote */
static const char *const quotes[] = { "never", "protected", NULL };

static int get_ns(nl_reply_fn reply, void *arg)
{
	struct nl_req req;
	int err;

	err = nl_start(&req, &ipsec_family, &ipsec_ns_attrs, KAME_IPSEC_CMD_NS_GET);
	return err ? err : nl_run(&req, reply, arg);
}

struct stats_options {
	bool zero;
	bool explain;
};

static int show_stats(const struct nlattr *const *tb, void *arg)
{
	const struct stats_options *options = arg;

	out_open_object(NULL);
	mib_print(counters, N_COUNTERS, tb[KAME_IPSEC_A_NS_MIB], 0, options->zero,
		  options->explain);
	out_close_object();
	return CMD_OK;
}

static int stats(struct args *args)
{
	static const char *const words[] = { "all", "explain", "-a", "--explain", NULL };
	struct stats_options options = { .zero = cmd_options.statistics };

	while (args_more(args)) {
		switch (args_keyword(args, words)) {
		case 0:
		case 2:
			options.zero = true;
			break;
		case 1:
		case 3:
			options.explain = true;
			break;
		default:
			return CMD_USAGE;
		}
	}
	return get_ns(show_stats, &options);
}

static int set(struct args *args)
{
	static const char *const words[] = { "hold-max", "hold-ms", "quote", NULL };
	uint32_t value[3] = { 0 };
	unsigned int i;
	struct nl_req req;
	int err = CMD_OK;

	while (!err && args_more(args)) {
		switch (args_keyword(args, words)) {
		case 0:
			err = args_u32(args, 0, 1024, &value[0]);
			break;
		case 1:
			err = args_u32(args, 10, 30000, &value[1]);
			break;
		case 2:
			err = args_choice(args, quotes, &value[2]);
			break;
		default:
			err = CMD_USAGE;
		}
	}
	if (err)
		return err;
	if (!args->seen)
		return args_missing(args, "a setting: hold-max, hold-ms or quote");
	err = nl_start(&req, &ipsec_family, &ipsec_ns_attrs, KAME_IPSEC_CMD_NS_SET);
	if (err)
		return err;
	for (i = 0; i < 3; i++)
		if (args->seen & (UINT64_C(1) << i))
			nl_put_u32(&req, KAME_IPSEC_A_NS_HOLD_MAX + i, value[i]);
	return nl_run(&req, NULL, NULL);
}

static int show_limits(const struct nlattr *const *tb, void *arg)
{
	(void)arg;
	out_open_object(NULL);
	out_text("policies ");
	out_uint("policies", nl_u32(tb[KAME_IPSEC_A_NS_POLICIES], 0));
	out_text("\nhold-max ");
	out_uint("hold_max", nl_u32(tb[KAME_IPSEC_A_NS_HOLD_MAX], 0));
	out_text("\nhold-ms ");
	out_uint("hold_ms", nl_u32(tb[KAME_IPSEC_A_NS_HOLD_MS], 0));
	out_text("\nquote ");
	out_string("quote", ipsec_name(quotes, nl_u32(tb[KAME_IPSEC_A_NS_QUOTE], 0)));
	out_text("\n");
	out_close_object();
	return CMD_OK;
}

static int limits(struct args *args)
{
	if (args_more(args)) {
		cmd_error("unknown word \"%s\"", args_peek(args));
		return CMD_USAGE;
	}
	return get_ns(show_limits, NULL);
}

static int print_policy(const struct nlmsghdr *nlh, const char *what)
{
	const struct nlattr *tb[KAME_IPSEC_A_POLICY_MAX + 1];
	int err;

	err = nl_parse(&ipsec_policy_attrs, nlh, tb);
	if (err)
		return err;
	out_text("%s", what);
	ipsec_print_policy(tb, false);
	return CMD_OK;
}

static int print_policy_ntf(const struct nlmsghdr *nlh)
{
	return print_policy(nlh, "policy");
}

static int print_policy_del_ntf(const struct nlmsghdr *nlh)
{
	return print_policy(nlh, "deleted policy");
}

static const struct cmd_event events[] = {
	{ KAME_IPSEC_CMD_POLICY_NTF, "policy-ntf", print_policy_ntf },
	{ KAME_IPSEC_CMD_POLICY_DEL_NTF, "policy-del-ntf", print_policy_del_ntf },
	{ KAME_IPSEC_CMD_NO_STATE_NTF, "no-state-ntf", ipsec_print_no_state },
	{ .name = NULL },
};

static const struct cmd cmds[] = {
	{
		.name = "policy",
		.run = ipsec_policy,
		.synopsis = "[ show [ index N ] | { add | check } POLICY | del index N | "
			    "flush [ dir in|out|fwd ] ]",
		.help = "Lists, adds and deletes policies; check says whether one could be added. The\n"
			"policy with the lowest priority that matches a packet decides, once per\n"
			"packet. States are the kernel's own: see ip-xfrm(8). With -statistics, the\n"
			"counters of each policy.\n",
		.grammar =
			"POLICY := dir in|out|fwd action protect|bypass|discard [ priority N ]\n"
			"          [ SELECTOR ] [ TEMPLATE ] [ replace [ index N ] ]\n"
			"SELECTOR := [ family inet|inet6 ] [ src PREFIX ] [ dst PREFIX ]\n"
			"          [ proto PROTO ] [ sport N[-N] ] [ dport N[-N] ]\n"
			"          [ type N [ code N ] ] [ iif DEV ] [ oif DEV ]\n"
			"          [ mark N[/MASK] ] [ dscp N ]\n"
			"TEMPLATE := transform esp|ah mode transport|tunnel\n"
			"          [ local ADDR remote ADDR ] [ reqid N ] [ spi N ]\n"
			"          [ level require|use|unique ]\n",
	},
	{
		.name = "explain",
		.run = ipsec_explain,
		.synopsis = "SRC DST [ dir in|out|fwd ] [ proto PROTO ] [ sport N ]\n"
			    "    [ dport N ] [ type N ] [ code N ] [ iif DEV ] [ oif DEV ]\n"
			    "    [ mark N ] [ dscp N ]",
		.help = "Says what would become of a packet: its policy, state, outer header and MTU,\n"
			"and whether it would come round again. SRC may be \"any\": the source that the\n"
			"route chooses.\n",
	},
	{
		.name = "stats",
		.run = stats,
		.synopsis = "[ all ] [ explain ]",
		.help = "Prints the counters of the network namespace that have moved; with all, the\n"
			"others as well; with explain, what each of them counts.\n",
	},
	{
		.name = "set",
		.run = set,
		.synopsis = "[ hold-max N ] [ hold-ms N ] [ quote never|protected ]",
		.help = "Changes settings of the network namespace: how many packets a policy holds\n"
			"until a state arrives (0 to 1024), and for how many milliseconds (10 to\n"
			"30000); and whether an ICMP error may quote a decrypted packet if it is itself\n"
			"protected.\n",
	},
	{
		.name = "limits",
		.run = limits,
		.synopsis = "",
		.help = "Prints the settings of the network namespace.\n",
	},
	{ .name = NULL },
};

const struct cmd_object ipsec_object = {
	.name = "ipsec",
	.summary = "IPsec output called once per packet (kame_ipsec)",
	.cmds = cmds,
	.family = &ipsec_family,
	.events = events,
};

// SPDX-License-Identifier: GPL-2.0-only
/* kame nd: prefixes and the routers that advertise them (kame_nd). */
#include <linux/kame_nd_mib.h>
#include <string.h>

#include "addr.h"
#include "mib.h"
#include "nd.h"
#include "objects.h"
#include "out.h"

static const struct mib_counter counters[] = { KAME_ND_MIB_LIST(MIB_COUNTER) };

#define N_COUNTERS (sizeof(counters) / sizeof(*counters))

static const struct nl_attr ns_attr[] = {
	[KAME_ND_A_NS_ABI] = { "abi", MNL_TYPE_U32, NULL },
	[KAME_ND_A_NS_VERSION] = { "version", MNL_TYPE_NUL_STRING, NULL },
	[KAME_ND_A_NS_SCOPE] = { "scope", MNL_TYPE_U32, NULL },
	[KAME_ND_A_NS_MIB] = { "mib", MNL_TYPE_BINARY, NULL },
};

static const struct nl_attrs ns_attrs = { ns_attr, KAME_ND_A_NS_MIB };

struct nl_family nd_family = {
	.name = KAME_ND_FAMILY_NAME,
	.version = KAME_ND_FAMILY_VERSION,
	.abi = KAME_ND_ABI,
	.about = {
		.cmd = KAME_ND_CMD_NS_GET,
		.attrs = &ns_attrs,
		.abi = KAME_ND_A_NS_ABI,
		.version = KAME_ND_A_NS_VERSION,
	},
};

/* Indexed by enum kame_nd_scope */
static const char *const scopes[] = { "link", "host", NULL };
/* Indexed by enum kame_nd_pin */
static const char *const pins[] = { "none", "attached", "detached", NULL };

/* Takes "dev DEV", which may be left out. */
static int read_dev(struct args *args, struct args_device *dev)
{
	static const char *const words[] = { "dev", NULL };
	int err = CMD_OK;

	memset(dev, 0, sizeof(*dev));
	while (!err && args_more(args))
		err = args_keyword(args, words) < 0 ? CMD_USAGE : args_dev(args, dev);
	return err;
}

static int dump(struct args *args, const struct nl_attrs *attrs, uint8_t cmd, nl_reply_fn show)
{
	struct args_device dev;
	struct nl_req req;
	int err;

	err = read_dev(args, &dev);
	if (!err)
		err = nl_start(&req, &nd_family, attrs, cmd);
	if (err)
		return err;
	out_table_open(NULL);
	err = nl_dump(&req, show, &dev);
	if (!err)
		out_table_close();
	return err;
}

static int show(struct args *args)
{
	return dump(args, &nd_prefix_attrs, KAME_ND_CMD_PREFIX_GET, nd_show_prefix);
}

static int routers(struct args *args)
{
	return dump(args, &nd_router_attrs, KAME_ND_CMD_ROUTER_GET, nd_show_router);
}

static int devices(struct args *args)
{
	return dump(args, &nd_link_attrs, KAME_ND_CMD_LINK_GET, nd_show_link);
}

/* The first words of "set" are not settings of a device. */
enum { W_DEV, W_SCOPE, W_ENABLED, W_RULE_5_5, W_SOURCE_ROUTER, W_NUMBERS };

static const char *const words[] = {
	"dev", "scope", "enabled", "rule-5-5", "source-router", "probes", "interval",
	"hold-down", "probe-rate", "max-prefixes", "max-routers", "left-out", NULL,
};

/* Those that are on or off, indexed by their word */
static const uint16_t on_off[] = {
	[W_ENABLED] = KAME_ND_A_LINK_ENABLED,
	[W_RULE_5_5] = KAME_ND_A_LINK_RULE_5_5,
	[W_SOURCE_ROUTER] = KAME_ND_A_LINK_SOURCE_ROUTER,
};

/* In the order of words[] */
static const struct number {
	uint16_t attr;
	uint32_t min;
	uint32_t max;
} numbers[] = {
	{ KAME_ND_A_LINK_PROBES, 1, 10 },
	{ KAME_ND_A_LINK_INTERVAL, 20, 10000 },
	{ KAME_ND_A_LINK_HOLD_DOWN, 0, 600000 },
	{ KAME_ND_A_LINK_PROBE_RATE, 1, 1000 },
	{ KAME_ND_A_LINK_MAX_PREFIXES, 1, 65536 },
	{ KAME_ND_A_LINK_MAX_ROUTERS, 1, 65536 },
	{ KAME_ND_A_LINK_LEFT_OUT, 0, 100 },
};

#define N_NUMBERS (sizeof(numbers) / sizeof(*numbers))

struct request {
	struct args_device dev;
	uint32_t scope;
	bool on[W_NUMBERS];	/* from W_ENABLED on */
	uint32_t number[N_NUMBERS];
};

static bool given(const struct args *args, unsigned int word)
{
	return args->seen & (UINT64_C(1) << word);
}

static int read_set(struct args *args, struct request *rq)
{
	int err = CMD_OK, word;

	memset(rq, 0, sizeof(*rq));
	while (!err && args_more(args)) {
		word = args_keyword(args, words);
		if (word < 0)
			err = CMD_USAGE;
		else if (word == W_DEV)
			err = args_dev(args, &rq->dev);
		else if (word == W_SCOPE)
			err = args_choice(args, scopes, &rq->scope);
		else if (word < W_NUMBERS)
			err = args_on_off(args, &rq->on[word]);
		else
			err = args_u32(args, numbers[word - W_NUMBERS].min,
				       numbers[word - W_NUMBERS].max,
				       &rq->number[word - W_NUMBERS]);
	}
	return err;
}

static int set_scope(const struct request *rq)
{
	struct nl_req req;
	int err;

	err = nl_start(&req, &nd_family, &ns_attrs, KAME_ND_CMD_NS_SET);
	if (err)
		return err;
	nl_put_u32(&req, KAME_ND_A_NS_SCOPE, rq->scope);
	return nl_run(&req, NULL, NULL);
}

static int set_device(const struct args *args, const struct request *rq)
{
	struct nl_req req;
	unsigned int i;
	int err;

	err = nl_start(&req, &nd_family, &nd_link_attrs, KAME_ND_CMD_LINK_SET);
	if (err)
		return err;
	nl_put_u32(&req, KAME_ND_A_LINK_IFINDEX, rq->dev.ifindex);
	for (i = W_ENABLED; i < W_NUMBERS; i++) {
		if (given(args, i))
			nl_put_u8(&req, on_off[i], rq->on[i]);
	}
	for (i = 0; i < N_NUMBERS; i++) {
		if (given(args, W_NUMBERS + i))
			nl_put_u32(&req, numbers[i].attr, rq->number[i]);
	}
	return nl_run(&req, NULL, NULL);
}

static int set(struct args *args)
{
	struct request rq;
	int err;

	err = read_set(args, &rq);
	if (err)
		return err;
	if (given(args, W_SCOPE)) {
		/* Two requests, of which one can fail, would be half a change. */
		if (args->seen & ~(UINT64_C(1) << W_SCOPE)) {
			cmd_error("a device and the network namespace are set one at a time");
			return CMD_USAGE;
		}
		return set_scope(&rq);
	}
	if (!given(args, W_DEV))
		return args_missing(args, "a device (dev DEV) or scope");
	if (!(args->seen >> W_ENABLED))
		return args_missing(args, "a setting");
	return set_device(args, &rq);
}

static int pin(struct args *args)
{
	static const char *const pin_words[] = {
		"dev", "none", "attached", "detached", NULL
	};
	struct args_device dev = { .ifindex = 0 };
	struct prefix prefix;
	struct nl_req req;
	int err, word, state = -1;

	if (!args_more(args))
		return args_missing(args, "a prefix");
	err = args_prefix(args, AF_INET6, &prefix);
	while (!err && args_more(args)) {
		word = args_keyword(args, pin_words);
		if (word < 0) {
			err = CMD_USAGE;
		} else if (!word) {
			err = args_dev(args, &dev);
		} else if (state >= 0) {
			cmd_error("a prefix has one state: %s or %s", pins[state], pins[word - 1]);
			err = CMD_USAGE;
		} else {
			state = word - 1;
		}
	}
	if (err)
		return err;
	if (!dev.ifindex)
		return args_missing(args, "a device: dev DEV");
	if (state < 0)
		return args_missing(args, "a state: attached, detached or none");
	err = nl_start(&req, &nd_family, &nd_prefix_attrs, KAME_ND_CMD_PREFIX_PIN);
	if (err)
		return err;
	nl_put_u32(&req, KAME_ND_A_PREFIX_IFINDEX, dev.ifindex);
	nl_put(&req, KAME_ND_A_PREFIX_PREFIX, prefix.addr.bytes, 16);
	nl_put_u32(&req, KAME_ND_A_PREFIX_LENGTH, prefix.len);
	nl_put_u32(&req, KAME_ND_A_PREFIX_PIN, state);
	return nl_run(&req, NULL, NULL);
}

static int act(const struct args_device *dev, uint8_t cmd)
{
	struct nl_req req;
	int err;

	/* The device is the first attribute of every set. */
	err = nl_start(&req, &nd_family, &nd_router_attrs, cmd);
	if (err)
		return err;
	if (dev->ifindex)
		nl_put_u32(&req, KAME_ND_A_ROUTER_IFINDEX, dev->ifindex);
	return nl_run(&req, NULL, NULL);
}

static int flush(struct args *args)
{
	static const char *const flush_words[] = { "dev", "prefixes", "routers", NULL };
	struct args_device dev = { .ifindex = 0 };
	bool prefix = false, router = false;
	int err = CMD_OK;

	while (!err && args_more(args)) {
		switch (args_keyword(args, flush_words)) {
		case 0:
			err = args_dev(args, &dev);
			break;
		case 1:
			prefix = true;
			break;
		case 2:
			router = true;
			break;
		default:
			err = CMD_USAGE;
		}
	}
	/* Without routers, prefixes are not advertised by anyone. */
	if (!err && (prefix || !router))
		err = act(&dev, KAME_ND_CMD_PREFIX_FLUSH);
	if (!err && (router || !prefix))
		err = act(&dev, KAME_ND_CMD_ROUTER_FLUSH);
	return err;
}

static int probe(struct args *args)
{
	struct args_device dev;
	int err;

	err = read_dev(args, &dev);
	return err ? err : act(&dev, KAME_ND_CMD_ROUTER_PROBE);
}

static struct {
	bool zero;
	bool explain;
} stats_options;

static int print_stats(const struct nlattr *const *tb, void *arg)
{
	(void)arg;
	out_open_array(NULL);
	out_open_object(NULL);
	out_json_string("scope", nd_name(scopes, nl_u32(tb[KAME_ND_A_NS_SCOPE], 0)));
	mib_print(counters, N_COUNTERS, tb[KAME_ND_A_NS_MIB], 0, stats_options.zero,
		  stats_options.explain);
	out_close_object();
	out_close_array();
	return CMD_OK;
}

static int stats(struct args *args)
{
	static const char *const stats_words[] = { "all", "explain", "-a", "--explain", NULL };
	struct nl_req req;
	int err, word;

	stats_options.zero = cmd_options.statistics;
	stats_options.explain = false;
	while (args_more(args)) {
		word = args_keyword(args, stats_words);
		if (word < 0)
			return CMD_USAGE;
		if (word % 2)
			stats_options.explain = true;
		else
			stats_options.zero = true;
	}
	err = nl_start(&req, &nd_family, &ns_attrs, KAME_ND_CMD_NS_GET);
	return err ? err : nl_run(&req, print_stats, NULL);
}

static int print_limits(const struct nlattr *const *tb, void *arg)
{
	(void)arg;
	out_open_array(NULL);
	out_open_object(NULL);
	out_text("scope  ");
	out_string("scope", nd_name(scopes, nl_u32(tb[KAME_ND_A_NS_SCOPE], 0)));
	out_text("\n");
	out_close_object();
	out_close_array();
	return CMD_OK;
}

static int limits(struct args *args)
{
	static const char *const none[] = { NULL };
	struct nl_req req;
	int err;

	if (args_more(args) && args_keyword(args, none) < 0)
		return CMD_USAGE;
	err = nl_start(&req, &nd_family, &ns_attrs, KAME_ND_CMD_NS_GET);
	return err ? err : nl_run(&req, print_limits, NULL);
}

static const struct cmd_event events[] = {
	{ KAME_ND_CMD_PREFIX_NTF, "prefix-ntf", nd_print_prefix_ntf },
	{ KAME_ND_CMD_ROUTER_NTF, "router-ntf", nd_print_router_ntf },
	{ .name = NULL },
};

static const struct cmd cmds[] = {
	{
		.name = "show",
		.run = show,
		.synopsis = "[ dev DEV ]",
		.help = "Lists the prefixes that routers have advertised: their flags (L on-link,\n"
			"A for autoconfiguration), their state, for how long and why, the lifetimes\n"
			"that are left, and how many routers advertise them; with -details, which.\n",
	},
	{
		.name = "routers",
		.run = routers,
		.synopsis = "[ dev DEV ]",
		.help = "Lists the routers that were heard: flags (M addresses, O other configuration\n"
			"by DHCPv6), whether they can be reached, preference, lifetime left, and how\n"
			"long ago they were last heard.\n",
	},
	{
		.name = "devices",
		.run = devices,
		.synopsis = "[ dev DEV ]",
		.help = "Lists the devices on which routers were heard, or that were set, with their\n"
			"settings and how much of their bounds is used.\n",
	},
	{
		.name = "set",
		.run = set,
		.synopsis = "{ scope link|host | dev DEV [ enabled on|off ] [ rule-5-5 on|off ] "
			    "[ source-router on|off ] [ probes N ] "
			    "[ interval MS ] [ hold-down MS ] [ probe-rate N ] "
			    "[ max-prefixes N ] [ max-routers N ] [ left-out N ] }",
		.help = "Changes settings. scope: prefixes are compared with those of their link, or\n"
			"with those of all links. enabled: whether states have an effect on the\n"
			"device. rule-5-5: addresses of prefixes that the chosen router advertises are\n"
			"preferred as source (RFC 6724). source-router: packets leave through a router\n"
			"that advertises their source's prefix (RFC 8028). A router that leaves so many\n"
			"probes unanswered, one an interval, is unreachable, and not believed again for\n"
			"hold-down; probe-rate is the most probes a second. max-prefixes and max-routers\n"
			"bound what is remembered. left-out: advertisements in a row without a prefix\n"
			"after which its router is taken to have dropped it; 0 is never.\n",
	},
	{
		.name = "pin",
		.run = pin,
		.synopsis = "PREFIX dev DEV attached|detached|none",
		.help = "Gives a prefix a state for good, whatever its routers do; none ends that.\n",
	},
	{
		.name = "flush",
		.run = flush,
		.synopsis = "[ prefixes ] [ routers ] [ dev DEV ]",
		.help = "Forgets prefixes or routers, or both, of a device or of all. What was done to\n"
			"routes and addresses is undone. The next advertisement brings them back.\n",
	},
	{
		.name = "probe",
		.run = probe,
		.synopsis = "[ dev DEV ]",
		.help = "Asks the routers, of a device or of all, whether they are there, now.\n",
	},
	{
		.name = "stats",
		.run = stats,
		.synopsis = "[ all ] [ explain ]",
		.help = "Prints the counters of the namespace that have moved; with all (or\n"
			"-statistics before the object), the others as well; with explain, what each\n"
			"of them counts.\n",
	},
	{
		.name = "limits",
		.run = limits,
		.synopsis = "",
		.help = "Prints the settings of the network namespace.\n",
	},
	{ .name = NULL },
};

const struct cmd_object nd_object = {
	.name = "nd",
	.summary = "prefixes that know their routers (kame_nd)",
	.cmds = cmds,
	.family = &nd_family,
	.events = events,
};

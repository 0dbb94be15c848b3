// SPDX-License-Identifier: GPL-2.0-only
/* kame nd: prefixes, routers and devices as text and JSON, and events of them. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "nd.h"
#include "out.h"

/* Indexed by the enums of the spec */
static const char *const states[] = { "attached", "deprecated", "detached", NULL };
static const char *const reasons[] = {
	"router", "no-router", "pinned", "other-router", "bare-router", "left-out", "disabled",
	NULL,
};
static const char *const reason_text[] = {
	"a router advertises it", "no prefix here has a router", "pinned",
	"only other prefixes have a router", "the routers that are left advertise no prefix",
	"its routers have left it out", "kame_nd leaves the device alone", NULL,
};
static const char *const reaches[] = {
	"unknown", "reachable", "probing", "unreachable", NULL,
};
static const char *const pins[] = { "none", "attached", "detached", NULL };
static const char *const causes[] = {
	"advertisement", "expiry", "neighbour", "request", "device", "bound", NULL,
};
static const char *const preferences[] = { "low", "medium", "high", NULL };

const char *nd_name(const char *const *choices, uint32_t value)
{
	while (*choices && value--)
		choices++;
	return *choices ? *choices : "unknown";
}

/* As ndp(8) has it: the two largest units of "1d02h03m04s", or "forever" */
static const char *duration(uint64_t ms)
{
	static char text[32];
	uint64_t s = ms / 1000;

	if (ms == UINT64_MAX)
		return "forever";
	if (s >= 86400)
		snprintf(text, sizeof(text), "%" PRIu64 "d%02uh", s / 86400,
			 (unsigned int)(s / 3600 % 24));
	else if (s >= 3600)
		snprintf(text, sizeof(text), "%uh%02um", (unsigned int)s / 3600,
			 (unsigned int)(s / 60 % 60));
	else if (s >= 60)
		snprintf(text, sizeof(text), "%um%02us", (unsigned int)s / 60,
			 (unsigned int)s % 60);
	else
		snprintf(text, sizeof(text), "%us", (unsigned int)s);
	return text;
}

/* A time in milliseconds; JSON leaves out one that never ends. */
static void put_time(const char *key, const struct nlattr *attr)
{
	uint64_t ms = nl_u64(attr, UINT64_MAX);

	if (ms != UINT64_MAX)
		out_json_uint(key, ms);
	out_text("%s", duration(ms));
}

static void put_name(const char *key, const char *const *choices, const struct nlattr *attr)
{
	out_string(key, nd_name(choices, nl_u32(attr, 0)));
}

static void put_device(const struct nlattr *ifname, const struct nlattr *ifindex)
{
	out_string("ifname", nl_string(ifname, "?"));
	out_json_uint("ifindex", nl_u32(ifindex, 0));
}

static void put_address(const struct nlattr *attr)
{
	struct addr addr;

	if (attr && addr_from_attr(attr, &addr))
		out_addr("address", &addr);
}

static void put_prefix(const struct nlattr *const *tb)
{
	struct prefix prefix = { .len = nl_u32(tb[KAME_ND_A_PREFIX_LENGTH], 0) };

	if (tb[KAME_ND_A_PREFIX_PREFIX] &&
	    addr_from_attr(tb[KAME_ND_A_PREFIX_PREFIX], &prefix.addr))
		out_prefix("prefix", &prefix);
}

static void put_flags(bool first, char first_text, const char *first_key, bool second,
		      char second_text, const char *second_key)
{
	out_json_bool(first_key, first);
	out_json_bool(second_key, second);
	if (first)
		out_text("%c", first_text);
	if (second)
		out_text("%c", second_text);
}

static const struct nl_attr member_attr[] = {
	[KAME_ND_A_MEMBER_ADDRESS] = { "address", MNL_TYPE_BINARY, NULL },
	[KAME_ND_A_MEMBER_REACH] = { "reach", MNL_TYPE_U32, NULL },
	[KAME_ND_A_MEMBER_LEFT_OUT] = { "left-out", MNL_TYPE_U32, NULL },
};

static const struct nl_attrs member_attrs = { member_attr, KAME_ND_A_MEMBER_LEFT_OUT };

static const struct nl_attr prefix_attr[] = {
	[KAME_ND_A_PREFIX_IFINDEX] = { "ifindex", MNL_TYPE_U32, NULL },
	[KAME_ND_A_PREFIX_IFNAME] = { "ifname", MNL_TYPE_NUL_STRING, NULL },
	[KAME_ND_A_PREFIX_PREFIX] = { "prefix", MNL_TYPE_BINARY, NULL },
	[KAME_ND_A_PREFIX_LENGTH] = { "length", MNL_TYPE_U32, NULL },
	[KAME_ND_A_PREFIX_ON_LINK] = { "on-link", MNL_TYPE_U8, NULL },
	[KAME_ND_A_PREFIX_AUTONOMOUS] = { "autonomous", MNL_TYPE_U8, NULL },
	[KAME_ND_A_PREFIX_STATE] = { "state", MNL_TYPE_U32, NULL },
	[KAME_ND_A_PREFIX_REASON] = { "reason", MNL_TYPE_U32, NULL },
	[KAME_ND_A_PREFIX_CAUSE] = { "cause", MNL_TYPE_U32, NULL },
	[KAME_ND_A_PREFIX_PIN] = { "pin", MNL_TYPE_U32, NULL },
	[KAME_ND_A_PREFIX_VALID] = { "valid", MNL_TYPE_U64, NULL },
	[KAME_ND_A_PREFIX_PREFERRED] = { "preferred", MNL_TYPE_U64, NULL },
	[KAME_ND_A_PREFIX_SINCE] = { "since", MNL_TYPE_U64, NULL },
	/* One a router: these are read from the message, not from the table. */
	[KAME_ND_A_PREFIX_ROUTER] = { "router", MNL_TYPE_NESTED, &member_attrs },
	[KAME_ND_A_PREFIX_ROUTERS] = { "routers", MNL_TYPE_U32, NULL },
	[KAME_ND_A_PREFIX_GONE] = { "gone", MNL_TYPE_U8, NULL },
};

const struct nl_attrs nd_prefix_attrs = { prefix_attr, KAME_ND_A_PREFIX_GONE };

static const struct nl_attr router_attr[] = {
	[KAME_ND_A_ROUTER_IFINDEX] = { "ifindex", MNL_TYPE_U32, NULL },
	[KAME_ND_A_ROUTER_IFNAME] = { "ifname", MNL_TYPE_NUL_STRING, NULL },
	[KAME_ND_A_ROUTER_ADDRESS] = { "address", MNL_TYPE_BINARY, NULL },
	[KAME_ND_A_ROUTER_LLADDR] = { "lladdr", MNL_TYPE_BINARY, NULL },
	[KAME_ND_A_ROUTER_REACH] = { "reach", MNL_TYPE_U32, NULL },
	[KAME_ND_A_ROUTER_MANAGED] = { "managed", MNL_TYPE_U8, NULL },
	[KAME_ND_A_ROUTER_OTHER] = { "other", MNL_TYPE_U8, NULL },
	[KAME_ND_A_ROUTER_PREFERENCE] = { "preference", MNL_TYPE_U32, NULL },
	[KAME_ND_A_ROUTER_LIFETIME] = { "lifetime", MNL_TYPE_U64, NULL },
	[KAME_ND_A_ROUTER_HEARD] = { "heard", MNL_TYPE_U64, NULL },
	[KAME_ND_A_ROUTER_PREFIXES] = { "prefixes", MNL_TYPE_U32, NULL },
	[KAME_ND_A_ROUTER_CAUSE] = { "cause", MNL_TYPE_U32, NULL },
	[KAME_ND_A_ROUTER_GONE] = { "gone", MNL_TYPE_U8, NULL },
};

const struct nl_attrs nd_router_attrs = { router_attr, KAME_ND_A_ROUTER_GONE };

static const struct nl_attr link_attr[] = {
	[KAME_ND_A_LINK_IFINDEX] = { "ifindex", MNL_TYPE_U32, NULL },
	[KAME_ND_A_LINK_IFNAME] = { "ifname", MNL_TYPE_NUL_STRING, NULL },
	[KAME_ND_A_LINK_ENABLED] = { "enabled", MNL_TYPE_U8, NULL },
	[KAME_ND_A_LINK_PROBES] = { "probes", MNL_TYPE_U32, NULL },
	[KAME_ND_A_LINK_INTERVAL] = { "interval", MNL_TYPE_U32, NULL },
	[KAME_ND_A_LINK_HOLD_DOWN] = { "hold-down", MNL_TYPE_U32, NULL },
	[KAME_ND_A_LINK_PROBE_RATE] = { "probe-rate", MNL_TYPE_U32, NULL },
	[KAME_ND_A_LINK_MAX_PREFIXES] = { "max-prefixes", MNL_TYPE_U32, NULL },
	[KAME_ND_A_LINK_MAX_ROUTERS] = { "max-routers", MNL_TYPE_U32, NULL },
	[KAME_ND_A_LINK_LEFT_OUT] = { "left-out", MNL_TYPE_U32, NULL },
	[KAME_ND_A_LINK_PREFIXES] = { "prefixes", MNL_TYPE_U32, NULL },
	[KAME_ND_A_LINK_ROUTERS] = { "routers", MNL_TYPE_U32, NULL },
	[KAME_ND_A_LINK_RULE_5_5] = { "rule-5-5", MNL_TYPE_U8, NULL },
	[KAME_ND_A_LINK_SOURCE_ROUTER] = { "source-router", MNL_TYPE_U8, NULL },
};

const struct nl_attrs nd_link_attrs = { link_attr, KAME_ND_A_LINK_SOURCE_ROUTER };

static bool wanted(const void *arg, const struct nlattr *ifindex)
{
	const struct args_device *dev = arg;

	return !dev->ifindex || nl_u32(ifindex, 0) == dev->ifindex;
}

static int put_member(const struct nlattr *nest)
{
	const struct nlattr *tb[KAME_ND_A_MEMBER_LEFT_OUT + 1];
	int err;

	err = nl_parse_nested(&member_attrs, nest, tb);
	if (err)
		return err;
	out_open_object(NULL);
	out_text("    ");
	put_address(tb[KAME_ND_A_MEMBER_ADDRESS]);
	out_text(" (");
	put_name("reach", reaches, tb[KAME_ND_A_MEMBER_REACH]);
	out_json_uint("left_out", nl_u32(tb[KAME_ND_A_MEMBER_LEFT_OUT], 0));
	if (nl_u32(tb[KAME_ND_A_MEMBER_LEFT_OUT], 0))
		out_text(", left out %u times", nl_u32(tb[KAME_ND_A_MEMBER_LEFT_OUT], 0));
	out_text(")\n");
	out_close_object();
	return CMD_OK;
}

/*
 * The routers of a prefix. The table of attributes has the last one; all of them lie
 * side by side in the message, so that the first is found from what is before them.
 */
static int put_members(const struct nlattr *const *tb)
{
	const struct nlattr *attr = tb[KAME_ND_A_PREFIX_SINCE];
	const struct nlattr *last = tb[KAME_ND_A_PREFIX_ROUTER];
	uint32_t routers = nl_u32(tb[KAME_ND_A_PREFIX_ROUTERS], 0), listed = 0;
	int err;

	out_open_array("router");
	for (; last && attr && attr <= last; attr = mnl_attr_next(attr)) {
		if (mnl_attr_get_type(attr) != KAME_ND_A_PREFIX_ROUTER)
			continue;
		err = put_member(attr);
		if (err)
			return err;
		listed++;
	}
	out_close_array();
	if (listed < routers)
		out_text("    ... and %u more\n", routers - listed);
	return CMD_OK;
}

int nd_show_prefix(const struct nlattr *const *tb, void *arg)
{
	uint32_t pin = nl_u32(tb[KAME_ND_A_PREFIX_PIN], 0);
	int err = CMD_OK;

	if (!wanted(arg, tb[KAME_ND_A_PREFIX_IFINDEX]))
		return CMD_OK;
	out_row_open();
	out_cell("PREFIX", OUT_LEFT);
	put_prefix(tb);
	out_cell("DEVICE", OUT_LEFT);
	put_device(tb[KAME_ND_A_PREFIX_IFNAME], tb[KAME_ND_A_PREFIX_IFINDEX]);
	out_cell("FLAGS", OUT_LEFT);
	put_flags(nl_u8(tb[KAME_ND_A_PREFIX_ON_LINK], 0), 'L', "on_link",
		  nl_u8(tb[KAME_ND_A_PREFIX_AUTONOMOUS], 0), 'A', "autonomous");
	out_cell("STATE", OUT_LEFT);
	put_name("state", states, tb[KAME_ND_A_PREFIX_STATE]);
	out_cell("FOR", OUT_RIGHT);
	put_time("since", tb[KAME_ND_A_PREFIX_SINCE]);
	out_cell("VALID", OUT_RIGHT);
	put_time("valid", tb[KAME_ND_A_PREFIX_VALID]);
	out_cell("PREFERRED", OUT_RIGHT);
	put_time("preferred", tb[KAME_ND_A_PREFIX_PREFERRED]);
	out_cell("ROUTERS", OUT_RIGHT);
	out_uint("routers", nl_u32(tb[KAME_ND_A_PREFIX_ROUTERS], 0));
	out_cell("WHY", OUT_LEFT);
	out_json_string("reason", nd_name(reasons, nl_u32(tb[KAME_ND_A_PREFIX_REASON], 0)));
	out_json_string("pin", nd_name(pins, pin));
	out_text("%s", nd_name(reason_text, nl_u32(tb[KAME_ND_A_PREFIX_REASON], 0)));
	out_below();
	if (cmd_options.details || out_is_json())
		err = put_members(tb);
	if (!err)
		out_row_close();
	return err;
}

static void put_lladdr(const struct nlattr *attr)
{
	const uint8_t *byte = attr ? mnl_attr_get_payload(attr) : NULL;
	char text[3 * 32 + 1] = "";
	size_t i, len = attr ? mnl_attr_get_payload_len(attr) : 0;

	for (i = 0; i < len && i < 32; i++)
		snprintf(text + strlen(text), 4, "%s%02x", i ? ":" : "", byte[i]);
	if (*text)
		out_string("lladdr", text);
}

static const char *preference_name(const struct nlattr *attr)
{
	return nd_name(preferences, nl_u32(attr, 0) + 1);
}

int nd_show_router(const struct nlattr *const *tb, void *arg)
{
	if (!wanted(arg, tb[KAME_ND_A_ROUTER_IFINDEX]))
		return CMD_OK;
	out_row_open();
	out_cell("ROUTER", OUT_LEFT);
	put_address(tb[KAME_ND_A_ROUTER_ADDRESS]);
	out_cell("DEVICE", OUT_LEFT);
	put_device(tb[KAME_ND_A_ROUTER_IFNAME], tb[KAME_ND_A_ROUTER_IFINDEX]);
	out_cell("FLAGS", OUT_LEFT);
	put_flags(nl_u8(tb[KAME_ND_A_ROUTER_MANAGED], 0), 'M', "managed",
		  nl_u8(tb[KAME_ND_A_ROUTER_OTHER], 0), 'O', "other");
	out_cell("REACHABILITY", OUT_LEFT);
	put_name("reach", reaches, tb[KAME_ND_A_ROUTER_REACH]);
	out_cell("PREFERENCE", OUT_LEFT);
	out_string("preference", preference_name(tb[KAME_ND_A_ROUTER_PREFERENCE]));
	out_cell("LIFETIME", OUT_RIGHT);
	put_time("lifetime", tb[KAME_ND_A_ROUTER_LIFETIME]);
	out_cell("HEARD", OUT_RIGHT);
	put_time("heard", tb[KAME_ND_A_ROUTER_HEARD]);
	out_text(" ago");
	out_cell("PREFIXES", OUT_RIGHT);
	out_uint("prefixes", nl_u32(tb[KAME_ND_A_ROUTER_PREFIXES], 0));
	out_cell("LINK LAYER", OUT_LEFT);
	put_lladdr(tb[KAME_ND_A_ROUTER_LLADDR]);
	out_row_close();
	return CMD_OK;
}

static void put_setting(const char *title, const char *key, const struct nlattr *attr)
{
	out_cell(title, OUT_RIGHT);
	out_uint(key, nl_u32(attr, 0));
}

int nd_show_link(const struct nlattr *const *tb, void *arg)
{
	if (!wanted(arg, tb[KAME_ND_A_LINK_IFINDEX]))
		return CMD_OK;
	out_row_open();
	out_cell("DEVICE", OUT_LEFT);
	put_device(tb[KAME_ND_A_LINK_IFNAME], tb[KAME_ND_A_LINK_IFINDEX]);
	out_cell("ENABLED", OUT_LEFT);
	out_bool("enabled", nl_u8(tb[KAME_ND_A_LINK_ENABLED], 0), "yes", "no");
	out_cell("RULE-5-5", OUT_LEFT);
	out_bool("rule_5_5", nl_u8(tb[KAME_ND_A_LINK_RULE_5_5], 0), "on", "off");
	out_cell("SOURCE-ROUTER", OUT_LEFT);
	out_bool("source_router", nl_u8(tb[KAME_ND_A_LINK_SOURCE_ROUTER], 0), "on", "off");
	put_setting("PROBES", "probes", tb[KAME_ND_A_LINK_PROBES]);
	put_setting("INTERVAL", "interval", tb[KAME_ND_A_LINK_INTERVAL]);
	put_setting("HOLD-DOWN", "hold_down", tb[KAME_ND_A_LINK_HOLD_DOWN]);
	put_setting("PROBE-RATE", "probe_rate", tb[KAME_ND_A_LINK_PROBE_RATE]);
	put_setting("LEFT-OUT", "left_out", tb[KAME_ND_A_LINK_LEFT_OUT]);
	put_setting("PREFIXES", "prefixes", tb[KAME_ND_A_LINK_PREFIXES]);
	out_json_uint("max_prefixes", nl_u32(tb[KAME_ND_A_LINK_MAX_PREFIXES], 0));
	out_text("/%u", nl_u32(tb[KAME_ND_A_LINK_MAX_PREFIXES], 0));
	put_setting("ROUTERS", "routers", tb[KAME_ND_A_LINK_ROUTERS]);
	out_json_uint("max_routers", nl_u32(tb[KAME_ND_A_LINK_MAX_ROUTERS], 0));
	out_text("/%u", nl_u32(tb[KAME_ND_A_LINK_MAX_ROUTERS], 0));
	out_row_close();
	return CMD_OK;
}

static void put_cause(const struct nlattr *cause)
{
	if (!cause)
		return;
	out_text(" (");
	put_name("cause", causes, cause);
	out_text(")");
}

/* The rest of an event, in JSON: as "show" and "routers" have it */
static int put_prefix_more(const struct nlattr *const *tb)
{
	if (!out_is_json())
		return CMD_OK;
	put_flags(nl_u8(tb[KAME_ND_A_PREFIX_ON_LINK], 0), 'L', "on_link",
		  nl_u8(tb[KAME_ND_A_PREFIX_AUTONOMOUS], 0), 'A', "autonomous");
	put_time("since", tb[KAME_ND_A_PREFIX_SINCE]);
	put_time("valid", tb[KAME_ND_A_PREFIX_VALID]);
	put_time("preferred", tb[KAME_ND_A_PREFIX_PREFERRED]);
	out_uint("routers", nl_u32(tb[KAME_ND_A_PREFIX_ROUTERS], 0));
	put_name("pin", pins, tb[KAME_ND_A_PREFIX_PIN]);
	return put_members(tb);
}

static void put_router_more(const struct nlattr *const *tb)
{
	if (!out_is_json())
		return;
	put_flags(nl_u8(tb[KAME_ND_A_ROUTER_MANAGED], 0), 'M', "managed",
		  nl_u8(tb[KAME_ND_A_ROUTER_OTHER], 0), 'O', "other");
	out_string("preference", preference_name(tb[KAME_ND_A_ROUTER_PREFERENCE]));
	put_time("lifetime", tb[KAME_ND_A_ROUTER_LIFETIME]);
	put_time("heard", tb[KAME_ND_A_ROUTER_HEARD]);
	out_uint("prefixes", nl_u32(tb[KAME_ND_A_ROUTER_PREFIXES], 0));
	put_lladdr(tb[KAME_ND_A_ROUTER_LLADDR]);
}

int nd_print_prefix_ntf(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[KAME_ND_A_PREFIX_GONE + 1];
	bool gone;
	int err;

	err = nl_parse(&nd_prefix_attrs, nlh, tb);
	if (err)
		return err;
	gone = nl_u8(tb[KAME_ND_A_PREFIX_GONE], 0);
	out_text("prefix ");
	put_prefix(tb);
	out_text(" dev ");
	put_device(tb[KAME_ND_A_PREFIX_IFNAME], tb[KAME_ND_A_PREFIX_IFINDEX]);
	out_json_bool("gone", gone);
	out_text(gone ? " forgotten, was " : " ");
	put_name("state", states, tb[KAME_ND_A_PREFIX_STATE]);
	out_json_string("reason", nd_name(reasons, nl_u32(tb[KAME_ND_A_PREFIX_REASON], 0)));
	if (!gone)
		out_text(": %s", nd_name(reason_text, nl_u32(tb[KAME_ND_A_PREFIX_REASON], 0)));
	put_cause(tb[KAME_ND_A_PREFIX_CAUSE]);
	return put_prefix_more(tb);
}

int nd_print_router_ntf(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[KAME_ND_A_ROUTER_GONE + 1];
	bool gone;
	int err;

	err = nl_parse(&nd_router_attrs, nlh, tb);
	if (err)
		return err;
	gone = nl_u8(tb[KAME_ND_A_ROUTER_GONE], 0);
	out_text("router ");
	put_address(tb[KAME_ND_A_ROUTER_ADDRESS]);
	out_text(" dev ");
	put_device(tb[KAME_ND_A_ROUTER_IFNAME], tb[KAME_ND_A_ROUTER_IFINDEX]);
	out_json_bool("gone", gone);
	out_text(gone ? " forgotten, was " : " ");
	put_name("reach", reaches, tb[KAME_ND_A_ROUTER_REACH]);
	put_cause(tb[KAME_ND_A_ROUTER_CAUSE]);
	put_router_more(tb);
	return CMD_OK;
}

// SPDX-License-Identifier: GPL-2.0-only
/* kame ipsec policy and kame ipsec explain. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/kame_ipsec.h>
#include <linux/kame_ipsec_mib.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ipsec.h"
#include "mib.h"
#include "out.h"

const char *const ipsec_dirs[] = { "in", "out", "fwd", NULL };
const char *const ipsec_actions[] = { "protect", "bypass", "discard", NULL };
const char *const ipsec_modes[] = { "transport", "tunnel", NULL };
const char *const ipsec_levels[] = { "require", "use", "unique", NULL };

static const struct mib_counter counters[] = { KAME_IPSEC_STAT_LIST(MIB_COUNTER) };

#define N_COUNTERS (sizeof(counters) / sizeof(*counters))

/* A newer module may have more of them. */
const char *ipsec_name(const char *const *names, uint32_t value)
{
	while (*names && value--)
		names++;
	return *names ? *names : "unknown";
}

const char *ipsec_proto_name(uint8_t proto)
{
	static char number[4];
	const struct protoent *ent = getprotobynumber(proto);

	if (ent)
		return ent->p_name;
	snprintf(number, sizeof(number), "%u", proto);
	return number;
}

const char *ipsec_transform_name(uint8_t proto)
{
	return proto == IPPROTO_ESP ? "esp" : proto == IPPROTO_AH ? "ah" : "unknown";
}

static bool parse_number(const char *text, uint64_t max, uint64_t *value)
{
	return args_number(text, value) && !errno && *value <= max;
}

int ipsec_args_proto(struct args *args, uint8_t *proto)
{
	const struct protoent *ent;
	const char *text;
	uint64_t n;
	int err;

	err = args_string(args, &text);
	if (err)
		return err;
	ent = getprotobyname(text);
	if (!ent && !parse_number(text, 255, &n)) {
		cmd_error("\"%s\" is no protocol; a name or a number to 255 is", text);
		return CMD_USAGE;
	}
	*proto = ent ? (uint8_t)ent->p_proto : n;
	if (!*proto) {
		cmd_error("\"%s\" is protocol 0, no upper protocol; for any, leave proto out",
			  text);
		return CMD_USAGE;
	}
	return CMD_OK;
}

int ipsec_args_transform(struct args *args, uint8_t *proto)
{
	static const char *const names[] = { "esp", "ah", NULL };
	uint32_t choice = 0;
	int err;

	err = args_choice(args, names, &choice);
	*proto = choice ? IPPROTO_AH : IPPROTO_ESP;
	return err;
}

int ipsec_args_family(struct args *args, int *family)
{
	static const char *const names[] = { "inet", "inet6", NULL };
	uint32_t choice = 0;
	int err;

	err = args_choice(args, names, &choice);
	*family = choice ? AF_INET6 : AF_INET;
	return err;
}

int ipsec_args_range(struct args *args, uint16_t *min, uint16_t *max)
{
	const char *text;
	uint64_t a, b;
	char copy[16], *dash;
	int err;

	err = args_string(args, &text);
	if (err)
		return err;
	snprintf(copy, sizeof(copy), "%s", text);
	dash = strchr(copy, '-');
	if (dash)
		*dash++ = '\0';
	if (strlen(text) >= sizeof(copy) || !parse_number(copy, 65535, &a) ||
	    !parse_number(dash ? dash : copy, 65535, &b) || b < a) {
		cmd_error("\"%s\" is no port, and no range of ports as 1000-1999", text);
		return CMD_USAGE;
	}
	*min = a;
	*max = b;
	return CMD_OK;
}

int ipsec_args_mark(struct args *args, uint32_t *mark, uint32_t *mask)
{
	const char *text;
	uint64_t a, b = UINT32_MAX;
	char copy[32], *slash;
	int err;

	err = args_string(args, &text);
	if (err)
		return err;
	snprintf(copy, sizeof(copy), "%s", text);
	slash = strchr(copy, '/');
	if (slash)
		*slash++ = '\0';
	if (strlen(text) >= sizeof(copy) || !parse_number(copy, UINT32_MAX, &a) ||
	    (slash && !parse_number(slash, UINT32_MAX, &b))) {
		cmd_error("\"%s\" is no mark, and no mark with a mask as 0x10/0xf0", text);
		return CMD_USAGE;
	}
	*mark = a;
	*mask = b;
	return CMD_OK;
}

void ipsec_out_device(const char *key, uint32_t ifindex)
{
	char name[IF_NAMESIZE];

	if (!if_indextoname(ifindex, name))
		snprintf(name, sizeof(name), "if%u", ifindex);
	out_string(key, name);
}

void ipsec_out_hex(const char *key, uint32_t value)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%08x", value);
	out_string(key, text);
}

/* What a command line says of a policy, and what it leaves out */
struct request {
	uint32_t number[KAME_IPSEC_A_POLICY_MAX + 1];
	bool has[KAME_IPSEC_A_POLICY_MAX + 1];
	struct prefix src;
	struct prefix dst;
	struct addr local;
	struct addr remote;
	int family;
};

enum word {
	W_DIR, W_ACTION, W_PRIORITY, W_FAMILY, W_SRC, W_DST, W_PROTO, W_SPORT, W_DPORT, W_TYPE,
	W_CODE, W_IIF, W_OIF, W_MARK, W_DSCP, W_TRANSFORM, W_MODE, W_LOCAL, W_REMOTE, W_REQID,
	W_SPI, W_LEVEL, W_REPLACE, W_INDEX,
};

static const char *const words[] = {
	"dir", "action", "priority", "family", "src", "dst", "proto", "sport", "dport", "type",
	"code", "iif", "oif", "mark", "dscp", "transform", "mode", "local", "remote", "reqid",
	"spi", "level", "replace", "index", NULL,
};

/* Words whose value is a number or a name for one */
static const struct {
	uint16_t attr;
	uint32_t max;
	const char *const *names;
} numbers[] = {
	[W_DIR] = { KAME_IPSEC_A_POLICY_DIR, 0, ipsec_dirs },
	[W_ACTION] = { KAME_IPSEC_A_POLICY_ACTION, 0, ipsec_actions },
	[W_PRIORITY] = { KAME_IPSEC_A_POLICY_PRIORITY, UINT32_MAX, NULL },
	[W_TYPE] = { KAME_IPSEC_A_POLICY_ICMP_TYPE, 255, NULL },
	[W_CODE] = { KAME_IPSEC_A_POLICY_ICMP_CODE, 255, NULL },
	[W_DSCP] = { KAME_IPSEC_A_POLICY_DSCP, 63, NULL },
	[W_MODE] = { KAME_IPSEC_A_POLICY_MODE, 0, ipsec_modes },
	[W_REQID] = { KAME_IPSEC_A_POLICY_REQID, UINT32_MAX, NULL },
	[W_SPI] = { KAME_IPSEC_A_POLICY_SPI, UINT32_MAX, NULL },
	[W_LEVEL] = { KAME_IPSEC_A_POLICY_LEVEL, 0, ipsec_levels },
	[W_INDEX] = { KAME_IPSEC_A_POLICY_INDEX, INT32_MAX, NULL },
};

static void put(struct request *rq, uint16_t attr, uint32_t value)
{
	rq->number[attr] = value;
	rq->has[attr] = true;
}

static int read_number(struct args *args, struct request *rq, enum word w)
{
	uint32_t value = 0;
	int err;

	if (numbers[w].names)
		err = args_choice(args, numbers[w].names, &value);
	else
		err = args_u32(args, 0, numbers[w].max, &value);
	put(rq, numbers[w].attr, value);
	return err;
}

static int read_ports(struct args *args, struct request *rq, uint16_t attr)
{
	uint16_t min = 0, max = 0;
	int err;

	err = ipsec_args_range(args, &min, &max);
	put(rq, attr, min);
	put(rq, attr + 1, max);
	return err;
}

static int read_device(struct args *args, struct request *rq, uint16_t attr)
{
	struct args_device dev = { .ifindex = 0 };
	int err;

	err = args_dev(args, &dev);
	put(rq, attr, dev.ifindex);
	return err;
}

static int read_proto(struct args *args, struct request *rq, uint16_t attr,
		      int (*read)(struct args *, uint8_t *))
{
	uint8_t proto = 0;
	int err;

	err = read(args, &proto);
	put(rq, attr, proto);
	return err;
}

static int read_mark(struct args *args, struct request *rq)
{
	uint32_t mark = 0, mask = 0;
	int err;

	err = ipsec_args_mark(args, &mark, &mask);
	put(rq, KAME_IPSEC_A_POLICY_MARK, mark);
	put(rq, KAME_IPSEC_A_POLICY_MARK_MASK, mask);
	return err;
}

/* "any", which needs a family from somewhere else, or a prefix */
static int read_prefix(struct args *args, struct prefix *prefix)
{
	const char *text = args_peek(args);

	if (text && !strcmp(text, "any")) {
		args_next(args);
		return CMD_OK;
	}
	return args_prefix(args, AF_UNSPEC, prefix);
}

static int read_word(struct args *args, struct request *rq)
{
	int w = args_keyword(args, words);

	switch (w) {
	case W_FAMILY:
		return ipsec_args_family(args, &rq->family);
	case W_SRC:
		return read_prefix(args, &rq->src);
	case W_DST:
		return read_prefix(args, &rq->dst);
	case W_PROTO:
		return read_proto(args, rq, KAME_IPSEC_A_POLICY_PROTO, ipsec_args_proto);
	case W_TRANSFORM:
		return read_proto(args, rq, KAME_IPSEC_A_POLICY_TRANSFORM, ipsec_args_transform);
	case W_SPORT:
		return read_ports(args, rq, KAME_IPSEC_A_POLICY_SPORT_MIN);
	case W_DPORT:
		return read_ports(args, rq, KAME_IPSEC_A_POLICY_DPORT_MIN);
	case W_IIF:
		return read_device(args, rq, KAME_IPSEC_A_POLICY_IIF);
	case W_OIF:
		return read_device(args, rq, KAME_IPSEC_A_POLICY_OIF);
	case W_MARK:
		return read_mark(args, rq);
	case W_LOCAL:
		return args_addr(args, AF_UNSPEC, &rq->local);
	case W_REMOTE:
		return args_addr(args, AF_UNSPEC, &rq->remote);
	case W_REPLACE:
		rq->has[KAME_IPSEC_A_POLICY_REPLACE] = true;
		return CMD_OK;
	case -1:
		return CMD_USAGE;
	default:
		return read_number(args, rq, w);
	}
}

/* One family for both prefixes, or the one that is named */
static int find_family(struct request *rq)
{
	int src = rq->src.addr.family, dst = rq->dst.addr.family;

	if (!rq->family)
		rq->family = src ? src : dst;
	if (!rq->family) {
		cmd_error("a policy for any address needs \"family inet\" or \"family inet6\"");
		return CMD_USAGE;
	}
	if ((src && src != rq->family) || (dst && dst != rq->family)) {
		cmd_error("source, destination and family are not of one family");
		return CMD_USAGE;
	}
	return CMD_OK;
}

/* Headers of IPv6 that are walked over on the way to the upper protocol */
static int check_proto(const struct request *rq)
{
	uint32_t proto = rq->number[KAME_IPSEC_A_POLICY_PROTO];

	if (rq->family != AF_INET6 || (proto != IPPROTO_ROUTING && proto != IPPROTO_FRAGMENT &&
				       proto != IPPROTO_DSTOPTS))
		return CMD_OK;
	cmd_error("protocol %u is an extension header of IPv6; proto is for what follows those",
		  proto);
	return CMD_USAGE;
}

static size_t attr_size(uint16_t attr)
{
	switch (attr) {
	case KAME_IPSEC_A_POLICY_PROTO:
	case KAME_IPSEC_A_POLICY_ICMP_TYPE:
	case KAME_IPSEC_A_POLICY_ICMP_CODE:
	case KAME_IPSEC_A_POLICY_DSCP:
	case KAME_IPSEC_A_POLICY_TRANSFORM:
		return 1;
	case KAME_IPSEC_A_POLICY_SPORT_MIN:
	case KAME_IPSEC_A_POLICY_SPORT_MAX:
	case KAME_IPSEC_A_POLICY_DPORT_MIN:
	case KAME_IPSEC_A_POLICY_DPORT_MAX:
		return 2;
	case KAME_IPSEC_A_POLICY_REPLACE:
		return 0;
	default:
		return 4;
	}
}

static void put_prefix(struct nl_req *req, uint16_t attr, const struct prefix *prefix)
{
	if (!prefix->addr.family)
		return;
	nl_put(req, attr, prefix->addr.bytes, addr_size(prefix->addr.family));
	nl_put_u8(req, attr + 1, prefix->len);
}

static void put_addr(struct nl_req *req, uint16_t attr, const struct addr *addr)
{
	if (addr->family)
		nl_put(req, attr, addr->bytes, addr_size(addr->family));
}

static void put_request(struct nl_req *req, const struct request *rq)
{
	uint16_t attr;

	nl_put_u8(req, KAME_IPSEC_A_POLICY_FAMILY, rq->family);
	put_prefix(req, KAME_IPSEC_A_POLICY_SRC, &rq->src);
	put_prefix(req, KAME_IPSEC_A_POLICY_DST, &rq->dst);
	put_addr(req, KAME_IPSEC_A_POLICY_OUTER_SRC, &rq->local);
	put_addr(req, KAME_IPSEC_A_POLICY_OUTER_DST, &rq->remote);
	for (attr = 1; attr <= KAME_IPSEC_A_POLICY_MAX; attr++) {
		uint32_t value = rq->number[attr];

		if (!rq->has[attr])
			continue;
		if (attr == KAME_IPSEC_A_POLICY_SPI)
			value = htonl(value);
		switch (attr_size(attr)) {
		case 0:
			nl_put_flag(req, attr);
			break;
		case 1:
			nl_put_u8(req, attr, value);
			break;
		case 2:
			nl_put_u16(req, attr, value);
			break;
		default:
			nl_put_u32(req, attr, value);
		}
	}
}

static int added(const struct nlattr *const *tb, void *arg)
{
	(void)arg;
	out_open_object(NULL);
	out_json_uint("index", nl_u32(tb[KAME_IPSEC_A_POLICY_INDEX], 0));
	out_json_uint("reqid", nl_u32(tb[KAME_IPSEC_A_POLICY_REQID], 0));
	out_close_object();
	return CMD_OK;
}

/* In direction in and fwd, the peer is the source of what comes in. */
static void order_ends(struct request *rq)
{
	struct addr local = rq->local;

	if (rq->number[KAME_IPSEC_A_POLICY_DIR] == KAME_IPSEC_DIR_OUT)
		return;
	rq->local = rq->remote;
	rq->remote = local;
}

static int add(struct args *args, bool check)
{
	struct request rq = { .family = 0 };
	struct nl_req req;
	int err = CMD_OK;

	while (!err && args_more(args))
		err = read_word(args, &rq);
	if (err)
		return err;
	if (!rq.has[KAME_IPSEC_A_POLICY_DIR])
		return args_missing(args, "a direction: dir in|out|fwd");
	if (!rq.has[KAME_IPSEC_A_POLICY_ACTION])
		return args_missing(args, "an action: action protect|bypass|discard");
	err = find_family(&rq);
	if (!err)
		err = check_proto(&rq);
	if (err)
		return err;
	order_ends(&rq);
	err = nl_start(&req, &ipsec_family, &ipsec_policy_attrs, KAME_IPSEC_CMD_POLICY_ADD);
	if (err)
		return err;
	put_request(&req, &rq);
	if (check)
		nl_put_flag(&req, KAME_IPSEC_A_POLICY_CHECK);
	return nl_run(&req, check ? NULL : added, NULL);
}

static int del(struct args *args)
{
	static const char *const del_words[] = { "index", NULL };
	uint32_t index = 0;
	struct nl_req req;
	int err = CMD_OK;

	while (!err && args_more(args))
		err = args_keyword(args, del_words) < 0 ? CMD_USAGE :
			args_u32(args, 1, INT32_MAX, &index);
	if (err)
		return err;
	if (!index)
		return args_missing(args, "a policy: index N");
	err = nl_start(&req, &ipsec_family, &ipsec_policy_attrs, KAME_IPSEC_CMD_POLICY_DEL);
	if (err)
		return err;
	nl_put_u32(&req, KAME_IPSEC_A_POLICY_INDEX, index);
	return nl_run(&req, NULL, NULL);
}

static int flush(struct args *args)
{
	static const char *const flush_words[] = { "dir", NULL };
	uint32_t dir = 0;
	struct nl_req req;
	int err = CMD_OK;

	while (!err && args_more(args))
		err = args_keyword(args, flush_words) < 0 ? CMD_USAGE :
			args_choice(args, ipsec_dirs, &dir);
	if (err)
		return err;
	err = nl_start(&req, &ipsec_family, &ipsec_policy_attrs, KAME_IPSEC_CMD_POLICY_FLUSH);
	if (err)
		return err;
	if (args->seen)
		nl_put_u32(&req, KAME_IPSEC_A_POLICY_DIR, dir);
	return nl_run(&req, NULL, NULL);
}

static void print_prefix(const char *key, const char *word, const struct nlattr *addr,
			 const struct nlattr *len)
{
	struct prefix prefix;

	if (!addr || !addr_from_attr(addr, &prefix.addr))
		return;
	prefix.len = nl_u8(len, 0);
	out_text("%s ", word);
	out_prefix(key, &prefix);
}

static void print_range(const char *key, const char *word, const struct nlattr *const *tb,
			uint16_t attr)
{
	uint16_t min = nl_u16(tb[attr], 0), max = nl_u16(tb[attr + 1], min);
	char text[16];

	if (!tb[attr])
		return;
	snprintf(text, sizeof(text), min == max ? "%u" : "%u-%u", min, max);
	out_text(" %s ", word);
	out_string(key, text);
}

static void print_icmp(const char *key, const char *word, const struct nlattr *attr)
{
	if (!attr)
		return;
	out_text(" %s ", word);
	out_uint(key, nl_u8(attr, 0));
}

static void print_rest_of_selector(const struct nlattr *const *tb)
{
	if (tb[KAME_IPSEC_A_POLICY_IIF]) {
		out_text(" iif ");
		ipsec_out_device("iif", nl_u32(tb[KAME_IPSEC_A_POLICY_IIF], 0));
	}
	if (tb[KAME_IPSEC_A_POLICY_OIF]) {
		out_text(" oif ");
		ipsec_out_device("oif", nl_u32(tb[KAME_IPSEC_A_POLICY_OIF], 0));
	}
	if (tb[KAME_IPSEC_A_POLICY_MARK]) {
		out_text(" mark ");
		ipsec_out_hex("mark", nl_u32(tb[KAME_IPSEC_A_POLICY_MARK], 0));
		out_text("/");
		ipsec_out_hex("mark_mask", nl_u32(tb[KAME_IPSEC_A_POLICY_MARK_MASK], 0));
	}
	if (tb[KAME_IPSEC_A_POLICY_DSCP]) {
		out_text(" dscp ");
		out_uint("dscp", nl_u8(tb[KAME_IPSEC_A_POLICY_DSCP], 0));
	}
}

static void print_selector(const struct nlattr *const *tb)
{
	out_string("family", nl_u8(tb[KAME_IPSEC_A_POLICY_FAMILY], 0) == AF_INET ? "inet" :
										   "inet6");
	print_prefix("src", " src", tb[KAME_IPSEC_A_POLICY_SRC], tb[KAME_IPSEC_A_POLICY_SRC_LEN]);
	print_prefix("dst", " dst", tb[KAME_IPSEC_A_POLICY_DST], tb[KAME_IPSEC_A_POLICY_DST_LEN]);
	if (tb[KAME_IPSEC_A_POLICY_PROTO]) {
		out_text(" proto ");
		out_string("proto", ipsec_proto_name(nl_u8(tb[KAME_IPSEC_A_POLICY_PROTO], 0)));
	}
	print_range("sport", "sport", tb, KAME_IPSEC_A_POLICY_SPORT_MIN);
	print_range("dport", "dport", tb, KAME_IPSEC_A_POLICY_DPORT_MIN);
	print_icmp("icmp_type", "type", tb[KAME_IPSEC_A_POLICY_ICMP_TYPE]);
	print_icmp("icmp_code", "code", tb[KAME_IPSEC_A_POLICY_ICMP_CODE]);
	print_rest_of_selector(tb);
}

static void print_end(const char *key, const char *word, const struct nlattr *attr)
{
	struct addr addr;

	if (!attr || !addr_from_attr(attr, &addr))
		return;
	out_text(" %s ", word);
	out_addr(key, &addr);
}

static void print_template(const struct nlattr *const *tb)
{
	bool out = nl_u32(tb[KAME_IPSEC_A_POLICY_DIR], 0) == KAME_IPSEC_DIR_OUT;

	if (!tb[KAME_IPSEC_A_POLICY_TRANSFORM])
		return;
	out_text(" ");
	out_string("transform",
		   ipsec_transform_name(nl_u8(tb[KAME_IPSEC_A_POLICY_TRANSFORM], 0)));
	out_text(" ");
	out_string("mode", ipsec_name(ipsec_modes, nl_u32(tb[KAME_IPSEC_A_POLICY_MODE], 0)));
	print_end("local", "local",
		  tb[out ? KAME_IPSEC_A_POLICY_OUTER_SRC : KAME_IPSEC_A_POLICY_OUTER_DST]);
	print_end("remote", "remote",
		  tb[out ? KAME_IPSEC_A_POLICY_OUTER_DST : KAME_IPSEC_A_POLICY_OUTER_SRC]);
	out_text(" reqid ");
	out_uint("reqid", nl_u32(tb[KAME_IPSEC_A_POLICY_REQID], 0));
	if (tb[KAME_IPSEC_A_POLICY_SPI]) {
		out_text(" spi ");
		ipsec_out_hex("spi", ntohl(nl_u32(tb[KAME_IPSEC_A_POLICY_SPI], 0)));
	}
	out_text(" level ");
	out_string("level", ipsec_name(ipsec_levels, nl_u32(tb[KAME_IPSEC_A_POLICY_LEVEL], 0)));
}

static void column(bool columns, const char *title, enum out_align align, const char *word)
{
	if (columns)
		out_cell(title, align);
	else
		out_text(" %s%s", word, *word ? " " : "");
}

void ipsec_print_policy(const struct nlattr *const *tb, bool columns)
{
	column(columns, "INDEX", OUT_RIGHT, "");
	out_uint("index", nl_u32(tb[KAME_IPSEC_A_POLICY_INDEX], 0));
	column(columns, "DIR", OUT_LEFT, "dir");
	out_string("dir", ipsec_name(ipsec_dirs, nl_u32(tb[KAME_IPSEC_A_POLICY_DIR], 0)));
	column(columns, "PRIORITY", OUT_RIGHT, "priority");
	out_uint("priority", nl_u32(tb[KAME_IPSEC_A_POLICY_PRIORITY], 0));
	column(columns, "SELECTOR", OUT_LEFT, "");
	print_selector(tb);
	column(columns, "ACTION", OUT_LEFT, "");
	out_string("action",
		   ipsec_name(ipsec_actions, nl_u32(tb[KAME_IPSEC_A_POLICY_ACTION], 0)));
	print_template(tb);
	if (tb[KAME_IPSEC_A_POLICY_LAST_USE])
		out_json_uint("last_use", nl_u64(tb[KAME_IPSEC_A_POLICY_LAST_USE], 0));
	out_json_uint("held", nl_u32(tb[KAME_IPSEC_A_POLICY_HELD], 0));
}

static int show_policy(const struct nlattr *const *tb, void *arg)
{
	(void)arg;
	out_row_open();
	ipsec_print_policy(tb, true);
	if ((cmd_options.statistics || out_is_json()) && tb[KAME_IPSEC_A_POLICY_STATS]) {
		out_below();
		mib_print(counters, N_COUNTERS, tb[KAME_IPSEC_A_POLICY_STATS], 4, false, false);
	}
	out_row_close();
	return CMD_OK;
}

static int show(struct args *args)
{
	static const char *const show_words[] = { "index", NULL };
	uint32_t index = 0;
	struct nl_req req;
	int err = CMD_OK;

	while (!err && args_more(args))
		err = args_keyword(args, show_words) < 0 ? CMD_USAGE :
			args_u32(args, 1, INT32_MAX, &index);
	if (!err)
		err = nl_start(&req, &ipsec_family, &ipsec_policy_attrs,
			       KAME_IPSEC_CMD_POLICY_GET);
	if (err)
		return err;
	out_table_open(NULL);
	if (index) {
		nl_put_u32(&req, KAME_IPSEC_A_POLICY_INDEX, index);
		err = nl_run(&req, show_policy, NULL);
	} else {
		err = nl_dump(&req, show_policy, NULL);
	}
	if (!err)
		out_table_close();
	return err;
}

static const char *verb_name(const void *list, int i)
{
	return ((const char *const *)list)[i];
}

int ipsec_policy(struct args *args)
{
	static const char *const verbs[] = { "show", "add", "check", "del", "flush", NULL };
	const char *word = args_next(args);
	int verb = word ? cmd_match(word, verb_name, verbs) : 0;

	args->verb = verb < 0 ? NULL : verbs[verb];
	switch (verb) {
	case 0:
		return show(args);
	case 1:
		return add(args, false);
	case 2:
		return add(args, true);
	case 3:
		return del(args);
	case 4:
		return flush(args);
	default:
		cmd_error("\"%s\" is not show, add, check, del or flush", word);
		return CMD_USAGE;
	}
}

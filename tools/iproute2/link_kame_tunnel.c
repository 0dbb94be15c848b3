// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plugin of ip(8) for "ip link ... type kame_tunnel".
 *
 * ip has no header for plugins: what is declared here has been the same since
 * iproute2 4.6 (struct link_util) and 5.0 (printing).
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <linux/kame_tunnel_link.h>
#include <linux/kame_tunnel_mib.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct link_util {
	struct link_util *next;
	const char *id;
	int maxattr;
	int (*parse_opt)(struct link_util *lu, int argc, char **argv, struct nlmsghdr *n);
	void (*print_opt)(struct link_util *lu, FILE *f, struct rtattr *tb[]);
	void (*print_xstats)(struct link_util *lu, FILE *f, struct rtattr *xstats);
	void (*print_help)(struct link_util *lu, int argc, char **argv, FILE *f);
	int (*parse_ifla_xstats)(struct link_util *lu, int argc, char **argv);
	int (*print_ifla_xstats)(struct nlmsghdr *n, void *arg);
};

enum { PRINT_FP = 1, PRINT_JSON = 2, PRINT_ANY = 4 };
enum { COLOR_INET = 2, COLOR_INET6 = 3, COLOR_NONE = 6 };

/* Size of the request that ip prepares */
#define REQUEST_SIZE 1024

int addattr_l(struct nlmsghdr *n, int maxlen, int type, const void *data, int alen);
int print_color_string(int type, int color, const char *key, const char *fmt, const char *value);
int print_color_uint(int type, int color, const char *key, const char *fmt, unsigned int value);
int print_color_bool(int type, int color, const char *key, const char *fmt, bool value);
int print_color_0xhex(int type, int color, const char *key, const char *fmt,
		      unsigned long long hex);
int print_color_u64(int type, int color, const char *key, const char *fmt, uint64_t value);
void open_json_object(const char *str);
void close_json_object(void);
extern int show_stats;
extern int show_details;

struct link_util kame_tunnel_link_util;

static void usage(FILE *f)
{
	fputs("Usage: ... kame_tunnel remote ADDR [ local { ADDR | any } ]\n"
	      "                       [ dev DEV ]\n"
	      "                       [ { hoplimit | ttl } { 1..255 | inherit } ]\n"
	      "                       [ { tclass | tos } { 0..255 | inherit } ]\n"
	      "                       [ flowlabel { 0..0xfffff | auto | inherit } ]\n"
	      "                       [ [no]pmtudisc ]\n"
	      "                       [ encaplimit { 0..255 | none } ]\n"
	      "                       [ fwmark { MARK | inherit } ]\n"
	      "                       [ [no]ecn ] [ [no]ingress ]\n"
	      "                       [ max-depth { 1..8 | default } ]\n"
	      "                       [ max-nesting { 1..16 | default } ]\n"
	      "Where: ADDR := IPv4 or IPv6 address, both of one family\n", f);
}

static int bad(const char *word, const char *what)
{
	fprintf(stderr, "Error: \"%s\" is no %s\n", word, what);
	return -1;
}

static int number(const char *word, unsigned long min, unsigned long max, uint32_t *value,
		  const char *what)
{
	unsigned long v;
	char *end;

	errno = 0;
	v = strtoul(word, &end, 0);
	if (*word < '0' || *word > '9' || *end || errno || v < min || v > max)
		return bad(word, what);
	*value = v;
	return 0;
}

/* A number, or a word that stands for a value beyond the numbers */
static int number_or(const char *word, unsigned long min, unsigned long max, const char *name,
		     uint32_t named, uint32_t *value, const char *what)
{
	if (strcmp(word, name))
		return number(word, min, max, value, what);
	*value = named;
	return 0;
}

/* What was said of the endpoints */
struct ends {
	size_t size;		/* of the remote address, 0: not given */
	bool any;		/* "local any", as with ip's own tunnels */
};

static int put_addr(struct nlmsghdr *n, int type, const char *word, struct ends *ends)
{
	bool local = type == IFLA_KAME_TUNNEL_LOCAL;
	struct in6_addr addr;
	size_t size = 0;

	if (inet_pton(AF_INET, word, &addr) == 1)
		size = sizeof(struct in_addr);
	else if (inet_pton(AF_INET6, word, &addr) == 1)
		size = sizeof(addr);
	else if (!local || strcmp(word, "any"))
		return bad(word, "address");
	if (local)
		ends->any = !size;
	else
		ends->size = size;
	return size ? addattr_l(n, REQUEST_SIZE, type, &addr, size) : 0;
}

/* "any" is the unspecified address of the family that the remote one has. */
static int put_any(struct nlmsghdr *n, const struct ends *ends)
{
	static const struct in6_addr any;

	if (ends->size)
		return addattr_l(n, REQUEST_SIZE, IFLA_KAME_TUNNEL_LOCAL, &any, ends->size);
	fputs("Error: \"local any\" needs a remote address: say 0.0.0.0 or :: without one\n",
	      stderr);
	return -1;
}

static int put_u8(struct nlmsghdr *n, int type, uint32_t value)
{
	uint8_t v = value;

	return addattr_l(n, REQUEST_SIZE, type, &v, sizeof(v));
}

static int put_u16(struct nlmsghdr *n, int type, uint32_t value)
{
	uint16_t v = value;

	return addattr_l(n, REQUEST_SIZE, type, &v, sizeof(v));
}

static int put_u32(struct nlmsghdr *n, int type, uint32_t value)
{
	return addattr_l(n, REQUEST_SIZE, type, &value, sizeof(value));
}

static int put_flowlabel(struct nlmsghdr *n, const char *word)
{
	uint32_t v = KAME_TUNNEL_FLOWLABEL_AUTO;

	if (strcmp(word, "auto") &&
	    number_or(word, 0, 0xfffff, "inherit", KAME_TUNNEL_FLOWLABEL_INHERIT, &v, "flow label"))
		return -1;
	return put_u32(n, IFLA_KAME_TUNNEL_FLOWLABEL, v);
}

static int put_fwmark(struct nlmsghdr *n, const char *word)
{
	bool inherit = !strcmp(word, "inherit");
	uint32_t mark = 0;

	if (!inherit && number(word, 0, UINT32_MAX, &mark, "mark"))
		return -1;
	return put_u32(n, IFLA_KAME_TUNNEL_FWMARK, mark) ?:
	       put_u8(n, IFLA_KAME_TUNNEL_FWMARK_INHERIT, inherit);
}

/* A name, or "if3" as it is printed; ip takes that for any device. */
static int put_dev(struct nlmsghdr *n, const char *word)
{
	uint32_t index = if_nametoindex(word);

	if (!index && !strncmp(word, "if", 2) && isdigit((unsigned char)word[2]) &&
	    number(word + 2, 1, INT32_MAX, &index, "index"))
		return -1;
	if (!index && strcmp(word, "any"))
		return bad(word, "device");
	return put_u32(n, IFLA_KAME_TUNNEL_LINK, index);
}

/* Words that have no value: 1 if it is one, 0 if not, -1 on error */
static int parse_flag(struct nlmsghdr *n, const char *word)
{
	static const struct {
		const char *name;
		int type;
	} flags[] = {
		{ "pmtudisc", IFLA_KAME_TUNNEL_PMTUDISC },
		{ "ecn", IFLA_KAME_TUNNEL_ECN },
		{ "ingress", IFLA_KAME_TUNNEL_INGRESS },
	};
	bool on = strncmp(word, "no", 2);
	unsigned int i;

	for (i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		if (!strcmp(word + (on ? 0 : 2), flags[i].name))
			return put_u8(n, flags[i].type, on) ? -1 : 1;
	}
	return 0;
}

static int parse_value(struct nlmsghdr *n, const char *word, const char *value,
		       struct ends *ends)
{
	uint32_t v;

	if (!strcmp(word, "local"))
		return put_addr(n, IFLA_KAME_TUNNEL_LOCAL, value, ends);
	if (!strcmp(word, "remote"))
		return put_addr(n, IFLA_KAME_TUNNEL_REMOTE, value, ends);
	if (!strcmp(word, "dev"))
		return put_dev(n, value);
	if (!strcmp(word, "hoplimit") || !strcmp(word, "ttl") || !strcmp(word, "hlim"))
		return number_or(value, 1, 255, "inherit", 0, &v, "hop limit") ?:
		       put_u8(n, IFLA_KAME_TUNNEL_HOPLIMIT, v);
	if (!strcmp(word, "tclass") || !strcmp(word, "tos") || !strcmp(word, "dsfield"))
		return number_or(value, 0, 255, "inherit", KAME_TUNNEL_TCLASS_INHERIT, &v,
				 "traffic class") ?:
		       put_u16(n, IFLA_KAME_TUNNEL_TCLASS, v);
	if (!strcmp(word, "flowlabel"))
		return put_flowlabel(n, value);
	if (!strcmp(word, "encaplimit"))
		return number_or(value, 0, 255, "none", KAME_TUNNEL_ENCAPLIMIT_NONE, &v,
				 "encapsulation limit") ?:
		       put_u16(n, IFLA_KAME_TUNNEL_ENCAPLIMIT, v);
	if (!strcmp(word, "fwmark"))
		return put_fwmark(n, value);
	if (!strcmp(word, "max-depth"))
		return number_or(value, 1, 8, "default", 0, &v, "depth") ?:
		       put_u8(n, IFLA_KAME_TUNNEL_MAX_DEPTH, v);
	if (!strcmp(word, "max-nesting"))
		return number_or(value, 1, 16, "default", 0, &v, "nesting") ?:
		       put_u8(n, IFLA_KAME_TUNNEL_MAX_NESTING, v);
	fprintf(stderr, "Error: kame_tunnel: unknown option \"%s\"\n", word);
	return -1;
}

static int parse_opt(struct link_util *lu, int argc, char **argv, struct nlmsghdr *n)
{
	struct ends ends = { 0 };
	int flag;

	(void)lu;
	for (; argc > 0; argc--, argv++) {
		if (!strcmp(*argv, "help")) {
			usage(stderr);
			return -1;
		}
		flag = parse_flag(n, *argv);
		if (flag < 0)
			return -1;
		if (flag)
			continue;
		if (argc < 2) {
			fprintf(stderr, "Error: \"%s\" needs a value, or is no option\n", *argv);
			return -1;
		}
		if (parse_value(n, argv[0], argv[1], &ends))
			return -1;
		argc--;
		argv++;
	}
	return ends.any ? put_any(n, &ends) : 0;
}

static uint32_t value(const struct rtattr *attr)
{
	uint32_t v32;
	uint16_t v16;

	switch (RTA_PAYLOAD(attr)) {
	case sizeof(uint8_t):
		return *(const uint8_t *)RTA_DATA(attr);
	case sizeof(uint16_t):
		memcpy(&v16, RTA_DATA(attr), sizeof(v16));
		return v16;
	case sizeof(uint32_t):
		memcpy(&v32, RTA_DATA(attr), sizeof(v32));
		return v32;
	default:
		return 0;
	}
}

static void print_addr(const char *key, const struct rtattr *attr)
{
	char buf[INET6_ADDRSTRLEN] = "any";
	int color = COLOR_INET;

	if (attr && RTA_PAYLOAD(attr) == sizeof(struct in_addr)) {
		inet_ntop(AF_INET, RTA_DATA(attr), buf, sizeof(buf));
	} else if (attr && RTA_PAYLOAD(attr) == sizeof(struct in6_addr)) {
		inet_ntop(AF_INET6, RTA_DATA(attr), buf, sizeof(buf));
		color = COLOR_INET6;
	}
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", key);
	print_color_string(PRINT_ANY, color, key, "%s ", buf);
}

/* A number, or the word that stands for one value of it */
static void print_or(const char *key, const struct rtattr *attr, uint32_t named, const char *name)
{
	uint32_t v;

	if (!attr)
		return;
	v = value(attr);
	/* JSON has '_' for '-'. */
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ",
			   !strcmp(key, "max_depth") ? "max-depth" :
			   !strcmp(key, "max_nesting") ? "max-nesting" : key);
	if (v == named)
		print_color_string(PRINT_ANY, COLOR_NONE, key, "%s ", name);
	else
		print_color_uint(PRINT_ANY, COLOR_NONE, key, "%u ", v);
}

static void print_flag(const char *key, const struct rtattr *attr)
{
	if (!attr)
		return;
	print_color_bool(PRINT_JSON, COLOR_NONE, key, NULL, value(attr));
	print_color_string(PRINT_FP, COLOR_NONE, NULL, value(attr) ? "%s " : "no%s ", key);
}

static void print_flowlabel(const struct rtattr *attr)
{
	uint32_t v;

	if (!attr)
		return;
	v = value(attr);
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", "flowlabel");
	if (v == KAME_TUNNEL_FLOWLABEL_AUTO || v == KAME_TUNNEL_FLOWLABEL_INHERIT)
		print_color_string(PRINT_ANY, COLOR_NONE, "flowlabel", "%s ",
				   v == KAME_TUNNEL_FLOWLABEL_AUTO ? "auto" : "inherit");
	else
		print_color_0xhex(PRINT_ANY, COLOR_NONE, "flowlabel", "%#llx ", v);
}

static void print_fwmark(struct rtattr *tb[])
{
	const struct rtattr *inherit = tb[IFLA_KAME_TUNNEL_FWMARK_INHERIT];
	const struct rtattr *mark = tb[IFLA_KAME_TUNNEL_FWMARK];

	if (inherit && value(inherit))
		print_color_string(PRINT_ANY, COLOR_NONE, "fwmark", "fwmark %s ", "inherit");
	else if (mark && value(mark))
		print_color_0xhex(PRINT_ANY, COLOR_NONE, "fwmark", "fwmark %#llx ", value(mark));
}

static void print_mib(const struct rtattr *attr)
{
#define NAME(symbol, name, help) name,
	static const char *const names[] = { KAME_TUNNEL_MIB_LIST(NAME) };
#undef NAME
	size_t i, n = RTA_PAYLOAD(attr) / sizeof(uint64_t);
	uint64_t v;

	open_json_object("counters");
	for (i = 0; i < n && i < sizeof(names) / sizeof(*names); i++) {
		memcpy(&v, (const char *)RTA_DATA(attr) + i * sizeof(v), sizeof(v));
		print_color_u64(PRINT_JSON, COLOR_NONE, names[i], NULL, v);
		if (v) {
			print_color_string(PRINT_FP, COLOR_NONE, NULL, "\n    %s ", names[i]);
			print_color_u64(PRINT_FP, COLOR_NONE, NULL, "%llu", v);
		}
	}
	close_json_object();
}

static void print_opt(struct link_util *lu, FILE *f, struct rtattr *tb[])
{
	const struct rtattr *link, *loops;

	(void)lu;
	(void)f;
	if (!tb)
		return;
	print_addr("remote", tb[IFLA_KAME_TUNNEL_REMOTE]);
	print_addr("local", tb[IFLA_KAME_TUNNEL_LOCAL]);
	link = tb[IFLA_KAME_TUNNEL_LINK];
	/*
	 * The index is of another namespace if the device was moved, which only ip is told:
	 * it prints the name after the device's own, where there is one.
	 */
	if (link && value(link))
		print_color_uint(PRINT_ANY, COLOR_NONE, "link_index", "dev if%u ", value(link));
	print_or("hoplimit", tb[IFLA_KAME_TUNNEL_HOPLIMIT], 0, "inherit");
	print_or("tclass", tb[IFLA_KAME_TUNNEL_TCLASS], KAME_TUNNEL_TCLASS_INHERIT, "inherit");
	print_flowlabel(tb[IFLA_KAME_TUNNEL_FLOWLABEL]);
	print_or("encaplimit", tb[IFLA_KAME_TUNNEL_ENCAPLIMIT], KAME_TUNNEL_ENCAPLIMIT_NONE,
		 "none");
	print_flag("pmtudisc", tb[IFLA_KAME_TUNNEL_PMTUDISC]);
	print_flag("ecn", tb[IFLA_KAME_TUNNEL_ECN]);
	print_flag("ingress", tb[IFLA_KAME_TUNNEL_INGRESS]);
	print_fwmark(tb);
	print_or("max_depth", tb[IFLA_KAME_TUNNEL_MAX_DEPTH], 0, "default");
	print_or("max_nesting", tb[IFLA_KAME_TUNNEL_MAX_NESTING], 0, "default");
	loops = tb[IFLA_KAME_TUNNEL_LOOPS];
	if (loops) {
		print_color_bool(PRINT_JSON, COLOR_NONE, "loops", NULL, value(loops));
		if (value(loops))
			print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", "LOOPS");
	}
	if (tb[IFLA_KAME_TUNNEL_MIB] && show_stats)
		print_mib(tb[IFLA_KAME_TUNNEL_MIB]);
}

static void print_help(struct link_util *lu, int argc, char **argv, FILE *f)
{
	(void)lu;
	(void)argc;
	(void)argv;
	usage(f);
}

struct link_util kame_tunnel_link_util = {
	.id = "kame_tunnel",
	.maxattr = IFLA_KAME_TUNNEL_MAX,
	.parse_opt = parse_opt,
	.print_opt = print_opt,
	.print_help = print_help,
};

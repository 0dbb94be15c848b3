// SPDX-License-Identifier: GPL-2.0-only
/* kame tunnel add, set, del, show: the devices, through rtnetlink. */
#include <ctype.h>
#include <linux/if_link.h>
#include <linux/kame_tunnel_link.h>
#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "cmd.h"
#include "nl.h"
#include "out.h"
#include "rtnl.h"
#include "tunnel.h"

#define KIND "kame_tunnel"

enum { W_LOCAL, W_REMOTE, W_LINK, W_DEV, W_HOPLIMIT, W_TTL, W_TCLASS, W_TOS, W_FLOWLABEL,
	W_PMTUDISC, W_ENCAPLIMIT, W_FWMARK, W_ECN, W_INGRESS, W_MAX_DEPTH, W_MAX_NESTING,
	W_MTU, W_UP, W_DOWN };

static const char *const words[] = {
	"local", "remote", "link", "dev", "hoplimit", "ttl", "tclass", "tos", "flowlabel",
	"pmtudisc", "encaplimit", "fwmark", "ecn", "ingress", "max-depth", "max-nesting",
	"mtu", "up", "down", NULL,
};

/* Some words say the same. */
static int meaning(int word)
{
	switch (word) {
	case W_DEV:
		return W_LINK;
	case W_TTL:
		return W_HOPLIMIT;
	case W_TOS:
		return W_TCLASS;
	default:
		return word;
	}
}

/* What a message tells of a device */
struct parsed {
	const struct ifinfomsg *ifi;
	const struct nlattr *tb[IFLA_MAX + 1];
	const struct nlattr *info[IFLA_INFO_MAX + 1];
	const struct nlattr *data[IFLA_KAME_TUNNEL_MAX + 1];
};

static const struct nl_attr link_attr[] = {
	[IFLA_IFNAME] = { "ifname", MNL_TYPE_NUL_STRING, NULL },
	[IFLA_MTU] = { "mtu", MNL_TYPE_U32, NULL },
	[IFLA_LINKINFO] = { "linkinfo", MNL_TYPE_NESTED, NULL },
	[IFLA_STATS64] = { "stats64", MNL_TYPE_BINARY, NULL },
	[IFLA_LINK_NETNSID] = { "link-netnsid", MNL_TYPE_U32, NULL },
};

static const struct nl_attrs link_attrs = { link_attr, IFLA_LINK_NETNSID };

static const struct nl_attr info_attr[] = {
	[IFLA_INFO_KIND] = { "kind", MNL_TYPE_NUL_STRING, NULL },
	[IFLA_INFO_DATA] = { "data", MNL_TYPE_NESTED, NULL },
};

static const struct nl_attrs info_attrs = { info_attr, IFLA_INFO_DATA };

static const struct nl_attr data_attr[] = {
	[IFLA_KAME_TUNNEL_LOCAL] = { "local", MNL_TYPE_BINARY, NULL },
	[IFLA_KAME_TUNNEL_REMOTE] = { "remote", MNL_TYPE_BINARY, NULL },
	[IFLA_KAME_TUNNEL_LINK] = { "link", MNL_TYPE_U32, NULL },
	[IFLA_KAME_TUNNEL_HOPLIMIT] = { "hoplimit", MNL_TYPE_U8, NULL },
	[IFLA_KAME_TUNNEL_TCLASS] = { "tclass", MNL_TYPE_U16, NULL },
	[IFLA_KAME_TUNNEL_FLOWLABEL] = { "flowlabel", MNL_TYPE_U32, NULL },
	[IFLA_KAME_TUNNEL_PMTUDISC] = { "pmtudisc", MNL_TYPE_U8, NULL },
	[IFLA_KAME_TUNNEL_ENCAPLIMIT] = { "encaplimit", MNL_TYPE_U16, NULL },
	[IFLA_KAME_TUNNEL_FWMARK] = { "fwmark", MNL_TYPE_U32, NULL },
	[IFLA_KAME_TUNNEL_FWMARK_INHERIT] = { "fwmark-inherit", MNL_TYPE_U8, NULL },
	[IFLA_KAME_TUNNEL_ECN] = { "ecn", MNL_TYPE_U8, NULL },
	[IFLA_KAME_TUNNEL_INGRESS] = { "ingress", MNL_TYPE_U8, NULL },
	[IFLA_KAME_TUNNEL_MAX_DEPTH] = { "max-depth", MNL_TYPE_U8, NULL },
	[IFLA_KAME_TUNNEL_MAX_NESTING] = { "max-nesting", MNL_TYPE_U8, NULL },
	[IFLA_KAME_TUNNEL_LOOPS] = { "loops", MNL_TYPE_U8, NULL },
	[IFLA_KAME_TUNNEL_MIB] = { "mib", MNL_TYPE_BINARY, NULL },
};

static const struct nl_attrs data_attrs = { data_attr, IFLA_KAME_TUNNEL_MIB };

static bool is_tunnel(const struct parsed *p)
{
	return !strcmp(nl_string(p->info[IFLA_INFO_KIND], ""), KIND);
}

/* What IFLA_INFO_DATA means depends on the kind. */
static int parse(const struct nlmsghdr *nlh, struct parsed *p)
{
	int err;

	memset(p, 0, sizeof(*p));
	p->ifi = mnl_nlmsg_get_payload(nlh);
	err = nl_parse_behind(sizeof(*p->ifi), &link_attrs, nlh, p->tb);
	if (!err && p->tb[IFLA_LINKINFO])
		err = nl_parse_nested(&info_attrs, p->tb[IFLA_LINKINFO], p->info);
	if (!err && is_tunnel(p) && p->info[IFLA_INFO_DATA])
		err = nl_parse_nested(&data_attrs, p->info[IFLA_INFO_DATA], p->data);
	return err;
}

static bool is_link(const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_type == RTM_NEWLINK &&
	       mnl_nlmsg_get_payload_len(nlh) >= sizeof(struct ifinfomsg);
}

static int no_tunnel(const char *name)
{
	cmd_error("%s is no kame_tunnel", name);
	return CMD_USAGE;
}

struct found {
	bool tunnel;
	bool moved;		/* its outer packets are in another namespace */
};

static int find_link(const struct nlmsghdr *nlh, void *arg)
{
	struct found *found = arg;
	struct parsed p;
	int err;

	if (!is_link(nlh))
		return CMD_OK;
	err = parse(nlh, &p);
	if (err)
		return err;
	found->tunnel = is_tunnel(&p);
	found->moved = p.tb[IFLA_LINK_NETNSID];
	return CMD_OK;
}

/* A command for tunnels is not to change another device. */
static int find_tunnel(const char *name, struct found *found)
{
	struct rtnl_req req;
	int err;

	memset(found, 0, sizeof(*found));
	rtnl_start(&req, RTM_GETLINK);
	rtnl_name(&req, name);
	err = rtnl_run(&req, NLM_F_ACK, find_link, found);
	return err || found->tunnel ? err : no_tunnel(name);
}

static int put_addr(struct args *args, struct nlmsghdr *nlh, uint16_t type)
{
	const char *next = args_peek(args);
	struct addr addr;
	int err;

	/* Which family the tunnel has isn't known where it is changed. */
	if (type == IFLA_KAME_TUNNEL_LOCAL && next && !strcmp(next, "any")) {
		cmd_error("\"local\" needs an address: for any, 0.0.0.0 or ::, as the outer "
			  "header is IPv4 or IPv6");
		return CMD_USAGE;
	}
	err = args_addr(args, AF_UNSPEC, &addr);
	if (!err)
		mnl_attr_put(nlh, type, addr_size(addr.family), addr.bytes);
	return err;
}

/* A number, or a word that stands for one value */
static int number_or(struct args *args, const char *word, uint32_t named, uint32_t min,
		     uint32_t max, uint32_t *value)
{
	const char *next = args_peek(args);

	if (!next || strcmp(next, word))
		return args_u32(args, min, max, value);
	args_next(args);
	*value = named;
	return CMD_OK;
}

static int put_on_off(struct args *args, struct nlmsghdr *nlh, uint16_t type)
{
	bool on;
	int err = args_on_off(args, &on);

	if (!err)
		mnl_attr_put_u8(nlh, type, on);
	return err;
}

/* Here, a name is that of another device than where the outer packets are. */
static int read_index(struct args *args, uint32_t *ifindex)
{
	const char *next = args_peek(args);

	if (!next || isdigit((unsigned char)*next))
		return args_u32(args, 1, INT32_MAX, ifindex);
	cmd_error("the outer packets are in another network namespace: give the index that "
		  "\"%s\" has there", next);
	return CMD_USAGE;
}

static int put_link(struct args *args, struct nlmsghdr *nlh, bool moved)
{
	struct args_device dev = { .ifindex = 0 };
	const char *next = args_peek(args);
	int err = CMD_OK;

	if (next && !strcmp(next, "any"))
		args_next(args);
	else if (moved)
		err = read_index(args, &dev.ifindex);
	else
		err = args_dev(args, &dev);
	if (!err)
		mnl_attr_put_u32(nlh, IFLA_KAME_TUNNEL_LINK, dev.ifindex);
	return err;
}

static int put_flowlabel(struct args *args, struct nlmsghdr *nlh)
{
	const char *next = args_peek(args);
	uint32_t label = KAME_TUNNEL_FLOWLABEL_AUTO;
	int err = CMD_OK;

	if (next && !strcmp(next, "auto"))
		args_next(args);
	else
		err = number_or(args, "inherit", KAME_TUNNEL_FLOWLABEL_INHERIT, 0, 0xfffff, &label);
	if (!err)
		mnl_attr_put_u32(nlh, IFLA_KAME_TUNNEL_FLOWLABEL, label);
	return err;
}

static int put_fwmark(struct args *args, struct nlmsghdr *nlh)
{
	const char *next = args_peek(args);
	bool inherit = next && !strcmp(next, "inherit");
	uint32_t mark = 0;
	int err = CMD_OK;

	if (inherit)
		args_next(args);
	else
		err = args_u32(args, 0, UINT32_MAX, &mark);
	if (err)
		return err;
	mnl_attr_put_u32(nlh, IFLA_KAME_TUNNEL_FWMARK, mark);
	mnl_attr_put_u8(nlh, IFLA_KAME_TUNNEL_FWMARK_INHERIT, inherit);
	return CMD_OK;
}

/* What is an attribute of the tunnel */
static int put_word(struct args *args, int word, struct nlmsghdr *nlh, bool moved)
{
	uint32_t v = 0;
	int err;

	switch (word) {
	case W_LOCAL:
		return put_addr(args, nlh, IFLA_KAME_TUNNEL_LOCAL);
	case W_REMOTE:
		return put_addr(args, nlh, IFLA_KAME_TUNNEL_REMOTE);
	case W_LINK:
		return put_link(args, nlh, moved);
	case W_HOPLIMIT:
		err = number_or(args, "inherit", 0, 1, 255, &v);
		mnl_attr_put_u8(nlh, IFLA_KAME_TUNNEL_HOPLIMIT, v);
		return err;
	case W_TCLASS:
		err = number_or(args, "inherit", KAME_TUNNEL_TCLASS_INHERIT, 0, 255, &v);
		mnl_attr_put_u16(nlh, IFLA_KAME_TUNNEL_TCLASS, v);
		return err;
	case W_FLOWLABEL:
		return put_flowlabel(args, nlh);
	case W_PMTUDISC:
		return put_on_off(args, nlh, IFLA_KAME_TUNNEL_PMTUDISC);
	case W_ENCAPLIMIT:
		err = number_or(args, "none", KAME_TUNNEL_ENCAPLIMIT_NONE, 0, 255, &v);
		mnl_attr_put_u16(nlh, IFLA_KAME_TUNNEL_ENCAPLIMIT, v);
		return err;
	case W_FWMARK:
		return put_fwmark(args, nlh);
	case W_ECN:
		return put_on_off(args, nlh, IFLA_KAME_TUNNEL_ECN);
	case W_INGRESS:
		return put_on_off(args, nlh, IFLA_KAME_TUNNEL_INGRESS);
	case W_MAX_DEPTH:
		err = number_or(args, "default", 0, 1, 8, &v);
		mnl_attr_put_u8(nlh, IFLA_KAME_TUNNEL_MAX_DEPTH, v);
		return err;
	case W_MAX_NESTING:
		err = number_or(args, "default", 0, 1, 16, &v);
		mnl_attr_put_u8(nlh, IFLA_KAME_TUNNEL_MAX_NESTING, v);
		return err;
	default:
		return CMD_USAGE;
	}
}

static int take_name(struct args *args, const char **name)
{
	*name = args_next(args);
	if (!*name)
		return args_missing(args, "the name of the tunnel");
	if (!**name || strlen(*name) >= IF_NAMESIZE || strchr(*name, '/')) {
		cmd_error("\"%s\" can't be the name of a device", *name);
		return CMD_USAGE;
	}
	return CMD_OK;
}

/* The words go into two places of the message: collect those of the device first. */
struct device_words {
	uint32_t mtu;
	bool up, down;
};

static int put_words(struct args *args, struct rtnl_req *req, struct device_words *dw, bool moved)
{
	struct nlattr *info = mnl_attr_nest_start(req->nlh, IFLA_LINKINFO), *data;
	int err = CMD_OK, word;

	mnl_attr_put_strz(req->nlh, IFLA_INFO_KIND, KIND);
	data = mnl_attr_nest_start(req->nlh, IFLA_INFO_DATA);
	while (!err && args_more(args)) {
		word = args_keyword_meaning(args, words, meaning);
		if (word == W_MTU)
			err = args_u32(args, 68, 65535, &dw->mtu);
		else if (word == W_UP)
			dw->up = true;
		else if (word == W_DOWN)
			dw->down = true;
		else
			err = put_word(args, word, req->nlh, moved);
	}
	mnl_attr_nest_end(req->nlh, data);
	mnl_attr_nest_end(req->nlh, info);
	if (!err && dw->up && dw->down) {
		cmd_error("a tunnel is up or down, not both");
		err = CMD_USAGE;
	}
	return err;
}

static int change(struct args *args, const char *name, uint16_t flags, bool moved)
{
	struct device_words dw = { .mtu = 0 };
	struct rtnl_req req;
	int err;

	rtnl_start(&req, RTM_NEWLINK);
	rtnl_name(&req, name);
	err = put_words(args, &req, &dw, moved);
	if (err)
		return err;
	if (dw.mtu)
		mnl_attr_put_u32(req.nlh, IFLA_MTU, dw.mtu);
	if (dw.up || dw.down) {
		req.ifi->ifi_flags = dw.up ? IFF_UP : 0;
		req.ifi->ifi_change = IFF_UP;
	}
	return rtnl_run(&req, NLM_F_ACK | flags, NULL, NULL);
}

int tunnel_link_add(struct args *args)
{
	const char *name;
	int err;

	err = take_name(args, &name);
	return err ? err : change(args, name, NLM_F_CREATE | NLM_F_EXCL, false);
}

int tunnel_link_set(struct args *args)
{
	struct found found;
	const char *name;
	int err;

	err = take_name(args, &name);
	if (err)
		return err;
	if (!args_more(args))
		return args_missing(args, "a setting");
	err = find_tunnel(name, &found);
	return err ? err : change(args, name, 0, found.moved);
}

static void print_end(const char *title, const char *key, const struct nlattr *attr)
{
	struct addr addr;

	out_cell(title, OUT_LEFT);
	if (attr && addr_from_attr(attr, &addr))
		out_addr(key, &addr);
	else
		out_string(key, "any");
}

/* @key is the name in JSON; text has the word that sets it. */
static void print_or(const char *key, uint32_t value, uint32_t named, const char *word)
{
	out_text(" %s ", !strcmp(key, "max_depth") ? "max-depth" :
		 !strcmp(key, "max_nesting") ? "max-nesting" : key);
	if (value == named)
		out_string(key, word);
	else
		out_uint(key, value);
}

static void print_details(const struct parsed *p)
{
	const struct nlattr *const *d = p->data;

	out_text("   ");
	print_or("hoplimit", nl_u8(d[IFLA_KAME_TUNNEL_HOPLIMIT], 0), 0, "inherit");
	print_or("tclass", nl_u16(d[IFLA_KAME_TUNNEL_TCLASS], 0), KAME_TUNNEL_TCLASS_INHERIT,
		 "inherit");
	if (d[IFLA_KAME_TUNNEL_ENCAPLIMIT])
		print_or("encaplimit", nl_u16(d[IFLA_KAME_TUNNEL_ENCAPLIMIT], 0),
			 KAME_TUNNEL_ENCAPLIMIT_NONE, "none");
	if (d[IFLA_KAME_TUNNEL_FLOWLABEL]) {
		uint32_t label = nl_u32(d[IFLA_KAME_TUNNEL_FLOWLABEL], 0);

		if (label == KAME_TUNNEL_FLOWLABEL_AUTO)
			print_or("flowlabel", label, label, "auto");
		else
			print_or("flowlabel", label, KAME_TUNNEL_FLOWLABEL_INHERIT, "inherit");
	}
	out_text(" pmtudisc ");
	out_bool("pmtudisc", nl_u8(d[IFLA_KAME_TUNNEL_PMTUDISC], 0), "on", "off");
	out_text(" ecn ");
	out_bool("ecn", nl_u8(d[IFLA_KAME_TUNNEL_ECN], 0), "on", "off");
	out_text(" ingress ");
	out_bool("ingress", nl_u8(d[IFLA_KAME_TUNNEL_INGRESS], 0), "on", "off");
	if (nl_u8(d[IFLA_KAME_TUNNEL_FWMARK_INHERIT], 0))
		print_or("fwmark", 0, 0, "inherit");
	else if (nl_u32(d[IFLA_KAME_TUNNEL_FWMARK], 0))
		print_or("fwmark", nl_u32(d[IFLA_KAME_TUNNEL_FWMARK], 0), 0, "0");
	print_or("max_depth", nl_u8(d[IFLA_KAME_TUNNEL_MAX_DEPTH], 0), 0, "default");
	print_or("max_nesting", nl_u8(d[IFLA_KAME_TUNNEL_MAX_NESTING], 0), 0, "default");
	out_text("\n");
}

static void print_statistics(const struct parsed *p)
{
	struct rtnl_link_stats64 st;

	if (!p->tb[IFLA_STATS64] || mnl_attr_get_payload_len(p->tb[IFLA_STATS64]) < sizeof(st))
		return;
	memcpy(&st, mnl_attr_get_payload(p->tb[IFLA_STATS64]), sizeof(st));
	out_text("    rx ");
	out_uint("rx_packets", st.rx_packets);
	out_text(" packets ");
	out_uint("rx_bytes", st.rx_bytes);
	out_text(" bytes ");
	out_uint("rx_errors", st.rx_errors);
	out_text(" errors  tx ");
	out_uint("tx_packets", st.tx_packets);
	out_text(" packets ");
	out_uint("tx_bytes", st.tx_bytes);
	out_text(" bytes ");
	out_uint("tx_errors", st.tx_errors);
	out_text(" errors\n");
	if (p->data[IFLA_KAME_TUNNEL_MIB])
		tunnel_print_mib(p->data[IFLA_KAME_TUNNEL_MIB], 4, false, false);
}

static void print_link(const struct parsed *p)
{
	char name[IF_NAMESIZE];
	uint32_t link = nl_u32(p->data[IFLA_KAME_TUNNEL_LINK], 0);

	out_row_open();
	out_cell("DEVICE", OUT_LEFT);
	out_string("ifname", nl_string(p->tb[IFLA_IFNAME], "?"));
	out_json_uint("ifindex", p->ifi->ifi_index);
	out_cell("STATE", OUT_LEFT);
	out_bool("up", p->ifi->ifi_flags & IFF_UP, "up", "down");
	out_cell("MTU", OUT_RIGHT);
	out_uint("mtu", nl_u32(p->tb[IFLA_MTU], 0));
	print_end("LOCAL", "local", p->data[IFLA_KAME_TUNNEL_LOCAL]);
	print_end("REMOTE", "remote", p->data[IFLA_KAME_TUNNEL_REMOTE]);
	out_cell("LINK", OUT_LEFT);
	if (!link)
		out_string("link", "any");
	else if (p->tb[IFLA_LINK_NETNSID] || !if_indextoname(link, name))
		out_uint("link_index", link);
	else
		out_string("link", name);
	out_cell("ROUTE", OUT_LEFT);
	out_bool("loops", nl_u8(p->data[IFLA_KAME_TUNNEL_LOOPS], 0), "LOOPS", "ok");
	/* JSON has everything at any time. */
	if (cmd_options.details || cmd_options.statistics || out_is_json())
		out_below();
	if (cmd_options.details || out_is_json())
		print_details(p);
	if (cmd_options.statistics)
		print_statistics(p);
	out_row_close();
}

static int show_link(const struct nlmsghdr *nlh, void *arg)
{
	bool *shown = arg;
	struct parsed p;
	int err;

	if (!is_link(nlh))
		return CMD_OK;
	err = parse(nlh, &p);
	if (err)
		return err;
	if (!is_tunnel(&p))
		return CMD_OK;
	*shown = true;
	print_link(&p);
	return CMD_OK;
}

int tunnel_link_show(struct args *args)
{
	static const char *const show_words[] = { "dev", NULL };
	struct args_device dev = { .ifindex = 0 };
	struct rtnl_req req;
	bool shown = false;
	int err = CMD_OK;

	while (!err && args_more(args))
		err = args_keyword(args, show_words) < 0 ? CMD_USAGE : args_dev(args, &dev);
	if (err)
		return err;
	out_table_open(NULL);
	rtnl_start(&req, RTM_GETLINK);
	if (dev.ifindex) {
		req.ifi->ifi_index = dev.ifindex;
		req.device = dev.name;
	}
	err = rtnl_run(&req, dev.ifindex ? NLM_F_ACK : NLM_F_DUMP, show_link, &shown);
	if (err)
		return err;
	if (dev.ifindex && !shown)
		return no_tunnel(dev.name);
	out_table_close();
	return CMD_OK;
}

int tunnel_link_del(struct args *args)
{
	struct rtnl_req req;
	struct found found;
	const char *name;
	int err;

	err = take_name(args, &name);
	if (err)
		return err;
	if (args_more(args)) {
		cmd_error("\"%s\" is one word too many", args_peek(args));
		return CMD_USAGE;
	}
	err = find_tunnel(name, &found);
	if (err)
		return err;
	rtnl_start(&req, RTM_DELLINK);
	rtnl_name(&req, name);
	return rtnl_run(&req, NLM_F_ACK, NULL, NULL);
}

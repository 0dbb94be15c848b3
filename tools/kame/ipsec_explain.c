// SPDX-License-Identifier: GPL-2.0-only
/* kame ipsec explain, and the event of a packet that found no state. */
#include <arpa/inet.h>
#include <linux/kame_ipsec.h>
#include <string.h>

#include "ipsec.h"
#include "out.h"

/* Indexed by enum kame_ipsec_verdict */
static const char *const verdicts[] = {
	"clear", "bypass", "discard", "protect", "no-state", "unprotected", "no-route",
	"outside", "group", "local", "excepted", "vrf", "encap", NULL,
};

static const char *const verdict_text[] = {
	"no policy matches: sent in clear",
	"sent in clear, as the policy says",
	"dropped, as the policy says",
	"protected",
	"dropped or held: there is no state",
	"sent in clear: there is no state",
	"dropped: there is no route",
	"dropped: outside the selectors of the states there are",
	"dropped: what goes to a group can't be protected",
	"left alone: it stays within this node",
	"left alone: the device has disable_xfrm",
	"left alone: a VRF has still to route it",
	NULL,
};

/* Indexed by enum kame_ipsec_again */
static const char *const agains[] = { "none", "itself", "device", NULL };

static void print_addr(const char *key, const char *before, const struct nlattr *attr)
{
	struct addr addr;

	if (!attr || !addr_from_attr(attr, &addr))
		return;
	out_text("%s", before);
	out_addr(key, &addr);
}

static void print_state(const struct nlattr *const *tb)
{
	if (!tb[KAME_IPSEC_A_FLOW_SPI])
		return;
	out_text("state   ");
	out_string("transform", ipsec_transform_name(nl_u8(tb[KAME_IPSEC_A_FLOW_TRANSFORM], 0)));
	out_text(" ");
	out_string("mode", ipsec_name(ipsec_modes, nl_u32(tb[KAME_IPSEC_A_FLOW_MODE], 0)));
	out_text(" spi ");
	ipsec_out_hex("spi", ntohl(nl_u32(tb[KAME_IPSEC_A_FLOW_SPI], 0)));
	out_text(" reqid ");
	out_uint("reqid", nl_u32(tb[KAME_IPSEC_A_FLOW_REQID], 0));
	if (tb[KAME_IPSEC_A_FLOW_ENCAP])
		out_text(" in UDP");
	out_json_bool("encap", tb[KAME_IPSEC_A_FLOW_ENCAP]);
	print_addr("outer_src", "\nouter   src ", tb[KAME_IPSEC_A_FLOW_OUTER_SRC]);
	print_addr("outer_dst", " dst ", tb[KAME_IPSEC_A_FLOW_OUTER_DST]);
	if (tb[KAME_IPSEC_A_FLOW_OUTER_OIF]) {
		out_text(" dev ");
		ipsec_out_device("outer_dev", nl_u32(tb[KAME_IPSEC_A_FLOW_OUTER_OIF], 0));
	}
	out_text("\n");
}

static void print_again(const struct nlattr *const *tb)
{
	uint32_t again = nl_u32(tb[KAME_IPSEC_A_FLOW_AGAIN], 0);

	out_json_string("again", ipsec_name(agains, again));
	if (tb[KAME_IPSEC_A_FLOW_AGAIN_POLICY])
		out_json_uint("again_policy", nl_u32(tb[KAME_IPSEC_A_FLOW_AGAIN_POLICY], 0));
	if (again == KAME_IPSEC_AGAIN_ITSELF)
		out_text("again   the protected packet matches policy %u: it is sent as it is\n",
			 nl_u32(tb[KAME_IPSEC_A_FLOW_AGAIN_POLICY], 0));
	else if (again == KAME_IPSEC_AGAIN_DEVICE)
		out_text("again   the route to the peer leads into a tunnel: what comes out of it "
			 "is dropped if it matches a policy\n");
}

static int print_answer(const struct nlattr *const *tb, void *arg)
{
	uint32_t verdict = nl_u32(tb[KAME_IPSEC_A_FLOW_VERDICT], 0);

	(void)arg;
	out_open_object(NULL);
	out_text("packet  %s", ipsec_name(verdict_text, verdict));
	out_json_string("verdict", ipsec_name(verdicts, verdict));
	print_addr("src", ", src ", tb[KAME_IPSEC_A_FLOW_SRC]);
	if (tb[KAME_IPSEC_A_FLOW_OIF]) {
		out_text(" dev ");
		ipsec_out_device("dev", nl_u32(tb[KAME_IPSEC_A_FLOW_OIF], 0));
	}
	out_text("\n");
	if (tb[KAME_IPSEC_A_FLOW_POLICY]) {
		out_text("policy  ");
		out_uint("policy", nl_u32(tb[KAME_IPSEC_A_FLOW_POLICY], 0));
		out_text("\n");
	}
	print_state(tb);
	if (tb[KAME_IPSEC_A_FLOW_MTU]) {
		out_text("mtu     ");
		out_uint("mtu", nl_u32(tb[KAME_IPSEC_A_FLOW_MTU], 0));
		out_text("\n");
	}
	print_again(tb);
	out_close_object();
	return CMD_OK;
}

struct request {
	struct addr src;
	struct addr dst;
	uint8_t proto;
	uint32_t number[KAME_IPSEC_A_FLOW_MAX + 1];
};

/* SRC or DST, which stand without a keyword */
static int read_end(struct args *args, const char *what, bool any, struct addr *addr)
{
	const char *text = args_peek(args);

	if (!text)
		return args_missing(args, what);
	if (any && !strcmp(text, "any")) {
		args_next(args);
		return CMD_OK;
	}
	return args_addr(args, AF_UNSPEC, addr);
}

enum { W_DIR, W_PROTO, W_SPORT, W_DPORT, W_IIF, W_OIF, W_MARK, W_DSCP, W_TYPE, W_CODE };

static const char *const words[] = {
	"dir", "proto", "sport", "dport", "iif", "oif", "mark", "dscp", "type", "code", NULL,
};

/* What ICMP has where others have ports */
static int meaning(int word)
{
	return word == W_TYPE ? W_SPORT : word == W_CODE ? W_DPORT : word;
}

static int read_word(struct args *args, struct request *rq)
{
	struct args_device dev = { .ifindex = 0 };
	/* a type or a code, however abbreviated */
	uint32_t max = strchr("tc", *args_peek(args)) ? 255 : 65535;
	int err, w = args_keyword_meaning(args, words, meaning);

	switch (w) {
	case W_DIR:
		return args_choice(args, ipsec_dirs, &rq->number[KAME_IPSEC_A_FLOW_DIR]);
	case W_PROTO:
		return ipsec_args_proto(args, &rq->proto);
	case W_SPORT:
		return args_u32(args, 0, max, &rq->number[KAME_IPSEC_A_FLOW_SPORT]);
	case W_DPORT:
		return args_u32(args, 0, max, &rq->number[KAME_IPSEC_A_FLOW_DPORT]);
	case W_IIF:
	case W_OIF:
		err = args_dev(args, &dev);
		rq->number[w == W_IIF ? KAME_IPSEC_A_FLOW_IIF : KAME_IPSEC_A_FLOW_OIF] =
			dev.ifindex;
		return err;
	case W_MARK:
		return args_u32(args, 0, UINT32_MAX, &rq->number[KAME_IPSEC_A_FLOW_MARK]);
	case W_DSCP:
		return args_u32(args, 0, 63, &rq->number[KAME_IPSEC_A_FLOW_DSCP]);
	default:
		return CMD_USAGE;
	}
}

int ipsec_explain(struct args *args)
{
	struct request rq = { .number[KAME_IPSEC_A_FLOW_DIR] = KAME_IPSEC_DIR_OUT };
	struct nl_req req;
	int err;

	err = read_end(args, "a packet: SRC DST", true, &rq.src);
	if (!err)
		err = read_end(args, "a destination: SRC DST", false, &rq.dst);
	while (!err && args_more(args))
		err = read_word(args, &rq);
	if (err)
		return err;
	if (rq.src.family && rq.src.family != rq.dst.family) {
		cmd_error("source and destination are not of one family");
		return CMD_USAGE;
	}
	err = nl_start(&req, &ipsec_family, &ipsec_flow_attrs, KAME_IPSEC_CMD_EXPLAIN);
	if (err)
		return err;
	nl_put_u8(&req, KAME_IPSEC_A_FLOW_FAMILY, rq.dst.family);
	if (rq.src.family)
		nl_put(&req, KAME_IPSEC_A_FLOW_SRC, rq.src.bytes, addr_size(rq.src.family));
	nl_put(&req, KAME_IPSEC_A_FLOW_DST, rq.dst.bytes, addr_size(rq.dst.family));
	nl_put_u32(&req, KAME_IPSEC_A_FLOW_DIR, rq.number[KAME_IPSEC_A_FLOW_DIR]);
	nl_put_u8(&req, KAME_IPSEC_A_FLOW_PROTO, rq.proto);
	nl_put_u16(&req, KAME_IPSEC_A_FLOW_SPORT, rq.number[KAME_IPSEC_A_FLOW_SPORT]);
	nl_put_u16(&req, KAME_IPSEC_A_FLOW_DPORT, rq.number[KAME_IPSEC_A_FLOW_DPORT]);
	nl_put_u32(&req, KAME_IPSEC_A_FLOW_IIF, rq.number[KAME_IPSEC_A_FLOW_IIF]);
	nl_put_u32(&req, KAME_IPSEC_A_FLOW_OIF, rq.number[KAME_IPSEC_A_FLOW_OIF]);
	nl_put_u32(&req, KAME_IPSEC_A_FLOW_MARK, rq.number[KAME_IPSEC_A_FLOW_MARK]);
	nl_put_u8(&req, KAME_IPSEC_A_FLOW_DSCP, rq.number[KAME_IPSEC_A_FLOW_DSCP]);
	return nl_run(&req, print_answer, NULL);
}

static bool is_icmp(uint8_t proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

/* The module says 0 where there are none. */
static void print_ports(const struct nlattr *const *tb)
{
	bool icmp = is_icmp(nl_u8(tb[KAME_IPSEC_A_FLOW_PROTO], 0));
	uint16_t sport = nl_u16(tb[KAME_IPSEC_A_FLOW_SPORT], 0);
	uint16_t dport = nl_u16(tb[KAME_IPSEC_A_FLOW_DPORT], 0);

	if (icmp || sport || dport)
		out_text(icmp ? " type %u code %u" : " sport %u dport %u", sport, dport);
	out_json_uint("sport", sport);
	out_json_uint("dport", dport);
}

/* The rest of an event, in JSON */
static void print_no_state_more(const struct nlattr *const *tb)
{
	if (!out_is_json())
		return;
	out_string("dir", ipsec_name(ipsec_dirs, nl_u32(tb[KAME_IPSEC_A_FLOW_DIR], 0)));
	out_string("family", nl_u8(tb[KAME_IPSEC_A_FLOW_FAMILY], 0) == AF_INET ? "inet" : "inet6");
	out_string("mode", ipsec_name(ipsec_modes, nl_u32(tb[KAME_IPSEC_A_FLOW_MODE], 0)));
	if (tb[KAME_IPSEC_A_FLOW_SPI])
		ipsec_out_hex("spi", ntohl(nl_u32(tb[KAME_IPSEC_A_FLOW_SPI], 0)));
}

int ipsec_print_no_state(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[KAME_IPSEC_A_FLOW_MAX + 1];
	int err;

	err = nl_parse(&ipsec_flow_attrs, nlh, tb);
	if (err)
		return err;
	out_text("no state for policy ");
	out_uint("policy", nl_u32(tb[KAME_IPSEC_A_FLOW_POLICY], 0));
	print_addr("src", ": packet src ", tb[KAME_IPSEC_A_FLOW_SRC]);
	print_addr("dst", " dst ", tb[KAME_IPSEC_A_FLOW_DST]);
	out_text(" proto ");
	out_string("proto", ipsec_proto_name(nl_u8(tb[KAME_IPSEC_A_FLOW_PROTO], 0)));
	print_ports(tb);
	out_text(", wanted ");
	out_string("transform", ipsec_transform_name(nl_u8(tb[KAME_IPSEC_A_FLOW_TRANSFORM], 0)));
	print_addr("outer_src", " from ", tb[KAME_IPSEC_A_FLOW_OUTER_SRC]);
	print_addr("outer_dst", " to ", tb[KAME_IPSEC_A_FLOW_OUTER_DST]);
	out_text(" reqid ");
	out_uint("reqid", nl_u32(tb[KAME_IPSEC_A_FLOW_REQID], 0));
	print_no_state_more(tb);
	return CMD_OK;
}

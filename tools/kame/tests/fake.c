// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kame command with a made-up kernel: its objects are linked with socket functions
 * that answer from here instead of those of libmnl. So its tests see answers that
 * a good kernel rarely or never gives, and need no module and no privilege.
 *
 * Usage: kame-fake SCENARIO WORD...	the words are kame's own
 *        kame-fake fuzz SEED COUNT	mutated answers (read as JSON if SEED is odd);
 *					nothing may crash, hang, or be found by a sanitizer;
 *					what the command reports goes to stderr
 *
 * selftests/kame_command.sh says what each scenario is for.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/kame_ipsec.h>
#include <linux/kame_ipv6.h>
#include <linux/kame_ipv6_mib.h>
#include <linux/kame_nd.h>
#include <linux/kame_tunnel.h>
#include <linux/kame_tunnel_link.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../nl.h"
#include "../objects.h"

#define FAMILY_ID 0x42
#define GROUP_ID 0x17
#define PORTID 4711
#define DATAGRAMS 32
#define DATAGRAM_SIZE 4096

int kame_main(int argc, char **argv);

struct mnl_socket {
	int bus;
	int fd;		/* takes the lowest number that is free, as a socket does */
	bool listens;
	int first, last;
	size_t len[DATAGRAMS];
	char buf[DATAGRAMS][DATAGRAM_SIZE];
};

static const char *scenario;
static int dumps;
static bool fuzzing;

static bool is(const char *name)
{
	return !strcmp(scenario, name);
}

/* A new datagram in the socket's queue, with the headers of an answer to @req */
static struct nlmsghdr *answer(struct mnl_socket *nl, const struct nlmsghdr *req, uint16_t type,
			       uint8_t cmd)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;

	if (nl->last == DATAGRAMS)
		abort();
	nlh = mnl_nlmsg_put_header(nl->buf[nl->last++]);
	nlh->nlmsg_type = type;
	nlh->nlmsg_seq = req ? req->nlmsg_seq : 0;
	nlh->nlmsg_pid = req ? PORTID : 0;
	if (type < NLMSG_MIN_TYPE)
		return nlh;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

static struct nlmsghdr *answer_error(struct mnl_socket *nl, const struct nlmsghdr *req, int err)
{
	struct nlmsghdr *nlh = answer(nl, req, NLMSG_ERROR, 0);
	bool whole = is("uncapped");
	struct nlmsgerr *error;

	error = mnl_nlmsg_put_extra_header(nlh, sizeof(*error) + (whole ? req->nlmsg_len -
								  sizeof(*req) : 0));
	error->error = err;
	memcpy(&error->msg, req, whole ? req->nlmsg_len : sizeof(*req));
	nlh->nlmsg_flags = whole ? 0 : NLM_F_CAPPED;
	return nlh;
}

static void say(struct nlmsghdr *nlh, const char *sentence)
{
	nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, sentence);
}

static const struct nlattr *attr_of(const struct nlmsghdr *req, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, req, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

/* The offset of an attribute of the request */
static uint32_t offset(const struct nlmsghdr *req, uint16_t type)
{
	const struct nlattr *attr = attr_of(req, type);

	return attr ? (const char *)attr - (const char *)req : 0;
}

static void answer_family(struct mnl_socket *nl, const struct nlmsghdr *req, const char *name,
			  uint16_t id)
{
	struct nlmsghdr *nlh = answer(nl, req, GENL_ID_CTRL, CTRL_CMD_NEWFAMILY);
	struct nlattr *groups, *group;

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, name);
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, id);
	mnl_attr_put_u32(nlh, CTRL_ATTR_VERSION, 1);
	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(nlh, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, "group");
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, GROUP_ID);
	mnl_attr_nest_end(nlh, group);
	mnl_attr_nest_end(nlh, groups);
}

/* The other families are there in some scenarios. */
static bool has_modules(void)
{
	return is("events") || is("short-member");
}

static const struct module {
	const char *name;
	uint16_t id;
	uint8_t about;		/* the request, and the attribute with its interface's version */
	uint16_t abi_attr;
	uint32_t abi;
} modules[] = {
	{ KAME_TUNNEL_FAMILY_NAME, 0x50, KAME_TUNNEL_CMD_NS_GET, KAME_TUNNEL_A_NS_ABI,
	  KAME_TUNNEL_ABI },
	{ KAME_IPSEC_FAMILY_NAME, 0x51, KAME_IPSEC_CMD_NS_GET, KAME_IPSEC_A_NS_ABI,
	  KAME_IPSEC_ABI },
	{ KAME_ND_FAMILY_NAME, 0x52, KAME_ND_CMD_NS_GET, KAME_ND_A_NS_ABI, KAME_ND_ABI },
};

enum { TUNNEL, IPSEC, ND, N_MODULES };

static void put_mib(struct nlmsghdr *nlh, uint16_t type)
{
	uint64_t value[__KAME_IPV6_MIB_MAX + 3];
	size_t n = __KAME_IPV6_MIB_MAX, i;

	if (is("newer"))
		n += 3;
	else if (is("older"))
		n = 2;
	for (i = 0; i < n; i++)
		value[i] = i % 3 ? 0 : 1000 * i + 7;
	mnl_attr_put(nlh, type, n * sizeof(*value) - (is("older") ? 3 : 0), value);
}

static void put_dev(struct nlmsghdr *nlh, uint32_t ifindex, const char *name, int attached,
		    const char *obstacle)
{
	mnl_attr_put_u32(nlh, KAME_IPV6_A_DEV_IFINDEX, ifindex);
	if (is("malformed"))
		mnl_attr_put(nlh, KAME_IPV6_A_DEV_IFNAME, 3, "abc");
	else
		mnl_attr_put_strz(nlh, KAME_IPV6_A_DEV_IFNAME, name);
	mnl_attr_put_u8(nlh, KAME_IPV6_A_DEV_ATTACHED, attached);
	mnl_attr_put_u8(nlh, KAME_IPV6_A_DEV_BY_HAND, ifindex == 4);
	if (obstacle)
		mnl_attr_put_strz(nlh, KAME_IPV6_A_DEV_OBSTACLE, obstacle);
	if (is("newer"))
		mnl_attr_put_strz(nlh, 99, "from the future");
	if (attached) {
		mnl_attr_put_u32(nlh, KAME_IPV6_A_DEV_CONTIGUITY, is("newer") ? 9 : ifindex == 3);
		put_mib(nlh, KAME_IPV6_A_DEV_MIB);
	}
}

/* The end of a dump */
static void answer_done(struct mnl_socket *nl, const struct nlmsghdr *req, bool changed)
{
	struct nlmsghdr *nlh = answer(nl, req, NLMSG_DONE, 0);
	int err = is("dump-fails") ? -ENOMEM : 0;

	nlh->nlmsg_flags = NLM_F_MULTI | (changed ? NLM_F_DUMP_INTR : 0);
	*(int *)mnl_nlmsg_put_extra_header(nlh, sizeof(err)) = err;
}

static bool changes(void)
{
	return is("churn") || (is("interrupted") && dumps < 2);
}

static void answer_dump(struct mnl_socket *nl, const struct nlmsghdr *req)
{
	const char *name = is("names") ? "a\x1b[31m\xff" : "eth0";
	bool changed = changes();

	dumps++;
	put_dev(answer(nl, req, FAMILY_ID, KAME_IPV6_CMD_DEV_GET), 1, "lo", 1, NULL);
	if (!changed)
		put_dev(answer(nl, req, FAMILY_ID, KAME_IPV6_CMD_DEV_GET), 3, name, 1, NULL);
	put_dev(answer(nl, req, FAMILY_ID, KAME_IPV6_CMD_DEV_GET), 4, "wlan0", 0, NULL);
	put_dev(answer(nl, req, FAMILY_ID, KAME_IPV6_CMD_DEV_GET), 5, "br0p1", 0,
		"is a port of bridge br0");
	answer_done(nl, req, changed);
}

static void answer_ns(struct mnl_socket *nl, const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh = answer(nl, req, FAMILY_ID, KAME_IPV6_CMD_NS_GET);

	mnl_attr_put_u32(nlh, KAME_IPV6_A_NS_ABI, is("abi") ? 99 : KAME_IPV6_ABI);
	mnl_attr_put_u8(nlh, KAME_IPV6_A_NS_AUTO, 1);
	mnl_attr_put_strz(nlh, KAME_IPV6_A_NS_VERSION, "9.8.7");
	mnl_attr_put_u32(nlh, KAME_IPV6_A_NS_MAX_HEADERS, 15);
	mnl_attr_put_u32(nlh, KAME_IPV6_A_NS_ORDER, KAME_IPV6_ORDER_STRICT);
	put_mib(nlh, KAME_IPV6_A_NS_MIB);
	answer_error(nl, req, 0);
}

static void answer_change(struct mnl_socket *nl, const struct nlmsghdr *req)
{
	struct nlmsghdr *nlh;
	struct nlattr *policy;

	if (is("refused") || is("uncapped")) {
		nlh = answer_error(nl, req, -EBUSY);
		say(nlh, "lo is a port of bridge br0");
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, offset(req, KAME_IPV6_A_DEV_IFINDEX));
	} else if (is("range")) {
		nlh = answer_error(nl, req, -ERANGE);
		say(nlh, "integer out of range");
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, offset(req, KAME_IPV6_A_DEV_CONTIGUITY));
		policy = mnl_attr_nest_start(nlh, NLMSGERR_ATTR_POLICY);
		mnl_attr_put_u64(nlh, NL_POLICY_TYPE_ATTR_MIN_VALUE_U, 0);
		mnl_attr_put_u64(nlh, NL_POLICY_TYPE_ATTR_MAX_VALUE_U, 1);
		mnl_attr_nest_end(nlh, policy);
	} else if (is("missing")) {
		nlh = answer_error(nl, req, -EINVAL);
		say(nlh, "the request names no device");
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_TYPE, KAME_IPV6_A_DEV_IFINDEX);
	} else if (is("offset")) {
		nlh = answer_error(nl, req, -EINVAL);
		say(nlh, "nonsense");
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, 1000000);
	} else if (is("permission")) {
		answer_error(nl, req, -EPERM);
	} else if (is("silent")) {
		answer_error(nl, req, -EBUSY);
	} else {
		nlh = answer_error(nl, req, 0);
		if (is("warned"))
			say(nlh, "done, but look out");
	}
}

static void put_addr(struct nlmsghdr *nlh, uint16_t type, const char *text)
{
	uint8_t addr[16];
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;

	inet_pton(family, text, addr);
	mnl_attr_put(nlh, type, family == AF_INET6 ? 16 : 4, addr);
}

static void put_no_state(struct nlmsghdr *nlh, uint8_t proto)
{
	mnl_attr_put_u32(nlh, KAME_IPSEC_A_FLOW_POLICY, 5);
	mnl_attr_put_u32(nlh, KAME_IPSEC_A_FLOW_DIR, KAME_IPSEC_DIR_FWD);
	mnl_attr_put_u8(nlh, KAME_IPSEC_A_FLOW_FAMILY, AF_INET);
	put_addr(nlh, KAME_IPSEC_A_FLOW_SRC, "192.0.2.1");
	put_addr(nlh, KAME_IPSEC_A_FLOW_DST, "192.0.2.2");
	mnl_attr_put_u8(nlh, KAME_IPSEC_A_FLOW_PROTO, proto);
	mnl_attr_put_u16(nlh, KAME_IPSEC_A_FLOW_SPORT, proto == IPPROTO_ESP ? 0 : 8);
	mnl_attr_put_u16(nlh, KAME_IPSEC_A_FLOW_DPORT, 0);
	mnl_attr_put_u8(nlh, KAME_IPSEC_A_FLOW_TRANSFORM, IPPROTO_ESP);
	mnl_attr_put_u32(nlh, KAME_IPSEC_A_FLOW_MODE, KAME_IPSEC_MODE_TUNNEL);
	mnl_attr_put_u32(nlh, KAME_IPSEC_A_FLOW_REQID, 42);
	mnl_attr_put_u32(nlh, KAME_IPSEC_A_FLOW_SPI, htonl(0x123));
}

static void put_loop(struct nlmsghdr *nlh)
{
	struct nlattr *hop;

	mnl_attr_put_u32(nlh, KAME_TUNNEL_A_LOOP_IFINDEX, 3);
	mnl_attr_put_strz(nlh, KAME_TUNNEL_A_LOOP_IFNAME, "g0");
	mnl_attr_put_u32(nlh, KAME_TUNNEL_A_LOOP_REASON, KAME_TUNNEL_LOOP_REASON_ROUTE);
	mnl_attr_put_u32(nlh, KAME_TUNNEL_A_LOOP_PATH_END, KAME_TUNNEL_PATH_END_LOOP);
	mnl_attr_put_u32(nlh, KAME_TUNNEL_A_LOOP_SUPPRESSED, 2);
	hop = mnl_attr_nest_start(nlh, KAME_TUNNEL_A_LOOP_HOPS);
	mnl_attr_put_u32(nlh, KAME_TUNNEL_A_HOP_IFINDEX, 3);
	mnl_attr_put_strz(nlh, KAME_TUNNEL_A_HOP_IFNAME, "g0");
	mnl_attr_nest_end(nlh, hop);
}

/* One that was noticed in another namespace */
static void put_loop_elsewhere(struct nlmsghdr *nlh)
{
	struct nlattr *hop;

	mnl_attr_put_u32(nlh, KAME_TUNNEL_A_LOOP_REASON, KAME_TUNNEL_LOOP_REASON_DEPTH);
	mnl_attr_put_u32(nlh, KAME_TUNNEL_A_LOOP_LIMIT, 4);
	mnl_attr_put_u32(nlh, KAME_TUNNEL_A_LOOP_SUPPRESSED, 0);
	hop = mnl_attr_nest_start(nlh, KAME_TUNNEL_A_LOOP_HOPS);
	mnl_attr_put_u32(nlh, KAME_TUNNEL_A_HOP_IFINDEX, 7);
	mnl_attr_nest_end(nlh, hop);
}

/* A prefix that has more routers than are listed */
static void put_prefix(struct nlmsghdr *nlh)
{
	struct nlattr *member;

	mnl_attr_put_u32(nlh, KAME_ND_A_PREFIX_IFINDEX, 3);
	mnl_attr_put_strz(nlh, KAME_ND_A_PREFIX_IFNAME, "eth0");
	put_addr(nlh, KAME_ND_A_PREFIX_PREFIX, "2001:db8::");
	mnl_attr_put_u32(nlh, KAME_ND_A_PREFIX_LENGTH, 64);
	mnl_attr_put_u8(nlh, KAME_ND_A_PREFIX_ON_LINK, 1);
	mnl_attr_put_u8(nlh, KAME_ND_A_PREFIX_AUTONOMOUS, 0);
	mnl_attr_put_u32(nlh, KAME_ND_A_PREFIX_STATE, KAME_ND_STATE_DETACHED);
	mnl_attr_put_u32(nlh, KAME_ND_A_PREFIX_REASON, KAME_ND_REASON_PINNED);
	mnl_attr_put_u32(nlh, KAME_ND_A_PREFIX_PIN, KAME_ND_PIN_DETACHED);
	mnl_attr_put_u32(nlh, KAME_ND_A_PREFIX_ROUTERS, 34);
	mnl_attr_put_u64(nlh, KAME_ND_A_PREFIX_VALID, 7000);
	mnl_attr_put_u64(nlh, KAME_ND_A_PREFIX_PREFERRED, UINT64_MAX);
	mnl_attr_put_u64(nlh, KAME_ND_A_PREFIX_SINCE, 5000);
	member = mnl_attr_nest_start(nlh, KAME_ND_A_PREFIX_ROUTER);
	put_addr(nlh, KAME_ND_A_MEMBER_ADDRESS, "fe80::1");
	if (is("short-member"))
		mnl_attr_put_u8(nlh, KAME_ND_A_MEMBER_REACH, KAME_ND_REACH_UNREACHABLE);
	else
		mnl_attr_put_u32(nlh, KAME_ND_A_MEMBER_REACH, KAME_ND_REACH_UNREACHABLE);
	mnl_attr_put_u32(nlh, KAME_ND_A_MEMBER_LEFT_OUT, 1);
	mnl_attr_nest_end(nlh, member);
}

static void put_router(struct nlmsghdr *nlh)
{
	mnl_attr_put_u32(nlh, KAME_ND_A_ROUTER_IFINDEX, 3);
	mnl_attr_put_strz(nlh, KAME_ND_A_ROUTER_IFNAME, "eth0");
	put_addr(nlh, KAME_ND_A_ROUTER_ADDRESS, "fe80::1");
	mnl_attr_put(nlh, KAME_ND_A_ROUTER_LLADDR, 6, "\2\0\0\0\0\1");
	mnl_attr_put_u32(nlh, KAME_ND_A_ROUTER_REACH, KAME_ND_REACH_REACHABLE);
	mnl_attr_put_u8(nlh, KAME_ND_A_ROUTER_MANAGED, 0);
	mnl_attr_put_u8(nlh, KAME_ND_A_ROUTER_OTHER, 1);
	mnl_attr_put_u32(nlh, KAME_ND_A_ROUTER_PREFERENCE, -1);
	mnl_attr_put_u32(nlh, KAME_ND_A_ROUTER_PREFIXES, 2);
	mnl_attr_put_u64(nlh, KAME_ND_A_ROUTER_LIFETIME, 9000);
	mnl_attr_put_u64(nlh, KAME_ND_A_ROUTER_HEARD, 1000);
	mnl_attr_put_u8(nlh, KAME_ND_A_ROUTER_GONE, 1);
}

/* The answer says which flow was asked for. */
static void answer_ipsec(struct mnl_socket *nl, const struct nlmsghdr *req)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(req);
	struct nlmsghdr *nlh = answer_error(nl, req, 0);
	char text[64];

	if (genl->cmd != KAME_IPSEC_CMD_EXPLAIN)
		return;
	snprintf(text, sizeof(text), "asked for sport %u dport %u mark %u",
		 nl_u16(attr_of(req, KAME_IPSEC_A_FLOW_SPORT), 0),
		 nl_u16(attr_of(req, KAME_IPSEC_A_FLOW_DPORT), 0),
		 nl_u32(attr_of(req, KAME_IPSEC_A_FLOW_MARK), 0));
	say(nlh, text);
}

/* What a module says about itself, or the list of prefixes */
static void answer_module(struct mnl_socket *nl, const struct nlmsghdr *req,
			  const struct module *m)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(req);
	struct nlmsghdr *nlh;

	if (genl->cmd == m->about) {
		nlh = answer(nl, req, m->id, m->about);
		mnl_attr_put_u32(nlh, m->abi_attr, m->abi);
		if (m == &modules[IPSEC])
			put_mib(nlh, KAME_IPSEC_A_NS_MIB);
		answer_error(nl, req, 0);
	} else if (m == &modules[IPSEC]) {
		answer_ipsec(nl, req);
	} else {
		put_prefix(answer(nl, req, m->id, KAME_ND_CMD_PREFIX_GET));
		answer_done(nl, req, false);
	}
}

static void answer_all(struct mnl_socket *nl, const struct nlmsghdr *req)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(req);
	bool dump = (req->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	struct nlmsghdr stale = *req;
	unsigned int i;

	if (is("stale")) {
		stale.nlmsg_seq--;
		answer_error(nl, &stale, -EINVAL);
	}
	if (req->nlmsg_type == GENL_ID_CTRL && dump) {
		answer_family(nl, req, "another", 0x20);
		if (!is("unloaded"))
			answer_family(nl, req, KAME_IPV6_FAMILY_NAME, FAMILY_ID);
		for (i = 0; has_modules() && i < N_MODULES; i++)
			answer_family(nl, req, modules[i].name, modules[i].id);
		answer(nl, req, NLMSG_DONE, 0);
	} else if (req->nlmsg_type == GENL_ID_CTRL) {
		const struct nlattr *name = mnl_nlmsg_get_payload_offset(req, sizeof(*genl));

		for (i = 0; i < N_MODULES; i++) {
			if (has_modules() && !strcmp(mnl_attr_get_str(name), modules[i].name))
				break;
		}
		if (!strcmp(mnl_attr_get_str(name), "nlctrl"))
			answer_family(nl, req, "nlctrl", GENL_ID_CTRL);
		else if (i < N_MODULES)
			answer_family(nl, req, modules[i].name, modules[i].id);
		else if (!is("unloaded"))
			answer_family(nl, req, KAME_IPV6_FAMILY_NAME, FAMILY_ID);
		answer_error(nl, req, strcmp(mnl_attr_get_str(name), "nlctrl") && is("unloaded") ?
			     -ENOENT : 0);
	} else if (req->nlmsg_type >= modules[0].id) {
		answer_module(nl, req, &modules[(req->nlmsg_type - modules[0].id) % N_MODULES]);
	} else if (genl->cmd == KAME_IPV6_CMD_NS_GET) {
		answer_ns(nl, req);
	} else if (dump) {
		answer_dump(nl, req);
	} else if (genl->cmd == KAME_IPV6_CMD_DEV_GET) {
		put_dev(answer(nl, req, FAMILY_ID, KAME_IPV6_CMD_DEV_GET), 1, "lo", 1, NULL);
		answer_error(nl, req, 0);
	} else {
		answer_change(nl, req);
	}
}

static void put_link_data(struct nlmsghdr *nlh, const char *name, const char *kind)
{
	uint64_t mib[3] = { 7 };

	/* To another kind, the numbers mean something else. */
	if (strcmp(kind, "kame_tunnel") || is("short-data")) {
		mnl_attr_put_u8(nlh, IFLA_KAME_TUNNEL_LINK, 1);
		return;
	}
	mnl_attr_put_u32(nlh, IFLA_KAME_TUNNEL_LINK, strcmp(name, "g1") ? 0 : 3);
	put_addr(nlh, IFLA_KAME_TUNNEL_REMOTE, "192.0.2.1");
	mnl_attr_put_u8(nlh, IFLA_KAME_TUNNEL_HOPLIMIT, 64);
	mnl_attr_put(nlh, IFLA_KAME_TUNNEL_MIB, sizeof(mib), mib);
}

/* A device; the outer packets of g1 are in another namespace, where its link is number 3. */
static void put_link(struct mnl_socket *nl, const struct nlmsghdr *req, int ifindex,
		     const char *name, const char *kind)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->buf[nl->last++]);
	struct nlattr *info, *data;
	struct ifinfomsg *ifi;

	nlh->nlmsg_type = RTM_NEWLINK;
	nlh->nlmsg_seq = req->nlmsg_seq;
	nlh->nlmsg_pid = PORTID;
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = ifindex;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	if (!kind)
		return;
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	put_link_data(nlh, name, kind);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	if (!strcmp(name, "g1"))
		mnl_attr_put_u32(nlh, IFLA_LINK_NETNSID, 7);
	if (is("short-link"))
		mnl_attr_put(nlh, IFLA_MTU, 0, NULL);
	if (is("open-name"))
		mnl_attr_put(nlh, IFLA_IFNAME, 4, "abcd");
}

static const struct nlattr *find(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

/* The answer to a change says what was asked for. */
static void answer_link(struct mnl_socket *nl, const struct nlmsghdr *req)
{
	const struct nlattr *attr, *link = NULL;
	char text[64];

	mnl_attr_for_each(attr, req, sizeof(struct ifinfomsg)) {
		if (mnl_attr_get_type(attr) == IFLA_LINKINFO)
			link = find(find(attr, IFLA_INFO_DATA), IFLA_KAME_TUNNEL_LINK);
	}
	snprintf(text, sizeof(text), "asked for link %u", link ? mnl_attr_get_u32(link) : 0);
	if (is("exists"))
		answer_error(nl, req, -EEXIST);
	else if (is("no-kind"))
		say(answer_error(nl, req, -EOPNOTSUPP), "Unknown device type");
	else if (is("no-index"))
		say(answer_error(nl, req, -ENODEV), "no device has this index");
	else
		say(answer_error(nl, req, 0), text);
}

/* Devices: lo, eth0, and the tunnels g0 and g1; lo is one, too, where dumps fail. */
static void answer_route(struct mnl_socket *nl, const struct nlmsghdr *req)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(req);
	bool dump = (req->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP, changed = changes();
	const struct nlattr *attr = mnl_nlmsg_get_payload_offset(req, sizeof(*ifi));
	const char *name = dump || ifi->ifi_index ? NULL : mnl_attr_get_str(attr);

	if (name && strcmp(name, "eth0") && strcmp(name, "g0") && strcmp(name, "g1") &&
	    !(req->nlmsg_flags & NLM_F_CREATE)) {
		answer_error(nl, req, -ENODEV);
		return;
	}
	if (req->nlmsg_type == RTM_NEWLINK) {
		answer_link(nl, req);
		return;
	}
	if (ifi->ifi_index == 1 || dump)
		put_link(nl, req, 1, "lo", is("dump-fails") ? "kame_tunnel" : NULL);
	if (dump || (name && !strcmp(name, "eth0")))
		put_link(nl, req, 2, "eth0", "veth");
	if ((dump && !changed) || (name && !strcmp(name, "g0")))
		put_link(nl, req, 3, "g0", "kame_tunnel");
	if (dump || (name && !strcmp(name, "g1")))
		put_link(nl, req, 4, "g1", "kame_tunnel");
	dumps += dump;
	if (dump)
		answer_done(nl, req, changed);
	else
		answer_error(nl, req, 0);
}

/* Events of the modules besides kame_ipv6 */
static void queue_others(struct mnl_socket *nl)
{
	uint16_t ipsec = modules[IPSEC].id;

	put_loop(answer(nl, NULL, modules[TUNNEL].id, KAME_TUNNEL_CMD_LOOP_NTF));
	put_loop_elsewhere(answer(nl, NULL, modules[TUNNEL].id, KAME_TUNNEL_CMD_LOOP_NTF));
	put_no_state(answer(nl, NULL, ipsec, KAME_IPSEC_CMD_NO_STATE_NTF), IPPROTO_UDP);
	put_no_state(answer(nl, NULL, ipsec, KAME_IPSEC_CMD_NO_STATE_NTF), IPPROTO_ICMP);
	put_no_state(answer(nl, NULL, ipsec, KAME_IPSEC_CMD_NO_STATE_NTF), IPPROTO_ESP);
	put_prefix(answer(nl, NULL, modules[ND].id, KAME_ND_CMD_PREFIX_NTF));
	put_router(answer(nl, NULL, modules[ND].id, KAME_ND_CMD_ROUTER_NTF));
}

/* What a listener reads: events, a loss, and a module that is loaded just now */
static void queue_events(struct mnl_socket *nl)
{
	if (is("unloaded"))
		answer_family(nl, NULL, KAME_IPV6_FAMILY_NAME, FAMILY_ID);
	put_dev(answer(nl, NULL, FAMILY_ID, KAME_IPV6_CMD_DEV_NTF), 3, "eth0", 1, NULL);
	put_dev(answer(nl, NULL, FAMILY_ID, KAME_IPV6_CMD_DEV_NTF), 4, "wlan0", 0, NULL);
	put_dev(answer(nl, NULL, FAMILY_ID, 200), 5, "unknown-event", 0, NULL);
	put_dev(answer(nl, NULL, FAMILY_ID + 1, KAME_IPV6_CMD_DEV_NTF), 5, "other-family", 0, NULL);
	if (is("events"))
		queue_others(nl);
	nl->last++;	/* an empty one stands for ENOBUFS */
	put_dev(answer(nl, NULL, FAMILY_ID, KAME_IPV6_CMD_DEV_NTF), 5, "br0p1", 0,
		"is a port of bridge br0");
}

/* Instead of libmnl's */

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	struct mnl_socket *nl = calloc(1, sizeof(*nl));

	(void)flags;
	if (nl) {
		nl->bus = bus;
		nl->fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	}
	return nl;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	(void)nl, (void)groups, (void)pid;
	return 0;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	close(nl->fd);
	free(nl);
	return 0;
}

int mnl_socket_get_fd(const struct mnl_socket *nl)
{
	(void)nl;
	return -1;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	(void)nl;
	return PORTID;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf, socklen_t len)
{
	struct mnl_socket *fake = (struct mnl_socket *)nl;

	(void)len;
	if (type == NETLINK_ADD_MEMBERSHIP && *(uint32_t *)buf == GROUP_ID && !fake->listens) {
		fake->listens = true;
		queue_events(fake);
	}
	return 0;
}

static uint32_t random_below(uint32_t n)
{
	return n ? random() % n : 0;
}

/* Overwrites some bytes, or cuts, but leaves most messages believable. */
static void mutate(struct nlmsghdr *nlh, size_t *len)
{
	char *bytes = (char *)nlh;
	uint32_t n = random_below(4);

	while (n--) {
		uint32_t at = sizeof(*nlh) + random_below(*len - sizeof(*nlh));

		if (*len > sizeof(*nlh))
			bytes[at] = random_below(3) ? random_below(8) : random();
	}
	if (!random_below(8))
		nlh->nlmsg_len = sizeof(*nlh) + random_below(nlh->nlmsg_len + 8);
	if (!random_below(8))
		nlh->nlmsg_flags = random();
	if (!random_below(16))
		*len = random_below(*len + 1);
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *req, size_t len)
{
	struct mnl_socket *fake = (struct mnl_socket *)nl;

	fake->first = fake->last = 0;
	memset(fake->buf, 0, sizeof(fake->buf));
	if (fake->bus == NETLINK_ROUTE)
		answer_route(fake, req);
	else
		answer_all(fake, req);
	return len;
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf, size_t len)
{
	struct mnl_socket *fake = (struct mnl_socket *)nl;
	struct nlmsghdr *nlh = (struct nlmsghdr *)fake->buf[fake->first];
	size_t got = nlh->nlmsg_len;

	if (fake->first == fake->last)
		return 0;
	fake->first++;
	if (!got) {
		errno = ENOBUFS;
		return -1;
	}
	if (fuzzing)
		mutate(nlh, &got);
	/* no more than was sent, so that reading beyond it is noticed */
	memset(buf, 0xa5, len);
	memcpy(buf, nlh, got);
	return got;
}

static int fuzz(unsigned int seed, unsigned int count)
{
	const unsigned int json = seed % 2;
	static const char *const commands[][5] = {
		{ "ipv6", "show", NULL },
		{ "-s", "ipv6", "show", NULL },
		{ "ipv6", "stats", "explain", NULL },
		{ "ipv6", "attach", "dev", "lo", NULL },
		{ "ipv6", "limits", NULL },
		{ "tunnel", "show", NULL },
		{ "-s", "-d", "tunnel", "show", NULL },
		{ "tunnel", "set", "g0", "up", NULL },
		{ "-d", "nd", "show", NULL },
		{ "monitor", NULL },
		{ "version", NULL },
	};
	static const char *const scenarios[] = { "ok", "refused", "range", "missing", "uncapped",
						 "newer", "older", "names", "unloaded", "events" };
	unsigned int i, c, o, argc;

	if (!freopen("/dev/null", "w", stdout))
		return 1;
	srandom(seed);
	fuzzing = true;
	for (i = 0; i < count; i++) {
		char *argv[7] = { NULL, (char *)"-json" };

		scenario = scenarios[random_below(sizeof(scenarios) / sizeof(*scenarios))];
		c = random_below(sizeof(commands) / sizeof(*commands));
		/* the option lasts: text or JSON throughout */
		for (argc = 0; commands[c][argc]; argc++)
			argv[json + argc + 1] = (char *)commands[c][argc];
		argv[json + argc + 1] = NULL;
		for (o = 0; objects[o]; o++) {
			if (objects[o]->family && !random_below(2))
				nl_family_forget(objects[o]->family);
		}
		alarm(10);
		kame_main(json + argc + 1, argv);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "fuzz"))
		return fuzz(strtoul(argv[2], NULL, 0), strtoul(argv[3], NULL, 0));
	if (argc < 2) {
		fprintf(stderr, "usage: kame-fake SCENARIO WORD...\n");
		return 99;
	}
	scenario = argv[1];
	return kame_main(argc - 1, argv + 1);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Requests about network devices; see rtnl.h. */
#include <errno.h>
#include <string.h>

#include "cmd.h"
#include "nl.h"
#include "rtnl.h"

static struct mnl_socket *sock;

void rtnl_start(struct rtnl_req *req, uint16_t type)
{
	memset(req, 0, sizeof(*req));
	req->nlh = mnl_nlmsg_put_header(req->buf);
	req->nlh->nlmsg_type = type;
	req->ifi = mnl_nlmsg_put_extra_header(req->nlh, sizeof(*req->ifi));
	req->ifi->ifi_family = AF_UNSPEC;
}

void rtnl_name(struct rtnl_req *req, const char *device)
{
	mnl_attr_put_strz(req->nlh, IFLA_IFNAME, device);
	req->device = device;
}

static int report(const struct rtnl_req *req, int err, const struct nlmsghdr *error)
{
	bool adds = req->nlh->nlmsg_type == RTM_NEWLINK;
	const char *said = nl_sentence(error);

	if (adds && err == EOPNOTSUPP) {
		cmd_error("%s: is the module kame_tunnel there?", said ? said : strerror(err));
	} else if (said) {
		cmd_error("%s", said);
	} else if (err == ENODEV && req->device) {
		cmd_error("there is no device \"%s\" in this network namespace", req->device);
		return CMD_USAGE;
	} else if (err == EPERM) {
		cmd_error("not permitted: needs CAP_NET_ADMIN in the user namespace that owns "
			  "the network namespace");
	} else if (adds && err == EEXIST && req->device) {
		cmd_error("there is a device \"%s\" already", req->device);
	} else {
		cmd_error("%s", strerror(err));
	}
	return CMD_FAILED;
}

static int pass_on(const struct nl_replies *replies,
		   int (*reply)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)replies->buf;
	int len = replies->len, err = CMD_OK;

	for (; !err && len && nl_msg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		err = reply(nlh, arg);
	return err;
}

int rtnl_run(struct rtnl_req *req, uint16_t flags,
	     int (*reply)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	struct nl_replies replies;
	const char *said;
	int err;

	if (!sock)
		sock = nl_open(NETLINK_ROUTE);
	if (!sock)
		return CMD_FAILED;
	err = nl_exchange(sock, req->nlh, flags, &replies);
	if (err) {
		err = report(req, err, replies.error);
	} else {
		nl_warn_interrupted(&replies);
		said = nl_sentence(replies.error);
		if (said)
			cmd_warning("%s", said);
		err = reply ? pass_on(&replies, reply, arg) : CMD_OK;
	}
	nl_replies_free(&replies);
	return err;
}

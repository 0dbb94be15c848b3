// SPDX-License-Identifier: GPL-2.0-only
/* Requests about network devices; see rtnl.h. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "rtnl.h"

#define RECEIVE_SIZE (128 * 1024)

void rtnl_start(struct rtnl_req *req, uint16_t type)
{
	memset(req, 0, sizeof(*req));
	req->nlh = mnl_nlmsg_put_header(req->buf);
	req->nlh->nlmsg_type = type;
	req->ifi = mnl_nlmsg_put_extra_header(req->nlh, sizeof(*req->ifi));
	req->ifi->ifi_family = AF_UNSPEC;
}

static struct mnl_socket *open_socket(void)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int one = 1;

	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		cmd_error("cannot open a netlink socket: %s", strerror(errno));
		if (nl)
			mnl_socket_close(nl);
		return NULL;
	}
	/* An older kernel says less when it refuses, and works. */
	mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl, NETLINK_CAP_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	return nl;
}

/* The kernel's sentence in an acknowledgement, or NULL */
static const char *sentence(const struct nlmsghdr *nlh)
{
	size_t skip = nlh->nlmsg_type == NLMSG_ERROR ? sizeof(struct nlmsgerr) : sizeof(int);
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	const char *payload = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || skip > len)
		return NULL;
	for (attr = (const struct nlattr *)(payload + skip);
	     mnl_attr_ok(attr, payload + len - (const char *)attr); attr = mnl_attr_next(attr)) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			return mnl_attr_get_str(attr);
	}
	return NULL;
}

/* The last message of a reply: CMD_OK or CMD_FAILED. */
static int finish(const struct nlmsghdr *nlh)
{
	const char *said = sentence(nlh);
	int code = -EBADMSG;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(code))
		memcpy(&code, mnl_nlmsg_get_payload(nlh), sizeof(code));
	if (!code) {
		if (said)
			cmd_warning("%s", said);
		return CMD_OK;
	}
	if (said)
		cmd_error("%s", said);
	else if (code == -EPERM)
		cmd_error("not permitted: needs CAP_NET_ADMIN in the user namespace that owns "
			  "the network namespace");
	else if (code == -EOPNOTSUPP)
		cmd_error("the kernel has no such device type: is the module kame_tunnel there?");
	else
		cmd_error("%s", strerror(-code));
	return CMD_FAILED;
}

static int receive(struct mnl_socket *nl, int (*reply)(const struct nlmsghdr *nlh, void *arg),
		   void *arg)
{
	static char buf[RECEIVE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *nlh;
	int err = CMD_OK, len;
	ssize_t got;

	for (;;) {
		got = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			cmd_error("cannot read from the kernel: %s",
				  strerror(got ? errno : ECONNRESET));
			return CMD_FAILED;
		}
		len = got;
		for (nlh = (struct nlmsghdr *)buf; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE)
				return err ? err : finish(nlh);
			if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && reply && !err)
				err = reply(nlh, arg);
		}
	}
}

int rtnl_run(struct rtnl_req *req, uint16_t flags,
	     int (*reply)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	struct mnl_socket *nl = open_socket();
	int err;

	if (!nl)
		return CMD_FAILED;
	req->nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	req->nlh->nlmsg_seq = 1;
	if (mnl_socket_sendto(nl, req->nlh, req->nlh->nlmsg_len) < 0) {
		cmd_error("cannot ask the kernel: %s", strerror(errno));
		err = CMD_FAILED;
	} else {
		err = receive(nl, reply, arg);
	}
	mnl_socket_close(nl);
	return err;
}

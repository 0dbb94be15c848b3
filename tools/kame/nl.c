// SPDX-License-Identifier: GPL-2.0-only
/* Sending a request and collecting its replies; see nl.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "nl.h"

#define RECEIVE_SIZE (128 * 1024)
#define DUMP_TRIES 10
#define MAX_ERRNO 4095

static struct mnl_socket *sock;
static uint32_t seq;

struct mnl_socket *nl_open(int bus)
{
	struct mnl_socket *nl = mnl_socket_open2(bus, SOCK_CLOEXEC);
	int one = 1;

	if (!nl) {
		cmd_error("cannot open a netlink socket: %s", strerror(errno));
		return NULL;
	}
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		cmd_error("cannot bind a netlink socket: %s", strerror(errno));
		mnl_socket_close(nl);
		return NULL;
	}
	/* A kernel without one of these says less when it refuses, and works. */
	mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl, NETLINK_CAP_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	return nl;
}

struct mnl_socket *nl_socket(void)
{
	return nl_open(NETLINK_GENERIC);
}

static void collect(struct nl_replies *replies, const struct nlmsghdr *nlh)
{
	size_t len = MNL_ALIGN(nlh->nlmsg_len);

	if (replies->room - replies->len < len) {
		replies->room = 2 * replies->room + len;
		replies->buf = realloc(replies->buf, replies->room);
		if (!replies->buf)
			cmd_out_of_memory();
	}
	memcpy(replies->buf + replies->len, nlh, nlh->nlmsg_len);
	memset(replies->buf + replies->len + nlh->nlmsg_len, 0, len - nlh->nlmsg_len);
	replies->len += len;
}

static void keep_error(struct nl_replies *replies, const struct nlmsghdr *nlh)
{
	replies->error = malloc(nlh->nlmsg_len);
	if (!replies->error)
		cmd_out_of_memory();
	memcpy(replies->error, nlh, nlh->nlmsg_len);
}

void nl_replies_free(struct nl_replies *replies)
{
	free(replies->buf);
	free(replies->error);
	memset(replies, 0, sizeof(*replies));
}

/*
 * Handles one message: whether it is the last of the reply, with the errno that it
 * ends with. NLMSG_ERROR and NLMSG_DONE begin alike, with a negative errno.
 */
static bool take(struct nl_replies *replies, const struct nlmsghdr *nlh, int *err)
{
	int code = 0;

	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		replies->interrupted = true;
	if (nlh->nlmsg_type >= NLMSG_MIN_TYPE) {
		collect(replies, nlh);
		return false;
	}
	if (nlh->nlmsg_type != NLMSG_ERROR && nlh->nlmsg_type != NLMSG_DONE)
		return false;
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(code))
		memcpy(&code, mnl_nlmsg_get_payload(nlh), sizeof(code));
	else if (nlh->nlmsg_type == NLMSG_ERROR)
		code = -EBADMSG;
	keep_error(replies, nlh);
	if (code < -MAX_ERRNO)
		code = -EBADMSG;
	*err = code < 0 ? -code : 0;
	return true;
}

static int receive(struct mnl_socket *nl, const struct nlmsghdr *request,
		   struct nl_replies *replies)
{
	static char buf[RECEIVE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	unsigned int portid = mnl_socket_get_portid(nl);
	const struct nlmsghdr *nlh;
	ssize_t got;
	int len, err;

	for (;;) {
		got = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno;
		if (!got)
			return ECONNRESET;
		len = got;
		for (nlh = (struct nlmsghdr *)buf; nl_msg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			/* the rest of an earlier reply that was given up */
			if (nlh->nlmsg_seq != request->nlmsg_seq || nlh->nlmsg_pid != portid)
				continue;
			if (take(replies, nlh, &err))
				return err;
		}
	}
}

static int exchange(struct mnl_socket *nl, struct nlmsghdr *request, struct nl_replies *replies)
{
	request->nlmsg_seq = ++seq;
	if (mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
		return errno;
	return receive(nl, request, replies);
}

int nl_exchange(struct mnl_socket *nl, struct nlmsghdr *request, uint16_t flags,
		struct nl_replies *replies)
{
	int err, tries = (flags & NLM_F_DUMP) == NLM_F_DUMP ? DUMP_TRIES : 1;

	if (!seq)
		seq = time(NULL);
	request->nlmsg_flags = NLM_F_REQUEST | flags;
	memset(replies, 0, sizeof(*replies));
	for (;;) {
		err = exchange(nl, request, replies);
		if (err || !replies->interrupted || !--tries)
			return err;
		nl_replies_free(replies);
	}
}

void nl_warn_interrupted(const struct nl_replies *replies)
{
	if (replies->interrupted)
		cmd_warning("what is shown kept changing while it was read, "
			    "and may be incomplete");
}

int nl_transact(struct nl_req *req, uint16_t flags, struct nl_replies *replies)
{
	memset(replies, 0, sizeof(*replies));
	if (req->overflow)
		return EMSGSIZE;
	if (!sock) {
		sock = nl_socket();
		if (!sock)
			exit(CMD_FAILED);
	}
	return nl_exchange(sock, req->nlh, flags, replies);
}

void nl_prepare(struct nl_req *req, struct nl_family *family, const struct nl_attrs *attrs,
		uint8_t cmd)
{
	struct genlmsghdr *genl;

	req->family = family;
	req->attrs = attrs;
	req->overflow = false;
	req->nlh = mnl_nlmsg_put_header(req->buf);
	req->nlh->nlmsg_type = family->id;
	genl = mnl_nlmsg_put_extra_header(req->nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = family->version;
}

/* The family may be another one by now if the module was unloaded in between. */
static bool gone(const struct nl_req *req, int err)
{
	return err == ENOENT && req->family != &nl_ctrl;
}

static int pass_on(const struct nl_req *req, const struct nl_replies *replies,
		   nl_reply_fn reply, void *arg)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)replies->buf;
	const struct nlattr *tb[NL_ATTRS_MAX];
	int len = replies->len, err;

	for (; len && nl_msg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_type != req->family->id)
			continue;
		err = nl_parse(req->attrs, nlh, tb);
		if (!err && reply)
			err = reply(tb, arg);
		if (err)
			return err;
	}
	return CMD_OK;
}

int nl_run(struct nl_req *req, nl_reply_fn reply, void *arg)
{
	struct nl_replies replies;
	int err;

	err = nl_transact(req, NLM_F_ACK, &replies);
	if (err) {
		if (gone(req, err))
			nl_family_forget(req->family);
		err = nl_report(req, err, replies.error);
	} else {
		nl_report_warning(req, replies.error);
		err = pass_on(req, &replies, reply, arg);
	}
	nl_replies_free(&replies);
	return err;
}

int nl_dump(struct nl_req *req, nl_reply_fn reply, void *arg)
{
	struct nl_replies replies;
	int err;

	err = nl_transact(req, NLM_F_DUMP, &replies);
	if (err) {
		if (gone(req, err))
			nl_family_forget(req->family);
		err = nl_report(req, err, replies.error);
	} else {
		nl_warn_interrupted(&replies);
		err = pass_on(req, &replies, reply, arg);
	}
	nl_replies_free(&replies);
	return err;
}

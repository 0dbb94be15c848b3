// SPDX-License-Identifier: GPL-2.0-only
/*
 * kame monitor: what the modules report, as it happens. Each object that has
 * events is followed; one whose module is loaded later joins then.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "cmd.h"
#include "nl.h"
#include "objects.h"
#include "out.h"

#define OBJECTS_MAX 16
#define RECEIVE_SIZE (128 * 1024)
#define SOCKET_BUFFER (4 * 1024 * 1024)

static struct mnl_socket *sock;
static const struct cmd_object *followed[OBJECTS_MAX];
static int n_followed;
static bool named;	/* by the user, who wants all of their events then */

/* Some groups are for administrators only: who follows all does without them. */
static int join_group(struct nl_family *family, unsigned int i)
{
	if (mnl_socket_setsockopt(sock, NETLINK_ADD_MEMBERSHIP, &family->group[i].id,
				  sizeof(family->group[i].id)) >= 0)
		return CMD_OK;
	if (errno == EPERM && !named) {
		cmd_warning("%s's group %s is not followed: needs CAP_NET_ADMIN", family->name,
			    family->group[i].name);
		return CMD_OK;
	}
	cmd_error("cannot follow %s's group %s: %s", family->name, family->group[i].name,
		  errno == EPERM ? "not permitted: needs CAP_NET_ADMIN" : strerror(errno));
	return CMD_FAILED;
}

static int join(struct nl_family *family)
{
	unsigned int i;
	int err;

	err = nl_family_check(family);
	for (i = 0; !err && i < family->groups; i++)
		err = join_group(family, i);
	return err;
}

static void print_time(void)
{
	char text[64], zone[8];
	struct timeval now;
	struct tm tm;

	gettimeofday(&now, NULL);
	localtime_r(&now.tv_sec, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(text + strlen(text), sizeof(text) - strlen(text), ".%06ld%s", (long)now.tv_usec,
		 zone);
	out_string("timestamp", text);
	out_text(" ");
}

static int print_event(const struct cmd_object *object, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct cmd_event *event = object->events;
	int err;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return CMD_OK;
	/* A newer module may have events that this program does not know. */
	while (event->name && event->cmd != genl->cmd)
		event++;
	if (!event->name)
		return CMD_OK;
	out_open_object(NULL);
	if (cmd_options.timestamp)
		print_time();
	out_string("object", object->name);
	out_text(": ");
	out_json_string("event", event->name);
	err = event->print(nlh);
	out_text("\n");
	if (err) {
		out_discard();
		return err;
	}
	out_close_object();
	return out_end();
}

/* A module was loaded: its family has a number now, and groups to join. */
static int appeared(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	int err, i;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl) || genl->cmd != CTRL_CMD_NEWFAMILY)
		return CMD_OK;
	for (i = 0; i < n_followed; i++) {
		if (!nl_family_fill(followed[i]->family, nlh))
			continue;
		err = join(followed[i]->family);
		if (err)
			return err;
	}
	return CMD_OK;
}

static int handle(const struct nlmsghdr *nlh)
{
	int i;

	if (nlh->nlmsg_type == GENL_ID_CTRL)
		return appeared(nlh);
	for (i = 0; i < n_followed; i++) {
		if (nlh->nlmsg_type == followed[i]->family->id)
			return print_event(followed[i], nlh);
	}
	return CMD_OK;
}

static int follow(void)
{
	static char buf[RECEIVE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *nlh;
	ssize_t got;
	int err, len;

	for (;;) {
		got = mnl_socket_recvfrom(sock, buf, sizeof(buf));
		if (got < 0 && errno == ENOBUFS) {
			cmd_warning("events came faster than they were read; some are lost");
			continue;
		}
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			cmd_error("cannot read events: %s", strerror(got ? errno : ECONNRESET));
			return CMD_FAILED;
		}
		len = got;
		for (nlh = (struct nlmsghdr *)buf; nl_msg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			err = handle(nlh);
			if (err)
				return err;
		}
	}
}

static void add(const struct cmd_object *object)
{
	int i;

	for (i = 0; i < n_followed; i++) {
		if (followed[i] == object)
			return;
	}
	if (n_followed < OBJECTS_MAX)
		followed[n_followed++] = object;
}

/* The objects that are named or, if none is, all that have events */
static int choose(struct args *args)
{
	bool all = !args_more(args);
	const char *word;
	int i;

	n_followed = 0;
	for (i = 0; all && objects[i]; i++) {
		if (objects[i]->events)
			add(objects[i]);
	}
	while ((word = args_next(args))) {
		i = objects_match(word);
		if (i < 0) {
			cmd_error("%s object \"%s\"; try \"kame help\"",
				  i == -1 ? "unknown" : "ambiguous", word);
			return CMD_USAGE;
		}
		if (!objects[i]->events) {
			cmd_error("\"%s\" has no events", objects[i]->name);
			return CMD_USAGE;
		}
		add(objects[i]);
	}
	return CMD_OK;
}

/* A module that the user asked for by name has to be there. */
static int join_all(void)
{
	int err, i, joined = 0;

	/* The controller first, so that no family appears unseen in between */
	err = nl_family_find(&nl_ctrl, true);
	if (!err)
		err = join(&nl_ctrl);
	for (i = 0; !err && i < n_followed; i++) {
		nl_family_forget(followed[i]->family);
		err = nl_family_find(followed[i]->family, named);
		if (err || !followed[i]->family->id)
			continue;
		err = join(followed[i]->family);
		joined++;
	}
	if (!err && !joined)
		cmd_warning("no module is loaded yet; waiting for one");
	return err;
}

static int run(struct args *args)
{
	int err, size = SOCKET_BUFFER;

	named = args_more(args);
	err = choose(args);
	if (err)
		return err;
	sock = nl_socket();
	if (!sock)
		return CMD_FAILED;
	/* Beyond the system's limit for those who may; else as much as is allowed */
	if (setsockopt(mnl_socket_get_fd(sock), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(mnl_socket_get_fd(sock), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	err = join_all();
	if (!err)
		err = follow();
	mnl_socket_close(sock);
	return err;
}

static const struct cmd monitor = {
	.name = "monitor",
	.run = run,
	.synopsis = "[ OBJECT ... ]",
	.help = "Prints what the modules report as it happens, until it is interrupted: of the\n"
		"objects that are named, or of all that the user may follow. With -timestamp,\n"
		"when it came; with -json, a JSON value a line.\n",
};

const struct cmd_object monitor_object = {
	.name = "monitor",
	.summary = "follow what the modules report",
	.only = &monitor,
};

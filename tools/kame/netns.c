// SPDX-License-Identifier: GPL-2.0-only
/* The network namespace that a command acts in; see netns.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "netns.h"

#define NETNS_DIR "/var/run/netns"

int netns_enter(const char *name)
{
	char path[PATH_MAX];
	int fd, err, n;

	n = snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : NETNS_DIR "/", name);
	if (!*name || n >= (int)sizeof(path)) {
		cmd_error("\"%s\" is not the name of a network namespace", name);
		return CMD_USAGE;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		cmd_error("cannot open network namespace \"%s\": %s", name, strerror(errno));
		return CMD_USAGE;
	}
	err = setns(fd, CLONE_NEWNET) ? errno : 0;
	close(fd);
	if (!err)
		return CMD_OK;
	cmd_error("cannot enter network namespace \"%s\": %s", name,
		  err == EINVAL ? "it is not one" : strerror(err));
	return err == EINVAL ? CMD_USAGE : CMD_FAILED;
}

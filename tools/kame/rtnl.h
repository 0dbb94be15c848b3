/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests about network devices (rtnetlink). Functions that return int return a
 * CMD_* status, after a report on stderr if it isn't CMD_OK.
 */
#ifndef KAME_RTNL_H
#define KAME_RTNL_H

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdint.h>

#define RTNL_REQUEST_SIZE 4096

struct rtnl_req {
	struct nlmsghdr *nlh;
	struct ifinfomsg *ifi;
	const char *device;	/* that it is about, for the report that there is none */
	char buf[RTNL_REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* Begins a request: RTM_NEWLINK, RTM_DELLINK or RTM_GETLINK */
void rtnl_start(struct rtnl_req *req, uint16_t type);
/* Says which device it is about. @device must last as long as the request. */
void rtnl_name(struct rtnl_req *req, const char *device);
/*
 * Sends it. Each message of the reply goes to @reply, which may be NULL, when all of
 * them have come. CMD_USAGE if the device that was named is not there.
 */
int rtnl_run(struct rtnl_req *req, uint16_t flags,
	     int (*reply)(const struct nlmsghdr *nlh, void *arg), void *arg);

#endif /* KAME_RTNL_H */

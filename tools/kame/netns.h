/* SPDX-License-Identifier: GPL-2.0-only */
/* The network namespace that a command acts in. */
#ifndef KAME_NETNS_H
#define KAME_NETNS_H

/* Enters a namespace that "ip netns" made, or that a path names. Returns a CMD_* status. */
int netns_enter(const char *name);

#endif /* KAME_NETNS_H */

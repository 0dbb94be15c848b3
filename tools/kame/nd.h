/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of "kame nd" share. */
#ifndef KAME_ND_H
#define KAME_ND_H

#include <linux/kame_nd.h>

#include "cmd.h"
#include "nl.h"

extern struct nl_family nd_family;
extern const struct nl_attrs nd_prefix_attrs;
extern const struct nl_attrs nd_router_attrs;
extern const struct nl_attrs nd_link_attrs;

/* Name of the choice with this number; a newer module may have more of them. */
const char *nd_name(const char *const *choices, uint32_t value);

/* Handle one message of a dump: @arg is the device that is wanted. */
int nd_show_prefix(const struct nlattr *const *tb, void *arg);
int nd_show_router(const struct nlattr *const *tb, void *arg);
int nd_show_link(const struct nlattr *const *tb, void *arg);

int nd_print_prefix_ntf(const struct nlmsghdr *nlh);
int nd_print_router_ntf(const struct nlmsghdr *nlh);

#endif /* KAME_ND_H */

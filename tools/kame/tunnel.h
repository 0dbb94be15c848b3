/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAME_TUNNEL_H
#define KAME_TUNNEL_H

#include "cmd.h"

/* The commands that go through rtnetlink */
int tunnel_link_add(struct args *args);
int tunnel_link_set(struct args *args);
int tunnel_link_del(struct args *args);
int tunnel_link_show(struct args *args);

/* Counters of a device, below its row */
struct nlattr;
void tunnel_print_mib(const struct nlattr *mib, int indent, bool zero, bool explain);

#endif /* KAME_TUNNEL_H */

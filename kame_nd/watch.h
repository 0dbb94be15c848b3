/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_WATCH_H
#define _KAME_ND_WATCH_H

struct kame_nd_ns;
struct net;

void kame_nd_watch_kick(struct kame_nd_ns *ns);
void kame_nd_watch_check(struct kame_nd_ns *ns);

int kame_nd_watch_net_init(struct net *net);
void kame_nd_watch_net_uninit(struct net *net);

#endif /* _KAME_ND_WATCH_H */

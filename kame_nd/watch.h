/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_WATCH_H
#define _KAME_ND_WATCH_H

struct kame_nd_ns;
struct net;

void kame_nd_watch_kick(struct kame_nd_ns *ns);

void kame_nd_watch_net_init(struct net *net);
void kame_nd_watch_net_uninit(struct net *net);
int kame_nd_watch_init(void);
void kame_nd_watch_uninit(void);

#endif /* _KAME_ND_WATCH_H */

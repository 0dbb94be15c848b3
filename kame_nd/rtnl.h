/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_RTNL_H
#define _KAME_ND_RTNL_H

#include <linux/types.h>

struct kame_nd_source;
struct net;
struct sock;
struct socket;

int kame_nd_rtnl_route_add(struct net *net, const struct kame_nd_source *source);
int kame_nd_rtnl_route_del(struct net *net, const struct kame_nd_source *source);
int kame_nd_rtnl_label_add(struct net *net, const struct kame_nd_source *source);
int kame_nd_rtnl_label_del(struct net *net, const struct kame_nd_source *source);

struct socket *kame_nd_rtnl_listen(struct net *net, void (*changed)(struct sock *sk), void *data);
void kame_nd_rtnl_unlisten(struct socket *sock);

#endif /* _KAME_ND_RTNL_H */

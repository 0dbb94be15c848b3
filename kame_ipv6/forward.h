/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_FORWARD_H
#define _KAME_IPV6_FORWARD_H

struct kame_ipv6_path;
struct net;
struct sk_buff;

int kame_ipv6_forward(struct net *net, struct sk_buff *skb, const struct kame_ipv6_path *path);

#endif /* _KAME_IPV6_FORWARD_H */

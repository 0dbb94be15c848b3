/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_TUNNEL_CONNECT_H
#define _KAME_TUNNEL_CONNECT_H

struct sk_buff;

void kame_tunnel_connect_end(const struct sk_buff *skb);
int kame_tunnel_connect_init(void);
void kame_tunnel_connect_uninit(void);

#endif /* _KAME_TUNNEL_CONNECT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_TUNNEL_MAKER_H
#define _KAME_TUNNEL_MAKER_H

#include <linux/skbuff.h>

/* Datagrams kept in mind whose first fragment was refused; a power of two */
#define KAME_TUNNEL_REFUSED	8

bool kame_tunnel_maker_is_tunnel(const struct sk_buff *skb, u32 refused[KAME_TUNNEL_REFUSED]);

#endif

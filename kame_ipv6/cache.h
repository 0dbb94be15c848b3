/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_CACHE_H
#define _KAME_IPV6_CACHE_H

struct sk_buff;

void kame_ipv6_cache_route(struct sk_buff *skb);
void kame_ipv6_cache_flush(void);
void kame_ipv6_cache_stale(void);
int kame_ipv6_cache_init(void);
void kame_ipv6_cache_uninit(void);

#endif /* _KAME_IPV6_CACHE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_DELIVER_H
#define _KAME_IPV6_DELIVER_H

#include <linux/skbuff.h>

#include "cache.h"

struct kame_ipv6_counters;

/**
 * struct kame_ipv6_origin - where packets came from
 * @net: the namespace
 * @mib: where to count them
 * @contiguity: enum kame_ipv6_contiguity
 */
struct kame_ipv6_origin {
	struct net *net;
	struct kame_ipv6_counters __percpu *mib;
	u32 contiguity;
};

int kame_ipv6_deliver_accept(const struct kame_ipv6_origin *from, struct sk_buff *skb);
int kame_ipv6_deliver_else(const struct kame_ipv6_origin *from, struct sk_buff *skb,
			   const struct kame_ipv6_path *path);
int kame_ipv6_deliver_init(void);

/**
 * kame_ipv6_deliver - accept or forward a packet, as its route says
 * @from: where it came from
 * @skb: the packet with its route; gone on return
 * @path: what is known of the route
 *
 * Context: rcu_read_lock(), bottom halves off.
 * Return: as dst_input().
 */
static inline int kame_ipv6_deliver(const struct kame_ipv6_origin *from, struct sk_buff *skb,
				    const struct kame_ipv6_path *path)
{
	if (path->kind == KAME_IPV6_PATH_ACCEPT)
		return kame_ipv6_deliver_accept(from, skb);
	return kame_ipv6_deliver_else(from, skb, path);
}

#endif /* _KAME_IPV6_DELIVER_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_DELIVER_H
#define _KAME_IPV6_DELIVER_H

#include <linux/skbuff.h>

struct kame_ipv6_counters;
struct kame_ipv6_path;

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

int kame_ipv6_deliver(const struct kame_ipv6_origin *from, struct sk_buff *skb,
		      const struct kame_ipv6_path *path);
int kame_ipv6_deliver_init(void);

#endif /* _KAME_IPV6_DELIVER_H */

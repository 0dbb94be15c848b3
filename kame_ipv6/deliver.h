/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_DELIVER_H
#define _KAME_IPV6_DELIVER_H

#include <linux/skbuff.h>

struct kame_ipv6_counters;

int kame_ipv6_deliver(struct kame_ipv6_counters __percpu *mib, u32 contiguity,
		      struct sk_buff *skb);
int kame_ipv6_deliver_init(void);

#endif /* _KAME_IPV6_DELIVER_H */

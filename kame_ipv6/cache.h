/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_CACHE_H
#define _KAME_IPV6_CACHE_H

#include <linux/in6.h>
#include <linux/types.h>

struct inet6_dev;
struct kame_ipv6_ns;
struct net;
struct net_device;
struct notifier_block;
struct sk_buff;

/**
 * enum kame_ipv6_path_kind - what becomes of the packets of a route
 * @KAME_IPV6_PATH_OTHER: what the route's own functions say
 * @KAME_IPV6_PATH_ACCEPT: they are for this node
 * @KAME_IPV6_PATH_FORWARD: they are forwarded by the ordinary output function, by a
 *	route that has no MTU of its own
 */
enum kame_ipv6_path_kind {
	KAME_IPV6_PATH_OTHER,
	KAME_IPV6_PATH_ACCEPT,
	KAME_IPV6_PATH_FORWARD,
};

/**
 * struct kame_ipv6_path - what is known of a packet's route without looking at it
 * @kind: enum kame_ipv6_path_kind; the rest is there for KAME_IPV6_PATH_FORWARD
 * @on_link: the destination is a neighbour
 * @idev: the device that the packets leave by, under RCU
 * @next_hop: the neighbour
 */
struct kame_ipv6_path {
	u8 kind;
	bool on_link;
	struct inet6_dev *idev;
	struct in6_addr next_hop;
};

void kame_ipv6_cache_prefetch(const struct net_device *dev, const struct in6_addr *daddr);
void kame_ipv6_cache_route(struct sk_buff *skb, struct net *net, struct kame_ipv6_path *path);
void kame_ipv6_cache_dev_gone(const struct kame_ipv6_ns *ns);
void kame_ipv6_cache_stale(void);
int kame_ipv6_cache_fib_event(struct notifier_block *nb, unsigned long event, void *ptr);
int kame_ipv6_cache_init(void);
void kame_ipv6_cache_uninit(void);

#endif /* _KAME_IPV6_CACHE_H */

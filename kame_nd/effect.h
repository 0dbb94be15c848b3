/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_EFFECT_H
#define _KAME_ND_EFFECT_H

#include <linux/types.h>

struct in6_addr;
struct inet6_ifaddr;
struct kame_nd_ns;
struct kame_nd_prefix;
struct kame_nd_router;
struct net_device;

/**
 * struct kame_nd_routes - the routes of an advertisement that share a fate
 * @dst: their destination
 * @len: its length
 * @gateway: their router, or NULL where they are on-link
 */
struct kame_nd_routes {
	const struct in6_addr *dst;
	unsigned int len;
	const struct in6_addr *gateway;
};

void kame_nd_effect_apply(struct kame_nd_prefix *prefix);
void kame_nd_effect_forget(struct kame_nd_prefix *prefix);

void kame_nd_effect_router(struct kame_nd_router *router, bool dead);

unsigned int kame_nd_effect_routes(struct kame_nd_ns *ns, const struct kame_nd_routes *routes,
				   struct net_device *dev, bool dead);
bool kame_nd_effect_addr(struct kame_nd_prefix *prefix, struct net_device *dev, bool avoid);
bool kame_nd_effect_addr_is_of(const struct inet6_ifaddr *ifp, const struct kame_nd_prefix *prefix);
void kame_nd_effect_addr_forget(struct kame_nd_prefix *prefix);
void kame_nd_effect_notify(const struct inet6_ifaddr *ifp);

#endif /* _KAME_ND_EFFECT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_EFFECT_H
#define _KAME_ND_EFFECT_H

#include <linux/types.h>

struct kame_nd_prefix;
struct net_device;

void kame_nd_effect_apply(struct kame_nd_prefix *prefix);
void kame_nd_effect_forget(struct kame_nd_prefix *prefix);

bool kame_nd_effect_route(struct kame_nd_prefix *prefix, struct net_device *dev, bool detach);
bool kame_nd_effect_addr(struct kame_nd_prefix *prefix, struct net_device *dev, bool avoid);
void kame_nd_effect_addr_forget(struct kame_nd_prefix *prefix);

#endif /* _KAME_ND_EFFECT_H */

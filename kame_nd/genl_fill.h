/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_GENL_FILL_H
#define _KAME_ND_GENL_FILL_H

#include <linux/types.h>

struct kame_nd_link;
struct kame_nd_prefix;
struct kame_nd_router;
struct sk_buff;

int kame_nd_put_link(struct sk_buff *msg, const struct kame_nd_link *link);
int kame_nd_put_prefix(struct sk_buff *msg, const struct kame_nd_prefix *prefix);
int kame_nd_put_router(struct sk_buff *msg, const struct kame_nd_router *router);

#endif /* _KAME_ND_GENL_FILL_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_GENL_H
#define _KAME_ND_GENL_H

#include <uapi/linux/kame_nd.h>

struct kame_nd_prefix;
struct kame_nd_router;

void kame_nd_genl_prefix(struct kame_nd_prefix *prefix, enum kame_nd_cause cause, bool gone);
void kame_nd_genl_router(struct kame_nd_router *router, enum kame_nd_cause cause, bool gone);
int kame_nd_genl_init(void);
void kame_nd_genl_uninit(void);

#endif /* _KAME_ND_GENL_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_PROBE_H
#define _KAME_ND_PROBE_H

struct kame_nd_link;
struct kame_nd_router;
struct work_struct;

void kame_nd_probe_router(struct kame_nd_router *router);
void kame_nd_probe_heard(struct kame_nd_link *link);
void kame_nd_probe_ask_all(struct kame_nd_link *link);
void kame_nd_probe_ask_anew(struct kame_nd_link *link);
void kame_nd_probe_link(struct kame_nd_link *link, const struct kame_nd_router *but);
void kame_nd_probe_stop(struct kame_nd_router *router);
void kame_nd_probe_answered(struct kame_nd_router *router);
void kame_nd_probe_failed(struct kame_nd_router *router);
void kame_nd_probe_work(struct work_struct *work);

#endif /* _KAME_ND_PROBE_H */

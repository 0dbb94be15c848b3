/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_LEARN_H
#define _KAME_ND_LEARN_H

struct kame_nd_link;
struct work_struct;

void kame_nd_learn_left_out(struct kame_nd_link *link);
void kame_nd_learn_work(struct work_struct *work);
void kame_nd_learn_expire_work(struct work_struct *work);

#endif /* _KAME_ND_LEARN_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_DEV_H
#define _KAME_ND_DEV_H

int kame_nd_dev_init(void);
void kame_nd_dev_uninit(void);

#endif /* _KAME_ND_DEV_H */

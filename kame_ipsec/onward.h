/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_ONWARD_H
#define _KAME_IPSEC_ONWARD_H

struct dst_entry;

struct dst_entry *kame_ipsec_onward_alloc(struct dst_entry *route);
int kame_ipsec_onward_init(void);
void kame_ipsec_onward_uninit(void);

#endif /* _KAME_IPSEC_ONWARD_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_KM_H
#define _KAME_IPSEC_KM_H

void kame_ipsec_km_init(void);
void kame_ipsec_km_uninit(void);

#endif /* _KAME_IPSEC_KM_H */

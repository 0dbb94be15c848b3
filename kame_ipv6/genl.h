/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_GENL_H
#define _KAME_IPV6_GENL_H

struct net_device;

void kame_ipv6_genl_notify(struct net_device *dev);
int kame_ipv6_genl_init(void);
void kame_ipv6_genl_uninit(void);

#endif /* _KAME_IPV6_GENL_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_HOOKS_H
#define _KAME_IPV6_HOOKS_H

#include <linux/netfilter.h>
#include <net/net_namespace.h>

/* Whether a hook of IPv6 has anybody on it. Context: rcu_read_lock(). */
static inline bool kame_ipv6_has_hooks(const struct net *net, unsigned int hook)
{
#ifdef CONFIG_NETFILTER
	return rcu_access_pointer(net->nf.hooks_ipv6[hook]);
#else
	return false;
#endif
}

#endif /* _KAME_IPV6_HOOKS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_NETNS_H
#define _KAME_IPV6_NETNS_H

#include <linux/notifier.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

struct kame_ipv6_counters;

/* KAME's default since 2007. */
#define KAME_IPV6_MAX_HEADERS_DEFAULT 15

/**
 * struct kame_ipv6_ns - what kame_ipv6 keeps for a network namespace
 * @net: the namespace
 * @settle: attaches devices that became free
 * @mib: counters of the devices that were let go, and of packets whose device
 *	was let go while they were on their way
 * @devs: attached devices (struct kame_ipv6_dev) by their index; protected by RTNL
 * @choices: what requests asked for (struct kame_ipv6_choice) by the index of the
 *	device; protected by RTNL
 * @joining: index of the device that last began to join a master, until @settle
 *	has run; protected by RTNL
 * @fib_nb: hears of routes
 * @fib_told: it does
 * @cached: a route has been remembered, so that devices may be held
 * @max_headers: most extension headers in a packet, 0 for no limit
 * @max_options: most options in a header, 0 for the sysctls' number
 * @max_header_bytes: most bytes of extension headers in a packet, 0 for no limit
 * @order: enum kame_ipv6_order
 */
struct kame_ipv6_ns {
	struct net *net;
	struct work_struct settle;
	struct kame_ipv6_counters __percpu *mib;
	struct xarray devs;
	struct xarray choices;
	int joining;
	struct notifier_block fib_nb;
	bool fib_told;
	bool cached;
	u32 max_headers;
	u32 max_options;
	u32 max_header_bytes;
	u32 order;
};

struct kame_ipv6_ns *kame_ipv6_ns(const struct net *net);
int kame_ipv6_netns_init(void);
void kame_ipv6_netns_uninit(void);

#endif /* _KAME_IPV6_NETNS_H */

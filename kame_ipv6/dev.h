/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_DEV_H
#define _KAME_IPV6_DEV_H

#include <linux/netdevice.h>
#include <linux/workqueue.h>

struct kame_ipv6_counters;
struct netlink_ext_ack;

/**
 * struct kame_ipv6_dev - a device whose IPv6 input is taken over
 * @dev: the device; this structure goes before the device does
 * @held: its receive handler is ours, which is so while the device is up;
 *	protected by RTNL
 * @mib: counters since it was attached
 * @contiguity: enum kame_ipv6_contiguity; written under RTNL, read locklessly
 * @type: delivers what the receive handler marked
 */
struct kame_ipv6_dev {
	struct net_device *dev;
	bool held;
	struct kame_ipv6_counters __percpu *mib;
	u32 contiguity;
	struct packet_type type;
};

extern bool kame_ipv6_dev_auto;

const char *kame_ipv6_dev_obstacle(struct net_device *dev);
struct kame_ipv6_dev *kame_ipv6_dev_get_rtnl(const struct net_device *dev);
struct kame_ipv6_dev *kame_ipv6_dev_get_rcu(const struct net_device *dev);
struct kame_ipv6_counters __percpu *kame_ipv6_dev_mib(const struct sk_buff *skb,
						      u32 *contiguity);
int kame_ipv6_dev_attach(struct net_device *dev, u32 contiguity,
			 struct netlink_ext_ack *extack);
int kame_ipv6_dev_detach(struct net_device *dev, struct netlink_ext_ack *extack);
int kame_ipv6_dev_set(struct net_device *dev, u32 contiguity, struct netlink_ext_ack *extack);
bool kame_ipv6_dev_by_hand(const struct net_device *dev);
void kame_ipv6_dev_settle_work(struct work_struct *work);
int kame_ipv6_dev_init(void);
void kame_ipv6_dev_uninit(void);

#endif /* _KAME_IPV6_DEV_H */

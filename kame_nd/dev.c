// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of devices and of the machine after which routers are asked whether they
 * are still there, and states are applied again.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/suspend.h>

#include "dev.h"
#include "netns.h"
#include "probe.h"
#include "table.h"

/* Context: RTNL. */
static int dev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct kame_nd_ns *ns = kame_nd_ns(dev_net(dev));
	struct kame_nd_link *link;

	if (event != NETDEV_UP && event != NETDEV_CHANGE && event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	mutex_lock(&ns->lock);
	link = kame_nd_link_find(ns, dev->ifindex);
	if (link && event == NETDEV_UNREGISTER) {
		kame_nd_link_free(link, KAME_ND_CAUSE_DEVICE);
	} else if (link) {
		/* The kernel has brought routes back to life, or removed them before. */
		link->source_flushed |= event == NETDEV_UP;
		kame_nd_link_touch(link);
		if (netif_carrier_ok(dev))
			kame_nd_probe_ask_anew(link);
	}
	kame_nd_settle(ns, KAME_ND_CAUSE_DEVICE);
	mutex_unlock(&ns->lock);
	return NOTIFY_DONE;
}

/* After the kernel's own, which has put addresses and routes back */
static struct notifier_block dev_nb = {
	.notifier_call = dev_event,
	.priority = -1,
};

/* While it slept the machine may have been carried anywhere. */
static void probe_all(struct net *net)
{
	struct kame_nd_ns *ns = kame_nd_ns(net);
	struct kame_nd_link *link;

	mutex_lock(&ns->lock);
	list_for_each_entry(link, &ns->links, list)
		kame_nd_probe_ask_anew(link);
	if (!ns->dead)
		mod_delayed_work(kame_nd_wq, &ns->expire_work, 0);
	mutex_unlock(&ns->lock);
}

static int pm_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net *net;

	if (event != PM_POST_SUSPEND && event != PM_POST_HIBERNATION)
		return NOTIFY_DONE;
	down_read(&net_rwsem);
	for_each_net(net)
		probe_all(net);
	up_read(&net_rwsem);
	return NOTIFY_DONE;
}

static struct notifier_block pm_nb = { .notifier_call = pm_event };

int __init kame_nd_dev_init(void)
{
	int err;

	err = register_netdevice_notifier(&dev_nb);
	if (err)
		return err;
	err = register_pm_notifier(&pm_nb);
	if (err)
		unregister_netdevice_notifier(&dev_nb);
	return err;
}

void kame_nd_dev_uninit(void)
{
	unregister_pm_notifier(&pm_nb);
	unregister_netdevice_notifier(&dev_nb);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which devices kame_ipv6 has taken over: by request, or by itself.
 */
#include <linux/rtnetlink.h>
#include <net/ipv6.h>

#include <uapi/linux/kame_ipv6.h>

#include "cache.h"
#include "dev.h"
#include "genl.h"
#include "input.h"
#include "mib.h"
#include "netns.h"

/* Attach to every device that allows it. Set when the module is loaded. */
bool kame_ipv6_dev_auto = true;

/**
 * struct kame_ipv6_choice - what a request said of a device, for as long as it lives
 * @attach: to be attached whenever nothing stands in the way, or never
 * @contiguity: enum kame_ipv6_contiguity
 */
struct kame_ipv6_choice {
	bool attach;
	u32 contiguity;
};

/* The module goes: nothing is attached any more. Protected by RTNL. */
static bool closing;

static struct kame_ipv6_choice *choice_find(const struct net_device *dev)
{
	ASSERT_RTNL();
	return xa_load(&kame_ipv6_ns(dev_net(dev))->choices, dev->ifindex);
}

static struct kame_ipv6_choice *choice_get(const struct net_device *dev)
{
	struct kame_ipv6_choice *choice = choice_find(dev);

	if (choice)
		return choice;
	choice = kzalloc(sizeof(*choice), GFP_KERNEL);
	if (!choice)
		return NULL;
	if (xa_err(xa_store(&kame_ipv6_ns(dev_net(dev))->choices, dev->ifindex, choice,
			    GFP_KERNEL))) {
		kfree(choice);
		return NULL;
	}
	return choice;
}

static void choice_forget(const struct net_device *dev)
{
	kfree(xa_erase(&kame_ipv6_ns(dev_net(dev))->choices, dev->ifindex));
}

/**
 * kame_ipv6_dev_by_hand - whether a request detached the device
 * @dev: the device
 *
 * Context: RTNL.
 */
bool kame_ipv6_dev_by_hand(const struct net_device *dev)
{
	const struct kame_ipv6_choice *choice = choice_find(dev);

	return choice && !choice->attach;
}

/**
 * kame_ipv6_dev_get_rcu - the attachment of a device, for a packet
 * @dev: the device
 *
 * Context: rcu_read_lock().
 * Return: NULL where the device is not attached.
 */
struct kame_ipv6_dev *kame_ipv6_dev_get_rcu(const struct net_device *dev)
{
	if (rcu_access_pointer(dev->rx_handler) != kame_ipv6_input_rx_handler)
		return NULL;
	return rcu_dereference(dev->rx_handler_data);
}

/**
 * kame_ipv6_dev_get_rtnl - the attachment of a device, for a request
 * @dev: the device
 *
 * Context: RTNL.
 * Return: NULL where the device is not attached.
 */
struct kame_ipv6_dev *kame_ipv6_dev_get_rtnl(const struct net_device *dev)
{
	ASSERT_RTNL();
	return xa_load(&kame_ipv6_ns(dev_net(dev))->devs, dev->ifindex);
}

/**
 * kame_ipv6_dev_mib - where to count a packet that is past its first steps
 * @skb: a packet whose IP6CB() is filled; a VRF may have changed its device
 * @contiguity: set to the treatment of headers that are not contiguous; may be NULL
 *
 * Context: rcu_read_lock().
 * Return: counters of the device it came in on, or of its namespace where that
 * device was let go meanwhile.
 */
struct kame_ipv6_counters __percpu *kame_ipv6_dev_mib(const struct sk_buff *skb,
						      u32 *contiguity)
{
	struct net *net = dev_net(skb->dev);
	const struct kame_ipv6_dev *kdev = kame_ipv6_dev_get_rcu(skb->dev);

	if (!kdev) {
		struct net_device *dev = dev_get_by_index_rcu(net, IP6CB(skb)->iif);

		kdev = dev ? kame_ipv6_dev_get_rcu(dev) : NULL;
	}
	if (contiguity)
		*contiguity = kdev ? READ_ONCE(kdev->contiguity) : KAME_IPV6_CONTIGUITY_PULLUP;
	return kdev ? kdev->mib : kame_ipv6_ns(net)->mib;
}

/**
 * kame_ipv6_dev_obstacle - what keeps a device from being attached
 * @dev: the device
 *
 * Context: RTNL.
 * Return: a sentence, or NULL where attaching would work.
 */
const char *kame_ipv6_dev_obstacle(struct net_device *dev)
{
	const struct kame_ipv6_dev *kdev = kame_ipv6_dev_get_rtnl(dev);

	if (kdev && kdev->held)
		return NULL;
	if (netif_is_bridge_port(dev))
		return "the device is a port of a bridge: attach the bridge";
	if (netif_is_lag_port(dev))
		return "the device is a port of a bond or team: attach the bond or team";
	if (netif_is_macvlan_port(dev))
		return "the device carries macvlan or macvtap devices: attach those";
	if (netif_is_ovs_port(dev))
		return "the device is a port of an Open vSwitch bridge: attach the bridge";
	if (dev->priv_flags & IFF_NO_RX_HANDLER)
		return "devices of this kind take no receive handler";
	if (netdev_is_rx_handler_busy(dev))
		return "another user holds the receive handler of the device";
	return NULL;
}

/* Have the packets of an attached device come to us. */
static int handler_take(struct kame_ipv6_dev *kdev)
{
	int err;

	/* Our packet type takes only what our receive handler marked, so that
	 * no packet is without an owner, or has two, while this goes on.
	 */
	dev_add_pack(&kdev->type);
	err = netdev_rx_handler_register(kdev->dev, kame_ipv6_input_rx_handler, kdev);
	if (err)
		dev_remove_pack(&kdev->type);
	else
		kdev->held = true;
	return err;
}

static void handler_return(struct kame_ipv6_dev *kdev)
{
	if (!kdev->held)
		return;
	/* Waits until no CPU is between our handler and our packet type. */
	netdev_rx_handler_unregister(kdev->dev);
	dev_remove_pack(&kdev->type);
	kdev->held = false;
}

static void dev_free(struct kame_ipv6_dev *kdev)
{
	free_percpu(kdev->mib);
	kfree(kdev);
}

static struct kame_ipv6_dev *dev_alloc(struct net_device *dev, u32 contiguity)
{
	struct kame_ipv6_dev *kdev = kzalloc(sizeof(*kdev), GFP_KERNEL);

	if (!kdev)
		return NULL;
	kdev->mib = alloc_percpu(struct kame_ipv6_counters);
	if (!kdev->mib) {
		kfree(kdev);
		return NULL;
	}
	kdev->dev = dev;
	kdev->contiguity = contiguity;
	kdev->type.type = htons(ETH_P_IPV6);
	kdev->type.dev = dev;
	kdev->type.func = kame_ipv6_input_rcv;
	kdev->type.list_func = kame_ipv6_input_list_rcv;
	return kdev;
}

/* A device that is down gets no packets. We do without its receive handler
 * then, for those who want it of a device before it goes up: a bond does.
 */
static int dev_take(struct net_device *dev, u32 contiguity)
{
	struct kame_ipv6_ns *ns = kame_ipv6_ns(dev_net(dev));
	struct kame_ipv6_dev *kdev = dev_alloc(dev, contiguity);
	int err;

	if (!kdev)
		return -ENOMEM;
	err = xa_err(xa_store(&ns->devs, dev->ifindex, kdev, GFP_KERNEL));
	if (!err && (dev->flags & IFF_UP)) {
		err = handler_take(kdev);
		if (err)
			xa_erase(&ns->devs, dev->ifindex);
	}
	if (err) {
		dev_free(kdev);
		return err;
	}
	kame_ipv6_genl_notify(dev);
	return 0;
}

static void dev_let_go(struct net_device *dev)
{
	struct kame_ipv6_ns *ns = kame_ipv6_ns(dev_net(dev));
	struct kame_ipv6_dev *kdev = xa_erase(&ns->devs, dev->ifindex);

	if (!kdev)
		return;
	handler_return(kdev);
	kame_ipv6_mib_fold(ns->mib, kdev->mib);
	dev_free(kdev);
	kame_ipv6_genl_notify(dev);
}

/* Attach a device that is wanted and free. */
static void dev_settle(struct net_device *dev)
{
	const struct kame_ipv6_choice *choice = choice_find(dev);
	struct kame_ipv6_dev *kdev = kame_ipv6_dev_get_rtnl(dev);

	if (closing || dev->ifindex == kame_ipv6_ns(dev_net(dev))->joining)
		return;
	if (kdev) {
		/* Somebody may have taken the handler while the device was down. */
		if ((dev->flags & IFF_UP) && !kdev->held && handler_take(kdev))
			dev_let_go(dev);
		return;
	}
	if (choice ? !choice->attach : !kame_ipv6_dev_auto)
		return;
	if (!kame_ipv6_dev_obstacle(dev))
		dev_take(dev, choice ? choice->contiguity : KAME_IPV6_CONTIGUITY_PULLUP);
}

/**
 * kame_ipv6_dev_settle_work - attach what went up or became free
 * @work: kame_ipv6_ns.settle
 *
 * A device that leaves its master gets its receive handler back some time
 * after the notification, and a team's port goes up some time before the team takes
 * its handler: what waits for RTNL comes after both.
 */
void kame_ipv6_dev_settle_work(struct work_struct *work)
{
	struct kame_ipv6_ns *ns = container_of(work, struct kame_ipv6_ns, settle);
	struct net_device *dev;

	rtnl_lock();
	ns->joining = 0;
	for_each_netdev(ns->net, dev)
		if (dev->reg_state == NETREG_REGISTERED)
			dev_settle(dev);
	rtnl_unlock();
}

/**
 * kame_ipv6_dev_attach - take over a device by request
 * @dev: the device
 * @contiguity: enum kame_ipv6_contiguity
 * @extack: gets the reason of a refusal
 *
 * Context: RTNL.
 * Return: 0, -EEXIST, -EBUSY, -ENOMEM or -ESHUTDOWN.
 */
int kame_ipv6_dev_attach(struct net_device *dev, u32 contiguity,
			 struct netlink_ext_ack *extack)
{
	const char *obstacle = kame_ipv6_dev_obstacle(dev);
	struct kame_ipv6_choice *choice, before;
	bool known;
	int err;

	if (closing) {
		NL_SET_ERR_MSG(extack, "the module is being removed");
		return -ESHUTDOWN;
	}
	if (kame_ipv6_dev_get_rtnl(dev)) {
		NL_SET_ERR_MSG(extack, "the device is attached already");
		return -EEXIST;
	}
	if (obstacle) {
		extack->_msg = obstacle;
		return -EBUSY;
	}
	known = choice_find(dev);
	choice = choice_get(dev);
	if (!choice)
		return -ENOMEM;
	/* Before listeners are told, who hear of the choice as well. */
	before = *choice;
	choice->attach = true;
	choice->contiguity = contiguity;
	err = dev_take(dev, contiguity);
	if (err) {
		NL_SET_ERR_MSG(extack, "the receive handler of the device can't be taken");
		*choice = before;
		if (!known)
			choice_forget(dev);
		return err;
	}
	return 0;
}

/**
 * kame_ipv6_dev_detach - give a device back by request
 * @dev: the device
 * @extack: gets the reason of a refusal
 *
 * Context: RTNL.
 * Return: 0, -ENOENT or -ENOMEM.
 */
int kame_ipv6_dev_detach(struct net_device *dev, struct netlink_ext_ack *extack)
{
	struct kame_ipv6_choice *choice;

	if (!kame_ipv6_dev_get_rtnl(dev)) {
		NL_SET_ERR_MSG(extack, "the device is not attached");
		return -ENOENT;
	}
	choice = choice_get(dev);
	if (!choice)
		return -ENOMEM;
	choice->attach = false;
	dev_let_go(dev);
	return 0;
}

/**
 * kame_ipv6_dev_set - change the settings of an attached device
 * @dev: the device
 * @contiguity: enum kame_ipv6_contiguity
 * @extack: gets the reason of a refusal
 *
 * Context: RTNL.
 * Return: 0, -ENOENT or -ENOMEM.
 */
int kame_ipv6_dev_set(struct net_device *dev, u32 contiguity, struct netlink_ext_ack *extack)
{
	struct kame_ipv6_dev *kdev = kame_ipv6_dev_get_rtnl(dev);
	struct kame_ipv6_choice *choice;

	if (!kdev) {
		NL_SET_ERR_MSG(extack, "the device is not attached");
		return -ENOENT;
	}
	/* Remembered, so that the setting outlives a spell in a bridge. */
	choice = choice_get(dev);
	if (!choice)
		return -ENOMEM;
	choice->attach = true;
	choice->contiguity = contiguity;
	WRITE_ONCE(kdev->contiguity, contiguity);
	kame_ipv6_genl_notify(dev);
	return 0;
}

/* Whether an upper device is about to want the receive handler. VLANs do
 * without it, and so does a VRF.
 */
static bool joins_master(const struct netdev_notifier_changeupper_info *info)
{
	return info->linking && info->master && !netif_is_l3_master(info->upper_dev);
}

static int dev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct kame_ipv6_ns *ns = kame_ipv6_ns(dev_net(dev));
	struct kame_ipv6_dev *kdev;

	switch (event) {
	case NETDEV_REGISTER:
		dev_settle(dev);
		break;
	case NETDEV_UP:
		kame_ipv6_cache_stale();
		/* Later: a team has its port go up before it takes the handler. */
		schedule_work(&ns->settle);
		break;
	case NETDEV_CHANGE:
		kame_ipv6_cache_stale();
		break;
	case NETDEV_DOWN:
		kame_ipv6_cache_stale();
		kdev = kame_ipv6_dev_get_rtnl(dev);
		if (kdev)
			handler_return(kdev);
		break;
	case NETDEV_UNREGISTER:
		dev_let_go(dev);
		kame_ipv6_cache_dev_gone(ns);
		choice_forget(dev);
		break;
	case NETDEV_PRECHANGEUPPER:
		if (!joins_master(ptr))
			break;
		fallthrough;
	case NETDEV_JOIN:
		/* The device may go up before its master takes the handler. */
		ns->joining = dev->ifindex;
		dev_let_go(dev);
		schedule_work(&ns->settle);
		break;
	case NETDEV_CHANGEUPPER:
		schedule_work(&ns->settle);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block dev_notifier = {
	.notifier_call = dev_event,
};

int __init kame_ipv6_dev_init(void)
{
	/* Tells us of the devices that exist, too. */
	return register_netdevice_notifier(&dev_notifier);
}

void kame_ipv6_dev_uninit(void)
{
	rtnl_lock();
	closing = true;
	rtnl_unlock();
	/* Tells us that every device goes: each is let go. */
	unregister_netdevice_notifier(&dev_notifier);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family kame_ipv6, specs/kame_ipv6.yaml.
 */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include <kame/version.h>
#include <uapi/linux/kame_ipv6.h>

#include "dev.h"
#include "genl.h"
#include "genl_gen.h"
#include "mib.h"
#include "netns.h"

static struct genl_family family;

static int put_mib(struct sk_buff *msg, int attr, int pad, const u64 *sum)
{
	return nla_put_64bit(msg, attr, sizeof(u64) * __KAME_IPV6_MIB_MAX, sum, pad);
}

static int put_dev(struct sk_buff *msg, struct net_device *dev)
{
	const struct kame_ipv6_dev *kdev = kame_ipv6_dev_get_rtnl(dev);
	const char *obstacle = kame_ipv6_dev_obstacle(dev);
	u64 sum[__KAME_IPV6_MIB_MAX] = {};

	if (nla_put_u32(msg, KAME_IPV6_A_DEV_IFINDEX, dev->ifindex) ||
	    nla_put_string(msg, KAME_IPV6_A_DEV_IFNAME, dev->name) ||
	    nla_put_u8(msg, KAME_IPV6_A_DEV_ATTACHED, kdev && !obstacle) ||
	    nla_put_u8(msg, KAME_IPV6_A_DEV_BY_HAND, kame_ipv6_dev_by_hand(dev)) ||
	    (obstacle && nla_put_string(msg, KAME_IPV6_A_DEV_OBSTACLE, obstacle)))
		return -EMSGSIZE;
	if (!kdev)
		return 0;
	kame_ipv6_mib_add(sum, kdev->mib);
	if (nla_put_u32(msg, KAME_IPV6_A_DEV_CONTIGUITY, kdev->contiguity) ||
	    put_mib(msg, KAME_IPV6_A_DEV_MIB, KAME_IPV6_A_DEV_PAD, sum))
		return -EMSGSIZE;
	return 0;
}

static int fill_dev(struct sk_buff *msg, struct net_device *dev, u32 portid, u32 seq,
		    struct netlink_callback *cb, u8 cmd)
{
	void *hdr = genlmsg_put(msg, portid, seq, &family, cb ? NLM_F_MULTI : 0, cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (cb)
		genl_dump_check_consistent(cb, hdr);
	if (put_dev(msg, dev)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

/**
 * kame_ipv6_genl_notify - tell listeners that a device was attached, detached or set
 * @dev: the device
 *
 * Context: RTNL.
 */
void kame_ipv6_genl_notify(struct net_device *dev)
{
	struct net *net = dev_net(dev);
	struct sk_buff *msg;

	if (!genl_has_listeners(&family, net, KAME_IPV6_NLGRP_MGMT))
		return;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return;
	if (fill_dev(msg, dev, 0, 0, NULL, KAME_IPV6_CMD_DEV_NTF)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_multicast_netns(&family, net, msg, 0, KAME_IPV6_NLGRP_MGMT, GFP_KERNEL);
}

/* The device that a request names. Context: RTNL. */
static struct net_device *info_dev(struct genl_info *info)
{
	struct net_device *dev;

	if (GENL_REQ_ATTR_CHECK(info, KAME_IPV6_A_DEV_IFINDEX)) {
		NL_SET_ERR_MSG(info->extack, "the request names no device");
		return ERR_PTR(-EINVAL);
	}
	dev = __dev_get_by_index(genl_info_net(info),
				 nla_get_u32(info->attrs[KAME_IPV6_A_DEV_IFINDEX]));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KAME_IPV6_A_DEV_IFINDEX],
				    "no device has this index");
		return ERR_PTR(-ENODEV);
	}
	return dev;
}

/* What was wrong with a request was wrong with its device. */
static int blame_dev(struct genl_info *info, int err)
{
	if (err && info->attrs[KAME_IPV6_A_DEV_IFINDEX])
		NL_SET_BAD_ATTR(info->extack, info->attrs[KAME_IPV6_A_DEV_IFINDEX]);
	return err;
}

int kame_ipv6_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net_device *dev;
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	rtnl_lock();
	dev = info_dev(info);
	err = PTR_ERR_OR_ZERO(dev);
	if (!err)
		err = fill_dev(msg, dev, info->snd_portid, info->snd_seq, NULL,
			       KAME_IPV6_CMD_DEV_GET);
	rtnl_unlock();
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

int kame_ipv6_nl_dev_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net *net = sock_net(skb->sk);
	long index = 0, first = cb->args[0];
	struct net_device *dev;

	rtnl_lock();
	cb->seq = net->dev_base_seq;
	for_each_netdev(net, dev) {
		if (index++ < first)
			continue;
		if (fill_dev(skb, dev, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			     cb, KAME_IPV6_CMD_DEV_GET)) {
			index--;
			break;
		}
	}
	rtnl_unlock();
	cb->args[0] = index;
	return skb->len;
}

static u32 info_contiguity(const struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[KAME_IPV6_A_DEV_CONTIGUITY];

	return attr ? nla_get_u32(attr) : KAME_IPV6_CONTIGUITY_PULLUP;
}

int kame_ipv6_nl_dev_attach_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net_device *dev;
	int err;

	rtnl_lock();
	dev = info_dev(info);
	err = PTR_ERR_OR_ZERO(dev);
	if (!err)
		err = kame_ipv6_dev_attach(dev, info_contiguity(info), info->extack);
	rtnl_unlock();
	return blame_dev(info, err);
}

int kame_ipv6_nl_dev_detach_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net_device *dev;
	int err;

	rtnl_lock();
	dev = info_dev(info);
	err = PTR_ERR_OR_ZERO(dev);
	if (!err)
		err = kame_ipv6_dev_detach(dev, info->extack);
	rtnl_unlock();
	return blame_dev(info, err);
}

int kame_ipv6_nl_dev_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net_device *dev;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, KAME_IPV6_A_DEV_CONTIGUITY)) {
		NL_SET_ERR_MSG(info->extack, "the request sets nothing");
		return -EINVAL;
	}
	rtnl_lock();
	dev = info_dev(info);
	err = PTR_ERR_OR_ZERO(dev);
	if (!err)
		err = kame_ipv6_dev_set(dev, info_contiguity(info), info->extack);
	rtnl_unlock();
	return blame_dev(info, err);
}

static int fill_ns(struct sk_buff *msg, struct genl_info *info)
{
	struct kame_ipv6_ns *ns = kame_ipv6_ns(genl_info_net(info));
	u64 sum[__KAME_IPV6_MIB_MAX] = {};
	const struct kame_ipv6_dev *kdev;
	unsigned long index;
	void *hdr;

	hdr = genlmsg_put_reply(msg, info, &family, 0, KAME_IPV6_CMD_NS_GET);
	if (!hdr)
		return -EMSGSIZE;
	rtnl_lock();
	kame_ipv6_mib_add(sum, ns->mib);
	xa_for_each(&ns->devs, index, kdev)
		kame_ipv6_mib_add(sum, kdev->mib);
	rtnl_unlock();
	if (nla_put_u32(msg, KAME_IPV6_A_NS_ABI, KAME_IPV6_ABI) ||
	    nla_put_u8(msg, KAME_IPV6_A_NS_AUTO, kame_ipv6_dev_auto) ||
	    nla_put_string(msg, KAME_IPV6_A_NS_VERSION, KAME_VERSION) ||
	    nla_put_u32(msg, KAME_IPV6_A_NS_MAX_HEADERS, READ_ONCE(ns->max_headers)) ||
	    nla_put_u32(msg, KAME_IPV6_A_NS_ORDER, READ_ONCE(ns->order)) ||
	    nla_put_u32(msg, KAME_IPV6_A_NS_MAX_OPTIONS, READ_ONCE(ns->max_options)) ||
	    nla_put_u32(msg, KAME_IPV6_A_NS_MAX_HEADER_BYTES, READ_ONCE(ns->max_header_bytes)) ||
	    put_mib(msg, KAME_IPV6_A_NS_MIB, KAME_IPV6_A_NS_PAD, sum))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

int kame_ipv6_nl_ns_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *abi = info->attrs[KAME_IPV6_A_NS_ABI];
	struct sk_buff *msg;
	int err;

	if (abi && nla_get_u32(abi) != KAME_IPV6_ABI) {
		NL_SET_ERR_MSG_ATTR(info->extack, abi,
				    "the module speaks version " __stringify(KAME_IPV6_ABI)
				    " of this interface");
		return -EPROTO;
	}
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	err = fill_ns(msg, info);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

int kame_ipv6_nl_ns_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kame_ipv6_ns *ns = kame_ipv6_ns(genl_info_net(info));
	const struct {
		const struct nlattr *attr;
		u32 *value;
	} limits[] = {
		{ info->attrs[KAME_IPV6_A_NS_MAX_HEADERS], &ns->max_headers },
		{ info->attrs[KAME_IPV6_A_NS_ORDER], &ns->order },
		{ info->attrs[KAME_IPV6_A_NS_MAX_OPTIONS], &ns->max_options },
		{ info->attrs[KAME_IPV6_A_NS_MAX_HEADER_BYTES], &ns->max_header_bytes },
	};
	bool set = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		if (!limits[i].attr)
			continue;
		WRITE_ONCE(*limits[i].value, nla_get_u32(limits[i].attr));
		set = true;
	}
	if (!set) {
		NL_SET_ERR_MSG(info->extack, "the request sets nothing");
		return -EINVAL;
	}
	return 0;
}

static struct genl_family family __ro_after_init = {
	.name = KAME_IPV6_FAMILY_NAME,
	.version = KAME_IPV6_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = kame_ipv6_nl_ops,
	.n_ops = ARRAY_SIZE(kame_ipv6_nl_ops),
	/* Every request is checked strictly. */
	.resv_start_op = KAME_IPV6_CMD_DEV_GET,
	.mcgrps = kame_ipv6_nl_mcgrps,
	.n_mcgrps = ARRAY_SIZE(kame_ipv6_nl_mcgrps),
};

int __init kame_ipv6_genl_init(void)
{
	return genl_register_family(&family);
}

void kame_ipv6_genl_uninit(void)
{
	genl_unregister_family(&family);
}

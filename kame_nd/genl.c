// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family kame_nd, specs/kame_nd.yaml.
 */
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include <kame/version.h>
#include <uapi/linux/kame_nd.h>

#include "genl.h"
#include "genl_fill.h"
#include "genl_gen.h"
#include "learn.h"
#include "mib.h"
#include "netns.h"
#include "probe.h"
#include "source.h"
#include "table.h"

static struct genl_family family;
/* Tables change before the family is there, and after it is gone. */
static bool registered;

/* @cb: the dump, if it is one */
static int fill(struct sk_buff *msg, const void *item, u32 portid, u32 seq,
		struct netlink_callback *cb, u8 cmd)
{
	void *hdr = genlmsg_put(msg, portid, seq, &family, cb ? NLM_F_MULTI : 0, cmd);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	if (cmd == KAME_ND_CMD_LINK_GET)
		err = kame_nd_put_link(msg, item);
	else if (cmd == KAME_ND_CMD_PREFIX_GET)
		err = kame_nd_put_prefix(msg, item);
	else
		err = kame_nd_put_router(msg, item);
	if (err) {
		genlmsg_cancel(msg, hdr);
		return err;
	}
	if (cb)
		genl_dump_check_consistent(cb, hdr);
	genlmsg_end(msg, hdr);
	return 0;
}

static void send_event(struct net *net, struct sk_buff *msg, void *hdr, int err)
{
	if (err) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&family, net, msg, 0, KAME_ND_NLGRP_MGMT, GFP_KERNEL);
}

static struct sk_buff *new_event(struct net *net, u8 cmd, void **hdr)
{
	struct sk_buff *msg;

	if (!READ_ONCE(registered) || !genl_has_listeners(&family, net, KAME_ND_NLGRP_MGMT))
		return NULL;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (msg)
		*hdr = genlmsg_put(msg, 0, 0, &family, 0, cmd);
	return msg;
}

/**
 * kame_nd_genl_prefix - tell listeners of a prefix
 * @prefix: the prefix
 * @cause: what the event comes from
 * @gone: whether it is forgotten
 */
void kame_nd_genl_prefix(struct kame_nd_prefix *prefix, enum kame_nd_cause cause, bool gone)
{
	struct net *net = prefix->link->ns->net;
	struct sk_buff *msg;
	void *hdr;

	msg = new_event(net, KAME_ND_CMD_PREFIX_NTF, &hdr);
	if (msg)
		send_event(net, msg, hdr, !hdr || kame_nd_put_prefix(msg, prefix) ||
			   nla_put_u32(msg, KAME_ND_A_PREFIX_CAUSE, cause) ||
			   nla_put_u8(msg, KAME_ND_A_PREFIX_GONE, gone));
}

/**
 * kame_nd_genl_router - tell listeners of a router
 * @router: the router
 * @cause: what the event comes from
 * @gone: whether it is forgotten
 */
void kame_nd_genl_router(struct kame_nd_router *router, enum kame_nd_cause cause, bool gone)
{
	struct net *net = router->link->ns->net;
	struct sk_buff *msg;
	void *hdr;

	msg = new_event(net, KAME_ND_CMD_ROUTER_NTF, &hdr);
	if (msg)
		send_event(net, msg, hdr, !hdr || kame_nd_put_router(msg, router) ||
			   nla_put_u32(msg, KAME_ND_A_ROUTER_CAUSE, cause) ||
			   nla_put_u8(msg, KAME_ND_A_ROUTER_GONE, gone));
}

/* A dump goes on at the n-th item of its kind. Where lists change meanwhile an item may be
 * missed or come twice, and the reader is told so.
 */
struct dump {
	struct sk_buff *msg;
	struct netlink_callback *cb;
	u8 cmd;
	long index;
	int err;
};

/* Whether there is room for more. */
static bool dump_item(struct dump *d, const void *item)
{
	if (d->index++ < d->cb->args[0])
		return true;
	d->err = fill(d->msg, item, NETLINK_CB(d->cb->skb).portid, d->cb->nlh->nlmsg_seq,
		      d->cb, d->cmd);
	if (!d->err)
		return true;
	d->index--;
	return false;
}

static bool dump_prefixes(struct dump *d, const struct list_head *prefixes)
{
	const struct kame_nd_prefix *prefix;

	list_for_each_entry(prefix, prefixes, list) {
		if (!dump_item(d, prefix))
			return false;
	}
	return true;
}

static bool dump_routers(struct dump *d, const struct list_head *routers)
{
	const struct kame_nd_router *router;

	list_for_each_entry(router, routers, list) {
		if (!dump_item(d, router))
			return false;
	}
	return true;
}

static bool dump_of_link(struct dump *d, const struct kame_nd_link *link)
{
	switch (d->cmd) {
	case KAME_ND_CMD_LINK_GET:
		return dump_item(d, link);
	case KAME_ND_CMD_PREFIX_GET:
		return dump_prefixes(d, &link->prefixes) && dump_prefixes(d, &link->orphans);
	default:
		return dump_routers(d, &link->routers) && dump_routers(d, &link->unreachable);
	}
}

static int dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	struct kame_nd_ns *ns = kame_nd_ns(sock_net(skb->sk));
	struct dump d = { .msg = skb, .cb = cb, .cmd = cmd };
	const struct kame_nd_link *link;

	mutex_lock(&ns->lock);
	cb->seq = ns->listed;
	list_for_each_entry(link, &ns->links, list) {
		if (!dump_of_link(&d, link))
			break;
	}
	mutex_unlock(&ns->lock);
	cb->args[0] = d.index;
	/* One that does not fit in an empty message never will. */
	return skb->len ? skb->len : d.err;
}

int kame_nd_nl_link_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, KAME_ND_CMD_LINK_GET);
}

int kame_nd_nl_prefix_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, KAME_ND_CMD_PREFIX_GET);
}

int kame_nd_nl_router_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump(skb, cb, KAME_ND_CMD_ROUTER_GET);
}

/* The device that a request names, attribute 1 of every set; or an error. An index is
 * positive, so that none is taken for an error, nor for a pointer by ERR_PTR().
 */
static int info_ifindex(struct genl_info *info)
{
	u32 ifindex;

	BUILD_BUG_ON((int)KAME_ND_A_LINK_IFINDEX != (int)KAME_ND_A_PREFIX_IFINDEX ||
		     (int)KAME_ND_A_LINK_IFINDEX != (int)KAME_ND_A_ROUTER_IFINDEX);
	if (GENL_REQ_ATTR_CHECK(info, KAME_ND_A_LINK_IFINDEX)) {
		NL_SET_ERR_MSG_MOD(info->extack, "the request names no device");
		return -EINVAL;
	}
	ifindex = nla_get_u32(info->attrs[KAME_ND_A_LINK_IFINDEX]);
	if (ifindex && ifindex <= INT_MAX)
		return ifindex;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KAME_ND_A_LINK_IFINDEX],
			    "an index of a device is a number from 1 to 2147483647");
	return -EINVAL;
}

/* The link that a request names, where one is known. Context: the lock. */
static struct kame_nd_link *info_link(struct kame_nd_ns *ns, struct genl_info *info)
{
	int ifindex = info_ifindex(info);
	struct kame_nd_link *link;

	if (ifindex < 0)
		return ERR_PTR(ifindex);
	link = kame_nd_link_find(ns, ifindex);
	if (link)
		return link;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KAME_ND_A_LINK_IFINDEX],
			    "no router was heard on this device, nor was it set");
	return ERR_PTR(-ENOENT);
}

static struct kame_nd_prefix *info_prefix(struct kame_nd_ns *ns, struct genl_info *info)
{
	int ifindex = info_ifindex(info);
	struct kame_nd_prefix *prefix;
	struct in6_addr addr, masked;
	u8 len;

	if (ifindex < 0)
		return ERR_PTR(ifindex);
	if (GENL_REQ_ATTR_CHECK(info, KAME_ND_A_PREFIX_PREFIX) ||
	    GENL_REQ_ATTR_CHECK(info, KAME_ND_A_PREFIX_LENGTH)) {
		NL_SET_ERR_MSG_MOD(info->extack, "the request names no prefix");
		return ERR_PTR(-EINVAL);
	}
	addr = nla_get_in6_addr(info->attrs[KAME_ND_A_PREFIX_PREFIX]);
	len = nla_get_u32(info->attrs[KAME_ND_A_PREFIX_LENGTH]);
	ipv6_addr_prefix(&masked, &addr, len);
	if (!ipv6_addr_equal(&masked, &addr)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KAME_ND_A_PREFIX_PREFIX],
				    "the prefix has bits set past its length");
		return ERR_PTR(-EINVAL);
	}
	prefix = kame_nd_prefix_find(ns, ifindex, &addr, len);
	if (prefix)
		return prefix;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KAME_ND_A_PREFIX_PREFIX],
			    "no router has advertised this prefix on this device");
	return ERR_PTR(-ENOENT);
}

static struct kame_nd_router *info_router(struct kame_nd_ns *ns, struct genl_info *info)
{
	int ifindex = info_ifindex(info);
	struct kame_nd_router *router;
	struct in6_addr addr;

	if (ifindex < 0)
		return ERR_PTR(ifindex);
	if (GENL_REQ_ATTR_CHECK(info, KAME_ND_A_ROUTER_ADDRESS)) {
		NL_SET_ERR_MSG_MOD(info->extack, "the request names no router");
		return ERR_PTR(-EINVAL);
	}
	addr = nla_get_in6_addr(info->attrs[KAME_ND_A_ROUTER_ADDRESS]);
	router = kame_nd_router_find(ns, ifindex, &addr);
	if (router)
		return router;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KAME_ND_A_ROUTER_ADDRESS],
			    "no such router was heard on this device");
	return ERR_PTR(-ENOENT);
}

static int reply_item(struct genl_info *info, u8 cmd)
{
	struct kame_nd_ns *ns = kame_nd_ns(genl_info_net(info));
	struct sk_buff *msg;
	const void *item;
	int err;

	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&ns->lock);
	if (cmd == KAME_ND_CMD_LINK_GET)
		item = info_link(ns, info);
	else if (cmd == KAME_ND_CMD_PREFIX_GET)
		item = info_prefix(ns, info);
	else
		item = info_router(ns, info);
	err = PTR_ERR_OR_ZERO(item);
	if (!err)
		err = fill(msg, item, info->snd_portid, info->snd_seq, NULL, cmd);
	mutex_unlock(&ns->lock);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

int kame_nd_nl_link_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reply_item(info, KAME_ND_CMD_LINK_GET);
}

int kame_nd_nl_prefix_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reply_item(info, KAME_ND_CMD_PREFIX_GET);
}

int kame_nd_nl_router_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reply_item(info, KAME_ND_CMD_ROUTER_GET);
}

static void set_u32(u32 *setting, const struct nlattr *attr)
{
	if (attr)
		*setting = nla_get_u32(attr);
}

static void set_bool(bool *setting, const struct nlattr *attr)
{
	if (attr)
		*setting = nla_get_u8(attr);
}

/* The policy has checked the ranges. */
static void set_link(struct kame_nd_link *link, struct nlattr **attrs)
{
	struct kame_nd_settings *set = &link->set, was = link->set;
	struct kame_nd_ns *ns = link->ns;

	set_bool(&set->enabled, attrs[KAME_ND_A_LINK_ENABLED]);
	set_bool(&set->rule_5_5, attrs[KAME_ND_A_LINK_RULE_5_5]);
	set_bool(&set->source_router, attrs[KAME_ND_A_LINK_SOURCE_ROUTER]);
	set_u32(&set->probes, attrs[KAME_ND_A_LINK_PROBES]);
	set_u32(&set->interval, attrs[KAME_ND_A_LINK_INTERVAL]);
	set_u32(&set->hold_down, attrs[KAME_ND_A_LINK_HOLD_DOWN]);
	set_u32(&set->probe_rate, attrs[KAME_ND_A_LINK_PROBE_RATE]);
	set_u32(&set->max_prefixes, attrs[KAME_ND_A_LINK_MAX_PREFIXES]);
	set_u32(&set->max_routers, attrs[KAME_ND_A_LINK_MAX_ROUTERS]);
	set_u32(&set->left_out, attrs[KAME_ND_A_LINK_LEFT_OUT]);
	WRITE_ONCE(ns->source_links, ns->source_links + set->source_router - was.source_router);
	if (was.left_out != set->left_out)
		kame_nd_learn_left_out(link);
	if (was.enabled != set->enabled)
		kame_nd_link_touch(link);
	else if (was.rule_5_5 != set->rule_5_5 || was.source_router != set->source_router)
		kame_nd_source_touch(link);
	kame_nd_settle(ns, KAME_ND_CAUSE_REQUEST);
}

static bool sets_something(const struct genl_info *info)
{
	unsigned int i;

	for (i = KAME_ND_A_LINK_ENABLED; i <= KAME_ND_A_LINK_SOURCE_ROUTER; i++) {
		if (info->attrs[i])
			return true;
	}
	NL_SET_ERR_MSG_MOD(info->extack, "the request sets nothing");
	return false;
}

int kame_nd_nl_link_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kame_nd_ns *ns = kame_nd_ns(genl_info_net(info));
	int ifindex = info_ifindex(info), err = 0;
	struct kame_nd_link *link;

	if (ifindex < 0)
		return ifindex;
	if (!sets_something(info))
		return -EINVAL;
	mutex_lock(&ns->lock);
	link = kame_nd_link_get(ns, ifindex);
	if (!link) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KAME_ND_A_LINK_IFINDEX],
				    "no device has this index");
		err = -ENODEV;
	} else {
		set_link(link, info->attrs);
	}
	mutex_unlock(&ns->lock);
	return err;
}

int kame_nd_nl_prefix_pin_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kame_nd_ns *ns = kame_nd_ns(genl_info_net(info));
	struct kame_nd_prefix *prefix;

	if (GENL_REQ_ATTR_CHECK(info, KAME_ND_A_PREFIX_PIN)) {
		NL_SET_ERR_MSG_MOD(info->extack, "the request does not say which state");
		return -EINVAL;
	}
	mutex_lock(&ns->lock);
	prefix = info_prefix(ns, info);
	if (!IS_ERR(prefix)) {
		prefix->pin = nla_get_u32(info->attrs[KAME_ND_A_PREFIX_PIN]);
		kame_nd_prefix_touch(prefix);
		kame_nd_settle(ns, KAME_ND_CAUSE_REQUEST);
	}
	mutex_unlock(&ns->lock);
	return PTR_ERR_OR_ZERO(prefix);
}

static void act(struct kame_nd_link *link, u8 cmd)
{
	if (cmd == KAME_ND_CMD_PREFIX_FLUSH)
		kame_nd_link_flush_prefixes(link, KAME_ND_CAUSE_REQUEST);
	else if (cmd == KAME_ND_CMD_ROUTER_FLUSH)
		kame_nd_link_flush_routers(link, KAME_ND_CAUSE_REQUEST);
	else
		kame_nd_probe_ask_all(link);
}

/* Acts on the link that a request names, or on all. */
static int act_on_links(struct genl_info *info, u8 cmd)
{
	struct kame_nd_ns *ns = kame_nd_ns(genl_info_net(info));
	struct kame_nd_link *link = NULL;
	int err = 0;

	mutex_lock(&ns->lock);
	if (info->attrs[KAME_ND_A_LINK_IFINDEX]) {
		link = info_link(ns, info);
		err = PTR_ERR_OR_ZERO(link);
		if (!err)
			act(link, cmd);
	} else {
		list_for_each_entry(link, &ns->links, list)
			act(link, cmd);
	}
	kame_nd_settle(ns, KAME_ND_CAUSE_REQUEST);
	mutex_unlock(&ns->lock);
	return err;
}

int kame_nd_nl_prefix_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	return act_on_links(info, KAME_ND_CMD_PREFIX_FLUSH);
}

int kame_nd_nl_router_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	return act_on_links(info, KAME_ND_CMD_ROUTER_FLUSH);
}

int kame_nd_nl_router_probe_doit(struct sk_buff *skb, struct genl_info *info)
{
	return act_on_links(info, KAME_ND_CMD_ROUTER_PROBE);
}

static int fill_ns(struct sk_buff *msg, struct genl_info *info)
{
	const struct kame_nd_ns *ns = kame_nd_ns(genl_info_net(info));
	u64 sum[__KAME_ND_MIB_MAX] = {};
	void *hdr;

	hdr = genlmsg_put_reply(msg, info, &family, 0, KAME_ND_CMD_NS_GET);
	if (!hdr)
		return -EMSGSIZE;
	kame_nd_mib_sum(ns, sum);
	if (nla_put_u32(msg, KAME_ND_A_NS_ABI, KAME_ND_ABI) ||
	    nla_put_string(msg, KAME_ND_A_NS_VERSION, KAME_VERSION) ||
	    nla_put_u32(msg, KAME_ND_A_NS_SCOPE, READ_ONCE(ns->compare)) ||
	    nla_put_64bit(msg, KAME_ND_A_NS_MIB, sizeof(sum), sum, KAME_ND_A_NS_PAD))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

int kame_nd_nl_ns_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *abi = info->attrs[KAME_ND_A_NS_ABI];
	struct sk_buff *msg;
	int err;

	if (abi && nla_get_u32(abi) != KAME_ND_ABI) {
		NL_SET_ERR_MSG_ATTR(info->extack, abi, "the module speaks version "
				    __stringify(KAME_ND_ABI) " of this interface");
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

int kame_nd_nl_ns_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kame_nd_ns *ns = kame_nd_ns(genl_info_net(info));

	if (GENL_REQ_ATTR_CHECK(info, KAME_ND_A_NS_SCOPE)) {
		NL_SET_ERR_MSG_MOD(info->extack, "the request sets nothing");
		return -EINVAL;
	}
	mutex_lock(&ns->lock);
	WRITE_ONCE(ns->compare, nla_get_u32(info->attrs[KAME_ND_A_NS_SCOPE]));
	ns->rescope = true;
	kame_nd_settle(ns, KAME_ND_CAUSE_REQUEST);
	mutex_unlock(&ns->lock);
	return 0;
}

static struct genl_family family __ro_after_init = {
	.name = KAME_ND_FAMILY_NAME,
	.version = KAME_ND_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = kame_nd_nl_ops,
	.n_ops = ARRAY_SIZE(kame_nd_nl_ops),
	/* Every request is checked strictly. */
	.resv_start_op = KAME_ND_CMD_NS_GET,
	.mcgrps = kame_nd_nl_mcgrps,
	.n_mcgrps = ARRAY_SIZE(kame_nd_nl_mcgrps),
};

int __init kame_nd_genl_init(void)
{
	int err = genl_register_family(&family);

	WRITE_ONCE(registered, !err);
	return err;
}

void kame_nd_genl_uninit(void)
{
	WRITE_ONCE(registered, false);
	genl_unregister_family(&family);
}

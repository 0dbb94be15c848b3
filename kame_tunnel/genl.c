// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family kame_tunnel, specs/kame_tunnel.yaml.
 */
#include <net/genetlink.h>
#include <net/rtnetlink.h>
#include <net/sock.h>

#include <kame/version.h>

#include "genl_gen.h"
#include "kame_tunnel.h"

static int put_mib(struct sk_buff *msg, int attr, int pad, const atomic64_t *mib)
{
	u64 sum[__KAME_TUNNEL_MIB_MAX];

	kame_tunnel_mib_read(mib, sum);
	return nla_put_64bit(msg, attr, sizeof(sum), sum, pad);
}

/**
 * kame_tunnel_genl_put_hop() - put one device of a chain into a message
 * @msg: the message
 * @net: namespace of the reader, who is not told names of other namespaces
 * @dev: the device
 *
 * Return: 0 or -EMSGSIZE.
 */
int kame_tunnel_genl_put_hop(struct sk_buff *msg, struct net *net, const struct net_device *dev)
{
	if (net_eq(dev_net(dev), net)) {
		if (nla_put_string(msg, KAME_TUNNEL_A_HOP_IFNAME, dev->name))
			return -EMSGSIZE;
	} else {
		int id = peernet2id(net, dev_net(dev));

		if (id >= 0 && nla_put_s32(msg, KAME_TUNNEL_A_HOP_NETNSID, id))
			return -EMSGSIZE;
	}
	if (nla_put_u32(msg, KAME_TUNNEL_A_HOP_IFINDEX, dev->ifindex) ||
	    (dev->rtnl_link_ops &&
	     nla_put_string(msg, KAME_TUNNEL_A_HOP_KIND, dev->rtnl_link_ops->kind)))
		return -EMSGSIZE;
	return 0;
}

/* The tunnel that a request names. Context: RTNL. */
static struct kame_tunnel *info_tunnel(struct genl_info *info, int attr)
{
	struct net_device *dev;

	if (GENL_REQ_ATTR_CHECK(info, attr)) {
		NL_SET_ERR_MSG(info->extack, "the request names no device");
		return ERR_PTR(-EINVAL);
	}
	dev = __dev_get_by_index(genl_info_net(info), nla_get_u32(info->attrs[attr]));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr], "no device has this index");
		return ERR_PTR(-ENODEV);
	}
	if (!kame_tunnel_dev_is(dev)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
				    "the device is no kame_tunnel");
		return ERR_PTR(-EINVAL);
	}
	return netdev_priv(dev);
}

/* @cb is that of a dump, or NULL. */
typedef int fill_t(struct sk_buff *msg, struct kame_tunnel *t, u32 portid, u32 seq,
		   struct netlink_callback *cb);

static void *put_header(struct sk_buff *msg, u32 portid, u32 seq, struct netlink_callback *cb,
			u8 cmd)
{
	void *hdr = genlmsg_put(msg, portid, seq, &kame_tunnel_genl_family,
				cb ? NLM_F_MULTI : 0, cmd);

	if (hdr && cb)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

static int fill_dev(struct sk_buff *msg, struct kame_tunnel *t, u32 portid, u32 seq,
		    struct netlink_callback *cb)
{
	void *hdr = put_header(msg, portid, seq, cb, KAME_TUNNEL_CMD_DEV_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, KAME_TUNNEL_A_DEV_IFINDEX, t->dev->ifindex) ||
	    nla_put_string(msg, KAME_TUNNEL_A_DEV_IFNAME, t->dev->name) ||
	    put_mib(msg, KAME_TUNNEL_A_DEV_MIB, KAME_TUNNEL_A_DEV_PAD, t->mib)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

static int put_path(struct sk_buff *msg, struct kame_tunnel *t)
{
	struct kame_tunnel_path path;
	struct nlattr *nest;
	unsigned int i;
	int err = -EMSGSIZE;

	rcu_read_lock();
	kame_tunnel_check_walk(t, &path);
	for (i = 0; i < path.len; i++) {
		nest = nla_nest_start(msg, KAME_TUNNEL_A_LOOP_HOPS);
		if (!nest || kame_tunnel_genl_put_hop(msg, dev_net(t->dev), path.dev[i]))
			goto out;
		nla_nest_end(msg, nest);
	}
	err = nla_put_u32(msg, KAME_TUNNEL_A_LOOP_PATH_END, path.end);
out:
	rcu_read_unlock();
	return err;
}

static int fill_check(struct sk_buff *msg, struct kame_tunnel *t, u32 portid, u32 seq,
		      struct netlink_callback *cb)
{
	void *hdr = put_header(msg, portid, seq, cb, KAME_TUNNEL_CMD_CHECK);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, KAME_TUNNEL_A_LOOP_IFINDEX, t->dev->ifindex) ||
	    nla_put_string(msg, KAME_TUNNEL_A_LOOP_IFNAME, t->dev->name) || put_path(msg, t)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

static int do_one(struct genl_info *info, int attr, fill_t *fill)
{
	struct kame_tunnel *t;
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	rtnl_lock();
	t = info_tunnel(info, attr);
	err = PTR_ERR_OR_ZERO(t) ?: fill(msg, t, info->snd_portid, info->snd_seq, NULL);
	rtnl_unlock();
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

static int dump_all(struct sk_buff *skb, struct netlink_callback *cb, fill_t *fill)
{
	struct net *net = sock_net(skb->sk);
	long index = 0, first = cb->args[0];
	struct net_device *dev;

	rtnl_lock();
	cb->seq = net->dev_base_seq;
	for_each_netdev(net, dev) {
		if (!kame_tunnel_dev_is(dev) || index++ < first)
			continue;
		if (fill(skb, netdev_priv(dev), NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			 cb)) {
			index--;
			break;
		}
	}
	rtnl_unlock();
	cb->args[0] = index;
	return skb->len;
}

int kame_tunnel_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_one(info, KAME_TUNNEL_A_DEV_IFINDEX, fill_dev);
}

int kame_tunnel_nl_dev_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_all(skb, cb, fill_dev);
}

int kame_tunnel_nl_check_doit(struct sk_buff *skb, struct genl_info *info)
{
	return do_one(info, KAME_TUNNEL_A_LOOP_IFINDEX, fill_check);
}

int kame_tunnel_nl_check_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_all(skb, cb, fill_check);
}

static int fill_ns(struct sk_buff *msg, struct genl_info *info)
{
	const struct kame_tunnel_net *kn = kame_tunnel_pernet(genl_info_net(info));
	void *hdr = genlmsg_put_reply(msg, info, &kame_tunnel_genl_family, 0,
				      KAME_TUNNEL_CMD_NS_GET);

	if (!hdr || nla_put_u32(msg, KAME_TUNNEL_A_NS_ABI, KAME_TUNNEL_ABI) ||
	    nla_put_string(msg, KAME_TUNNEL_A_NS_VERSION, KAME_VERSION) ||
	    nla_put_u8(msg, KAME_TUNNEL_A_NS_MAX_DEPTH, READ_ONCE(kn->max_depth)) ||
	    nla_put_u8(msg, KAME_TUNNEL_A_NS_MAX_NESTING, READ_ONCE(kn->max_nesting)) ||
	    put_mib(msg, KAME_TUNNEL_A_NS_MIB, KAME_TUNNEL_A_NS_PAD, kn->mib))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

int kame_tunnel_nl_ns_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *abi = info->attrs[KAME_TUNNEL_A_NS_ABI];
	struct sk_buff *msg;
	int err;

	if (abi && nla_get_u32(abi) != KAME_TUNNEL_ABI) {
		NL_SET_ERR_MSG_ATTR(info->extack, abi,
				    "the module speaks version " __stringify(KAME_TUNNEL_ABI)
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

int kame_tunnel_nl_ns_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kame_tunnel_net *kn = kame_tunnel_pernet(genl_info_net(info));
	const struct nlattr *depth = info->attrs[KAME_TUNNEL_A_NS_MAX_DEPTH];
	const struct nlattr *nesting = info->attrs[KAME_TUNNEL_A_NS_MAX_NESTING];

	if (!depth && !nesting) {
		NL_SET_ERR_MSG(info->extack, "the request sets nothing");
		return -EINVAL;
	}
	if (depth)
		WRITE_ONCE(kn->max_depth, nla_get_u8(depth));
	if (nesting)
		WRITE_ONCE(kn->max_nesting, nla_get_u8(nesting));
	return 0;
}

struct genl_family kame_tunnel_genl_family __ro_after_init = {
	.name		= KAME_TUNNEL_FAMILY_NAME,
	.version	= KAME_TUNNEL_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= kame_tunnel_nl_ops,
	.n_ops		= ARRAY_SIZE(kame_tunnel_nl_ops),
	.mcgrps		= kame_tunnel_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(kame_tunnel_nl_mcgrps),
};

int __init kame_tunnel_genl_init(void)
{
	return genl_register_family(&kame_tunnel_genl_family);
}

void kame_tunnel_genl_uninit(void)
{
	genl_unregister_family(&kame_tunnel_genl_family);
}

MODULE_ALIAS_GENL_FAMILY(KAME_TUNNEL_FAMILY_NAME);

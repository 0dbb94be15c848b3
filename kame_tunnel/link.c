// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices are made, changed and shown through rtnetlink.
 */
#include <net/rtnetlink.h>

#include "kame_tunnel.h"

static const struct nla_policy policy[IFLA_KAME_TUNNEL_MAX + 1] = {
	/* Before this no attribute was unknown: be strict about all. */
	[IFLA_KAME_TUNNEL_UNSPEC]	= { .strict_start_type = IFLA_KAME_TUNNEL_LOCAL },
	[IFLA_KAME_TUNNEL_LOCAL]	= { .type = NLA_BINARY, .len = sizeof(struct in6_addr) },
	[IFLA_KAME_TUNNEL_REMOTE]	= { .type = NLA_BINARY, .len = sizeof(struct in6_addr) },
	[IFLA_KAME_TUNNEL_LINK]		= { .type = NLA_U32 },
	[IFLA_KAME_TUNNEL_HOPLIMIT]	= { .type = NLA_U8 },
	[IFLA_KAME_TUNNEL_TCLASS]	= { .type = NLA_U16 },
	[IFLA_KAME_TUNNEL_FLOWLABEL]	= { .type = NLA_U32 },
	[IFLA_KAME_TUNNEL_PMTUDISC]	= NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_KAME_TUNNEL_ENCAPLIMIT]	= { .type = NLA_U16 },
	[IFLA_KAME_TUNNEL_FWMARK]	= { .type = NLA_U32 },
	[IFLA_KAME_TUNNEL_FWMARK_INHERIT] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_KAME_TUNNEL_ECN]		= NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_KAME_TUNNEL_INGRESS]	= NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_KAME_TUNNEL_MAX_DEPTH]	= NLA_POLICY_MAX(NLA_U8, KAME_TUNNEL_MAX_DEPTH),
	[IFLA_KAME_TUNNEL_MAX_NESTING]	= NLA_POLICY_MAX(NLA_U8, KAME_TUNNEL_MAX_NESTING),
	[IFLA_KAME_TUNNEL_LOOPS]	= { .type = NLA_REJECT },
	[IFLA_KAME_TUNNEL_MIB]		= { .type = NLA_REJECT },
};

static int link_validate(struct nlattr *tb[], struct nlattr *data[],
			 struct netlink_ext_ack *extack)
{
	/* The addresses of the device are those of the tunnel. */
	if (tb[IFLA_ADDRESS] || tb[IFLA_BROADCAST]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS] ?: tb[IFLA_BROADCAST],
				    "a tunnel has no link-layer address: give local and remote");
		return -EINVAL;
	}
	return 0;
}

static void say_taken(struct kame_tunnel_net *kn, const struct kame_tunnel_cfg *cfg,
		      struct netlink_ext_ack *extack)
{
	const struct kame_tunnel_cfg *other;

	rcu_read_lock();
	other = kame_tunnel_table_find(kn, &cfg->key);
	if (other && net_eq(dev_net(other->t->dev), dev_net(cfg->t->dev)))
		KAME_NL_SET_ERR_MSG_FMT(extack, "another tunnel has the same two endpoints",
					"tunnel %s has the same two endpoints",
					other->t->dev->name);
	else
		NL_SET_ERR_MSG(extack, "another tunnel has the same two endpoints");
	rcu_read_unlock();
}

/* Not an error: the route may change yet, and a loop does no harm. */
static void warn_of_loop(struct kame_tunnel *t, struct netlink_ext_ack *extack)
{
	if (kame_tunnel_check_now(t))
		NL_SET_ERR_MSG(extack,
			       "the route to the other end leads back into the tunnel: packets will end in ELOOP");
}

static int link_new(struct net *src_net, struct net_device *dev, struct nlattr *tb[],
		    struct nlattr *data[], struct netlink_ext_ack *extack)
{
	static struct nlattr *none[IFLA_KAME_TUNNEL_MAX + 1];
	struct kame_tunnel *t = netdev_priv(dev);
	struct kame_tunnel_cfg *cfg;
	int err;

	t->net = dev_net(dev);
	t->kn = kame_tunnel_pernet(t->net);

	cfg = kzalloc(sizeof(*cfg), GFP_KERNEL);
	if (!cfg)
		return -ENOMEM;
	cfg->t = t;
	err = kame_tunnel_cfg_parse(cfg, data ?: none, t->net, extack);
	if (err)
		goto err_free;

	err = -EEXIST;
	if (kame_tunnel_table_find(t->kn, &cfg->key)) {
		say_taken(t->kn, cfg, extack);
		goto err_free;
	}
	rcu_assign_pointer(t->cfg, cfg);
	kame_tunnel_dev_adjust(t, cfg, !tb[IFLA_MTU]);
	err = register_netdevice(dev);
	if (err)
		goto err_register;
	warn_of_loop(t, extack);
	return 0;

err_register:
	/* A packet may have found the device, which the caller frees now. */
	synchronize_net();
	/* Gone already if the device got past dev_init(). */
	cfg = rtnl_dereference(t->cfg);
err_free:
	kfree(cfg);
	return err;
}

static int link_change(struct net_device *dev, struct nlattr *tb[], struct nlattr *data[],
		       struct netlink_ext_ack *extack)
{
	struct kame_tunnel *t = netdev_priv(dev);
	struct kame_tunnel_cfg *old = rtnl_dereference(t->cfg), *cfg;
	int err;

	/* Who may change the device may not be who rules its outer packets. */
	if (!rtnl_dev_link_net_capable(dev, t->net)) {
		NL_SET_ERR_MSG(extack, "no permission where the outer packets are");
		return -EPERM;
	}
	if (!data)
		return 0;

	cfg = kmemdup(old, sizeof(*old), GFP_KERNEL);
	if (!cfg)
		return -ENOMEM;
	/* What was found by the old settings */
	memset(cfg->route, 0, sizeof(cfg->route));
	cfg->ingress_ok = 0;
	err = kame_tunnel_cfg_parse(cfg, data, t->net, extack);
	if (err)
		goto err_free;
	err = kame_tunnel_table_replace(t->kn, old, cfg);
	if (err) {
		if (err == -EEXIST)
			say_taken(t->kn, cfg, extack);
		goto err_free;
	}
	rcu_assign_pointer(t->cfg, cfg);
	kame_tunnel_cfg_put(old);

	kame_tunnel_dev_adjust(t, cfg, false);
	warn_of_loop(t, extack);
	netdev_state_change(dev);
	return 0;

err_free:
	kfree(cfg);
	return err;
}

static size_t link_size(const struct net_device *dev)
{
	return kame_tunnel_cfg_size();
}

static int link_fill(struct sk_buff *skb, const struct net_device *dev)
{
	const struct kame_tunnel *t = netdev_priv(dev);
	const struct kame_tunnel_cfg *cfg;
	int err = 0;

	rcu_read_lock();
	cfg = rcu_dereference(t->cfg);
	if (cfg)
		err = kame_tunnel_cfg_fill(skb, t, cfg);
	rcu_read_unlock();
	return err;
}

static struct net *link_net(const struct net_device *dev)
{
	const struct kame_tunnel *t = netdev_priv(dev);

	return READ_ONCE(t->net);
}

struct rtnl_link_ops kame_tunnel_link_ops __read_mostly = {
	.kind		= KAME_TUNNEL_KIND,
	.priv_size	= sizeof(struct kame_tunnel),
	.setup		= kame_tunnel_dev_setup,
	.maxtype	= IFLA_KAME_TUNNEL_MAX,
	.policy		= policy,
	.validate	= link_validate,
	.newlink	= link_new,
	.changelink	= link_change,
	.get_size	= link_size,
	.fill_info	= link_fill,
	.get_link_net	= link_net,
};

MODULE_ALIAS_RTNL_LINK("kame_tunnel");

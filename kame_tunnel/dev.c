// SPDX-License-Identifier: GPL-2.0-only
/*
 * The network device.
 */
#include <linux/ethtool.h>
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>

#include <kame/version.h>

#include "kame_tunnel.h"

#define FEATURES (NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA | NETIF_F_GSO_SOFTWARE | \
		  NETIF_F_HW_CSUM)

/* Packets find the device once it can take them; it drops them until it is up. */
static int dev_init(struct net_device *dev)
{
	struct kame_tunnel *t = netdev_priv(dev);
	int err;

	/* The queue of another device may be under this one's. */
	netdev_lockdep_set_classes(dev);
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		return -ENOMEM;
	err = gro_cells_init(&t->gro_cells, dev);
	if (err)
		goto err_stats;
	err = kame_tunnel_table_add(t->kn, rtnl_dereference(t->cfg));
	if (err)
		goto err_cells;
	list_add_tail_rcu(&t->list, &t->kn->tunnels);
	return 0;

err_cells:
	gro_cells_destroy(&t->gro_cells);
err_stats:
	free_percpu(dev->tstats);
	dev->tstats = NULL;
	return err;
}

/* Out of sight before the device goes: under RTNL, the device down. */
static void dev_uninit(struct net_device *dev)
{
	struct kame_tunnel *t = netdev_priv(dev);
	struct kame_tunnel_cfg *cfg = rtnl_dereference(t->cfg);

	kame_tunnel_table_del(t->kn, cfg);
	list_del_rcu(&t->list);
	RCU_INIT_POINTER(t->cfg, NULL);
	kame_tunnel_cfg_put(cfg);
}

static void dev_destroy(struct net_device *dev)
{
	struct kame_tunnel *t = netdev_priv(dev);

	gro_cells_destroy(&t->gro_cells);
	free_percpu(dev->tstats);
	dev->tstats = NULL;
}

static int tunnel_get_iflink(const struct net_device *dev)
{
	const struct kame_tunnel *t = netdev_priv(dev);
	const struct kame_tunnel_cfg *cfg;
	int link = 0;

	rcu_read_lock();
	cfg = rcu_dereference(t->cfg);
	if (cfg)
		link = cfg->link;
	rcu_read_unlock();
	return link;
}

static const struct net_device_ops netdev_ops = {
	.ndo_init		= dev_init,
	.ndo_uninit		= dev_uninit,
	.ndo_start_xmit		= kame_tunnel_output_xmit,
	.ndo_get_stats64	= dev_get_tstats64,
	.ndo_get_iflink		= tunnel_get_iflink,
};

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, KAME_TUNNEL_KIND, sizeof(info->driver));
	strscpy(info->version, KAME_VERSION, sizeof(info->version));
}

static const struct ethtool_ops ethtool_ops = {
	.get_drvinfo	= get_drvinfo,
	.get_link	= ethtool_op_get_link,
};

/**
 * kame_tunnel_dev_is() - know a device of ours
 * @dev: the device
 */
bool kame_tunnel_dev_is(const struct net_device *dev)
{
	return dev->netdev_ops == &netdev_ops;
}

/**
 * kame_tunnel_dev_setup() - set up a new device
 * @dev: the device
 */
void kame_tunnel_dev_setup(struct net_device *dev)
{
	struct kame_tunnel *t = netdev_priv(dev);

	dev->netdev_ops = &netdev_ops;
	dev->ethtool_ops = &ethtool_ops;
	dev->header_ops = &ip_tunnel_header_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = dev_destroy;

	dev->type = ARPHRD_NONE;
	dev->flags = IFF_NOARP | IFF_POINTOPOINT | IFF_MULTICAST;
	/* A message printed while a packet is on its way must not send another. */
	dev->priv_flags |= IFF_NO_QUEUE | IFF_DISABLE_NETPOLL;
	kame_netdev_set_lltx(dev);
	/* The route of the inner packet is told of the path MTU. */
	netif_keep_dst(dev);

	dev->features |= FEATURES;
	dev->hw_features |= FEATURES;
	dev->hw_enc_features |= FEATURES;

	dev->mtu = IPV6_MIN_MTU;
	dev->min_mtu = IPV4_MIN_MTU;
	dev->max_mtu = IP_MAX_MTU - sizeof(struct ipv6hdr) - KAME_TUNNEL_LIMIT_HLEN;

	/* IPv6 makes an interface identifier of this one. */
	dev->addr_assign_type = NET_ADDR_RANDOM;
	eth_random_addr(dev->perm_addr);

	t->dev = dev;
	t->aggregated = jiffies - HZ;
	spin_lock_init(&t->lock);
	INIT_LIST_HEAD(&t->list);
}

/**
 * kame_tunnel_dev_adjust() - let the device show its settings
 * @t: the tunnel
 * @cfg: its settings
 * @set_mtu: choose an MTU, too: the largest inner packet that the underlay can
 *	take, or 1280 as long as there is no way to the other end
 *
 * Context: RTNL.
 */
void kame_tunnel_dev_adjust(struct kame_tunnel *t, const struct kame_tunnel_cfg *cfg,
			    bool set_mtu)
{
	unsigned int hlen = kame_tunnel_hlen(cfg, cfg->encap_limit >= 0);
	unsigned int headroom = LL_MAX_HEADER + hlen, mtu = 0;
	struct net_device *dev = t->dev;
	struct kame_tunnel_path path;

	dev->type = cfg->ipv6 ? ARPHRD_TUNNEL6 : ARPHRD_SIT;
	dev->addr_len = cfg->ipv6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
	if (cfg->ipv6) {
		__dev_addr_set(dev, &cfg->key.local, sizeof(struct in6_addr));
		memcpy(dev->broadcast, &cfg->key.remote, sizeof(struct in6_addr));
	} else {
		__dev_addr_set(dev, &cfg->key.local.s6_addr32[3], sizeof(struct in_addr));
		memcpy(dev->broadcast, &cfg->key.remote.s6_addr32[3], sizeof(struct in_addr));
	}

	rcu_read_lock();
	kame_tunnel_check_walk(t, &path);
	if (path.len > 1 && path.dev[1] != dev) {
		const struct net_device *under = path.dev[1];

		headroom = under->hard_header_len + under->needed_headroom + hlen;
		mtu = READ_ONCE(under->mtu);
	}
	rcu_read_unlock();

	dev->needed_headroom = ip_tunnel_limit_headroom(headroom);
	if (set_mtu) {
		mtu = mtu > hlen ? mtu - hlen : 0;
		dev->mtu = clamp_t(unsigned int, mtu, IPV6_MIN_MTU, dev->max_mtu);
	}
}

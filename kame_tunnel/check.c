// SPDX-License-Identifier: GPL-2.0-only
/*
 * The route check: walk from a tunnel's remote address through the routing
 * tables, and see whether the walk comes back to a device of the path. It sees
 * a loop before a packet does, and one that goes through queues.
 */
#include <net/fib_notifier.h>
#include <net/ip6_route.h>
#include <net/nexthop.h>
#include <net/route.h>
#include <net/rtnetlink.h>
#include <linux/if_arp.h>

#include "check.h"
#include "kame_tunnel.h"
#include "kunit.h"
#include "loop.h"

/* Routes tend to change in numbers: wait a little, and check once. */
#define CHECK_DELAY	(HZ / 4)

/**
 * struct hop - where the walk is
 * @net: namespace that the next outer packet is routed in
 * @remote: its destination, IPv4-mapped for IPv4
 * @link: device that it must leave by, or 0
 * @mark: its mark
 * @dsfield: its traffic class
 */
struct hop {
	struct net *net;
	struct in6_addr remote;
	int link;
	u32 mark;
	u8 dsfield;
};

static const char *kind(const struct net_device *dev)
{
	return dev->rtnl_link_ops ? dev->rtnl_link_ops->kind : NULL;
}

/* Tunnels of the kernel that keep the address of the other end in the device. */
static const char * const followed[] = {
	"gre", "ip6gre", "ip6tnl", "ipip", "sit", "vti", "vti6",
};

/* Tunnels whose other end only they know. */
static const char * const opaque[] = {
	"amt", "bareudp", "erspan", "geneve", "gretap", "gtp", "ip6erspan", "ip6gretap",
	"ovpn", "pfcp", "ppp", "tun", "vxlan", "wireguard", "xfrm",
};

static bool is_one_of(const char *what, const char * const *names, size_t n)
{
	return what && match_string(names, n, what) >= 0;
}

/**
 * kame_tunnel_check_is_tunnel() - know a tunnel device of another kind
 * @dev: the device
 */
bool kame_tunnel_check_is_tunnel(const struct net_device *dev)
{
	const char *what = kind(dev);

	return is_one_of(what, followed, ARRAY_SIZE(followed)) ||
	       is_one_of(what, opaque, ARRAY_SIZE(opaque));
}

/* The device that a packet leaves by, IPsec left aside; NULL where it doesn't. */
static const struct net_device *route(const struct hop *hop)
{
	const struct net_device *dev = NULL;

	if (ipv6_addr_v4mapped(&hop->remote)) {
		struct flowi4 fl4 = {
			.daddr = hop->remote.s6_addr32[3],
			.flowi4_oif = hop->link,
			.flowi4_mark = hop->mark,
			.flowi4_tos = hop->dsfield & INET_DSCP_MASK,
		};
		struct rtable *rt = ip_route_output_key(hop->net, &fl4);

		if (!IS_ERR(rt)) {
			dev = rt->dst.dev;
			ip_rt_put(rt);
		}
	} else {
		struct flowi6 fl6 = {
			.daddr = hop->remote,
			.flowi6_oif = hop->link,
			.flowi6_mark = hop->mark,
			.flowlabel = ip6_make_flowinfo(hop->dsfield, 0),
		};
		struct dst_entry *dst = ip6_route_output(hop->net, NULL, &fl6);

		if (!dst->error)
			dev = dst->dev;
		dst_release(dst);
	}
	return dev;
}

/* Go on behind a tunnel of ours. */
static bool enter_ours(struct hop *hop, const struct net_device *dev)
{
	const struct kame_tunnel *t = netdev_priv(dev);
	const struct kame_tunnel_cfg *cfg = rcu_dereference(t->cfg);

	if (!cfg)
		return false;
	hop->net = t->net;
	hop->remote = cfg->key.remote;
	hop->link = cfg->link;
	hop->mark = cfg->fwmark;
	hop->dsfield = cfg->dsfield;
	return true;
}

/* Go on behind a tunnel of the kernel's. False if its other end isn't known. */
static bool enter_stock(struct hop *hop, const struct net_device *dev)
{
	if (!is_one_of(kind(dev), followed, ARRAY_SIZE(followed)) ||
	    !dev->rtnl_link_ops->get_link_net)
		return false;

	switch (dev->type) {
	case ARPHRD_TUNNEL:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE: {
		__be32 remote;

		memcpy(&remote, dev->broadcast, sizeof(remote));
		if (!remote || ipv4_is_multicast(remote))
			return false;
		ipv6_addr_set_v4mapped(remote, &hop->remote);
		break;
	}
	case ARPHRD_TUNNEL6:
	case ARPHRD_IP6GRE:
		memcpy(&hop->remote, dev->broadcast, sizeof(hop->remote));
		if (ipv6_addr_any(&hop->remote) || ipv6_addr_is_multicast(&hop->remote))
			return false;
		break;
	default:
		return false;
	}
	hop->net = dev->rtnl_link_ops->get_link_net(dev);
	hop->link = dev->netdev_ops->ndo_get_iflink ? dev->netdev_ops->ndo_get_iflink(dev) : 0;
	hop->mark = 0;
	hop->dsfield = 0;
	return true;
}

static bool on_path(const struct kame_tunnel_path *path, const struct net_device *dev)
{
	unsigned int i;

	for (i = 0; i < path->len; i++)
		if (path->dev[i] == dev)
			return true;
	return false;
}

/**
 * kame_tunnel_check_graph() - walk from device to device
 * @dev: where the walk begins
 * @step: gives the device after one, or NULL and sets why the walk ends there
 * @arg: for @step
 * @path: the result: the walk up to where @step ends it, where it comes to a device
 *	for the second time, or where there is no more room
 *
 * Context: that of @step.
 */
VISIBLE_IF_KUNIT
void kame_tunnel_check_graph(const struct net_device *dev,
			     const struct net_device *(*step)(const struct net_device *dev,
							      void *arg,
							      enum kame_tunnel_path_end *end),
			     void *arg, struct kame_tunnel_path *path)
{
	path->len = 0;
	do {
		bool seen = on_path(path, dev);

		path->dev[path->len++] = dev;
		if (seen) {
			path->end = KAME_TUNNEL_PATH_END_LOOP;
			return;
		}
		dev = step(dev, arg, &path->end);
	} while (dev && path->len < KAME_TUNNEL_PATH_MAX - 1);
	if (dev)
		path->end = KAME_TUNNEL_PATH_END_TOO_LONG;
}
EXPORT_SYMBOL_IF_KUNIT(kame_tunnel_check_graph);

/* Through a tunnel, and to where its outer packets leave. */
static const struct net_device *step(const struct net_device *dev, void *arg,
				     enum kame_tunnel_path_end *end)
{
	struct hop *hop = arg;

	if (kame_tunnel_dev_is(dev) ? !enter_ours(hop, dev) : !enter_stock(hop, dev)) {
		*end = kame_tunnel_check_is_tunnel(dev) ? KAME_TUNNEL_PATH_END_OPAQUE :
							  KAME_TUNNEL_PATH_END_OUT;
		return NULL;
	}
	dev = route(hop);
	if (!dev)
		*end = KAME_TUNNEL_PATH_END_UNREACHABLE;
	return dev;
}

/**
 * kame_tunnel_check_walk() - walk from a tunnel along the routes
 * @t: the tunnel
 * @path: the result
 *
 * Context: RCU read side, process context or bottom halves.
 */
void kame_tunnel_check_walk(struct kame_tunnel *t, struct kame_tunnel_path *path)
{
	struct hop hop = {};

	kame_tunnel_check_graph(t->dev, step, &hop, path);
}

/**
 * kame_tunnel_check_now() - check the route of a tunnel and tell of a new loop
 * @t: the tunnel
 *
 * Return: true if it loops.
 */
bool kame_tunnel_check_now(struct kame_tunnel *t)
{
	struct kame_tunnel_path path;
	bool loops;

	rcu_read_lock();
	kame_tunnel_check_walk(t, &path);
	loops = path.end == KAME_TUNNEL_PATH_END_LOOP;
	if (!loops)
		clear_bit(KAME_TUNNEL_LOOPS, &t->flags);
	else if (!test_and_set_bit(KAME_TUNNEL_LOOPS, &t->flags))
		kame_tunnel_loop_route(t, &path);
	rcu_read_unlock();
	return loops;
}

static void check_work(struct work_struct *work)
{
	struct kame_tunnel_net *kn = container_of(to_delayed_work(work), struct kame_tunnel_net,
						  check_work);
	struct kame_tunnel *t;

	rcu_read_lock();
	list_for_each_entry_rcu(t, &kn->tunnels, list)
		kame_tunnel_check_now(t);
	rcu_read_unlock();
}

/**
 * kame_tunnel_check_schedule() - check all tunnels of a namespace soon
 * @kn: the namespace
 *
 * Context: any.
 */
void kame_tunnel_check_schedule(struct kame_tunnel_net *kn)
{
	if (!list_empty(&kn->tunnels))
		queue_delayed_work(system_unbound_wq, &kn->check_work, CHECK_DELAY);
}

static void routes_change(struct kame_tunnel_net *kn)
{
	/* Readers only compare it; a raise that is lost in a race with another
	 * one has changed it all the same.
	 */
	WRITE_ONCE(kn->generation, kn->generation + 1);
	kame_tunnel_check_schedule(kn);
}

/* A route or rule changes, maybe in atomic context. */
static int fib_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct kame_tunnel_net *kn = container_of(nb, struct kame_tunnel_net, fib_nb);
	struct fib_notifier_info *info = ptr;

	if (info->family == AF_INET || info->family == AF_INET6)
		routes_change(kn);
	return NOTIFY_DONE;
}

/* A nexthop changes, and with it where its routes lead, which stay what they were. */
static int nexthop_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	routes_change(container_of(nb, struct kame_tunnel_net, nexthop_nb));
	return NOTIFY_DONE;
}

/**
 * kame_tunnel_check_init() - begin to hear of changes of routes
 * @kn: the namespace
 *
 * Return: 0 or -ENOMEM or what the notifier chain says.
 */
int kame_tunnel_check_init(struct kame_tunnel_net *kn)
{
	int err;

	INIT_DELAYED_WORK(&kn->check_work, check_work);
	kn->fib_nb.notifier_call = fib_event;
	err = register_fib_notifier(kn->net, &kn->fib_nb, NULL, NULL);
	if (err)
		return err;
	kn->nexthop_nb.notifier_call = nexthop_event;
	err = register_nexthop_notifier(kn->net, &kn->nexthop_nb, NULL);
	if (err)
		unregister_fib_notifier(kn->net, &kn->fib_nb);
	return err;
}

/**
 * kame_tunnel_check_uninit() - cease to hear of them
 * @kn: the namespace
 */
void kame_tunnel_check_uninit(struct kame_tunnel_net *kn)
{
	unregister_nexthop_notifier(kn->net, &kn->nexthop_nb);
	unregister_fib_notifier(kn->net, &kn->fib_nb);
	cancel_delayed_work_sync(&kn->check_work);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way of a protected packet from its state to the link. The kernel's transform
 * code gives it to local_out() of the route that follows in the bundle, which then leads
 * through LOCAL_OUT, the output function, POST_ROUTING and whatever else a packet may meet
 * on its way. The route that follows in ours is one of its own, which stands for the route
 * to the peer: the packet is shown to who has a hook at POST_ROUTING, and leaves for the
 * link from here. Where anything else waits on the way, the kernel goes on with it.
 */
#include <linux/bpf-cgroup.h>
#include <linux/netfilter.h>
#include <linux/slab.h>
#include <net/arp.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/ndisc.h>
#include <net/route.h>

#include <kame/compat.h>

#include "bundle.h"
#include "netns.h"
#include "onward.h"
#include "output.h"

/**
 * struct kame_ipsec_onward - what stands for the route of a protected packet
 * @u: as the kernel's code wants a route of either family. Of its own it has the device
 *	and the hop limit of @route.
 * @route: the route, which is held
 * @mtu: what it took when it was found, bytes
 */
struct kame_ipsec_onward {
	union {
		struct dst_entry dst;
		struct rtable rt;
		struct rt6_info rt6;
	} u;
	struct dst_entry *route;
	u32 mtu;
};

static struct kmem_cache *onward_cache __read_mostly;

static struct kame_ipsec_onward *onward(const struct dst_entry *dst)
{
	return container_of(dst, struct kame_ipsec_onward, u.dst);
}

static unsigned int onward_mtu(const struct dst_entry *dst)
{
	return dst_mtu(onward(dst)->route);
}

static void onward_destroy(struct dst_entry *dst)
{
	ip_dst_metrics_put(dst);
	dst_release(onward(dst)->route);
	kame_ipsec_bundle_dead();
}

/* Give the packet the route that was meant, and have the kernel go on with it. */
static noinline int by_kernel(struct net *net, struct sock *sk, struct sk_buff *skb,
			      struct dst_entry *route)
{
	dst_hold(route);
	skb_dst_drop(skb);
	skb_dst_set(skb, route);
	return route->ops->local_out(net, sk, skb);
}

/* A queue's "dropped" is 1, which would mean here that the packet goes on. */
static int gone(int err)
{
	return err == NET_XMIT_DROP ? -ENOBUFS : err;
}

/* The rest of the way behind POST_ROUTING, where it is not as it should be */
static noinline int rest(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return gone(dst_output(net, sk, skb));
}

/* Whether somebody else has a hook at POST_ROUTING. Ours has nothing to say about what it has
 * protected.
 */
static __always_inline bool is_hooked(const struct nf_hook_entries *e, nf_hookfn *ours)
{
	return e && (e->num_hook_entries > 1 || e->hooks[0].hook != ours);
}

/* What is asked of both families: no hook at LOCAL_OUT, no VRF, no program of a control group,
 * no encapsulation by the route.
 */
static __always_inline bool is_clear(const struct nf_hook_entries __rcu *local_out,
				     const struct sock *sk, const struct dst_entry *route,
				     const struct net_device *dev)
{
	return !rcu_access_pointer(local_out) && !netif_is_l3_slave(dev) &&
	       !(cgroup_bpf_enabled(CGROUP_INET_EGRESS) && sk) && !route->lwtstate;
}

/* Nothing to cut, nothing to copy */
static __always_inline bool fits(const struct sk_buff *skb, u32 mtu, const struct net_device *dev)
{
	return skb->len <= mtu && !skb_is_gso(skb) && skb_headroom(skb) >= LL_RESERVED_SPACE(dev);
}

/* From now on the packet has the route that was meant, which outlives what stood for it until
 * the end of RCU.
 */
static __always_inline void set_route(struct sk_buff *skb, struct dst_entry *route,
				      struct net_device *dev)
{
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, route);
	skb->dev = dev;
}

static __always_inline int transmit(struct sk_buff *skb, struct neighbour *neigh, bool uncached)
{
	sock_confirm_neigh(skb, neigh);
	return gone(neigh_output(neigh, skb, uncached));
}

static __always_inline int straight4(struct net *net, struct sock *sk, struct sk_buff *skb,
				     const struct kame_ipsec_onward *o)
{
	struct rtable *rt = container_of(o->route, struct rtable, dst);
	struct net_device *in = skb->dev, *dev = READ_ONCE(rt->dst.dev);
	const u32 mtu = o->mtu;
	struct neighbour *neigh;
	bool via6 = false;
	int err;

	if (unlikely(!is_clear(net->nf.hooks_ipv4[NF_INET_LOCAL_OUT], sk, &rt->dst, dev) ||
		     !fits(skb, mtu, dev) || READ_ONCE(rt->dst.output) != ip_output ||
		     rt->rt_type != RTN_UNICAST))
		return 1;
	kame_ip_count_request(net);
	ip_hdr(skb)->tot_len = htons(skb->len);
	ip_send_check(ip_hdr(skb));
	skb->protocol = htons(ETH_P_IP);
	set_route(skb, &rt->dst, dev);
	if (unlikely(is_hooked(kame_ipsec_netns_post_routing(net, AF_INET),
			       kame_ipsec_output_hook4))) {
		/* Who queues the packet has ip_output() go on with it, which skips the hooks. */
		IPCB(skb)->flags |= IPSKB_REROUTED;
		err = nf_hook(NFPROTO_IPV4, NF_INET_POST_ROUTING, net, sk, skb, in, dev, ip_output);
		if (err != 1)
			return err;
		if (unlikely(skb_dst(skb) != &rt->dst || !fits(skb, mtu, dev)))
			return rest(net, sk, skb);
	}
	neigh = ip_neigh_for_gw(rt, skb, &via6);
	if (IS_ERR(neigh))
		return rest(net, sk, skb);
	kame_ip_count_out(net, skb->len);
	return transmit(skb, neigh, via6);
}

static __always_inline int straight6(struct net *net, struct sock *sk, struct sk_buff *skb,
				     const struct kame_ipsec_onward *o)
{
	struct dst_entry *route = o->route;
	struct net_device *in = skb->dev, *dev = READ_ONCE(route->dev);
	struct inet6_dev *idev = ip6_dst_idev(route);
	struct ipv6hdr *hdr = ipv6_hdr(skb);
	const u32 mtu = o->mtu;
	struct neighbour *neigh;
	int err;

	if (unlikely(!is_clear(net->nf.hooks_ipv6[NF_INET_LOCAL_OUT], sk, route, dev) ||
		     !fits(skb, mtu, dev) || READ_ONCE(route->output) != ip6_output ||
		     !idev || READ_ONCE(idev->cnf.disable_ipv6) ||
		     ipv6_addr_is_multicast(&hdr->daddr)))
		return 1;
	hdr->payload_len = htons(skb->len - sizeof(*hdr));
	IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
	skb->protocol = htons(ETH_P_IPV6);
	set_route(skb, route, dev);
	if (unlikely(is_hooked(kame_ipsec_netns_post_routing(net, AF_INET6),
			       kame_ipsec_output_hook6))) {
		/* As for IPv4 */
		IP6CB(skb)->flags |= IP6SKB_REROUTED;
		err = nf_hook(NFPROTO_IPV6, NF_INET_POST_ROUTING, net, sk, skb, in, dev,
			      ip6_output);
		if (err != 1)
			return err;
		if (unlikely(skb_dst(skb) != route || !fits(skb, mtu, dev)))
			return rest(net, sk, skb);
	}
	neigh = __ipv6_neigh_lookup_noref(dev, rt6_nexthop(dst_rt6_info(route),
							   &ipv6_hdr(skb)->daddr));
	if (unlikely(!neigh))
		return rest(net, sk, skb);
	kame_ip6_count_out(net, idev, skb->len);
	return transmit(skb, neigh, false);
}

/* Return: 1 where the packet, with its route, is to go on by dst_output(); else it is gone. */
static int onward4(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	const struct kame_ipsec_onward *o = onward(skb_dst(skb));
	int err;

	rcu_read_lock();
	err = straight4(net, sk, skb, o);
	if (unlikely(err == 1))
		err = by_kernel(net, sk, skb, o->route);
	rcu_read_unlock();
	return err;
}

static int onward6(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	const struct kame_ipsec_onward *o = onward(skb_dst(skb));
	int err;

	rcu_read_lock();
	err = straight6(net, sk, skb, o);
	if (unlikely(err == 1))
		err = by_kernel(net, sk, skb, o->route);
	rcu_read_unlock();
	return err;
}

static struct dst_ops ops4 = {
	.family = AF_INET,
	.mtu = onward_mtu,
	.destroy = onward_destroy,
	.local_out = onward4,
};

static struct dst_ops ops6 = {
	.family = AF_INET6,
	.mtu = onward_mtu,
	.destroy = onward_destroy,
	.local_out = onward6,
};

/* The hop limit is that of the route, also where a router changes it later. */
static void share_metrics(struct dst_entry *dst, const struct dst_entry *route)
{
	const struct fib6_info *from;

	if (route->ops->family == AF_INET) {
		ip_dst_init_metrics(dst, (struct dst_metrics *)dst_metrics_ptr((void *)route));
		return;
	}
	rcu_read_lock();
	from = rcu_dereference(dst_rt6_info(route)->from);
	if (from)
		ip_dst_init_metrics(dst, from->fib6_metrics);
	rcu_read_unlock();
}

/**
 * kame_ipsec_onward_alloc - the way on for packets that a state has protected
 * @route: their route; taken over, also on failure
 *
 * Return: what to have as the child of a bundle, or NULL without memory.
 */
struct dst_entry *kame_ipsec_onward_alloc(struct dst_entry *route)
{
	struct dst_ops *ops = route->ops->family == AF_INET ? &ops4 : &ops6;
	struct kame_ipsec_onward *o;
	struct dst_entry *dst;

	dst = kame_dst_alloc(ops, route->dev, DST_OBSOLETE_NONE, DST_NOCOUNT);
	if (!dst) {
		dst_release(route);
		return NULL;
	}
	kame_ipsec_bundle_alive();
	o = onward(dst);
	memset_after(o, 0, u.dst);
	o->route = route;
	o->mtu = dst_mtu(route);
	share_metrics(dst, route);
	return dst;
}

int __init kame_ipsec_onward_init(void)
{
	onward_cache = kmem_cache_create("kame_ipsec_onward", sizeof(struct kame_ipsec_onward),
					 0, SLAB_HWCACHE_ALIGN, NULL);
	if (!onward_cache)
		return -ENOMEM;
	ops4.kmem_cachep = onward_cache;
	ops6.kmem_cachep = onward_cache;
	return 0;
}

/* None is left: kame_ipsec_bundle_uninit() has waited for them. */
void kame_ipsec_onward_uninit(void)
{
	kmem_cache_destroy(onward_cache);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bundles: routes that lead through one state. The kernel's xfrm_output() takes
 * a packet with such a route through the state and gives it to the child, which sends it on.
 *
 * A bundle belongs to a policy and is cached per CPU. It is proven current on
 * each use, and unlike the kernel's own it is not built for each packet.
 */
#include <linux/inetdevice.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/xfrm.h>

#include <kame/compat.h>

#include "again.h"
#include "bundle.h"
#include "kunit.h"
#include "mib.h"
#include "netns.h"
#include "onward.h"
#include "state.h"

static struct kmem_cache *bundle_cache __read_mostly;

static atomic_t alive = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(none_alive);

void kame_ipsec_bundle_alive(void)
{
	atomic_inc(&alive);
}

void kame_ipsec_bundle_dead(void)
{
	if (atomic_dec_and_test(&alive))
		wake_up(&none_alive);
}

static struct dst_entry *bundle_check(struct dst_entry *dst, u32 cookie)
{
	return kame_ipsec_bundle_current(kame_ipsec_bundle(dst)) ? dst : NULL;
}

static unsigned int bundle_dst_mtu(const struct dst_entry *dst)
{
	return container_of(dst, struct kame_ipsec_bundle, xdst.u.dst)->mtu;
}

static unsigned int bundle_advmss(const struct dst_entry *dst)
{
	return dst_metric_advmss(xfrm_dst_path(dst));
}

static void bundle_destroy(struct dst_entry *dst)
{
	struct kame_ipsec_bundle *b = kame_ipsec_bundle(dst);

	dst_destroy_metrics_generic(dst);
	/* The child is let go of by our caller, dst_destroy(), and lets go of the route. */
	xfrm_state_put(b->xdst.u.dst.xfrm);
	kame_ipsec_bundle_dead();
}

static void bundle_update_pmtu(struct dst_entry *dst, struct sock *sk, struct sk_buff *skb,
			       u32 mtu, bool confirm_neigh)
{
	/* The path MTU is known for the route, by the ICMP errors that quote it. */
}

static void bundle_redirect(struct dst_entry *dst, struct sock *sk, struct sk_buff *skb)
{
}

static void bundle_link_failure(struct sk_buff *skb)
{
}

static void bundle_negative_advice(struct sock *sk, struct dst_entry *dst)
{
}

static struct neighbour *bundle_neigh_lookup(const struct dst_entry *dst, struct sk_buff *skb,
					     const void *daddr)
{
	const struct dst_entry *route = xfrm_dst_path(dst);

	if (!skb && dst->xfrm->props.mode == XFRM_MODE_TUNNEL)
		daddr = &dst->xfrm->id.daddr;
	return route->ops->neigh_lookup(route, skb, daddr);
}

static void bundle_confirm_neigh(const struct dst_entry *dst, const void *daddr)
{
	const struct dst_entry *route = xfrm_dst_path(dst);

	if (dst->xfrm->props.mode == XFRM_MODE_TUNNEL)
		daddr = &dst->xfrm->id.daddr;
	route->ops->confirm_neigh(route, daddr);
}

/* The family is that of the packet before it is protected. */
#define BUNDLE_OPS(af) {						\
	.family = af,							\
	.check = bundle_check,						\
	.default_advmss = bundle_advmss,				\
	.mtu = bundle_dst_mtu,						\
	.cow_metrics = dst_cow_metrics_generic,				\
	.destroy = bundle_destroy,					\
	.negative_advice = bundle_negative_advice,			\
	.link_failure = bundle_link_failure,				\
	.update_pmtu = bundle_update_pmtu,				\
	.redirect = bundle_redirect,					\
	.neigh_lookup = bundle_neigh_lookup,				\
	.confirm_neigh = bundle_confirm_neigh,				\
}

static struct dst_ops ops4 = BUNDLE_OPS(AF_INET);
static struct dst_ops ops6 = BUNDLE_OPS(AF_INET6);

/**
 * kame_ipsec_bundle_outer - what policies and rules for routes see of a protected packet
 * @x: the state
 */
struct kame_ipsec_outer kame_ipsec_bundle_outer(const struct xfrm_state *x)
{
	const struct xfrm_encap_tmpl *encap = x->encap;
	struct kame_ipsec_outer outer = { .proto = x->id.proto };

	if (encap) {
		outer.proto = encap->encap_type == TCP_ENCAP_ESPINTCP ? IPPROTO_TCP : IPPROTO_UDP;
		outer.sport = encap->encap_sport;
		outer.dport = encap->encap_dport;
	}
	return outer;
}

/**
 * kame_ipsec_bundle_route - the route to the peer of a tunnel
 * @net: the namespace
 * @x: the state
 * @l3mdev: index of the VRF to look it up in, 0 for none
 * @mark: the mark to look it up with
 *
 * Return: a route that the caller releases, or an ERR_PTR.
 */
struct dst_entry *kame_ipsec_bundle_route(struct net *net, const struct xfrm_state *x,
					  int l3mdev, u32 mark)
{
	const struct kame_ipsec_outer outer = kame_ipsec_bundle_outer(x);
	struct dst_entry *dst;

	if (x->props.family == AF_INET) {
		struct flowi4 fl4 = {
			.flowi4_l3mdev = l3mdev,
			.flowi4_mark = mark,
			.flowi4_proto = outer.proto,
			.fl4_sport = outer.sport,
			.fl4_dport = outer.dport,
			.daddr = x->id.daddr.a4,
			.saddr = x->props.saddr.a4,
		};
		/* Nothing that would ask the kernel's own policies */
		struct rtable *rt = __ip_route_output_key(net, &fl4);

		return IS_ERR(rt) ? ERR_CAST(rt) : &rt->dst;
	} else {
		struct flowi6 fl6 = {
			.flowi6_l3mdev = l3mdev,
			.flowi6_mark = mark,
			.flowi6_proto = outer.proto,
			.fl6_sport = outer.sport,
			.fl6_dport = outer.dport,
			.daddr = x->id.daddr.in6,
			.saddr = x->props.saddr.in6,
		};
		int err;

		dst = ip6_route_output(net, NULL, &fl6);
		err = dst->error;
		if (err) {
			dst_release(dst);
			return ERR_PTR(err);
		}
		return dst;
	}
}

/**
 * kame_ipsec_bundle_mtu - the biggest packet that a state and a route take
 * @x: the state
 * @child_mtu: MTU of the route of the protected packet, bytes
 * @family: family of the packet before it is protected
 *
 * Return: bytes. Never below what each IPv6 link has (RFC 8200 section 5): the
 * protected packet is fragmented then.
 */
u32 kame_ipsec_bundle_mtu(struct xfrm_state *x, u32 child_mtu, u8 family)
{
	u32 mtu = xfrm_state_mtu(x, child_mtu);

	return family == AF_INET6 ? max_t(u32, mtu, IPV6_MIN_MTU) : mtu;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_bundle_mtu);

/* What code that takes any dst of IPv4 or IPv6 for a route may read */
static void bundle_fill_route(struct kame_ipsec_bundle *b, const struct sk_buff *skb, u8 family)
{
	struct xfrm_dst *xdst = &b->xdst;

	if (family == AF_INET) {
		const struct rtable *rt = skb_rtable(skb);

		xdst->u.rt.rt_is_input = rt->rt_is_input;
		xdst->u.rt.rt_flags = rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST | RTCF_LOCAL);
		xdst->u.rt.rt_type = rt->rt_type;
	} else {
		xdst->u.rt6.rt6i_flags = dst_rt6_info(skb_dst(skb))->rt6i_flags &
					 (RTF_ANYCAST | RTF_LOCAL);
	}
}

static u32 route_cookie(const struct dst_entry *dst)
{
	return dst->ops->family == AF_INET6 ? rt6_get_cookie(dst_rt6_info(dst)) : 0;
}

/* Takes over @x and @route. */
static struct kame_ipsec_bundle *bundle_alloc(struct xfrm_state *x, struct dst_entry *route,
					      const struct sk_buff *skb, u8 family)
{
	struct kame_ipsec_bundle *b;
	struct dst_entry *dst, *child;

	/* A device that encrypts whole packets sends them itself. */
	child = kame_ipsec_state_by_device(x) ? route : kame_ipsec_onward_alloc(route);
	if (!child) {
		xfrm_state_put(x);
		return NULL;
	}
	dst = kame_dst_alloc(family == AF_INET ? &ops4 : &ops6, route->dev,
			     DST_OBSOLETE_FORCE_CHK, DST_NOCOUNT);
	if (!dst) {
		dst_release(child);
		xfrm_state_put(x);
		return NULL;
	}
	kame_ipsec_bundle_alive();
	b = kame_ipsec_bundle(dst);
	memset_after(b, 0, xdst.u.dst);
	dst->xfrm = x;
	dst->header_len = x->props.header_len;
	dst->trailer_len = x->props.trailer_len;
	b->xdst.child = child;
	b->xdst.path = route;
	b->xdst.xfrm_genid = x->genid;
	b->xdst.num_xfrms = 1;
	b->xdst.path_cookie = route_cookie(route);
	/* Offload compares it, too: a packet that is to be fragmented must be protected before. */
	b->xdst.child_mtu_cached = dst_mtu(route);
	b->mtu = kame_ipsec_bundle_mtu(x, b->xdst.child_mtu_cached, family);
	dst_metric_set(dst, RTAX_MTU, b->mtu);
	b->smark = x->props.smark.v || x->props.smark.m;
	b->encap = !!x->encap;
	b->narrow = kame_ipsec_state_narrow(x);
	bundle_fill_route(b, skb, family);
	return b;
}

static struct dst_entry *bundle_path(struct net *net, const struct xfrm_state *x,
				     const struct sk_buff *skb, int l3mdev, u32 mark)
{
	struct dst_entry *dst = skb_dst(skb);

	if (x->props.mode == XFRM_MODE_TUNNEL)
		return kame_ipsec_bundle_route(net, x, l3mdev, mark);
	return dst_hold_safe(dst) ? dst : ERR_PTR(-EHOSTUNREACH);
}

/* Takes over @x. */
static struct dst_entry *bundle_build(struct kame_ipsec_ns *ns, struct xfrm_state *x,
				      const struct sk_buff *skb, u8 family)
{
	int l3mdev = kame_ipsec_bundle_vrf(skb_dst(skb));
	u32 mark = kame_ipsec_bundle_mark(x, skb->mark);
	struct kame_ipsec_bundle *b;
	struct dst_entry *route;

	route = bundle_path(ns->net, x, skb, l3mdev, mark);
	if (IS_ERR(route)) {
		xfrm_state_put(x);
		/* Whatever it was: -EACCES of a route that forbids is not that of a selector. */
		return route == ERR_PTR(-ENOMEM) ? route : ERR_PTR(-EHOSTUNREACH);
	}
	b = bundle_alloc(x, route, skb, family);
	if (!b)
		return ERR_PTR(-ENOMEM);
	b->l3mdev = l3mdev;
	b->mark = mark;
	b->transport = x->props.mode == XFRM_MODE_TRANSPORT;
	b->again = kame_ipsec_again_policy(ns, x, route->dev->ifindex, skb->mark);
	kame_ipsec_mib_inc(ns->mib, KAME_IPSEC_MIB_BUNDLE_BUILT);
	return &b->xdst.u.dst;
}

/* The bundle that this CPU last used for the policy, if it will do */
static struct dst_entry *slot_get(const struct kame_ipsec_policy *pol, const struct sk_buff *skb,
				  const struct kame_ipsec_flow *flow)
{
	struct dst_entry *dst = READ_ONCE(this_cpu_ptr(pol->pcpu)->bundle);
	struct kame_ipsec_bundle *b;

	if (!dst)
		return NULL;
	b = kame_ipsec_bundle(dst);
	if (!kame_ipsec_bundle_current(b) || !kame_ipsec_bundle_fits(b, skb) ||
	    (b->narrow && !kame_ipsec_state_takes(dst->xfrm, flow)))
		return NULL;
	return dst_hold_safe(dst) ? dst : NULL;
}

/**
 * kame_ipsec_bundle_get - the bundle for a packet
 * @ns: the namespace
 * @pol: the policy, of action protect
 * @skb: the packet, with its own route
 * @flow: the packet, with all fields
 *
 * Context: bottom halves off, rcu_read_lock().
 * Return: a bundle that the caller releases, or an ERR_PTR: -ENOKEY without a
 * state, -EACCES where the packet is outside the selectors of all states there are,
 * -ENOMEM, or -EHOSTUNREACH without a route to the peer.
 */
struct dst_entry *kame_ipsec_bundle_get(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol,
					const struct sk_buff *skb,
					const struct kame_ipsec_flow *flow)
{
	struct dst_entry *dst = slot_get(pol, skb, flow);
	struct kame_ipsec_found found;
	struct xfrm_state *x;

	if (dst)
		return dst;
	x = kame_ipsec_state_find(ns->net, pol, flow, &found);
	if (!x)
		return ERR_PTR(found.outside ? -EACCES : -ENOKEY);
	dst = bundle_build(ns, x, skb, flow->family);
	if (!IS_ERR(dst) && found.for_now) {
		kame_ipsec_bundle(dst)->until = jiffies + HZ / 4;
		kame_ipsec_bundle(dst)->for_now = true;
	}
	if (!IS_ERR(dst) && pol->tmpl.mode == XFRM_MODE_TUNNEL)
		kame_ipsec_bundle_keep(&this_cpu_ptr(pol->pcpu)->bundle, dst);
	return dst;
}

/**
 * kame_ipsec_bundle_keep - cache a bundle, in the place of another one
 * @slot: where it is cached
 * @dst: the bundle
 *
 * None is kept where the module goes.
 *
 * Context: bottom halves off, rcu_read_lock().
 */
void kame_ipsec_bundle_keep(struct dst_entry **slot, struct dst_entry *dst)
{
	if (kame_ipsec_netns_stops())
		return;
	dst_hold(dst);
	dst_release(xchg(slot, dst));
}

/**
 * kame_ipsec_bundle_sweep - let go of a cached bundle
 * @slot: where it is cached
 * @all: also if it is current
 *
 * Context: any but hard interrupt.
 */
void kame_ipsec_bundle_sweep(struct dst_entry **slot, bool all)
{
	struct dst_entry *dst;

	rcu_read_lock();
	dst = READ_ONCE(*slot);
	if (dst && (all || !kame_ipsec_bundle_current(kame_ipsec_bundle(dst))))
		dst_release(xchg(slot, NULL));
	rcu_read_unlock();
}

int __init kame_ipsec_bundle_init(void)
{
	bundle_cache = kmem_cache_create("kame_ipsec_bundle", sizeof(struct kame_ipsec_bundle), 0,
					 SLAB_HWCACHE_ALIGN, NULL);
	if (!bundle_cache)
		return -ENOMEM;
	ops4.kmem_cachep = bundle_cache;
	ops6.kmem_cachep = bundle_cache;
	return 0;
}

/* No cache holds a bundle any more. Packets may, or what their bundle led to, for as long as a
 * cipher takes.
 */
void kame_ipsec_bundle_uninit(void)
{
	wait_event(none_alive, !atomic_read(&alive));
	/* The memory of the last one is freed after its destroy operation. */
	rcu_barrier();
	kmem_cache_destroy(bundle_cache);
}

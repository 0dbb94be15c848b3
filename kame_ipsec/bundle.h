/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_BUNDLE_H
#define _KAME_IPSEC_BUNDLE_H

#include <net/l3mdev.h>
#include <net/xfrm.h>

#include "policy.h"

/* Routes of the module that are not destroyed yet: it stays until there are none. */
void kame_ipsec_bundle_alive(void);
void kame_ipsec_bundle_dead(void);

/**
 * struct kame_ipsec_bundle - a route that leads through one state
 * @xdst: as the kernel's transform code wants it. Its path is the route of the protected
 *	packet; its child stands for that (onward.c), is held, and holds it. u.dst.xfrm is the
 *	state, held, too. Its child_mtu_cached is what @mtu was computed from.
 * @mtu: the biggest packet that passes without fragments, before it is protected
 * @l3mdev: index of the VRF that the route of the peer was looked up in, 0 for none
 * @again: index of the policy that the protected packet matches; 0 for none
 * @smark: whether @mark depends on the mark of the packet
 * @narrow: whether the state has a selector that each packet must be held against
 * @transport: whether @xdst.path is the packet's own route
 * @for_now: whether another state may be the one to use after @until
 * @encap: whether the state puts its packets into UDP
 * @mark: mark that the route of the peer was looked up with
 * @until: in jiffies
 *
 * What each packet needs lies together, behind what it needs of @xdst.
 */
struct kame_ipsec_bundle {
	struct xfrm_dst xdst;
	u32 mtu;
	int l3mdev;
	u32 again;
	bool smark:1;
	bool narrow:1;
	bool transport:1;
	bool for_now:1;
	bool encap:1;
	u32 mark;
	unsigned long until;
};

/**
 * struct kame_ipsec_outer - what a state makes of a packet's protocol
 * @proto: its upper protocol
 * @sport: source port, network byte order; 0 for none
 * @dport: destination port
 */
struct kame_ipsec_outer {
	u8 proto;
	__be16 sport;
	__be16 dport;
};

static inline struct kame_ipsec_bundle *kame_ipsec_bundle(struct dst_entry *dst)
{
	return container_of(dst, struct kame_ipsec_bundle, xdst.u.dst);
}

/* Whether state and route are as they were when the bundle was built */
static inline bool kame_ipsec_bundle_current(struct kame_ipsec_bundle *b)
{
	struct dst_entry *route = b->xdst.path;
	const struct xfrm_state *x = b->xdst.u.dst.xfrm;

	return READ_ONCE(x->km.state) == XFRM_STATE_VALID &&
	       READ_ONCE(x->genid) == b->xdst.xfrm_genid &&
	       dst_check(route, b->xdst.path_cookie) &&
	       dst_mtu(route) == b->xdst.child_mtu_cached &&
	       !(b->for_now && time_after(jiffies, b->until));
}

/* Index of the VRF that a route is in, 0 for none */
static inline int kame_ipsec_bundle_vrf(const struct dst_entry *dst)
{
	return netif_is_l3_slave(dst->dev) ? l3mdev_master_ifindex_rcu(dst->dev) : 0;
}

/* The mark to look up the route of the peer with */
static inline u32 kame_ipsec_bundle_mark(const struct xfrm_state *x, u32 mark)
{
	return x->props.smark.v || x->props.smark.m ?
		xfrm_smark_get(mark, (struct xfrm_state *)x) : 0;
}

/**
 * kame_ipsec_bundle_fits - whether a current bundle is also that of a packet
 * @b: the bundle
 * @skb: the packet, with its own route
 *
 * Context: rcu_read_lock().
 */
static inline bool kame_ipsec_bundle_fits(const struct kame_ipsec_bundle *b,
					  const struct sk_buff *skb)
{
	if (b->transport)
		return b->xdst.path == skb_dst(skb);
	return b->l3mdev == kame_ipsec_bundle_vrf(skb_dst(skb)) &&
	       (!b->smark || b->mark == kame_ipsec_bundle_mark(b->xdst.u.dst.xfrm, skb->mark));
}

struct dst_entry *kame_ipsec_bundle_get(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol,
					const struct sk_buff *skb,
					const struct kame_ipsec_flow *flow);
struct kame_ipsec_outer kame_ipsec_bundle_outer(const struct xfrm_state *x);
struct dst_entry *kame_ipsec_bundle_route(struct net *net, const struct xfrm_state *x,
					  int l3mdev, u32 mark);
u32 kame_ipsec_bundle_mtu(struct xfrm_state *x, u32 child_mtu, u8 family);
void kame_ipsec_bundle_keep(struct dst_entry **slot, struct dst_entry *dst);
void kame_ipsec_bundle_sweep(struct dst_entry **slot, bool all);
int kame_ipsec_bundle_init(void);
void kame_ipsec_bundle_uninit(void);

#endif /* _KAME_IPSEC_BUNDLE_H */

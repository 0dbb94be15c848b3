// SPDX-License-Identifier: GPL-2.0-only
/*
 * The route of the outer packet, kept from packet to packet, and the ingress
 * filter, which asks for the route back.
 */
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/route.h>

#include "kame_tunnel.h"

static struct dst_entry *lookup4(const struct kame_tunnel *t, const struct kame_tunnel_cfg *cfg,
				 u8 proto, u8 dsfield, u32 mark, struct in6_addr *saddr)
{
	struct flowi4 fl4 = {
		.daddr = cfg->key.remote.s6_addr32[3],
		.saddr = cfg->key.local.s6_addr32[3],
		.flowi4_oif = cfg->link,
		.flowi4_mark = mark,
		.flowi4_tos = dsfield & INET_DSCP_MASK,
		.flowi4_proto = proto,
		.flowi4_uid = sock_net_uid(t->net, NULL),
	};
	struct rtable *rt;

	rt = ip_route_output_flow(t->net, &fl4, NULL);
	if (IS_ERR(rt)) {
		/* That is how it says that the source isn't an address of ours. */
		return PTR_ERR(rt) == -EINVAL ? ERR_PTR(-EADDRNOTAVAIL) : ERR_CAST(rt);
	}
	ipv6_addr_set_v4mapped(fl4.saddr, saddr);
	return &rt->dst;
}

static struct dst_entry *lookup6(const struct kame_tunnel *t, const struct kame_tunnel_cfg *cfg,
				 u8 proto, u8 dsfield, u32 mark, struct in6_addr *saddr)
{
	struct flowi6 fl6 = {
		.daddr = cfg->key.remote,
		.saddr = cfg->key.local,
		.flowi6_oif = cfg->link,
		.flowi6_mark = mark,
		.flowi6_proto = proto,
		.flowlabel = ip6_make_flowinfo(dsfield, cfg->flowlabel),
		.flowi6_uid = sock_net_uid(t->net, NULL),
	};
	struct dst_entry *dst;

	/* Routing itself does not care whose address the source is. */
	if (!ipv6_addr_any(&fl6.saddr) &&
	    !ipv6_chk_addr_and_flags(t->net, &fl6.saddr, NULL, true, 0, IFA_F_TENTATIVE))
		return ERR_PTR(-EADDRNOTAVAIL);

	dst = ip6_dst_lookup_flow(t->net, NULL, &fl6, NULL);
	if (!IS_ERR(dst))
		*saddr = fl6.saddr;
	return dst;
}

/**
 * kame_tunnel_route_lookup() - look up the route to the other end
 * @t: the tunnel
 * @cfg: its settings
 * @proto: protocol of the outer packet
 * @dsfield: its traffic class, ECN bits 0
 * @mark: mark of the packet for routing
 * @saddr: the source address that goes with the route, IPv4-mapped for IPv4
 *
 * IPsec policies of the outer packet apply: the route may be a bundle.
 *
 * Return: the route with a reference held, or an error pointer: -EADDRNOTAVAIL if
 * the tunnel's local address can't be used, else what routing and IPsec say.
 */
struct dst_entry *kame_tunnel_route_lookup(const struct kame_tunnel *t,
					   const struct kame_tunnel_cfg *cfg,
					   u8 proto, u8 dsfield, u32 mark,
					   struct in6_addr *saddr)
{
	if (cfg->ipv6)
		return lookup6(t, cfg, proto, dsfield, mark, saddr);
	return lookup4(t, cfg, proto, dsfield, mark, saddr);
}

static void free_rcu_cb(struct rcu_head *rcu)
{
	struct kame_tunnel_route *r = container_of(rcu, struct kame_tunnel_route, rcu);

	dst_release(r->dst);
	kfree(r);
}

static struct kame_tunnel_route *keep(struct kame_tunnel *t, struct kame_tunnel_cfg *cfg,
				      int slot, const struct kame_tunnel_route *own)
{
	struct kame_tunnel_route *r, *old;

	r = kmemdup(own, sizeof(*own), GFP_ATOMIC | __GFP_NOWARN);
	if (!r)
		return NULL;
	spin_lock_bh(&t->lock);
	old = rcu_dereference_protected(cfg->route[slot], lockdep_is_held(&t->lock));
	rcu_assign_pointer(cfg->route[slot], r);
	spin_unlock_bh(&t->lock);
	if (old)
		call_rcu(&old->rcu, free_rcu_cb);
	return r;
}

/**
 * kame_tunnel_route_drop() - let go of the kept routes
 * @cfg: settings that no reader can see any more
 */
void kame_tunnel_route_drop(struct kame_tunnel_cfg *cfg)
{
	int slot;

	for (slot = 0; slot < ARRAY_SIZE(cfg->route); slot++) {
		struct kame_tunnel_route *r = rcu_dereference_protected(cfg->route[slot], true);

		if (r)
			free_rcu_cb(&r->rcu);
	}
}

/* IPv6 has no generation of its own that an address which goes away raises. */
static bool is_current(const struct kame_tunnel *t, const struct kame_tunnel_route *r)
{
	return r && r->generation == READ_ONCE(t->kn->generation) && dst_check(r->dst, r->cookie);
}

static noinline struct kame_tunnel_route *route_slow(struct kame_tunnel *t,
						     struct kame_tunnel_cfg *cfg,
						     u8 proto, u8 dsfield, u32 mark,
						     struct kame_tunnel_route *own)
{
	int slot = proto == IPPROTO_IPV6;
	struct kame_tunnel_route *r;
	struct dst_entry *dst;

	own->generation = READ_ONCE(t->kn->generation);
	dst = kame_tunnel_route_lookup(t, cfg, proto, dsfield, mark, &own->saddr);
	if (IS_ERR(dst))
		return ERR_CAST(dst);

	own->dst = dst;
	own->cookie = cfg->ipv6 ? rt6_get_cookie(dst_rt6_info(dst)) : 0;
	own->mark = mark;
	own->dsfield = dsfield;
	own->headroom = LL_RESERVED_SPACE(dst->dev) + dst->header_len;

	/* A route for another mark or traffic class is as good as this one. And
	 * one into the device itself, or into none, is not to be held on to.
	 */
	if (dst->dev == t->dev || is_current(t, rcu_dereference(cfg->route[slot])))
		return own;
	r = keep(t, cfg, slot, own);
	return r ?: own;
}

/**
 * kame_tunnel_route_get() - get the route to the other end
 * @t: the tunnel
 * @cfg: its settings
 * @proto: protocol of the outer packet
 * @dsfield: its traffic class, ECN bits 0
 * @mark: mark of the packet for routing
 * @own: room for a route that can't be kept
 *
 * Context: RCU read side.
 * Return: the route. If it is @own, the caller has the reference to its dst,
 * else it is borrowed until the end of the RCU read side. Or an error pointer, as
 * kame_tunnel_route_lookup().
 */
struct kame_tunnel_route *kame_tunnel_route_get(struct kame_tunnel *t, struct kame_tunnel_cfg *cfg,
						u8 proto, u8 dsfield, u32 mark,
						struct kame_tunnel_route *own)
{
	struct kame_tunnel_route *r = rcu_dereference(cfg->route[proto == IPPROTO_IPV6]);

	if (likely(is_current(t, r) && r->mark == mark && r->dsfield == dsfield))
		return r;
	return route_slow(t, cfg, proto, dsfield, mark, own);
}

static bool leads_back4(struct net *net, const struct kame_tunnel_cfg *cfg, int ifindex)
{
	struct flowi4 fl4 = {
		.daddr = cfg->key.remote.s6_addr32[3],
		.saddr = cfg->key.local.s6_addr32[3],
		.flowi4_oif = ifindex,
		.flowi4_mark = cfg->fwmark,
		.flowi4_uid = sock_net_uid(net, NULL),
	};
	struct fib_result res;

	return !fib_lookup(net, &fl4, &res, 0) && res.type == RTN_UNICAST;
}

static bool leads_back6(struct net *net, const struct kame_tunnel_cfg *cfg, int ifindex)
{
	struct flowi6 fl6 = {
		.daddr = cfg->key.remote,
		.saddr = cfg->key.local,
		.flowi6_oif = ifindex,
		.flowi6_mark = cfg->fwmark,
		.flowi6_uid = sock_net_uid(net, NULL),
	};
	struct dst_entry *dst;
	bool ok;

	dst = ip6_route_lookup(net, &fl6, NULL, RT6_LOOKUP_F_IFACE);
	ok = !dst->error && dst->dev->ifindex == ifindex &&
	     !(dst_rt6_info(dst)->rt6i_flags & (RTF_LOCAL | RTF_REJECT));
	dst_release(dst);
	return ok;
}

/*
 * What the ingress filter finds is good until this changes. The kernel does not tell of
 * each change of a route, and of some before it is made: so it ends after a second
 * whatever happens. All of these only ever go up.
 */
static u32 ingress_stamp(const struct kame_tunnel *t)
{
	return READ_ONCE(t->kn->generation) + rt_genid_ipv4(t->net) +
	       (u32)(jiffies / HZ);
}

/**
 * kame_tunnel_route_back() - ask whether a route leads back to the other end
 * @t: the tunnel
 * @cfg: its settings
 * @ifindex: device that a packet from the other end arrived on
 *
 * This is the feasible path check of RFC 3704, section 2.3: any route by that
 * device will do, so that several paths to the other end are no trouble.
 *
 * Context: RCU read side.
 */
bool kame_tunnel_route_back(struct kame_tunnel *t, struct kame_tunnel_cfg *cfg, int ifindex)
{
	u64 want = (u64)ingress_stamp(t) << 32 | (u32)ifindex;

	if (likely(READ_ONCE(cfg->ingress_ok) == want))
		return true;
	if (!(cfg->ipv6 ? leads_back6(t->net, cfg, ifindex) : leads_back4(t->net, cfg, ifindex)))
		return false;
	WRITE_ONCE(cfg->ingress_ok, want);
	return true;
}

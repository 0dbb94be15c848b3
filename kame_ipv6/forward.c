// SPDX-License-Identifier: GPL-2.0-only
/*
 * Forwarding of the packets that need nothing but forwarding, which are most of
 * them: what stock does for them in its order, less what is for others. Those go to
 * stock, unchanged.
 */
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/xfrm.h>

#include <kame/compat.h>

#include "cache.h"
#include "forward.h"
#include "hooks.h"

/* What is forwarded here differs from the rest by what this function asks. */
static bool xfrm_is_idle(const struct net *net, const struct sk_buff *skb)
{
#ifdef CONFIG_XFRM
	const struct netns_xfrm *xfrm = &net->xfrm;

	return !READ_ONCE(xfrm->policy_count[XFRM_POLICY_FWD]) &&
	       !READ_ONCE(xfrm->policy_count[XFRM_POLICY_OUT]) &&
	       READ_ONCE(xfrm->policy_default[XFRM_POLICY_FWD]) == XFRM_USERPOLICY_ACCEPT &&
	       READ_ONCE(xfrm->policy_default[XFRM_POLICY_OUT]) == XFRM_USERPOLICY_ACCEPT &&
	       !secpath_exists((struct sk_buff *)skb);
#else
	return true;
#endif
}

static bool node_is_plain(const struct net *net)
{
	const struct ipv6_devconf *all = net->ipv6.devconf_all;

	return READ_ONCE(all->forwarding) && !READ_ONCE(all->proxy_ndp);
}

/* A global unicast source, or one that no rule forbids: no unspecified, loopback or
 * link-local address, RFC 4291 section 2.5 and RFC 4007.
 */
static bool source_is_plain(const struct in6_addr *saddr)
{
	const u8 first = saddr->s6_addr[0];

	return likely((first & 0xe0) == 0x20) || (first != 0 && first < 0xfe);
}

static bool packet_is_plain(const struct sk_buff *skb, const struct net_device *dev)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	const struct inet6_skb_parm *cb = IP6CB(skb);

	/* Options (router alert), devices in a VRF, what was put together before, and
	 * where a redirect is due.
	 */
	if (cb->flags || cb->frag_max_size || cb->srcrt || cb->iif == dev->ifindex)
		return false;
	return hdr->hop_limit > 1 && source_is_plain(&hdr->saddr) &&
	       skb->pkt_type == PACKET_HOST && !skb->sk && !skb_shinfo(skb)->gso_size;
}

/* Whether the packet fits the device as it is. */
static bool packet_fits(const struct sk_buff *skb, const struct net_device *dev,
			const struct inet6_dev *idev)
{
	return skb->len <= READ_ONCE(idev->cnf.mtu6) && !READ_ONCE(idev->cnf.disable_ipv6) &&
	       skb_headroom(skb) >= LL_RESERVED_SPACE(dev) && !skb_cloned(skb);
}

/* A switch has forwarded it already. */
static bool by_hardware(const struct sk_buff *skb)
{
#ifdef CONFIG_NET_SWITCHDEV
	return skb->offload_l3_fwd_mark;
#else
	return false;
#endif
}

/* What follows the FORWARD hook. */
static int forward_finish(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	kame_ip6_count_forwarded(net, ip6_dst_idev(skb_dst(skb)), skb->len);
	if (by_hardware(skb)) {
		consume_skb(skb);
		return 0;
	}
	skb_clear_tstamp(skb);
	return dst_output(net, sk, skb);
}

/* The rest of the way where there is no hook on it: the link-layer header. */
static int transmit(struct net *net, struct sk_buff *skb, const struct kame_ipv6_path *path)
{
	struct inet6_dev *idev = path->idev;
	struct neighbour *neigh;

	skb->dev = idev->dev;
	kame_ip6_count_out(net, idev, skb->len);
	neigh = __ipv6_neigh_lookup_noref(skb->dev, &path->next_hop);
	if (unlikely(!neigh))
		neigh = __neigh_create(&nd_tbl, &path->next_hop, skb->dev, false);
	if (IS_ERR(neigh)) {
		__IP6_INC_STATS(net, idev, IPSTATS_MIB_OUTNOROUTES);
		kfree_skb_reason(skb, SKB_DROP_REASON_NEIGH_CREATEFAIL);
		return -EINVAL;
	}
	sock_confirm_neigh(skb, neigh);
	return neigh_output(neigh, skb, false);
}

/**
 * kame_ipv6_forward - forward a packet
 * @net: its namespace
 * @skb: the packet with its route; gone on return
 * @path: what is known of the route; its kind is KAME_IPV6_PATH_FORWARD
 *
 * Context: rcu_read_lock(), bottom halves off.
 * Return: as dst_input().
 */
int kame_ipv6_forward(struct net *net, struct sk_buff *skb, const struct kame_ipv6_path *path)
{
	struct net_device *dev = path->idev->dev;

	if (unlikely(!node_is_plain(net) || !xfrm_is_idle(net, skb) ||
		     !packet_is_plain(skb, dev) || !packet_fits(skb, dev, path->idev)))
		return dst_input(skb);
	skb_forward_csum(skb);
	kame_ip6_count_forwarding(net, path->idev);
	ipv6_hdr(skb)->hop_limit--;
	if (kame_ipv6_has_hooks(net, NF_INET_FORWARD) ||
	    kame_ipv6_has_hooks(net, NF_INET_POST_ROUTING))
		return NF_HOOK(NFPROTO_IPV6, NF_INET_FORWARD, net, NULL, skb, skb->dev, dev,
			       forward_finish);
	kame_ip6_count_forwarded(net, path->idev, skb->len);
	if (by_hardware(skb)) {
		consume_skb(skb);
		return 0;
	}
	skb_clear_tstamp(skb);
	return transmit(net, skb, path);
}

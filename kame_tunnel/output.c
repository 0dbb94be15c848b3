// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output. A packet takes these steps: count the nesting, parse the inner
 * header, look for what earlier tunnels left in the packet, find the outer
 * route, fit the size, encapsulate, send. The functions stand in the opposite
 * order.
 */
#include <linux/icmpv6.h>
#include <linux/jhash.h>
#include <linux/udp.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "header.h"
#include "kame_tunnel.h"
#include "loop.h"
#include "maker.h"
#include "nest.h"

/**
 * struct inner - what is needed of the inner packet
 * @encap: its protocol number, IPPROTO_IPIP or IPPROTO_IPV6
 * @proto: protocol of its payload
 * @dsfield: traffic class
 * @hoplimit: hop limit
 * @df: IPv4 don't fragment
 * @fragment: it is a fragment
 * @flowlabel: IPv6 flow label
 */
struct inner {
	u8 encap;
	u8 proto;
	u8 dsfield;
	u8 hoplimit;
	bool df;
	bool fragment;
	__be32 flowlabel;
};

/* The result of a step: 0 to go on, else the packet is gone. */
static int drop(struct kame_tunnel *t, struct sk_buff *skb, enum kame_tunnel_mib which, int err)
{
	kame_tunnel_mib_drop(t, skb, which);
	return err;
}

static void send_count(struct kame_tunnel *t, int err, unsigned int len)
{
	if (likely(!net_xmit_eval(err)))
		dev_sw_netstats_tx_add(t->dev, 1, len);
	else if (err != -ELOOP)	/* counted where it was found */
		kame_tunnel_mib_drop(t, NULL, KAME_TUNNEL_MIB_DROP_TX_OUTPUT);
}

/*
 * The flow label that an outer header gets by itself tells flows apart for the
 * routers between (RFC 6438). A packet that has no hash yet gets one made of
 * what is at hand, as the flow dissector would be a good part of all the work.
 */
static __be32 auto_flowlabel(struct net *net, struct sk_buff *skb, const struct inner *in)
{
	struct flowi6 none = {};
	u32 hash;

	if (!skb->l4_hash && !skb->sw_hash) {
		const void *ports = skb_network_header(skb) +
			(in->encap == IPPROTO_IPV6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr));
		bool has_ports = (in->proto == IPPROTO_TCP || in->proto == IPPROTO_UDP) &&
			!in->fragment && ports + 4 <= (void *)skb_tail_pointer(skb);

		if (in->encap == IPPROTO_IPV6) {
			const struct ipv6hdr *ip6h = ipv6_hdr(skb);

			hash = __ipv6_addr_jhash(&ip6h->saddr, ipv6_addr_hash(&ip6h->daddr));
		} else {
			const struct iphdr *iph = ip_hdr(skb);

			has_ports = has_ports && iph->ihl == 5;
			hash = jhash_2words((__force u32)iph->saddr, (__force u32)iph->daddr, 0);
		}
		hash = jhash_2words(hash, has_ports ? get_unaligned((u32 *)ports) : in->proto,
				    kame_tunnel_hash_seed);
		__skb_set_sw_hash(skb, hash ?: 1, has_ports);
	}
	return ip6_make_flowlabel(net, skb, 0, true, &none);
}

/* Put the outer header before the packet and send it. */
static int encapsulate(struct kame_tunnel *t, const struct kame_tunnel_cfg *cfg,
		       struct sk_buff *skb, const struct inner *in,
		       const struct kame_tunnel_header *h, struct kame_tunnel_route *r,
		       bool own, bool fragment)
{
	unsigned int len = skb->len;
	int err;

	if (unlikely(iptunnel_handle_offloads(skb, cfg->ipv6 ? SKB_GSO_IPXIP6 : SKB_GSO_IPXIP4)) ||
	    unlikely(skb_cow_head(skb, r->headroom + kame_tunnel_hlen(cfg, h->encap_limit >= 0)))) {
		if (own)
			dst_release(r->dst);
		return drop(t, skb, KAME_TUNNEL_MIB_DROP_TX_NO_MEMORY, -ENOMEM);
	}
	skb_set_inner_ipproto(skb, in->encap);

	skb_scrub_packet(skb, !net_eq(t->net, dev_net(t->dev)));
	skb_clear_hash_if_not_l4(skb);
	if (own)
		skb_dst_set(skb, r->dst);
	else
		skb_dst_set_noref(skb, r->dst);

	if (cfg->ipv6) {
		kame_tunnel_header_push6(skb, h);
		memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		/* The outer packet is fragmented here only if that was decided. */
		skb->ignore_df = fragment;
		err = ip6_local_out(t->net, NULL, skb);
	} else {
		kame_tunnel_header_push4(t->net, skb, h);
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		err = ip_local_out(t->net, NULL, skb);
	}
	send_count(t, err, len);
	return err;
}

static bool fits(const struct sk_buff *skb, unsigned int mtu)
{
	return skb_is_gso(skb) ? skb_gso_validate_network_len(skb, mtu) : skb->len <= mtu;
}

/*
 * Fit the packet into the outer path (RFC 2473, section 7; RFC 4213, section
 * 3.2). Return 0 to send it as it is, 1 to let the outer packet be fragmented,
 * or a negative errno where the packet is gone.
 */
static int fit_slow(struct kame_tunnel *t, struct sk_buff *skb, const struct inner *in,
		    const struct dst_entry *dst, bool ok, unsigned int floor,
		    struct kame_tunnel_frame *f)
{
	bool ipv6 = in->encap == IPPROTO_IPV6;

	if (!ok && (ipv6 ? !fits(skb, floor) : in->df)) {
		if (ipv6)
			icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, floor);
		else
			icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(floor));
		return drop(t, skb, KAME_TUNNEL_MIB_DROP_TX_TOO_BIG, -EMSGSIZE);
	}

	/* Between two tunnels, one of which nobody can look into, fragmentation
	 * would let a packet in a loop grow without end. Without it, the packet
	 * ends as soon as it has grown to the MTU.
	 */
	if ((dst->xfrm || kame_tunnel_check_is_tunnel(dst->dev)) &&
	    kame_tunnel_maker_is_tunnel(skb, t->refused)) {
		kame_tunnel_loop_found(f, skb, KAME_TUNNEL_LOOP_REASON_FRAGMENT, 0);
		return drop(t, skb, KAME_TUNNEL_MIB_DROP_LOOP_FRAGMENT, -ELOOP);
	}
	return !ok;
}

static int fit(struct kame_tunnel *t, const struct kame_tunnel_cfg *cfg, struct sk_buff *skb,
	       const struct inner *in, const struct dst_entry *dst, unsigned int hlen,
	       struct kame_tunnel_frame *f)
{
	unsigned int mtu, floor;
	bool ok;

	mtu = kame_tunnel_header_inner_mtu(dst_mtu(dst), hlen, in->encap == IPPROTO_IPV6, &floor);
	if (cfg->pmtudisc && skb_valid_dst(skb) && floor < dst_mtu(skb_dst(skb)))
		skb_dst_update_pmtu_no_confirm(skb, floor);
	ok = fits(skb, mtu);
	if (likely(ok && !in->fragment))
		return 0;
	return fit_slow(t, skb, in, dst, ok, floor, f);
}

/* Find the route, and know it if it leads into the device itself. */
static struct kame_tunnel_route *route(struct kame_tunnel *t, struct kame_tunnel_cfg *cfg,
				       struct sk_buff *skb, const struct inner *in,
				       u8 dsfield, struct kame_tunnel_route *own,
				       struct kame_tunnel_frame *f)
{
	u32 mark = cfg->fwmark_inherit ? skb->mark : cfg->fwmark;
	struct kame_tunnel_route *r;

	r = kame_tunnel_route_get(t, cfg, in->encap, dsfield, mark, own);
	if (IS_ERR(r)) {
		int err = PTR_ERR(r);

		dst_link_failure(skb);
		kame_tunnel_mib_drop(t, skb, err == -EADDRNOTAVAIL ?
				     KAME_TUNNEL_MIB_DROP_TX_SOURCE :
				     KAME_TUNNEL_MIB_DROP_TX_NO_ROUTE);
		return r;
	}
	if (unlikely(r->dst->dev == t->dev)) {
		if (r == own)
			dst_release(r->dst);
		kame_tunnel_loop_found(f, skb, KAME_TUNNEL_LOOP_REASON_SELF, 0);
		kame_tunnel_mib_drop(t, skb, KAME_TUNNEL_MIB_DROP_LOOP_SELF);
		return ERR_PTR(-ELOOP);
	}
	return r;
}

static void nest_icmp(struct sk_buff *skb, const struct inner *in,
		      const struct kame_tunnel_nest *nest)
{
	if (in->encap == IPPROTO_IPIP)
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	else if (nest->limit_direct && !nest->limit)
		icmpv6_ndo_send(skb, ICMPV6_PARAMPROB, ICMPV6_HDR_FIELD, nest->limit_offset);
	else
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
}

/* See what tunnels the packet went through already. */
static noinline int nest(struct kame_tunnel *t, const struct kame_tunnel_cfg *cfg,
			 struct sk_buff *skb, const struct inner *in, s16 *encap_limit,
			 struct kame_tunnel_frame *f)
{
	unsigned int max = cfg->max_nesting ?:
			   READ_ONCE(kame_tunnel_pernet(dev_net(t->dev))->max_nesting);
	enum kame_tunnel_mib which;
	struct kame_tunnel_nest n;

	kame_tunnel_nest_walk(skb, skb_network_offset(skb), in->encap, max, &n);
	if (!n.limit) {
		which = KAME_TUNNEL_MIB_DROP_LOOP_LIMIT;
		kame_tunnel_loop_found(f, skb, KAME_TUNNEL_LOOP_REASON_LIMIT, 0);
	} else if (n.headers >= max) {
		which = KAME_TUNNEL_MIB_DROP_LOOP_NESTING;
		kame_tunnel_loop_found(f, skb, KAME_TUNNEL_LOOP_REASON_NESTING, max);
	} else {
		if (n.limit > 0)
			*encap_limit = n.limit - 1;
		return 0;
	}
	nest_icmp(skb, in, &n);
	return drop(t, skb, which, -ELOOP);
}

static bool parse4(struct sk_buff *skb, struct inner *in)
{
	const struct iphdr *iph;

	if (unlikely(!pskb_network_may_pull(skb, sizeof(*iph))))
		return false;
	iph = ip_hdr(skb);
	if (unlikely(iph->version != 4 || iph->ihl < 5))
		return false;
	in->encap = IPPROTO_IPIP;
	in->proto = iph->protocol;
	in->dsfield = iph->tos;
	in->hoplimit = iph->ttl;
	in->df = iph->frag_off & htons(IP_DF);
	in->fragment = iph->frag_off & htons(IP_MF | IP_OFFSET);
	in->flowlabel = 0;
	return true;
}

static bool parse6(struct sk_buff *skb, struct inner *in)
{
	const struct ipv6hdr *ip6h;

	if (unlikely(!pskb_network_may_pull(skb, sizeof(*ip6h))))
		return false;
	ip6h = ipv6_hdr(skb);
	if (unlikely(ip6h->version != 6))
		return false;
	in->encap = IPPROTO_IPV6;
	in->proto = ip6h->nexthdr;
	in->dsfield = ipv6_get_dsfield(ip6h);
	in->hoplimit = ip6h->hop_limit;
	in->df = true;
	in->fragment = ip6h->nexthdr == NEXTHDR_FRAGMENT;
	in->flowlabel = ip6_flowlabel(ip6h);
	return true;
}

static int parse(struct kame_tunnel *t, struct sk_buff *skb, struct inner *in)
{
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		if (likely(parse4(skb, in)))
			return 0;
		break;
	case htons(ETH_P_IPV6):
		if (likely(parse6(skb, in)))
			return 0;
		break;
	default:
		return drop(t, skb, KAME_TUNNEL_MIB_DROP_TX_PROTOCOL, -EPROTONOSUPPORT);
	}
	return drop(t, skb, KAME_TUNNEL_MIB_DROP_TX_TRUNCATED, -EINVAL);
}

static int output(struct kame_tunnel *t, struct kame_tunnel_cfg *cfg, struct sk_buff *skb,
		  struct kame_tunnel_frame *f)
{
	struct kame_tunnel_header h __uninitialized;
	struct kame_tunnel_route own __uninitialized;
	struct kame_tunnel_route *r;
	struct inner in;
	u8 dsfield;
	int err;

	err = parse(t, skb, &in);
	if (unlikely(err))
		return err;

	h.encap_limit = cfg->encap_limit;
	if (unlikely(!kame_tunnel_nest_none(in.proto))) {
		err = nest(t, cfg, skb, &in, &h.encap_limit, f);
		if (err)
			return err;
	}

	dsfield = cfg->dsfield_inherit ? in.dsfield & ~INET_ECN_MASK : cfg->dsfield;
	r = route(t, cfg, skb, &in, dsfield, &own, f);
	if (IS_ERR(r))
		return PTR_ERR(r);

	err = fit(t, cfg, skb, &in, r->dst, kame_tunnel_hlen(cfg, h.encap_limit >= 0), f);
	if (unlikely(err < 0)) {
		if (r == &own)
			dst_release(r->dst);
		/* The sender of a packet that is too big has been told. TCP
		 * would take an error for a packet that never left, and wait.
		 */
		return err == -EMSGSIZE ? NETDEV_TX_OK : err;
	}

	h.saddr = &r->saddr;
	h.daddr = &cfg->key.remote;
	if (cfg->flowlabel_auto || (cfg->flowlabel_inherit && in.encap == IPPROTO_IPIP))
		h.flowlabel = auto_flowlabel(t->net, skb, &in);
	else
		h.flowlabel = cfg->flowlabel_inherit ? in.flowlabel : cfg->flowlabel;
	h.proto = in.encap;
	h.dsfield = kame_tunnel_header_ecn(dsfield, in.dsfield, cfg->ecn);
	h.hoplimit = cfg->hoplimit ?: in.hoplimit;
	h.df = !err && (cfg->pmtudisc ? !ip_mtu_locked(r->dst) :
					in.df && in.encap == IPPROTO_IPIP);
	return encapsulate(t, cfg, skb, &in, &h, r, r == &own, err);
}

/**
 * kame_tunnel_output_xmit() - transmit function of the device
 * @skb: the packet
 * @dev: the device
 *
 * A negative return value is that of a packet that is gone: a device without a
 * queue hands it up to the sender.
 *
 * Context: bottom halves off.
 * Return: %NETDEV_TX_OK, a positive congestion code of a device below, %NETDEV_TX_BUSY for
 * a packet that must go back into the queue, -ELOOP if a loop was found here or in a nested
 * transmission, or what went wrong else.
 */
netdev_tx_t kame_tunnel_output_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct kame_tunnel *t = netdev_priv(dev);
	struct kame_tunnel_frame frame __uninitialized;
	struct kame_tunnel_cfg *cfg;
	int err;

	if (unlikely(kame_tunnel_loop_defer(dev, skb)))
		return NETDEV_TX_BUSY;
	rcu_read_lock();
	kame_tunnel_loop_enter(&frame, t, skb);
	cfg = rcu_dereference(t->cfg);
	if (unlikely(!cfg)) {
		err = drop(t, skb, KAME_TUNNEL_MIB_DROP_TX_DOWN, -ENETDOWN);
		goto out;
	}
	if (unlikely(frame.depth > 1)) {
		u8 max = kame_tunnel_loop_max_depth(t, cfg->max_depth);

		if (frame.depth > max) {
			kame_tunnel_loop_found(&frame, skb, KAME_TUNNEL_LOOP_REASON_DEPTH, max);
			err = drop(t, skb, KAME_TUNNEL_MIB_DROP_LOOP_DEPTH, -ELOOP);
			goto out;
		}
		if (kame_tunnel_loop_again(&frame)) {
			kame_tunnel_loop_found(&frame, skb, KAME_TUNNEL_LOOP_REASON_AGAIN, 0);
			err = drop(t, skb, KAME_TUNNEL_MIB_DROP_LOOP_AGAIN, -ELOOP);
			goto out;
		}
	}
	err = output(t, cfg, skb, &frame);
out:
	/* A stock tunnel between two of ours swallows the error: the mark on
	 * the frame does not depend on it.
	 */
	if (unlikely(frame.looped)) {
		kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ELOOP);
		err = -ELOOP;
	}
	kame_tunnel_loop_leave(&frame);
	rcu_read_unlock();
	return err;
}

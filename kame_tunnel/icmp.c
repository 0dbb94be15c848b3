// SPDX-License-Identifier: GPL-2.0-only
/*
 * ICMP errors about outer packets: they are taken to heart, and passed on to the
 * inner source where they quote enough of the inner packet (RFC 2473, section 8;
 * RFC 4213, section 3.4; RFC 2003, section 4).
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/ndisc.h>
#include <net/route.h>

#include "header.h"
#include "kame_tunnel.h"
#include "loop.h"
#include "nest.h"

/**
 * struct report - what an ICMP error says about an outer packet
 * @offset: where the inner packet is, from skb->data
 * @proto: IPPROTO_IPIP or IPPROTO_IPV6, the family of the inner packet
 * @mtu: path MTU of the outer path if the packet was too big, else 0
 */
struct report {
	unsigned int offset;
	u8 proto;
	u32 mtu;
};

/* A copy of the quoted inner packet as if it had come to this host just now. */
static struct sk_buff *inner_quote(const struct kame_tunnel *t, struct sk_buff *skb,
				   const struct report *rep, unsigned int hlen)
{
	struct sk_buff *quote;

	if (!pskb_may_pull(skb, rep->offset + hlen))
		return NULL;
	quote = skb_clone(skb, GFP_ATOMIC);
	if (!quote)
		return NULL;
	skb_scrub_packet(quote, !net_eq(t->net, dev_net(t->dev)));
	skb_pull(quote, rep->offset);
	skb_reset_network_header(quote);
	quote->dev = t->dev;
	return quote;
}

static void relay6(struct kame_tunnel *t, struct sk_buff *skb, const struct report *rep)
{
	unsigned int floor = 0;
	const struct ipv6hdr *ip6h;
	struct sk_buff *quote;

	quote = inner_quote(t, skb, rep, sizeof(*ip6h));
	if (!quote)
		return;
	ip6h = ipv6_hdr(quote);
	quote->protocol = htons(ETH_P_IPV6);
	if (ip6h->version != 6)
		goto out;
	memset(IP6CB(quote), 0, sizeof(*IP6CB(quote)));
	if (rep->mtu) {
		kame_tunnel_header_inner_mtu(rep->mtu, rep->offset, true, &floor);
		/* One that the other end should have put together again. */
		if (sizeof(*ip6h) + ntohs(ip6h->payload_len) <= floor)
			goto out;
		icmpv6_send(quote, ICMPV6_PKT_TOOBIG, 0, floor);
	} else {
		icmpv6_send(quote, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
	}
	kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ICMP_RELAYED);
out:
	kfree_skb(quote);
}

/*
 * The route that icmp_send() wants on the packet: the way to the source, or,
 * where that is this host, the way the packet went. Neither must look like one
 * that the packet was received by.
 */
static struct rtable *quote_route(const struct kame_tunnel *t, const struct iphdr *iph)
{
	int vrf = l3mdev_master_ifindex_rcu(t->dev);
	struct net *net = dev_net(t->dev);
	struct flowi4 fl4;
	struct rtable *rt;

	rt = ip_route_output_ports(net, &fl4, NULL, iph->saddr, 0, 0, 0, IPPROTO_ICMP,
				   iph->tos & INET_DSCP_MASK, vrf);
	if (IS_ERR(rt) || !(rt->rt_flags & RTCF_LOCAL))
		return rt;
	ip_rt_put(rt);
	return ip_route_output_ports(net, &fl4, NULL, iph->daddr, iph->saddr, 0, 0, IPPROTO_ICMP,
				     iph->tos & INET_DSCP_MASK, vrf);
}

static void relay4(struct kame_tunnel *t, struct sk_buff *skb, const struct report *rep)
{
	unsigned int floor = 0;
	const struct iphdr *iph;
	struct sk_buff *quote;
	struct rtable *rt;

	quote = inner_quote(t, skb, rep, sizeof(*iph));
	if (!quote)
		return;
	iph = ip_hdr(quote);
	quote->protocol = htons(ETH_P_IP);
	if (iph->version != 4 || iph->ihl < 5)
		goto out;
	memset(IPCB(quote), 0, sizeof(*IPCB(quote)));
	if (rep->mtu) {
		kame_tunnel_header_inner_mtu(rep->mtu, rep->offset, false, &floor);
		if (!(iph->frag_off & htons(IP_DF)) || ntohs(iph->tot_len) <= floor)
			goto out;
	}
	rt = quote_route(t, iph);
	if (IS_ERR(rt))
		goto out;
	skb_dst_set(quote, &rt->dst);
	if (rep->mtu)
		icmp_send(quote, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(floor));
	else
		icmp_send(quote, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ICMP_RELAYED);
out:
	kfree_skb(quote);
}

static void relay(struct kame_tunnel *t, struct sk_buff *skb, const struct report *rep)
{
	if (rep->proto == IPPROTO_IPV6)
		relay6(t, skb, rep);
	else
		relay4(t, skb, rep);
}

/*
 * ipv4_update_pmtu() and ipv4_redirect() look up the route without a mark. The routines of
 * the route itself take the flow from a packet: a copy of the error, with the mark that the
 * outer packets have.
 * Return: the copy and, in @dst, the route, which the caller lets go of; or NULL.
 */
static struct sk_buff *marked_copy(const struct kame_tunnel *t, const struct kame_tunnel_cfg *cfg,
				   struct sk_buff *skb, struct dst_entry **dst)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	struct in6_addr saddr;
	struct sk_buff *copy;

	*dst = kame_tunnel_route_lookup(t, cfg, iph->protocol, iph->tos & ~INET_ECN_MASK,
					cfg->fwmark, &saddr);
	if (IS_ERR(*dst))
		return NULL;
	copy = skb_clone(skb, GFP_ATOMIC);
	if (copy)
		copy->mark = cfg->fwmark;
	else
		dst_release(*dst);
	return copy;
}

static void update_pmtu4(const struct kame_tunnel *t, const struct kame_tunnel_cfg *cfg,
			 struct sk_buff *skb, u32 mtu)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	struct dst_entry *dst;
	struct sk_buff *quote;

	if (!cfg->fwmark) {
		ipv4_update_pmtu(skb, t->net, mtu, cfg->link, iph->protocol);
		return;
	}
	quote = marked_copy(t, cfg, skb, &dst);
	if (!quote)
		return;
	/* The quoted packet, as it was when it left */
	skb_reset_network_header(quote);
	quote->dev = dst->dev;
	dst->ops->update_pmtu(dst, NULL, quote, mtu, false);
	kfree_skb(quote);
	dst_release(dst);
}

static void redirect4(const struct kame_tunnel *t, const struct kame_tunnel_cfg *cfg,
		      struct sk_buff *skb)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	struct dst_entry *dst;
	struct sk_buff *error;

	if (!cfg->fwmark) {
		ipv4_redirect(skb, t->net, cfg->link, iph->protocol);
		return;
	}
	error = marked_copy(t, cfg, skb, &dst);
	if (!error)
		return;
	dst->ops->redirect(dst, NULL, error);
	kfree_skb(error);
	dst_release(dst);
}

/**
 * kame_tunnel_icmp4_err() - an ICMP error quotes an outer IPv4 packet
 * @skb: the error; its data is the quoted packet
 * @info: MTU, where that is what it is about
 *
 * Context: softirq, RCU read side.
 * Return: 0, or -ENOENT if no tunnel of ours sent the packet.
 */
int kame_tunnel_icmp4_err(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const struct icmphdr *icmph = icmp_hdr(skb);
	struct net *net = dev_net(skb->dev);
	struct report rep = { .offset = iph->ihl * 4, .proto = iph->protocol };
	struct kame_tunnel_cfg *cfg;
	struct kame_tunnel_key key;
	struct kame_tunnel *t;

	ipv6_addr_set_v4mapped(iph->saddr, &key.local);
	ipv6_addr_set_v4mapped(iph->daddr, &key.remote);
	cfg = kame_tunnel_table_match(kame_tunnel_pernet(net), &key);
	if (!cfg)
		return -ENOENT;
	t = cfg->t;

	switch (icmph->type) {
	case ICMP_DEST_UNREACH:
		if (icmph->code == ICMP_FRAG_NEEDED) {
			kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ICMP_TOO_BIG);
			update_pmtu4(t, cfg, skb, info);
			rep.mtu = max_t(u32, info, IPV4_MIN_MTU);
		} else {
			kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ICMP_UNREACHABLE);
		}
		break;
	case ICMP_TIME_EXCEEDED:
		kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ICMP_TIME_EXCEEDED);
		if (icmph->code != ICMP_EXC_TTL)
			return 0;
		break;
	case ICMP_REDIRECT:
		kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ICMP_OTHER);
		redirect4(t, cfg, skb);
		return 0;
	default:
		kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ICMP_OTHER);
		return 0;
	}

	relay(t, skb, &rep);
	return 0;
}

/* Is it about the encapsulation limit that we put into the packet? */
static bool is_limit(const struct sk_buff *skb, u8 code, u32 pointer)
{
	struct kame_tunnel_nest nest;

	if (code != ICMPV6_HDR_FIELD)
		return false;
	kame_tunnel_nest_walk(skb, 0, IPPROTO_IPV6, 1, &nest);
	return nest.limit == 0 && nest.limit_offset == pointer;
}

/**
 * kame_tunnel_icmp6_err() - an ICMPv6 error quotes an outer IPv6 packet
 * @skb: the error; its data is the quoted packet
 * @proto: IPPROTO_IPIP or IPPROTO_IPV6, the family of the inner packet
 * @type: type of the error
 * @code: code of the error
 * @offset: where the inner packet begins in the quoted one
 * @info: MTU or pointer
 *
 * Context: softirq, RCU read side.
 * Return: 0, or -ENOENT if no tunnel of ours sent the packet.
 */
int kame_tunnel_icmp6_err(struct sk_buff *skb, u8 proto, u8 type, u8 code, int offset, __be32 info)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	struct kame_tunnel_key key = { .local = ip6h->saddr, .remote = ip6h->daddr };
	struct net *net = dev_net(skb->dev);
	struct report rep = { .offset = offset, .proto = proto };
	struct kame_tunnel_cfg *cfg;
	struct kame_tunnel *t;

	cfg = kame_tunnel_table_match(kame_tunnel_pernet(net), &key);
	if (!cfg)
		return -ENOENT;
	t = cfg->t;

	switch (type) {
	case ICMPV6_PKT_TOOBIG:
		kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ICMP_TOO_BIG);
		ip6_update_pmtu(skb, net, info, cfg->link, cfg->fwmark, sock_net_uid(net, NULL));
		rep.mtu = max_t(u32, ntohl(info), IPV6_MIN_MTU);
		break;
	case ICMPV6_DEST_UNREACH:
		kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ICMP_UNREACHABLE);
		break;
	case ICMPV6_TIME_EXCEED:
		kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ICMP_TIME_EXCEEDED);
		if (code != ICMPV6_EXC_HOPLIMIT)
			return 0;
		break;
	case ICMPV6_PARAMPROB:
		if (!is_limit(skb, code, ntohl(info))) {
			kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ICMP_OTHER);
			return 0;
		}
		kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ICMP_LIMIT);
		kame_tunnel_loop_remote(t);
		break;
	case NDISC_REDIRECT:
		kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ICMP_OTHER);
		ip6_redirect(skb, net, skb->dev->ifindex, cfg->fwmark, sock_net_uid(net, NULL));
		return 0;
	default:
		kame_tunnel_mib_inc(t, KAME_TUNNEL_MIB_ICMP_OTHER);
		return 0;
	}

	relay(t, skb, &rep);
	return 0;
}

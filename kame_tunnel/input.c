// SPDX-License-Identifier: GPL-2.0-only
/*
 * Input. The kernel offers each packet in a packet to one handler after the
 * other; what isn't for a device of ours goes on to the kernel's own tunnels.
 */
#include <linux/jiffies.h>
#include <linux/tcp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/tcp.h>
#include <net/udp.h>
#include <net/xfrm.h>

#include "input.h"
#include "kame_tunnel.h"
#include "kunit.h"

/**
 * kame_tunnel_input_martian4() - know inner addresses that can't be true
 * @iph: inner header
 *
 * These are refused whatever the routing table says (RFC 1812, section 5.3.7;
 * RFC 6890).
 */
VISIBLE_IF_KUNIT bool kame_tunnel_input_martian4(const struct iphdr *iph)
{
	return ipv4_is_loopback(iph->saddr) || ipv4_is_multicast(iph->saddr) ||
	       ipv4_is_lbcast(iph->saddr) || ipv4_is_loopback(iph->daddr) ||
	       (ipv4_is_zeronet(iph->daddr));
}
EXPORT_SYMBOL_IF_KUNIT(kame_tunnel_input_martian4);

/**
 * kame_tunnel_input_martian6() - know inner addresses that can't be true
 * @ip6h: inner header
 *
 * RFC 4213, section 3.6, and RFC 4291, section 2.5. The unspecified address is a
 * good source for neighbour discovery.
 */
VISIBLE_IF_KUNIT bool kame_tunnel_input_martian6(const struct ipv6hdr *ip6h)
{
	int stype, dtype;

	/* All that is refused begins with a byte of zeroes or of ones. */
	if (likely((u8)(ip6h->saddr.s6_addr[0] + 1) > 1 && (u8)(ip6h->daddr.s6_addr[0] + 1) > 1))
		return false;

	stype = ipv6_addr_type(&ip6h->saddr);
	dtype = ipv6_addr_type(&ip6h->daddr);
	if (stype & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK | IPV6_ADDR_MAPPED) ||
	    dtype & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_MAPPED) || dtype == IPV6_ADDR_ANY)
		return true;
	/* IPv4-compatible addresses, but for the unspecified one. */
	if (stype & IPV6_ADDR_COMPATv4 || dtype & IPV6_ADDR_COMPATv4)
		return true;
	return ipv6_addr_is_multicast(&ip6h->daddr) && IPV6_ADDR_MC_SCOPE(&ip6h->daddr) <= 1;
}
EXPORT_SYMBOL_IF_KUNIT(kame_tunnel_input_martian6);

/* The device that a packet arrived on; the VRF handed its own instead. */
static int arrived_on(const struct sk_buff *skb, bool ipv6)
{
	if (!netif_is_l3_master(skb->dev))
		return skb->dev->ifindex;
	return ipv6 ? IP6CB(skb)->iif : IPCB(skb)->iif;
}

/*
 * Accept a packet only from where a packet to its source would go. The source
 * itself is the configured peer, or the tunnel would not have been found.
 */
static bool ingress_ok(struct kame_tunnel *t, struct kame_tunnel_cfg *cfg,
		       const struct sk_buff *skb)
{
	int ifindex;

	if (!cfg->ingress || skb->dev->flags & IFF_LOOPBACK)
		return true;
	ifindex = arrived_on(skb, cfg->ipv6);
	if (cfg->link && cfg->link != ifindex && cfg->link != skb->dev->ifindex)
		return false;
	return kame_tunnel_route_back(t, cfg, ifindex);
}

static int drop(struct kame_tunnel *t, struct sk_buff *skb, enum kame_tunnel_mib which)
{
	kame_tunnel_mib_drop(t, skb, which);
	return 0;
}

/* Parse the inner header. Return 0 or the counter of the drop. */
static int inner_bad(struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IPV6)) {
		if (!pskb_may_pull(skb, sizeof(struct ipv6hdr)))
			return KAME_TUNNEL_MIB_DROP_RX_TRUNCATED;
		if (ipv6_hdr(skb)->version != 6)
			return KAME_TUNNEL_MIB_DROP_RX_VERSION;
		return kame_tunnel_input_martian6(ipv6_hdr(skb)) ?
			KAME_TUNNEL_MIB_DROP_RX_MARTIAN : 0;
	}
	if (!pskb_may_pull(skb, sizeof(struct iphdr)))
		return KAME_TUNNEL_MIB_DROP_RX_TRUNCATED;
	if (ip_hdr(skb)->version != 4 || ip_hdr(skb)->ihl < 5)
		return KAME_TUNNEL_MIB_DROP_RX_VERSION;
	return kame_tunnel_input_martian4(ip_hdr(skb)) ? KAME_TUNNEL_MIB_DROP_RX_MARTIAN : 0;
}

/*
 * Take over CE or ECT(1) from the outer header (RFC 6040, section 4.2). It is
 * believed with either setting of the device: the other end decides whether the
 * tunnel is ECN-capable.
 */
static int take_ecn(struct sk_buff *skb, u8 outer)
{
	bool ipv6 = skb->protocol == htons(ETH_P_IPV6);
	u8 inner = ipv6 ? ipv6_get_dsfield(ipv6_hdr(skb)) : ip_hdr(skb)->tos;

	/* Whoever tapped the packet further down keeps what came in. */
	if (skb_ensure_writable(skb, ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr)))
		return KAME_TUNNEL_MIB_DROP_RX_NO_MEMORY;
	return INET_ECN_decapsulate(skb, outer, inner) > 1 ? KAME_TUNNEL_MIB_DROP_RX_ECN : 0;
}

/* GRO leaves alone IPv4 fragments, IPv4 options, and segments without data. */
static bool has_tcp_data(const struct sk_buff *skb, bool ipv6)
{
	unsigned int hlen = ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	const struct tcphdr *th;
	struct tcphdr buf;

	if (!ipv6 && (ip_hdr(skb)->ihl != 5 || ip_is_fragment(ip_hdr(skb))))
		return false;
	th = skb_header_pointer(skb, hlen, sizeof(buf), &buf);
	return !th || tcp_flag_word(th) & (TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_RST) ||
	       skb->len > hlen + th->doff * 4;
}

/* Once the packets of a tunnel come aggregated, they are taken to do so for a while. */
#define AGGREGATED_FOR	(HZ / 10)

/*
 * Whether GRO may join this packet to others. TCP segments that come joined, as
 * GRO sees through tunnels when it has nothing else in the way, leave it nothing
 * to do; then none is given to it, so that they keep their order. It never joins
 * mere acknowledgments. UDP it joins where some socket or the device asked for it.
 */
static bool gro_joins(struct kame_tunnel *t, const struct sk_buff *skb)
{
	bool ipv6 = skb->protocol == htons(ETH_P_IPV6);
	u8 proto = ipv6 ? ipv6_hdr(skb)->nexthdr : ip_hdr(skb)->protocol;
	unsigned long now = jiffies;

	switch (proto) {
	case IPPROTO_TCP:
		if (skb_is_gso(skb)) {
			if (READ_ONCE(t->aggregated) != now)
				WRITE_ONCE(t->aggregated, now);
			return false;
		}
		return time_after(now, READ_ONCE(t->aggregated) + AGGREGATED_FOR) &&
		       has_tcp_data(skb, ipv6);
	case IPPROTO_UDP:
		return skb->dev->features & (NETIF_F_GRO_FRAGLIST | NETIF_F_GRO_UDP_FWD) ||
		       (ipv6 ? static_branch_unlikely(&udpv6_encap_needed_key) :
			       static_branch_unlikely(&udp_encap_needed_key));
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return false;
	default:
		return true;
	}
}

/*
 * Hand a decapsulated packet up. It is queued, as many headers may be nested in a packet
 * and each would take some of the stack. A flow must keep to one way up: a clone, which
 * gro_cells_receive() would queue elsewhere, gets a head of its own.
 */
static void hand_up(struct kame_tunnel *t, struct sk_buff *skb)
{
	if (unlikely(!(t->dev->flags & IFF_UP)) ||
	    (gro_joins(t, skb) && !skb_unclone(skb, GFP_ATOMIC)))
		gro_cells_receive(&t->gro_cells, skb);
	else
		netif_rx(skb);
}

/*
 * The packet is for this tunnel. skb->data is behind the outer header, whose
 * traffic class is @dsfield.
 */
static int receive(struct kame_tunnel *t, struct sk_buff *skb, __be16 protocol, u8 dsfield)
{
	int bad;

	if (iptunnel_pull_header(skb, 0, protocol, !net_eq(t->net, dev_net(t->dev))))
		return drop(t, skb, KAME_TUNNEL_MIB_DROP_RX_NO_MEMORY);

	skb->dev = t->dev;
	skb_reset_network_header(skb);
	bad = inner_bad(skb);
	if (unlikely(bad))
		return drop(t, skb, bad);
	skb_reset_mac_header(skb);

	if (unlikely(dsfield & INET_ECN_ECT_1)) {
		bad = take_ecn(skb, dsfield);
		if (bad)
			return drop(t, skb, bad);
	}

	memset(skb->cb, 0, max(sizeof(struct inet_skb_parm), sizeof(struct inet6_skb_parm)));
	dev_sw_netstats_rx_add(t->dev, skb->len);
	hand_up(t, skb);
	return 0;
}

static int rcv4(struct sk_buff *skb, __be16 protocol)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct kame_tunnel_key key;
	struct kame_tunnel_cfg *cfg;
	struct kame_tunnel *t;
	u8 dsfield = iph->tos;

	ipv6_addr_set_v4mapped(iph->daddr, &key.local);
	ipv6_addr_set_v4mapped(iph->saddr, &key.remote);
	cfg = kame_tunnel_table_match(kame_tunnel_pernet(dev_net(skb->dev)), &key);
	if (!cfg)
		return 1;
	t = cfg->t;

	if (!xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb))
		return drop(t, skb, KAME_TUNNEL_MIB_DROP_RX_POLICY);
	if (!ingress_ok(t, cfg, skb))
		return drop(t, skb, KAME_TUNNEL_MIB_DROP_RX_INGRESS);
	return receive(t, skb, protocol, dsfield);
}

static int rcv6(struct sk_buff *skb, __be16 protocol)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct kame_tunnel_key key = { .local = ip6h->daddr, .remote = ip6h->saddr };
	u8 dsfield = ipv6_get_dsfield(ip6h);
	struct kame_tunnel_cfg *cfg;
	struct kame_tunnel *t;

	cfg = kame_tunnel_table_match(kame_tunnel_pernet(dev_net(skb->dev)), &key);
	if (!cfg)
		return 1;
	t = cfg->t;

	if (!xfrm6_policy_check(NULL, XFRM_POLICY_IN, skb))
		return drop(t, skb, KAME_TUNNEL_MIB_DROP_RX_POLICY);
	if (!ingress_ok(t, cfg, skb))
		return drop(t, skb, KAME_TUNNEL_MIB_DROP_RX_INGRESS);
	return receive(t, skb, protocol, dsfield);
}

static int rcv_4in4(struct sk_buff *skb)
{
	return rcv4(skb, htons(ETH_P_IP));
}

static int rcv_6in4(struct sk_buff *skb)
{
	return rcv4(skb, htons(ETH_P_IPV6));
}

static int rcv_4in6(struct sk_buff *skb)
{
	return rcv6(skb, htons(ETH_P_IP));
}

static int rcv_6in6(struct sk_buff *skb)
{
	return rcv6(skb, htons(ETH_P_IPV6));
}

static int err_4in6(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type, u8 code,
		    int offset, __be32 info)
{
	return kame_tunnel_icmp6_err(skb, IPPROTO_IPIP, type, code, offset, info);
}

static int err_6in6(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type, u8 code,
		    int offset, __be32 info)
{
	return kame_tunnel_icmp6_err(skb, IPPROTO_IPV6, type, code, offset, info);
}

/*
 * Before the kernel's own tunnels, as theirs may match any endpoint while ours
 * match what was configured.
 */
#define PRIORITY	(-10)

static struct xfrm_tunnel handler_4in4 = {
	.handler = rcv_4in4, .err_handler = kame_tunnel_icmp4_err, .priority = PRIORITY,
};

static struct xfrm_tunnel handler_6in4 = {
	.handler = rcv_6in4, .err_handler = kame_tunnel_icmp4_err, .priority = PRIORITY,
};

static struct xfrm6_tunnel handler_4in6 = {
	.handler = rcv_4in6, .err_handler = err_4in6, .priority = PRIORITY,
};

static struct xfrm6_tunnel handler_6in6 = {
	.handler = rcv_6in6, .err_handler = err_6in6, .priority = PRIORITY,
};

/**
 * kame_tunnel_input_init() - begin to receive
 *
 * Return: 0, or -EEXIST if somebody else has the priority.
 */
int kame_tunnel_input_init(void)
{
	int err;

	err = xfrm4_tunnel_register(&handler_4in4, AF_INET);
	if (err)
		return err;
	err = xfrm4_tunnel_register(&handler_6in4, AF_INET6);
	if (err)
		goto err_6in4;
	err = xfrm6_tunnel_register(&handler_4in6, AF_INET);
	if (err)
		goto err_4in6;
	err = xfrm6_tunnel_register(&handler_6in6, AF_INET6);
	if (err)
		goto err_6in6;
	return 0;

err_6in6:
	xfrm6_tunnel_deregister(&handler_4in6, AF_INET);
err_4in6:
	xfrm4_tunnel_deregister(&handler_6in4, AF_INET6);
err_6in4:
	xfrm4_tunnel_deregister(&handler_4in4, AF_INET);
	return err;
}

/** kame_tunnel_input_uninit() - cease to receive; waits for what is under way */
void kame_tunnel_input_uninit(void)
{
	xfrm6_tunnel_deregister(&handler_6in6, AF_INET6);
	xfrm6_tunnel_deregister(&handler_4in6, AF_INET);
	xfrm4_tunnel_deregister(&handler_6in4, AF_INET6);
	xfrm4_tunnel_deregister(&handler_4in4, AF_INET);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What selectors see of a packet.
 */
#include <linux/icmpv6.h>
#include <linux/rpl.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <uapi/linux/kame_ipsec.h>

#include "flow.h"
#include "kunit.h"

/* More extension headers than any packet that is meant well has. */
#define MAX_EXTHDRS 16

static bool upper4(const struct sk_buff *skb, int start, struct kame_ipsec_upper *up)
{
	struct iphdr buf;
	const struct iphdr *iph = skb_header_pointer(skb, start, sizeof(buf), &buf);

	if (!iph || iph->version != 4 || iph->ihl < 5)
		return false;
	up->proto = iph->protocol;
	up->off = start + iph->ihl * 4;
	up->fragment = iph->frag_off & htons(IP_OFFSET);
	return true;
}

/* The AH of a packet is where its own protection begins, hence no extension header here. */
static bool upper6(const struct sk_buff *skb, int start, struct kame_ipsec_upper *up)
{
	struct ipv6hdr buf;
	const struct ipv6hdr *hdr = skb_header_pointer(skb, start, sizeof(buf), &buf);
	int i;

	if (!hdr || hdr->version != 6)
		return false;
	up->proto = hdr->nexthdr;
	up->off = start + sizeof(*hdr);
	for (i = 0; i < MAX_EXTHDRS; i++) {
		const struct ipv6_opt_hdr *opt;
		const struct frag_hdr *frag;
		struct frag_hdr fbuf;

		switch (up->proto) {
		case NEXTHDR_HOP:
		case NEXTHDR_ROUTING:
		case NEXTHDR_DEST:
			opt = skb_header_pointer(skb, up->off, sizeof(*opt), &fbuf);
			if (!opt)
				return false;
			up->proto = opt->nexthdr;
			up->off += ipv6_optlen(opt);
			break;
		case NEXTHDR_FRAGMENT:
			frag = skb_header_pointer(skb, up->off, sizeof(*frag), &fbuf);
			if (!frag)
				return false;
			up->proto = frag->nexthdr;
			up->off += sizeof(*frag);
			if (frag->frag_off & htons(IP6_OFFSET)) {
				up->fragment = true;
				return true;
			}
			break;
		default:
			return true;
		}
	}
	return false;
}

/**
 * kame_ipsec_flow_upper_at - find the upper-layer header behind an IP header
 * @skb: the packet
 * @start: offset of the IP header from skb->data
 * @family: AF_INET or AF_INET6
 * @up: filled in
 *
 * Return: false where the headers can't be read.
 */
bool kame_ipsec_flow_upper_at(const struct sk_buff *skb, int start, u8 family,
			      struct kame_ipsec_upper *up)
{
	memset(up, 0, sizeof(*up));
	return family == AF_INET ? upper4(skb, start, up) : upper6(skb, start, up);
}

/**
 * kame_ipsec_flow_upper - find the upper-layer header of a packet
 * @skb: the packet
 * @family: AF_INET or AF_INET6
 * @up: filled in
 *
 * Return: false where the headers can't be read.
 */
bool kame_ipsec_flow_upper(const struct sk_buff *skb, u8 family, struct kame_ipsec_upper *up)
{
	return kame_ipsec_flow_upper_at(skb, skb_network_offset(skb), family, up);
}

/* What belongs to a link was made on it, and is not forwarded. */
static bool may_be_control(const struct kame_ipsec_flow *flow, const struct sk_buff *skb)
{
	return flow->dir == KAME_IPSEC_DIR_IN ||
	       (flow->dir == KAME_IPSEC_DIR_OUT && !skb->skb_iif);
}

/* Neighbour discovery (RFC 4861) and multicast listener discovery (RFC 3810), which
 * have a hop limit that tells whether the packet has passed a router
 */
static bool icmp6_is_control(const struct kame_ipsec_flow *flow, const struct sk_buff *skb,
			     u8 type)
{
	if (flow->family != AF_INET6 || !may_be_control(flow, skb))
		return false;
	switch (type) {
	case ICMPV6_MGM_QUERY:
	case ICMPV6_MGM_REPORT:
	case ICMPV6_MGM_REDUCTION:
	case ICMPV6_MLD2_REPORT:
		return ipv6_hdr(skb)->hop_limit == 1;
	case NDISC_ROUTER_SOLICITATION:
	case NDISC_ROUTER_ADVERTISEMENT:
	case NDISC_NEIGHBOUR_SOLICITATION:
	case NDISC_NEIGHBOUR_ADVERTISEMENT:
	case NDISC_REDIRECT:
		return ipv6_hdr(skb)->hop_limit == 255;
	default:
		return false;
	}
}

/* Group membership, RFC 3376 */
static bool igmp_is_control(const struct kame_ipsec_flow *flow, const struct sk_buff *skb)
{
	return flow->family == AF_INET && may_be_control(flow, skb) && ip_hdr(skb)->ttl == 1;
}

static void flow_icmp(struct kame_ipsec_flow *flow, const struct sk_buff *skb, int off)
{
	u8 buf[2];
	const u8 *h = skb_header_pointer(skb, off, sizeof(buf), buf);

	if (!h) {
		flow->flags |= KAME_IPSEC_FLOW_NO_PORTS;
		return;
	}
	flow->sport = h[0];
	flow->dport = h[1];
	if (flow->proto == IPPROTO_ICMPV6 && icmp6_is_control(flow, skb, h[0]))
		flow->flags |= KAME_IPSEC_FLOW_CONTROL;
}

static void flow_ports(struct kame_ipsec_flow *flow, const struct sk_buff *skb, int off)
{
	__be16 buf[2];
	const __be16 *h = skb_header_pointer(skb, off, sizeof(buf), buf);

	if (!h) {
		flow->flags |= KAME_IPSEC_FLOW_NO_PORTS;
		return;
	}
	flow->sport = ntohs(h[0]);
	flow->dport = ntohs(h[1]);
}

static void flow_upper(struct kame_ipsec_flow *flow, const struct sk_buff *skb,
		       const struct kame_ipsec_upper *up)
{
	flow->proto = up->proto;
	if (up->fragment) {
		flow->flags |= KAME_IPSEC_FLOW_NO_PORTS;
		return;
	}
	switch (up->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		flow_ports(flow, skb, up->off);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		flow_icmp(flow, skb, up->off);
		break;
	case IPPROTO_IGMP:
		if (igmp_is_control(flow, skb))
			flow->flags |= KAME_IPSEC_FLOW_CONTROL;
		break;
	}
}

/**
 * kame_ipsec_flow_get_upper - read what a flow has of the upper-layer header
 * @flow: the rest is filled in
 * @skb: the packet
 * @family: AF_INET or AF_INET6
 *
 * Return: false where the headers can't be read.
 */
bool kame_ipsec_flow_get_upper(struct kame_ipsec_flow *flow, const struct sk_buff *skb, u8 family)
{
	struct kame_ipsec_upper up;

	if (!kame_ipsec_flow_upper(skb, family, &up))
		return false;
	flow_upper(flow, skb, &up);
	return true;
}

/**
 * kame_ipsec_flow_get - read a packet's flow
 * @flow: filled in
 * @skb: the packet, whose network header is linear
 * @family: AF_INET or AF_INET6
 * @dir: enum kame_ipsec_dir
 * @oif: index of the device that it goes out on, 0 on input
 * @fields: the fields that matter, enum kame_ipsec_field; the rest is 0
 *
 * Return: false where the headers can't be read. Without
 * KAME_IPSEC_FIELD_PROTO and without ports nothing but the IP header is read.
 */
bool kame_ipsec_flow_get(struct kame_ipsec_flow *flow, const struct sk_buff *skb, u8 family,
			 u8 dir, int oif, unsigned int fields)
{
	return kame_ipsec_flow_read(flow, skb, family, dir, oif, fields);
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_flow_get);

/* RFC 6554 section 3: the last address lacks so many bytes that it shares with that of the next
 * stop, which @addr is so far.
 */
static void last_of_rpl(struct in6_addr *addr, const struct sk_buff *skb, unsigned int off)
{
	struct ipv6_rpl_sr_hdr buf;
	const struct ipv6_rpl_sr_hdr *h = skb_header_pointer(skb, off, sizeof(buf), &buf);
	unsigned int end, len;

	if (!h)
		return;
	len = sizeof(*addr) - h->cmpre;
	end = sizeof(*h) + h->hdrlen * 8 - h->pad;
	if (end >= sizeof(*h) + len)
		skb_copy_bits(skb, off + end - len, &addr->s6_addr[h->cmpre], len);
}

/**
 * kame_ipsec_flow_final - have a flow end where a routing header leads to
 * @flow: a packet that was made here, whose destination is its next stop
 * @skb: the packet
 *
 * Any program may have its packets come by another node first (IPV6_RTHDR), and must not
 * get round a policy for their destination by that. The kernel's own policies look at
 * the last address, too, of headers of type 2 (RFC 6275 section 6.4) and 4 (RFC 8754
 * section 2): both have it first. One of type 3 has it at its end. Packets that are forwarded
 * have a destination that somebody else has chosen.
 */
void kame_ipsec_flow_final(struct kame_ipsec_flow *flow, const struct sk_buff *skb)
{
	int flags = IP6_FH_F_SKIP_RH;
	struct {
		struct ipv6_rt_hdr rt;
		__be32 reserved;
		struct in6_addr last;
	} __packed buf;
	const typeof(buf) *h;
	unsigned int off = 0;

	if (flow->family != AF_INET6 ||
	    ipv6_find_hdr(skb, &off, NEXTHDR_ROUTING, NULL, &flags) != NEXTHDR_ROUTING)
		return;
	h = skb_header_pointer(skb, off, sizeof(h->rt), &buf);
	if (h && h->rt.type == IPV6_SRCRT_TYPE_3) {
		last_of_rpl(&flow->dst.in6, skb, off);
		return;
	}
	h = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!h || (h->rt.type != IPV6_SRCRT_TYPE_2 && h->rt.type != IPV6_SRCRT_TYPE_4) ||
	    ipv6_optlen(&h->rt) < sizeof(buf))
		return;
	flow->dst.in6 = h->last;
}

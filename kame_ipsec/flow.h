/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_FLOW_H
#define _KAME_IPSEC_FLOW_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/dsfield.h>
#include <net/xfrm.h>

/**
 * enum kame_ipsec_field - parts of a packet that a selector may look at
 *
 * Addresses are always looked at. What no selector of a direction asks for is
 * left out of a flow, so that more packets share a cache entry.
 */
enum kame_ipsec_field {
	KAME_IPSEC_FIELD_PROTO = BIT(0),
	KAME_IPSEC_FIELD_SPORT = BIT(1),
	KAME_IPSEC_FIELD_DPORT = BIT(2),
	KAME_IPSEC_FIELD_IIF = BIT(3),
	KAME_IPSEC_FIELD_OIF = BIT(4),
	KAME_IPSEC_FIELD_MARK = BIT(5),
	KAME_IPSEC_FIELD_DSCP = BIT(6),
};

#define KAME_IPSEC_FIELD_PORTS (KAME_IPSEC_FIELD_SPORT | KAME_IPSEC_FIELD_DPORT)
#define KAME_IPSEC_FIELD_ALL GENMASK(6, 0)

enum kame_ipsec_flow_flag {
	/* The upper-layer header is in another fragment, or cut off. */
	KAME_IPSEC_FLOW_NO_PORTS = BIT(0),
	/* Neighbour discovery and group membership, which keep a link alive. */
	KAME_IPSEC_FLOW_CONTROL = BIT(1),
};

/**
 * struct kame_ipsec_flow - what selectors see of a packet
 * @src: source address, network byte order; of IPv4, all but the first word is 0
 * @dst: destination address, as @src
 * @mark: mark of the packet
 * @iif: index of the device that the packet came in on, 0 if made here
 * @oif: index of the device that the packet goes out on, 0 on input
 * @sport: source port, or type of an ICMP message
 * @dport: destination port, or code of an ICMP message
 * @proto: upper protocol
 * @dscp: differentiated services code point
 * @family: AF_INET or AF_INET6
 * @flags: enum kame_ipsec_flow_flag
 * @dir: enum kame_ipsec_dir
 * @zero: 0, so that flows compare as memory
 */
struct kame_ipsec_flow {
	xfrm_address_t src;
	xfrm_address_t dst;
	u32 mark;
	int iif;
	int oif;
	u16 sport;
	u16 dport;
	u8 proto;
	u8 dscp;
	u8 family;
	u8 flags;
	u8 dir;
	u8 zero[3];
} __aligned(8);

/**
 * struct kame_ipsec_upper - where the headers of a packet end
 * @off: offset of the upper-layer header from skb->data; -1 if it can't be read
 * @proto: the upper protocol
 * @fragment: this is not the first fragment, and @off is not that of a header
 */
struct kame_ipsec_upper {
	int off;
	u8 proto;
	bool fragment;
};

bool kame_ipsec_flow_upper(const struct sk_buff *skb, u8 family, struct kame_ipsec_upper *up);
bool kame_ipsec_flow_upper_at(const struct sk_buff *skb, int start, u8 family,
			      struct kame_ipsec_upper *up);
bool kame_ipsec_flow_get_upper(struct kame_ipsec_flow *flow, const struct sk_buff *skb, u8 family);
bool kame_ipsec_flow_get(struct kame_ipsec_flow *flow, const struct sk_buff *skb, u8 family,
			 u8 dir, int oif, unsigned int fields);
bool kame_ipsec_flow_special(const struct sk_buff *skb, u8 family);

/* As kame_ipsec_flow_get(). Each byte is written once, where the fast path needs it. */
static __always_inline bool kame_ipsec_flow_read(struct kame_ipsec_flow *flow,
						 const struct sk_buff *skb, u8 family, u8 dir,
						 int oif, unsigned int fields)
{
	u8 dscp;

	if (family == AF_INET) {
		flow->src = (xfrm_address_t){ .a6 = { ip_hdr(skb)->saddr } };
		flow->dst = (xfrm_address_t){ .a6 = { ip_hdr(skb)->daddr } };
		dscp = ip_hdr(skb)->tos >> 2;
	} else {
		flow->src.in6 = ipv6_hdr(skb)->saddr;
		flow->dst.in6 = ipv6_hdr(skb)->daddr;
		dscp = ipv6_get_dsfield(ipv6_hdr(skb)) >> 2;
	}
	flow->mark = fields & KAME_IPSEC_FIELD_MARK ? skb->mark : 0;
	flow->iif = fields & KAME_IPSEC_FIELD_IIF ? skb->skb_iif : 0;
	flow->oif = fields & KAME_IPSEC_FIELD_OIF ? oif : 0;
	flow->sport = 0;
	flow->dport = 0;
	flow->proto = 0;
	flow->dscp = fields & KAME_IPSEC_FIELD_DSCP ? dscp : 0;
	flow->family = family;
	flow->flags = 0;
	flow->dir = dir;
	memset(flow->zero, 0, sizeof(flow->zero));
	return !(fields & (KAME_IPSEC_FIELD_PROTO | KAME_IPSEC_FIELD_PORTS)) ||
	       kame_ipsec_flow_get_upper(flow, skb, family);
}

#endif /* _KAME_IPSEC_FLOW_H */

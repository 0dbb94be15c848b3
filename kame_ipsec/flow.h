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

/* Whether what kame_ipsec_flow_upper() walks over may be followed by it */
static inline bool kame_ipsec_flow_is_upper(u8 family, u8 proto)
{
	return family != AF_INET6 ||
	       (proto != NEXTHDR_ROUTING && proto != NEXTHDR_FRAGMENT && proto != NEXTHDR_DEST);
}

bool kame_ipsec_flow_upper(const struct sk_buff *skb, u8 family, struct kame_ipsec_upper *up);
bool kame_ipsec_flow_upper_at(const struct sk_buff *skb, int start, u8 family,
			      struct kame_ipsec_upper *up);
bool kame_ipsec_flow_get_upper(struct kame_ipsec_flow *flow, const struct sk_buff *skb, u8 family);
bool kame_ipsec_flow_get(struct kame_ipsec_flow *flow, const struct sk_buff *skb, u8 family,
			 u8 dir, int oif, unsigned int fields);
void kame_ipsec_flow_final(struct kame_ipsec_flow *flow, const struct sk_buff *skb);

/* Protocols that a fast look at addresses and ports must not decide about:
 * ICMP errors and neighbour discovery have rules of their own, packets within
 * packets may have been here before, and extension headers hide what follows.
 */
static __always_inline bool kame_ipsec_flow_special(const struct sk_buff *skb, u8 family)
{
	switch (family == AF_INET ? ip_hdr(skb)->protocol : ipv6_hdr(skb)->nexthdr) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
		return false;
	case IPPROTO_ICMP:
	case IPPROTO_IGMP:
	case IPPROTO_IPIP:
	case IPPROTO_IPV6:
	case IPPROTO_ROUTING:
	case IPPROTO_FRAGMENT:
	case IPPROTO_GRE:
	case IPPROTO_ESP:
	case IPPROTO_AH:
	case IPPROTO_COMP:
	case IPPROTO_ICMPV6:
	case IPPROTO_DSTOPTS:
	case IPPROTO_MH:
	case NEXTHDR_HOP:
		return true;
	default:
		return false;
	}
}

/* Values that lie one behind the other in memory, as one */
static __always_inline u64 kame_ipsec_flow_pair(u32 first, u32 second)
{
	if (IS_ENABLED(CONFIG_CPU_BIG_ENDIAN))
		return (u64)first << 32 | second;
	return first | (u64)second << 32;
}

static __always_inline u32 kame_ipsec_flow_bytes(u8 a, u8 b, u8 c, u8 d)
{
	if (IS_ENABLED(CONFIG_CPU_BIG_ENDIAN))
		return (u32)a << 24 | (u32)b << 16 | (u32)c << 8 | d;
	return a | (u32)b << 8 | (u32)c << 16 | (u32)d << 24;
}

/* As kame_ipsec_flow_get(). The flow is read again in words of 64 bits at once: it is
 * written in such, each once, so that the processor doesn't wait for the parts of one.
 */
static __always_inline bool kame_ipsec_flow_read(struct kame_ipsec_flow *flow,
						 const struct sk_buff *skb, u8 family, u8 dir,
						 int oif, unsigned int fields)
{
	u64 *w = (u64 *)flow;
	u8 dscp = 0;

	BUILD_BUG_ON(sizeof(*flow) != 7 * sizeof(*w));
	BUILD_BUG_ON(offsetof(struct kame_ipsec_flow, mark) != 4 * sizeof(*w));
	BUILD_BUG_ON(offsetof(struct kame_ipsec_flow, oif) != 5 * sizeof(*w));
	BUILD_BUG_ON(offsetof(struct kame_ipsec_flow, proto) != 6 * sizeof(*w));
	if (family == AF_INET) {
		w[0] = kame_ipsec_flow_pair((__force u32)ip_hdr(skb)->saddr, 0);
		w[1] = 0;
		w[2] = kame_ipsec_flow_pair((__force u32)ip_hdr(skb)->daddr, 0);
		w[3] = 0;
		if (fields & KAME_IPSEC_FIELD_DSCP)
			dscp = ip_hdr(skb)->tos >> 2;
	} else {
		flow->src.in6 = ipv6_hdr(skb)->saddr;
		flow->dst.in6 = ipv6_hdr(skb)->daddr;
		if (fields & KAME_IPSEC_FIELD_DSCP)
			dscp = ipv6_get_dsfield(ipv6_hdr(skb)) >> 2;
	}
	w[4] = kame_ipsec_flow_pair(fields & KAME_IPSEC_FIELD_MARK ? skb->mark : 0,
				    fields & KAME_IPSEC_FIELD_IIF ? skb->skb_iif : 0);
	/* The ports are 0 so far, and so is the protocol. */
	w[5] = kame_ipsec_flow_pair(fields & KAME_IPSEC_FIELD_OIF ? oif : 0, 0);
	w[6] = kame_ipsec_flow_pair(kame_ipsec_flow_bytes(0, dscp, family, 0),
				    kame_ipsec_flow_bytes(dir, 0, 0, 0));
	return !(fields & (KAME_IPSEC_FIELD_PROTO | KAME_IPSEC_FIELD_PORTS)) ||
	       kame_ipsec_flow_get_upper(flow, skb, family);
}

#endif /* _KAME_IPSEC_FLOW_H */

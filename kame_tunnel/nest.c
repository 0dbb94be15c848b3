// SPDX-License-Identifier: GPL-2.0-only
/*
 * The second defence against loops: a counter of calls can't see a loop that
 * goes through a queue or another host, but each round leaves a header on the
 * packet. Those headers are counted, and the encapsulation limit option (RFC
 * 2473, section 4.1.1) is looked for.
 */
#include <linux/if_tunnel.h>
#include <linux/ip6_tunnel.h>
#include <net/gre.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "kunit.h"
#include "nest.h"

/* Extension headers that are looked at for each IPv6 header. */
#define MAX_EXTHDRS	8

/* A position in the packet: the protocol of the header at the offset. */
struct cursor {
	const struct sk_buff *skb;
	unsigned int offset;
	u8 proto;
};

static const void *peek(const struct cursor *c, unsigned int at, unsigned int len, void *buf)
{
	return skb_header_pointer(c->skb, c->offset + at, len, buf);
}

/* Look for the option in the destination options header of @len bytes. */
static void find_limit(const struct cursor *c, unsigned int start, unsigned int len,
		       struct kame_tunnel_nest *nest, bool direct)
{
	unsigned int at = sizeof(struct ipv6_opt_hdr);

	while (at < len) {
		u8 buf[3];
		const u8 *tlv = peek(c, at, 1, buf);

		if (!tlv)
			return;
		if (*tlv == IPV6_TLV_PAD1) {
			at++;
			continue;
		}
		if (at + 2 > len)
			return;
		tlv = peek(c, at, 2, buf);
		if (!tlv)
			return;
		if (tlv[0] == IPV6_TLV_TNL_ENCAP_LIMIT && tlv[1] == 1 && at + 3 <= len) {
			tlv = peek(c, at, 3, buf);
			if (!tlv)
				return;
			nest->limit = tlv[2];
			nest->limit_offset = c->offset + at + 2 - start;
			nest->limit_direct = direct;
			return;
		}
		at += 2 + tlv[1];
	}
}

/*
 * Step over extension headers to a header that is none. False where there is
 * nothing more to see: the packet ends, or this is not a first fragment.
 */
static bool skip_exthdrs(struct cursor *c, unsigned int start, struct kame_tunnel_nest *nest)
{
	bool direct = !nest->headers;
	int i;

	for (i = 0; i < MAX_EXTHDRS; i++) {
		struct frag_hdr buf;
		const struct ipv6_opt_hdr *hdr;
		unsigned int len;

		switch (c->proto) {
		case NEXTHDR_HOP:
		case NEXTHDR_ROUTING:
		case NEXTHDR_DEST:
			hdr = peek(c, 0, sizeof(*hdr), &buf);
			if (!hdr)
				return false;
			len = ipv6_optlen(hdr);
			if (c->proto == NEXTHDR_DEST && nest->limit < 0)
				find_limit(c, start, len, nest, direct);
			break;
		case NEXTHDR_FRAGMENT: {
			const struct frag_hdr *frag = peek(c, 0, sizeof(*frag), &buf);

			if (!frag || frag->frag_off & htons(IP6_OFFSET))
				return false;
			hdr = (const struct ipv6_opt_hdr *)frag;
			len = sizeof(*frag);
			break;
		}
		default:
			return true;
		}
		c->proto = hdr->nexthdr;
		c->offset += len;
	}
	return false;
}

/* GRE and what it carries, so that a loop with a GRE tunnel in it is seen, too. */
static bool step_gre(struct cursor *c)
{
	struct gre_base_hdr buf;
	const struct gre_base_hdr *gre = peek(c, 0, sizeof(*gre), &buf);

	if (!gre || gre->flags & (GRE_VERSION | GRE_ROUTING))
		return false;
	c->offset += sizeof(*gre) + (gre->flags & GRE_CSUM ? 4 : 0) +
		     (gre->flags & GRE_KEY ? 4 : 0) + (gre->flags & GRE_SEQ ? 4 : 0);
	if (gre->protocol == htons(ETH_P_IP))
		c->proto = IPPROTO_IPIP;
	else if (gre->protocol == htons(ETH_P_IPV6))
		c->proto = IPPROTO_IPV6;
	else
		return false;
	return true;
}

/* Step from an IP header to what follows it. */
static bool step_ip(struct cursor *c)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr buf6;

	if (c->proto == IPPROTO_IPIP) {
		struct iphdr buf;
		const struct iphdr *iph = peek(c, 0, sizeof(*iph), &buf);

		if (!iph || iph->version != 4 || iph->ihl < 5)
			return false;
		c->proto = iph->protocol;
		c->offset += iph->ihl * 4;
		return !(iph->frag_off & htons(IP_OFFSET));
	}

	ip6h = peek(c, 0, sizeof(*ip6h), &buf6);
	if (!ip6h || ip6h->version != 6)
		return false;
	c->proto = ip6h->nexthdr;
	c->offset += sizeof(*ip6h);
	return true;
}

/**
 * kame_tunnel_nest_walk() - count the tunnel headers that a packet carries
 * @skb: the packet
 * @offset: where its IP header is, from skb->data
 * @proto: IPPROTO_IPIP or IPPROTO_IPV6, the family of that header
 * @max: stop at that number
 * @nest: the result
 *
 * The packet is not changed. What lies behind encryption or UDP isn't seen.
 */
void kame_tunnel_nest_walk(const struct sk_buff *skb, unsigned int offset, u8 proto,
			   unsigned int max, struct kame_tunnel_nest *nest)
{
	struct cursor c = { .skb = skb, .offset = offset, .proto = proto };

	nest->headers = 0;
	nest->limit = -1;
	nest->limit_offset = 0;
	nest->limit_direct = false;

	while (nest->headers < max) {
		bool ipv6 = c.proto == IPPROTO_IPV6;

		if (!step_ip(&c) || (ipv6 && !skip_exthdrs(&c, offset, nest)))
			return;
		if (c.proto == IPPROTO_GRE && !step_gre(&c))
			return;
		if (c.proto != IPPROTO_IPIP && c.proto != IPPROTO_IPV6)
			return;
		nest->headers++;
	}
}
EXPORT_SYMBOL_IF_KUNIT(kame_tunnel_nest_walk);

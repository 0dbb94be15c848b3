// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that come round again. The routine is called once per packet (INET'99
 * paper, section 3.3): what it has protected never gets a second header from it.
 *
 * Three defences, from the cheap one to the thorough one:
 *  1. xfrm_output() marks the packet in its control block.
 *  2. A tunnel device on the way clears the control block. A packet in a tunnel is
 *     looked into: a state of ours has its SPI there.
 *  3. Some packets can't be looked into. Within one chain of calls they are taken for
 *     those that are up the chain, unless they have another socket (output.c). A queue,
 *     or a cipher that finishes later, breaks the chain.
 */
#include <linux/udp.h>
#include <net/gre.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

#include "again.h"
#include "bundle.h"
#include "flow.h"
#include "kunit.h"
#include "policy.h"

/* More headers around a packet than that are not looked through. */
#define MAX_DEPTH 8

struct again_walk {
	const struct sk_buff *skb;
	struct net *net;
	int off;
	u8 family;
};

static bool read_ends(const struct again_walk *w, xfrm_address_t *src, xfrm_address_t *dst)
{
	int len = w->family == AF_INET ? 4 : 16;
	int off = w->off + (w->family == AF_INET ? offsetof(struct iphdr, saddr) :
						   offsetof(struct ipv6hdr, saddr));

	memset(src, 0, sizeof(*src));
	memset(dst, 0, sizeof(*dst));
	return !skb_copy_bits(w->skb, off, src, len) &&
	       !skb_copy_bits(w->skb, off + len, dst, len);
}

/* Whether the ports are those of a state that uses UDP (RFC 3948) */
static bool encap_fits(const struct again_walk *w, const struct xfrm_state *x, int udp_off)
{
	__be16 ports[2];

	return x->encap && !skb_copy_bits(w->skb, udp_off, ports, sizeof(ports)) &&
	       ports[0] == x->encap->encap_sport && ports[1] == x->encap->encap_dport;
}

/* Whether the header at @spi_off is one that a state of this node wrote. @udp_off is the
 * offset of the UDP header in front of it, or -1.
 */
static bool ours(const struct again_walk *w, u8 proto, int spi_off, int udp_off)
{
	xfrm_address_t src, dst;
	struct xfrm_state *x;
	__be32 spi;
	bool mine;

	if (skb_copy_bits(w->skb, spi_off, &spi, sizeof(spi)) || !spi ||
	    !read_ends(w, &src, &dst))
		return false;
	x = xfrm_state_lookup(w->net, w->skb->mark, &dst, spi, proto, w->family);
	if (!x)
		return false;
	mine = xfrm_addr_equal(&x->props.saddr, &src, w->family) &&
	       (udp_off < 0 ? !x->encap : encap_fits(w, x, udp_off));
	xfrm_state_put(x);
	return mine;
}

/* The packet within GRE, RFC 2784 and 2890 */
static bool enter_gre(struct again_walk *w, int off)
{
	struct gre_base_hdr buf;
	const struct gre_base_hdr *gre = skb_header_pointer(w->skb, off, sizeof(buf), &buf);

	if (!gre || gre->flags & (GRE_ROUTING | GRE_VERSION))
		return false;
	w->off = off + sizeof(*gre) + (gre->flags & GRE_CSUM ? 4 : 0) +
		 (gre->flags & GRE_KEY ? 4 : 0) + (gre->flags & GRE_SEQ ? 4 : 0);
	w->family = gre->protocol == htons(ETH_P_IP) ? AF_INET : AF_INET6;
	return gre->protocol == htons(ETH_P_IP) || gre->protocol == htons(ETH_P_IPV6);
}

/**
 * kame_ipsec_again_seen - whether a packet was protected by this node before
 * @net: the namespace
 * @skb: the packet
 * @family: AF_INET or AF_INET6
 *
 * Packets in IP, GRE or UDP are found. Others are not told apart from those of
 * somebody else; nothing of ours is within what carries TCP, SCTP or ICMP.
 */
enum kame_ipsec_seen kame_ipsec_again_seen(struct net *net, const struct sk_buff *skb, u8 family)
{
	struct again_walk w = {
		.skb = skb,
		.net = net,
		.off = skb_network_offset(skb),
		.family = family,
	};
	int depth;

	for (depth = 0; depth < MAX_DEPTH; depth++) {
		enum kame_ipsec_seen seen = depth ? KAME_IPSEC_SEEN_INSIDE : KAME_IPSEC_SEEN_ITSELF;
		struct kame_ipsec_upper up;

		if (!kame_ipsec_flow_upper_at(skb, w.off, w.family, &up) || up.fragment)
			break;
		switch (up.proto) {
		case IPPROTO_ESP:
			return ours(&w, IPPROTO_ESP, up.off, -1) ? seen : KAME_IPSEC_SEEN_UNKNOWN;
		case IPPROTO_AH:
			return ours(&w, IPPROTO_AH, up.off + offsetof(struct ip_auth_hdr, spi), -1) ?
				seen : KAME_IPSEC_SEEN_UNKNOWN;
		case IPPROTO_UDP:
			return ours(&w, IPPROTO_ESP, up.off + sizeof(struct udphdr), up.off) ?
				seen : KAME_IPSEC_SEEN_UNKNOWN;
		case IPPROTO_IPIP:
			w.family = AF_INET;
			w.off = up.off;
			break;
		case IPPROTO_IPV6:
			w.family = AF_INET6;
			w.off = up.off;
			break;
		case IPPROTO_GRE:
			if (!enter_gre(&w, up.off))
				return KAME_IPSEC_SEEN_UNKNOWN;
			break;
		case IPPROTO_TCP:
		case IPPROTO_SCTP:
		case IPPROTO_ICMP:
		case IPPROTO_ICMPV6:
			return KAME_IPSEC_SEEN_NEVER;
		default:
			return KAME_IPSEC_SEEN_UNKNOWN;
		}
	}
	return KAME_IPSEC_SEEN_UNKNOWN;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_again_seen);

/**
 * kame_ipsec_again_policy - the policy that a protected packet would match
 * @ns: the namespace
 * @x: the state that protects it
 * @oif: index of the device that it leaves by
 * @mark: mark of the packet before that
 *
 * Context: rcu_read_lock().
 * Return: index of the policy of action protect that would be refused; 0 for none.
 */
u32 kame_ipsec_again_policy(struct kame_ipsec_ns *ns, struct xfrm_state *x, int oif, u32 mark)
{
	const struct kame_ipsec_outer outer = kame_ipsec_bundle_outer(x);
	struct kame_ipsec_flow flow = {
		.src = x->props.saddr,
		.dst = x->id.daddr,
		.mark = xfrm_smark_get(mark, x),
		.oif = oif,
		.proto = outer.proto,
		.sport = ntohs(outer.sport),
		.dport = ntohs(outer.dport),
		.family = x->props.family,
		.dir = KAME_IPSEC_DIR_OUT,
	};
	const struct kame_ipsec_policy *pol;

	if (flow.family == AF_INET) {
		memset(&flow.src.a6[1], 0, 12);
		memset(&flow.dst.a6[1], 0, 12);
	}
	/* In transport mode it has the addresses of the packet, and matches of course. */
	if (x->props.mode != XFRM_MODE_TUNNEL)
		return 0;
	pol = kame_ipsec_spd_lookup(&ns->spd, &flow);
	return pol && pol->action == KAME_IPSEC_ACTION_PROTECT ? pol->index : 0;
}

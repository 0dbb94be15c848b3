// SPDX-License-Identifier: GPL-2.0-only
/*
 * One input routine per extension header, RFC 8200 section 4.
 */
#include <linux/icmpv6.h>
#include <net/addrconf.h>
#include <net/protocol.h>

#include "kunit.h"
#include "mib.h"
#include "options.h"
#include "walk.h"

/* Offset of the header that is being read, from the IPv6 header. */
static unsigned int header_offset(const struct kame_ipv6_walk *w)
{
	return skb_network_header_len(w->skb);
}

/* Move on behind the header that is being read, of @len bytes. */
static int header_next(struct kame_ipv6_walk *w, unsigned int len)
{
	IP6CB(w->skb)->nhoff = header_offset(w);
	w->skb->transport_header += len;
	return kame_ipv6_walk_next(w->skb);
}

/* Have all of the header in one piece: the length that it gives itself in units
 * of 8 bytes, RFC 8200 section 4.3 and others. Return: bytes, 0 if the packet is gone.
 */
static unsigned int header_need(struct kame_ipv6_walk *w)
{
	unsigned int len;

	if (!kame_ipv6_walk_need(w, 8))
		return 0;
	len = (skb_transport_header(w->skb)[1] + 1) << 3;
	return kame_ipv6_walk_fits(w, len) && kame_ipv6_walk_need(w, len) ? len : 0;
}

/* Let the kernel's handler read this header. It frees the packet, or returns it
 * with the next header to read.
 */
static int header_by_kernel(struct kame_ipv6_walk *w, u8 protocol)
{
	const struct inet6_protocol *handler = rcu_dereference(inet6_protos[protocol]);

	if (!handler)
		return KAME_IPV6_WALK_KERNEL;
	if (!pskb_pull(w->skb, skb_transport_offset(w->skb)))
		return kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_NO_MEMORY,
					   IPSTATS_MIB_INDISCARDS);
	if (handler->handler(w->skb) <= 0)
		return KAME_IPV6_WALK_DONE;
	return kame_ipv6_walk_next(w->skb);
}

static int options_refused(struct kame_ipv6_walk *w, const struct kame_ipv6_options *o,
			   enum kame_ipv6_options_verdict verdict)
{
	if (verdict == KAME_IPV6_OPTIONS_PARAMPROB)
		return kame_ipv6_walk_problem(w, o->code, o->pointer, o->cause);
	return kame_ipv6_walk_drop(w, o->cause, IPSTATS_MIB_INHDRERRORS);
}

static struct kame_ipv6_options options_of(const struct kame_ipv6_walk *w, unsigned int len)
{
	const struct sk_buff *skb = w->skb;

	return (struct kame_ipv6_options) {
		.nh = skb_network_header(skb),
		.offset = header_offset(w),
		.len = len,
		.payload = skb->len - skb_network_offset(skb) - sizeof(struct ipv6hdr),
		.multicast = ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr),
	};
}

/* The lower one of ours and the sysctl's, whose sign says what of unknown options. */
static int max_options(const struct kame_ipv6_walk *w, int sysctl)
{
	if (!w->max_options || w->max_options >= abs(sysctl))
		return sysctl;
	return sysctl < 0 ? -(int)w->max_options : (int)w->max_options;
}

/**
 * kame_ipv6_exthdrs_hop_by_hop - hop-by-hop options, RFC 8200 section 4.3
 * @w: the walk, at the header that follows the IPv6 header
 *
 * Every node on the path reads these, before it knows whether the packet is its own.
 */
int kame_ipv6_exthdrs_hop_by_hop(struct kame_ipv6_walk *w)
{
	enum kame_ipv6_options_verdict verdict;
	struct inet6_skb_parm *cb = IP6CB(w->skb);
	struct kame_ipv6_options o;
	unsigned int len;

	len = header_need(w);
	if (!len)
		return KAME_IPV6_WALK_DONE;
	kame_ipv6_mib_inc(w->mib, KAME_IPV6_MIB_HDR_HBH);
	if ((int)len > READ_ONCE(w->net->ipv6.sysctl.max_hbh_opts_len))
		return kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_OPTION_HEADER,
					   IPSTATS_MIB_INHDRERRORS);
	cb->flags |= IP6SKB_HOPBYHOP;
	if (kame_ipv6_options_only_pad(skb_transport_header(w->skb)))
		return header_next(w, len);
	o = options_of(w, len);
	o.hop_by_hop = true;
	o.max_options = max_options(w, READ_ONCE(w->net->ipv6.sysctl.max_hbh_opts_cnt));
	verdict = kame_ipv6_options_walk(&o);
	if (verdict != KAME_IPV6_OPTIONS_OK)
		return options_refused(w, &o, verdict);
	if (o.router_alert) {
		cb->flags |= IP6SKB_ROUTERALERT;
		memcpy(&cb->ra, o.nh + o.router_alert, sizeof(cb->ra));
	}
	if (o.jumbo) {
		if (pskb_trim_rcsum(w->skb, o.jumbo + sizeof(struct ipv6hdr)))
			return kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_NO_MEMORY,
						   IPSTATS_MIB_INHDRERRORS);
		cb->flags |= IP6SKB_JUMBOGRAM;
	}
	return header_next(w, len);
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipv6_exthdrs_hop_by_hop);

/* Destination options, RFC 8200 section 4.6 */
static int destination_options(struct kame_ipv6_walk *w)
{
	enum kame_ipv6_options_verdict verdict;
	struct inet6_skb_parm *cb = IP6CB(w->skb);
	struct kame_ipv6_options o;
	unsigned int len = header_need(w);

	if (!len)
		return KAME_IPV6_WALK_DONE;
	kame_ipv6_mib_inc(w->mib, KAME_IPV6_MIB_HDR_DSTOPTS);
	if ((int)len > READ_ONCE(w->net->ipv6.sysctl.max_dst_opts_len))
		return kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_OPTION_HEADER, 0);
	o = options_of(w, len);
	o.max_options = max_options(w, READ_ONCE(w->net->ipv6.sysctl.max_dst_opts_cnt));
	verdict = kame_ipv6_options_walk(&o);
	if (verdict == KAME_IPV6_OPTIONS_KERNEL)
		return header_by_kernel(w, NEXTHDR_DEST);
	if (verdict != KAME_IPV6_OPTIONS_OK)
		return options_refused(w, &o, verdict);
	cb->lastopt = header_offset(w);
	cb->dst1 = cb->lastopt;
	return header_next(w, len);
}

/* Routing header, RFC 8200 section 4.4. A node that knows its type has the
 * packet sent on to the next segment; one that does not skips the header when
 * no segments are left. Type 0 counts as unknown (RFC 5095).
 */
static int routing(struct kame_ipv6_walk *w)
{
	struct inet6_skb_parm *cb = IP6CB(w->skb);
	const struct ipv6_rt_hdr *hdr;
	unsigned int len = header_need(w);

	if (!len)
		return KAME_IPV6_WALK_DONE;
	kame_ipv6_mib_inc(w->mib, KAME_IPV6_MIB_HDR_ROUTING);
	if (ipv6_addr_is_multicast(&ipv6_hdr(w->skb)->daddr) ||
	    w->skb->pkt_type != PACKET_HOST)
		return kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_ROUTING_ADDRESS,
					   IPSTATS_MIB_INADDRERRORS);
	hdr = (const struct ipv6_rt_hdr *)skb_transport_header(w->skb);
	switch (hdr->type) {
	case IPV6_SRCRT_TYPE_2:
	case IPV6_SRCRT_TYPE_3:
	case IPV6_SRCRT_TYPE_4:
		return header_by_kernel(w, NEXTHDR_ROUTING);
	}
	if (hdr->segments_left)
		return kame_ipv6_walk_problem(w, ICMPV6_HDR_FIELD,
					      header_offset(w) +
					      offsetof(struct ipv6_rt_hdr, type),
					      KAME_IPV6_MIB_DROP_ROUTING_TYPE);
	cb->lastopt = header_offset(w);
	cb->srcrt = cb->lastopt;
	/* The destination options seen so far came before a routing header. */
	cb->dst0 = cb->dst1;
	cb->dst1 = 0;
	return header_next(w, len);
}

/* Fragment header, RFC 8200 section 4.5. The kernel puts the packet together;
 * with the last fragment the walk goes on in the whole.
 */
static int fragment(struct kame_ipv6_walk *w)
{
	/* Of all truncated headers, stock answers this one alone. */
	if (unlikely(skb_transport_offset(w->skb) + sizeof(struct frag_hdr) > w->skb->len)) {
		kame_ipv6_drop_elsewhere(w->mib, w->skb, KAME_IPV6_MIB_DROP_TRUNCATED);
		return header_by_kernel(w, NEXTHDR_FRAGMENT);
	}
	if (!kame_ipv6_walk_fits(w, sizeof(struct frag_hdr)) ||
	    !kame_ipv6_walk_need(w, sizeof(struct frag_hdr)))
		return KAME_IPV6_WALK_DONE;
	kame_ipv6_mib_inc(w->mib, KAME_IPV6_MIB_HDR_FRAGMENT);
	return header_by_kernel(w, NEXTHDR_FRAGMENT);
}

/* Hop-by-hop options are read before the route. Met later they are an unknown
 * next header, which the kernel answers: behind other headers, and in front of a
 * datagram that was put together, too.
 */
static int hop_by_hop_late(struct kame_ipv6_walk *w)
{
	return KAME_IPV6_WALK_KERNEL;
}

static const kame_ipv6_routine_t routines[256] = {
	[NEXTHDR_HOP] = hop_by_hop_late,
	[NEXTHDR_ROUTING] = routing,
	[NEXTHDR_FRAGMENT] = fragment,
	[NEXTHDR_DEST] = destination_options,
};

/**
 * kame_ipv6_exthdrs_routine - the input routine of a header
 * @protocol: what the byte before it names
 *
 * Return: NULL where the kernel's protocol handlers go on: an upper layer, ESP,
 * AH, mobility, or nothing known.
 */
kame_ipv6_routine_t kame_ipv6_exthdrs_routine(u8 protocol)
{
	return routines[protocol];
}

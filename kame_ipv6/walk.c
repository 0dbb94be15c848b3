// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walk along a packet's headers (INET'99 paper, section 3.1): a loop over
 * one routine per header. A header is read where it lies; an ICMPv6 error
 * quotes the packet as it came.
 */
#include <linux/icmpv6.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/raw.h>
#include <net/rawv6.h>

#include <uapi/linux/kame_ipv6.h>

#include "kunit.h"
#include "mib.h"
#include "netns.h"
#include "options.h"
#include "walk.h"

/**
 * kame_ipv6_walk_init - begin a walk, or take it up again behind a hook
 * @w: the walk
 * @skb: a packet whose IP6CB() is filled
 * @net: its namespace
 * @mib: where to count
 * @contiguity: enum kame_ipv6_contiguity
 *
 * Context: rcu_read_lock().
 */
void kame_ipv6_walk_init(struct kame_ipv6_walk *w, struct sk_buff *skb, struct net *net,
			 struct kame_ipv6_counters __percpu *mib, u32 contiguity)
{
	const struct kame_ipv6_ns *ns = kame_ipv6_ns(net);

	*w = (struct kame_ipv6_walk) {
		.skb = skb,
		.net = net,
		.idev = __in6_dev_get(skb->dev),
		.mib = mib,
		.contiguity = contiguity,
		/* The hop-by-hop options were read before the hooks. */
		.headers = !!(IP6CB(skb)->flags & IP6SKB_HOPBYHOP),
		.max_headers = READ_ONCE(ns->max_headers),
		.max_bytes = READ_ONCE(ns->max_header_bytes),
		.max_options = READ_ONCE(ns->max_options),
		.linear = skb_tail_pointer(skb) - skb_network_header(skb),
		.strict_order = READ_ONCE(ns->order) == KAME_IPV6_ORDER_STRICT,
	};
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipv6_walk_init);

/**
 * kame_ipv6_walk_drop - drop the packet of a walk
 * @w: the walk
 * @cause: the counter that says why
 * @snmp: IPSTATS_MIB_* that stock counts in this case, 0 for none
 *
 * Return: KAME_IPV6_WALK_DONE.
 */
int kame_ipv6_walk_drop(struct kame_ipv6_walk *w, enum kame_ipv6_mib cause, int snmp)
{
	if (snmp)
		__IP6_INC_STATS(w->net, w->idev, snmp);
	kame_ipv6_drop(w->mib, w->skb, cause);
	return KAME_IPV6_WALK_DONE;
}

/**
 * kame_ipv6_walk_problem - drop the packet of a walk and tell its sender
 * @w: the walk
 * @code: code of the Parameter Problem (RFC 4443 section 3.4)
 * @pointer: offset of the offending byte from the IPv6 header
 * @cause: the counter that says why
 *
 * Return: KAME_IPV6_WALK_DONE.
 */
int kame_ipv6_walk_problem(struct kame_ipv6_walk *w, u8 code, unsigned int pointer,
			   enum kame_ipv6_mib cause)
{
	__IP6_INC_STATS(w->net, w->idev, IPSTATS_MIB_INHDRERRORS);
	icmpv6_send(w->skb, ICMPV6_PARAMPROB, code, pointer);
	kame_ipv6_drop(w->mib, w->skb, cause);
	return KAME_IPV6_WALK_DONE;
}

/**
 * kame_ipv6_walk_fetch - have the next bytes of the packet in one piece, which
 * they aren't
 * @w: the walk; where the answer is no, its packet is gone
 * @end: bytes from the packet's first on
 *
 * Not contiguous and truncated are two things: the one is the driver's doing,
 * the other the sender's. Pointers into the packet are stale afterwards.
 *
 * Return: whether they are now.
 */
bool kame_ipv6_walk_fetch(struct kame_ipv6_walk *w, unsigned int end)
{
	if (end > w->skb->len) {
		kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_TRUNCATED, IPSTATS_MIB_INHDRERRORS);
		return false;
	}
	if (w->contiguity == KAME_IPV6_CONTIGUITY_STRICT) {
		kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_NOT_CONTIGUOUS,
				    IPSTATS_MIB_INDISCARDS);
		return false;
	}
	if (!pskb_may_pull(w->skb, end)) {
		kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_NO_MEMORY, IPSTATS_MIB_INDISCARDS);
		return false;
	}
	kame_ipv6_mib_inc(w->mib, KAME_IPV6_MIB_PULLED_UP);
	return true;
}

/* Place of a header in the order of RFC 8200 section 4.1. Hop-by-hop options come
 * first; destination options behind them, for every node of a routing header, or last.
 */
static u8 order_rank(const struct kame_ipv6_walk *w, u8 protocol)
{
	enum { START, HOP_BY_HOP, DSTOPTS_FIRST, ROUTING, FRAGMENT, DSTOPTS_LAST };

	switch (protocol) {
	case NEXTHDR_HOP:
		return HOP_BY_HOP;
	case NEXTHDR_DEST:
		if (w->rank <= HOP_BY_HOP)
			return DSTOPTS_FIRST;
		/* Twice in a row is a repetition. */
		return w->rank == DSTOPTS_FIRST ? DSTOPTS_FIRST : DSTOPTS_LAST;
	case NEXTHDR_ROUTING:
		return ROUTING;
	case NEXTHDR_FRAGMENT:
		return FRAGMENT;
	default:
		return START;
	}
}

/**
 * kame_ipv6_walk_enter - begin with the next header: count it, and see whether
 * it may come here
 * @w: the walk; where the answer is no, its packet is gone
 * @protocol: the header's
 *
 * Return: whether it may.
 */
bool kame_ipv6_walk_enter(struct kame_ipv6_walk *w, u8 protocol)
{
	if (w->max_headers && w->headers >= w->max_headers) {
		kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_TOO_MANY_HEADERS,
				    IPSTATS_MIB_INHDRERRORS);
		return false;
	}
	w->headers++;
	if (w->strict_order) {
		u8 rank = order_rank(w, protocol);

		if (rank <= w->rank) {
			kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_ORDER,
					    IPSTATS_MIB_INHDRERRORS);
			return false;
		}
		w->rank = rank;
	}
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipv6_walk_enter);

/**
 * kame_ipv6_walk_fits - hold the header that is being read to the limit on the
 * bytes of all
 * @w: the walk; where the answer is no, its packet is gone
 * @len: bytes of the header
 *
 * Return: whether it is within.
 */
bool kame_ipv6_walk_fits(struct kame_ipv6_walk *w, unsigned int len)
{
	unsigned int bytes = skb_network_header_len(w->skb) - sizeof(struct ipv6hdr) + len;

	if (likely(!w->max_bytes || bytes <= w->max_bytes))
		return true;
	kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_HEADER_BYTES, IPSTATS_MIB_INHDRERRORS);
	return false;
}

/* Whether a raw socket listens for an extension header. The kernel delivers to
 * it only while it walks the header itself.
 */
static bool raw_listens(const struct net *net, u8 protocol)
{
	struct hlist_head *head = &raw_v6_hashinfo.ht[raw_hashfunc(net, protocol)];
	struct sock *sk;

	sk_for_each_rcu(sk, head)
		if (inet_sk(sk)->inet_num == protocol && net_eq(sock_net(sk), net))
			return true;
	return false;
}

static_assert(__KAME_IPV6_MIB_MAX <= U8_MAX);

/* What is counted where a chain of headers ends in a protocol; 0: as another one */
const u8 kame_ipv6_walk_uppers[256] = {
	[IPPROTO_TCP] = KAME_IPV6_MIB_HDR_TCP,
	[IPPROTO_UDP] = KAME_IPV6_MIB_HDR_UDP,
	[IPPROTO_ICMPV6] = KAME_IPV6_MIB_HDR_ICMPV6,
	[IPPROTO_ESP] = KAME_IPV6_MIB_HDR_ESP,
	[IPPROTO_AH] = KAME_IPV6_MIB_HDR_AH,
	[IPPROTO_NONE] = KAME_IPV6_MIB_HDR_NONE,
};

/* Bytes of the header at @offset from skb->data, 0 where the packet ends within it. */
static unsigned int header_len(const struct sk_buff *skb, unsigned int offset, u8 protocol,
			       u8 *next)
{
	unsigned int len;
	u8 _hdr[2];
	const u8 *hdr = skb_header_pointer(skb, offset, sizeof(_hdr), _hdr);

	if (!hdr)
		return 0;
	len = protocol == NEXTHDR_FRAGMENT ? sizeof(struct frag_hdr) : (hdr[1] + 1) << 3;
	*next = hdr[0];
	return offset + len <= skb->len ? len : 0;
}

/* One pull for the whole chain, instead of one for each header that lies outside
 * the linear area. What is too long or cut short, its routine will say.
 */
static bool gather(struct kame_ipv6_walk *w)
{
	unsigned int end = skb_transport_offset(w->skb), headers = w->headers;
	u8 next = kame_ipv6_walk_next(w->skb);

	while (kame_ipv6_walk_reads(next)) {
		unsigned int len;
		u8 protocol;

		if (w->max_headers && headers++ >= w->max_headers)
			break;
		protocol = next;
		len = header_len(w->skb, end, protocol, &next);
		end += len;
		/* What lies behind a fragment header may be no header. */
		if (!len || protocol == NEXTHDR_FRAGMENT)
			break;
	}
	return kame_ipv6_walk_need(w, end - skb_transport_offset(w->skb));
}

/* How long the chain was, and how much of it the driver left in the linear area. */
static void measure(const struct kame_ipv6_walk *w)
{
	unsigned int end = skb_network_header_len(w->skb);
	unsigned int bytes = end - sizeof(struct ipv6hdr);
	enum kame_ipv6_mib index = KAME_IPV6_MIB_CHAIN_8;

	if (!bytes)
		return;
	while (index < KAME_IPV6_MIB_CHAIN_LONGER && bytes > 8 << (index - KAME_IPV6_MIB_CHAIN_8))
		index++;
	kame_ipv6_mib_inc(w->mib, index);
	if (w->linear >= end)
		kame_ipv6_mib_inc(w->mib, KAME_IPV6_MIB_LINEAR_ALL);
	else if (w->linear > sizeof(struct ipv6hdr))
		kame_ipv6_mib_inc(w->mib, KAME_IPV6_MIB_LINEAR_PART);
	else
		kame_ipv6_mib_inc(w->mib, KAME_IPV6_MIB_LINEAR_NONE);
}

/* Destination options headers that are nothing but padding, one after another, without
 * a call for each. Stops at the first that is anything else, or that a limit forbids:
 * that is for its routine. Return: protocol of the header it stops at.
 */
static u8 skip_padding(struct kame_ipv6_walk *w)
{
	const u8 *nh = skb_network_header(w->skb);
	const unsigned int first = skb_network_header_len(w->skb);
	unsigned int offset = first, end = skb_tail_pointer(w->skb) - nh;
	struct inet6_skb_parm *cb = IP6CB(w->skb);
	u8 next = NEXTHDR_DEST;

	if (w->strict_order || READ_ONCE(w->net->ipv6.sysctl.max_dst_opts_len) < 8)
		return next;
	if (w->max_bytes)
		end = min_t(unsigned int, end, sizeof(struct ipv6hdr) + w->max_bytes);
	if (w->max_headers)
		end = min(end, first + (w->max_headers - w->headers) * 8);
	while (next == NEXTHDR_DEST && offset + 8 <= end &&
	       kame_ipv6_options_only_pad(nh + offset)) {
		next = nh[offset];
		offset += 8;
	}
	if (offset == first)
		return next;
	w->headers += (offset - first) / 8;
	w->skb->transport_header += offset - first;
	cb->nhoff = offset - 8;
	cb->lastopt = cb->nhoff;
	cb->dst1 = cb->nhoff;
	kame_ipv6_mib_count(w->mib, KAME_IPV6_MIB_HDR_DSTOPTS, (offset - first) / 8);
	return next;
}

/* The routine of the next header. Return: protocol, or KAME_IPV6_WALK_*. */
static int read_header(struct kame_ipv6_walk *w, u8 protocol)
{
	if (unlikely(raw_listens(w->net, protocol)))
		return KAME_IPV6_WALK_KERNEL;
	if (protocol == NEXTHDR_DEST) {
		protocol = skip_padding(w);
		if (protocol != NEXTHDR_DEST)
			return protocol;
	}
	if (!kame_ipv6_walk_enter(w, protocol))
		return KAME_IPV6_WALK_DONE;
	return kame_ipv6_exthdrs_routine(protocol)(w);
}

/**
 * kame_ipv6_walk - read the headers of a packet for this node, up to the one
 * that the kernel's protocol handlers are to go on with
 * @w: the walk
 *
 * Context: rcu_read_lock().
 * Return: 0 if the packet is to go on, KAME_IPV6_WALK_DONE if it is gone.
 */
int kame_ipv6_walk(struct kame_ipv6_walk *w)
{
	int next = kame_ipv6_walk_next(w->skb);

	if (skb_is_nonlinear(w->skb) && w->contiguity == KAME_IPV6_CONTIGUITY_PULLUP && !gather(w))
		return KAME_IPV6_WALK_DONE;
	while (kame_ipv6_walk_reads(next)) {
		next = read_header(w, next);
		if (next == KAME_IPV6_WALK_DONE)
			return KAME_IPV6_WALK_DONE;
		if (next == KAME_IPV6_WALK_KERNEL) {
			kame_ipv6_mib_inc(w->mib, KAME_IPV6_MIB_HANDED_OVER);
			return 0;
		}
	}
	kame_ipv6_walk_count_upper(w->mib, next);
	measure(w);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipv6_walk);

/**
 * kame_ipv6_walk_check - hold a packet to the limits without reading its headers
 * @w: the walk; where the answer is no, its packet is gone
 *
 * For packets whose headers the kernel walks: those to a multicast group. What
 * is wrong with them otherwise the kernel finds, and counts.
 *
 * Return: whether the packet may go on.
 */
bool kame_ipv6_walk_check(struct kame_ipv6_walk *w)
{
	const int saved = skb_transport_offset(w->skb);
	u8 next = kame_ipv6_walk_next(w->skb);

	while (kame_ipv6_walk_reads(next)) {
		const u8 protocol = next;
		unsigned int len;

		if (!kame_ipv6_walk_enter(w, protocol))
			return false;
		len = header_len(w->skb, skb_transport_offset(w->skb), protocol, &next);
		if (!len)
			break;
		if (!kame_ipv6_walk_fits(w, len) || !kame_ipv6_walk_need(w, len))
			return false;
		/* What lies behind a fragment header may be no header. */
		if (protocol == NEXTHDR_FRAGMENT)
			break;
		w->skb->transport_header += len;
	}
	skb_set_transport_header(w->skb, saved);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipv6_walk_check);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Path MTU (RFC 4301 section 8.2): senders are told of what fits into a tunnel, and
 * packets that must not be fragmented are refused before they are protected.
 */
#include <linux/icmpv6.h>
#include <net/icmp.h>
#include <net/ip6_route.h>
#include <net/ipv6_stubs.h>
#include <net/tcp.h>
#include <net/xfrm.h>

#include <kame/compat.h>

#include "input.h"
#include "pmtu.h"

static bool too_big(const struct sk_buff *skb, u32 mtu)
{
	if (skb_is_gso(skb))
		return !skb_gso_validate_network_len(skb, mtu);
	return skb->len > mtu;
}

/* A fragment whose header is that of a transform was made by a host that knew: it
 * goes through whole, and the protected packet is fragmented.
 */
static bool is_transform_fragment(const struct sk_buff *skb)
{
	const struct frag_hdr *fh;
	struct frag_hdr buf;

	if (ipv6_hdr(skb)->nexthdr != NEXTHDR_FRAGMENT)
		return false;
	fh = skb_header_pointer(skb, skb_network_offset(skb) + sizeof(struct ipv6hdr),
				sizeof(buf), &buf);
	return fh && (fh->nexthdr == NEXTHDR_ESP || fh->nexthdr == NEXTHDR_AUTH);
}

/**
 * kame_ipsec_pmtu_fit - whether a packet fits through a bundle
 * @out: the packet
 * @b: the bundle
 *
 * IPv4 without DF always does: the protected packet is fragmented, and the peer
 * puts it together before it takes the protection off.
 */
enum kame_ipsec_fit kame_ipsec_pmtu_fit(const struct kame_ipsec_out *out,
					const struct kame_ipsec_bundle *b)
{
	struct sk_buff *skb = out->skb;

	if (likely(!too_big(skb, b->mtu)))
		return KAME_IPSEC_FIT_YES;
	if (out->family == AF_INET)
		return ip_hdr(skb)->frag_off & htons(IP_DF) && !skb->ignore_df ?
			KAME_IPSEC_FIT_NO : KAME_IPSEC_FIT_YES;
	if (is_transform_fragment(skb)) {
		skb->ignore_df = 1;
		return KAME_IPSEC_FIT_YES;
	}
	if (!skb->ignore_df || skb_is_gso(skb))
		return KAME_IPSEC_FIT_NO;
	return b->transport ? KAME_IPSEC_FIT_YES : KAME_IPSEC_FIT_CUT;
}

static void route_learn(struct sk_buff *skb, u32 mtu)
{
	struct dst_entry *dst = skb_dst(skb);

	if (!dst_metric_locked(dst, RTAX_MTU) && dst->ops->update_pmtu)
		dst->ops->update_pmtu(dst, NULL, skb, mtu, false);
}

/* What TCP reckons with for options of IP or extension headers */
static u32 options_len(const struct sock *sk)
{
	const struct ipv6_txoptions *opt6;
	const struct ip_options_rcu *opt;

	if (sk->sk_family == AF_INET) {
		opt = rcu_dereference(inet_sk(sk)->inet_opt);
		return opt ? opt->opt.optlen : 0;
	}
	opt6 = rcu_dereference(inet6_sk(sk)->opt);
	return opt6 ? opt6->opt_flen + opt6->opt_nflen : 0;
}

/* In transport mode the route is that of protected packets, and their MTU is not to
 * be confused with that of the payload. TCP has a place for the difference.
 */
static void tcp_learn(struct sock *sk, u32 overhead)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	u32 len = options_len(sk) + overhead;

	if (READ_ONCE(icsk->icsk_ext_hdr_len) >= len)
		return;
	WRITE_ONCE(icsk->icsk_ext_hdr_len, len);
	/* TCP works its segments' size out anew when it sends the next one. */
	WRITE_ONCE(icsk->icsk_pmtu_cookie, 0);
}

/* TCP transmits with its socket locked; a packet that was queued on the way is not
 * in that chain of calls any more.
 */
static bool tcp_may_learn(const struct kame_ipsec_out *out)
{
	struct sock *sk = out->skb->sk;

	return out->direct && sk && sk_fullsock(sk) && sk->sk_protocol == IPPROTO_TCP &&
	       sk->sk_type == SOCK_STREAM && sk->sk_state != TCP_LISTEN &&
	       (READ_ONCE(sk->sk_lock.owned) || spin_is_locked(&sk->sk_lock.slock));
}

/* A stream is cut to size before it is sent, and is told with its first packet. A datagram
 * that is too big is cut or refused here: its sender is told then, and not before. The MTU
 * is kept in an exception of the route, and a packet that was just routed by one is lost
 * where the kernel collects the exception in that moment. A stream makes up for that.
 */
static bool told_early(const struct sk_buff *skb)
{
	const struct sock *sk = skb_to_full_sk(skb);

	return sk && sk_fullsock(sk) && sk->sk_type != SOCK_DGRAM && sk->sk_type != SOCK_RAW;
}

/**
 * kame_ipsec_pmtu_learn - tell a local sender what fits
 * @out: the packet, with its own route
 * @b: the bundle
 *
 * Context: bottom halves off, rcu_read_lock().
 */
void kame_ipsec_pmtu_learn(const struct kame_ipsec_out *out, const struct kame_ipsec_bundle *b)
{
	struct sk_buff *skb = out->skb;
	u32 mtu = dst_mtu(skb_dst(skb));

	if (mtu <= b->mtu)
		return;
	if (b->transport) {
		if (tcp_may_learn(out))
			tcp_learn(skb->sk, mtu - b->mtu);
	} else if (told_early(skb) || too_big(skb, b->mtu)) {
		route_learn(skb, b->mtu);
		kame_ipsec_mib_inc(out->ns->mib, KAME_IPSEC_MIB_PMTU);
	}
}

static void tell_local(const struct kame_ipsec_out *out, u32 mtu)
{
	struct sk_buff *skb = out->skb;
	struct sock *sk = skb->sk;

	if (!sk || !sk_fullsock(sk))
		return;
	if (out->family == AF_INET6 && sk->sk_family == AF_INET6 && xfrm6_local_dontfrag(sk))
		ipv6_stub->xfrm6_local_rxpmtu(skb, mtu);
	else
		xfrm_local_error(skb, mtu);
}

/**
 * kame_ipsec_pmtu_tell - tell the sender of a packet that it is too big
 * @out: the packet, with its own route; the caller drops it
 * @b: the bundle
 *
 * A packet that was decrypted is not quoted.
 *
 * Context: bottom halves off, rcu_read_lock().
 */
void kame_ipsec_pmtu_tell(const struct kame_ipsec_out *out, const struct kame_ipsec_bundle *b)
{
	struct sk_buff *skb = out->skb;

	if (kame_ipsec_out_local(out)) {
		kame_ipsec_pmtu_learn(out, b);
		tell_local(out, b->mtu);
	} else if (kame_ipsec_input_decrypted(skb, out->family)) {
		return;
	} else if (out->family == AF_INET) {
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(b->mtu));
	} else {
		icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, b->mtu);
	}
}

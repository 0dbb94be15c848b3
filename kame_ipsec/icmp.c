// SPDX-License-Identifier: GPL-2.0-only
/*
 * ICMP errors, RFC 4301 section 6: they belong to the flow of the packet that they
 * quote, whoever sends them.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/udp.h>
#include <net/ndisc.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/xfrm.h>

#include "flow.h"
#include "icmp.h"
#include "kunit.h"
#include "policy.h"

static bool is_error4(u8 type)
{
	switch (type) {
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_REDIRECT:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return true;
	default:
		return false;
	}
}

/* The packet in a redirect is in an option, RFC 4861 section 4.6.3. */
static int redirect_quote(const struct sk_buff *skb, int off)
{
	off += sizeof(struct rd_msg);
	for (;;) {
		struct nd_opt_hdr buf;
		const struct nd_opt_hdr *opt = skb_header_pointer(skb, off, sizeof(buf), &buf);

		if (!opt || !opt->nd_opt_len)
			return -1;
		if (opt->nd_opt_type == ND_OPT_REDIRECT_HDR)
			return off + 8;
		off += opt->nd_opt_len * 8;
	}
}

static int quote_off(const struct sk_buff *skb, const struct kame_ipsec_upper *up)
{
	u8 buf, *type = skb_header_pointer(skb, up->off, 1, &buf);

	if (!type)
		return -1;
	if (up->proto == IPPROTO_ICMP)
		return is_error4(*type) ? up->off + (int)sizeof(struct icmphdr) : -1;
	if (*type == NDISC_REDIRECT)
		return redirect_quote(skb, up->off);
	return *type < ICMPV6_INFOMSG_MASK ? up->off + (int)sizeof(struct icmp6hdr) : -1;
}

static bool quote_addrs(const struct sk_buff *skb, int off, struct kame_ipsec_flow *flow)
{
	int len = flow->family == AF_INET ? 4 : 16;
	int at = off + (flow->family == AF_INET ? offsetof(struct iphdr, saddr) :
						  offsetof(struct ipv6hdr, saddr));

	return !skb_copy_bits(skb, at, &flow->src, len) &&
	       !skb_copy_bits(skb, at + len, &flow->dst, len);
}

static bool has_ports(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP ||
	       proto == IPPROTO_DCCP || proto == IPPROTO_UDPLITE;
}

static void quote_ports(const struct sk_buff *skb, const struct kame_ipsec_upper *up,
			struct kame_ipsec_flow *flow)
{
	__be16 buf[2];
	const __be16 *h = up->fragment ? NULL : skb_header_pointer(skb, up->off, sizeof(buf), buf);

	flow->proto = up->proto;
	if (!h) {
		flow->flags = KAME_IPSEC_FLOW_NO_PORTS;
	} else if (up->proto == IPPROTO_ICMP || up->proto == IPPROTO_ICMPV6) {
		flow->sport = ntohs(h[0]) >> 8;
		flow->dport = ntohs(h[0]) & 0xff;
	} else if (has_ports(up->proto)) {
		flow->sport = ntohs(h[0]);
		flow->dport = ntohs(h[1]);
	}
}

/**
 * kame_ipsec_icmp_quote - read the packet that an ICMP error quotes
 * @skb: a packet
 * @family: AF_INET or AF_INET6
 * @quote: filled in
 *
 * Return: false where the packet is no ICMP error, or quotes nothing that can be read.
 */
bool kame_ipsec_icmp_quote(const struct sk_buff *skb, u8 family, struct kame_ipsec_icmp *quote)
{
	struct kame_ipsec_upper up;

	if (!kame_ipsec_flow_upper(skb, family, &up) || up.fragment ||
	    up.proto != (family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return false;
	memset(quote, 0, sizeof(*quote));
	quote->off = quote_off(skb, &up);
	quote->flow.family = family;
	if (quote->off < 0 || !quote_addrs(skb, quote->off, &quote->flow))
		return false;
	quote->cut = !kame_ipsec_flow_upper_at(skb, quote->off, family, &up);
	if (quote->cut)
		quote->flow.flags = KAME_IPSEC_FLOW_NO_PORTS;
	else
		quote_ports(skb, &up, &quote->flow);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_icmp_quote);

/**
 * kame_ipsec_icmp_reverse - the flow that an ICMP error belongs to
 * @to: filled in: the answers to the quoted packet
 * @quoted: the quoted packet
 * @error: the ICMP error, whose direction, devices and mark are taken over
 */
void kame_ipsec_icmp_reverse(struct kame_ipsec_flow *to, const struct kame_ipsec_flow *quoted,
			     const struct kame_ipsec_flow *error)
{
	*to = *quoted;
	to->src = quoted->dst;
	to->dst = quoted->src;
	if (quoted->proto != IPPROTO_ICMP && quoted->proto != IPPROTO_ICMPV6) {
		to->sport = quoted->dport;
		to->dport = quoted->sport;
	}
	to->dir = error->dir;
	to->iif = error->iif;
	to->oif = error->oif;
	to->mark = error->mark;
	to->dscp = error->dscp;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_icmp_reverse);

static bool may_have_been_protected(struct kame_ipsec_ns *ns, struct kame_ipsec_flow *flow,
				    bool cut)
{
	static const u8 dirs[] = { KAME_IPSEC_DIR_IN, KAME_IPSEC_DIR_FWD };
	unsigned int unknown = KAME_IPSEC_FIELD_IIF | KAME_IPSEC_FIELD_MARK | KAME_IPSEC_FIELD_DSCP;
	unsigned int i;

	if (flow->flags & KAME_IPSEC_FLOW_NO_PORTS)
		unknown |= KAME_IPSEC_FIELD_PORTS;
	if (cut)
		unknown |= KAME_IPSEC_FIELD_PROTO;
	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		flow->dir = dirs[i];
		if (kame_ipsec_spd_may_protect(&ns->spd, flow, unknown))
			return true;
	}
	return false;
}

/* NAT gives the quote the addresses that the sender of the packet knows. Policies of input
 * saw its destination translated, and its source not yet.
 */
static bool before_nat(const struct sk_buff *skb, struct kame_ipsec_flow *flow)
{
	const struct nf_conntrack_tuple *there, *back;
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (!ct || !(READ_ONCE(ct->status) & IPS_NAT_MASK) ||
	    nf_ct_l3num(ct) != flow->family)
		return false;
	/* The error goes the other way than the packet. */
	there = &ct->tuplehash[!CTINFO2DIR(ctinfo)].tuple;
	back = &ct->tuplehash[CTINFO2DIR(ctinfo)].tuple;
	memcpy(&flow->src, &there->src.u3, sizeof(flow->src));
	memcpy(&flow->dst, &back->src.u3, sizeof(flow->dst));
	if (has_ports(flow->proto)) {
		flow->sport = ntohs(there->src.u.all);
		flow->dport = ntohs(back->src.u.all);
	}
	return true;
}

/**
 * kame_ipsec_icmp_quotes_decrypted - whether a quoted packet had come in protected
 * @ns: the namespace
 * @skb: an ICMP error that this node made
 * @quote: what it quotes
 *
 * It had if a policy of input demands it: in clear it would have been dropped. What the
 * quote doesn't tell of it may be what a policy asks for.
 *
 * Context: rcu_read_lock().
 */
bool kame_ipsec_icmp_quotes_decrypted(struct kame_ipsec_ns *ns, const struct sk_buff *skb,
				      const struct kame_ipsec_icmp *quote)
{
	struct kame_ipsec_flow flow = quote->flow;

	return may_have_been_protected(ns, &flow, quote->cut) ||
	       (before_nat(skb, &flow) && may_have_been_protected(ns, &flow, quote->cut));
}

/**
 * kame_ipsec_icmp_about_state - whether an ICMP error is about a protected packet of ours
 * @net: the namespace
 * @skb: the ICMP error, which came in unprotected
 * @quote: what it quotes
 *
 * Such errors come from routers between the peers, which can't protect them. What
 * they say of the path is needed (RFC 4301 section 8.2.1).
 */
bool kame_ipsec_icmp_about_state(struct net *net, const struct sk_buff *skb,
				 const struct kame_ipsec_icmp *quote)
{
	const struct kame_ipsec_flow *flow = &quote->flow;
	struct kame_ipsec_upper up;
	u8 proto = flow->proto;
	struct xfrm_state *x;
	__be32 spi;
	bool mine;
	int off;

	if (!kame_ipsec_flow_upper_at(skb, quote->off, flow->family, &up) || up.fragment)
		return false;
	off = up.off;
	if (proto == IPPROTO_AH)
		off += offsetof(struct ip_auth_hdr, spi);
	if (proto == IPPROTO_UDP) {
		off += sizeof(struct udphdr);
		proto = IPPROTO_ESP;
	}
	if ((proto != IPPROTO_ESP && proto != IPPROTO_AH) ||
	    skb_copy_bits(skb, off, &spi, sizeof(spi)) || !spi)
		return false;
	x = xfrm_state_lookup(net, skb->mark, &flow->dst, spi, proto, flow->family);
	if (!x)
		return false;
	mine = xfrm_addr_equal(&x->props.saddr, &flow->src, flow->family);
	xfrm_state_put(x);
	return mine;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selectors, RFC 4301 section 4.4.1.1
 */
#include <net/ipv6.h>

#include "kunit.h"
#include "sel.h"

/**
 * kame_ipsec_sel_fields - the parts of a packet that a selector looks at
 * @sel: the selector
 *
 * Return: enum kame_ipsec_field
 */
unsigned int kame_ipsec_sel_fields(const struct kame_ipsec_sel *sel)
{
	unsigned int fields = 0;

	if (sel->proto)
		fields |= KAME_IPSEC_FIELD_PROTO;
	if (!kame_ipsec_range_any(sel->sport))
		fields |= KAME_IPSEC_FIELD_SPORT;
	if (!kame_ipsec_range_any(sel->dport))
		fields |= KAME_IPSEC_FIELD_DPORT;
	if (sel->iif)
		fields |= KAME_IPSEC_FIELD_IIF;
	if (sel->oif)
		fields |= KAME_IPSEC_FIELD_OIF;
	if (sel->mark_mask)
		fields |= KAME_IPSEC_FIELD_MARK;
	if (sel->dscp >= 0)
		fields |= KAME_IPSEC_FIELD_DSCP;
	return fields;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_sel_fields);

/**
 * kame_ipsec_sel_mask_addr - clear the host bits of an address
 * @addr: the address
 * @len: length of the prefix in bits, at most that of the family
 * @family: AF_INET or AF_INET6
 */
void kame_ipsec_sel_mask_addr(xfrm_address_t *addr, u8 len, u8 family)
{
	int word, words = family == AF_INET ? 1 : 4;

	for (word = 0; word < 4; word++) {
		int bits = (int)len - word * 32;

		if (word >= words || bits <= 0)
			addr->a6[word] = 0;
		else if (bits < 32)
			addr->a6[word] &= htonl(~0U << (32 - bits));
	}
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_sel_mask_addr);

static bool prefix_match(const xfrm_address_t *prefix, u8 len, const xfrm_address_t *addr,
			 u8 family)
{
	if (family == AF_INET)
		return !len || !((prefix->a4 ^ addr->a4) & htonl(~0U << (32 - len)));
	return ipv6_prefix_equal(&prefix->in6, &addr->in6, len);
}

static bool range_match(struct kame_ipsec_range r, u16 port)
{
	return port >= r.min && port <= r.max;
}

/* Ports of a flow that has none to show match what @unknown_ports says. */
static bool ports_match(const struct kame_ipsec_sel *sel, const struct kame_ipsec_flow *flow,
			bool unknown_ports)
{
	if (kame_ipsec_range_any(sel->sport) && kame_ipsec_range_any(sel->dport))
		return true;
	if (flow->flags & KAME_IPSEC_FLOW_NO_PORTS)
		return unknown_ports;
	return range_match(sel->sport, flow->sport) && range_match(sel->dport, flow->dport);
}

/* A link can't live without its control packets, so that a selector must mean
 * them: by their type, or for IGMP by the protocol.
 */
static bool control_match(const struct kame_ipsec_sel *sel, const struct kame_ipsec_flow *flow)
{
	return sel->proto == flow->proto &&
	       (sel->proto == IPPROTO_IGMP || !kame_ipsec_range_any(sel->sport));
}

/**
 * kame_ipsec_sel_match - whether a selector takes a packet
 * @sel: the selector
 * @flow: the packet, with at least the fields that @sel looks at
 * @unknown_ports: whether ports that can't be seen are those of @sel; where
 *	that's not known, the answer that leaks nothing is the right one
 */
bool kame_ipsec_sel_match(const struct kame_ipsec_sel *sel, const struct kame_ipsec_flow *flow,
			  bool unknown_ports)
{
	return sel->family == flow->family &&
	       prefix_match(&sel->dst, sel->dst_len, &flow->dst, sel->family) &&
	       prefix_match(&sel->src, sel->src_len, &flow->src, sel->family) &&
	       (!sel->proto || sel->proto == flow->proto) &&
	       (!sel->iif || sel->iif == flow->iif) &&
	       (!sel->oif || sel->oif == flow->oif) &&
	       (flow->mark & sel->mark_mask) == sel->mark &&
	       (sel->dscp < 0 || sel->dscp == flow->dscp) &&
	       ports_match(sel, flow, unknown_ports) &&
	       (!(flow->flags & KAME_IPSEC_FLOW_CONTROL) || control_match(sel, flow));
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_sel_match);

/**
 * kame_ipsec_sel_equal - whether two selectors are the same
 * @a: one
 * @b: the other
 */
bool kame_ipsec_sel_equal(const struct kame_ipsec_sel *a, const struct kame_ipsec_sel *b)
{
	return !memcmp(&a->src, &b->src, sizeof(a->src)) &&
	       !memcmp(&a->dst, &b->dst, sizeof(a->dst)) &&
	       a->src_len == b->src_len && a->dst_len == b->dst_len &&
	       a->family == b->family && a->proto == b->proto &&
	       a->sport.min == b->sport.min && a->sport.max == b->sport.max &&
	       a->dport.min == b->dport.min && a->dport.max == b->dport.max &&
	       a->iif == b->iif && a->oif == b->oif &&
	       a->mark == b->mark && a->mark_mask == b->mark_mask && a->dscp == b->dscp;
}

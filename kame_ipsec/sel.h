/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_SEL_H
#define _KAME_IPSEC_SEL_H

#include "flow.h"

/**
 * struct kame_ipsec_range - a range of ports, or of ICMP types or codes
 * @min: the first
 * @max: the last; 0 to U16_MAX is any
 */
struct kame_ipsec_range {
	u16 min;
	u16 max;
};

/**
 * struct kame_ipsec_sel - selector
 * @src: source prefix, host bits 0
 * @dst: destination prefix, host bits 0
 * @src_len: length of @src in bits
 * @dst_len: length of @dst in bits
 * @family: AF_INET or AF_INET6
 * @proto: upper protocol, 0 is any
 * @sport: source ports, or ICMP types
 * @dport: destination ports, or ICMP codes
 * @iif: device in, 0 is any
 * @oif: device out, 0 is any
 * @mark: mark, within @mark_mask
 * @mark_mask: bits of the mark that count
 * @dscp: code point, or -1 for any
 */
struct kame_ipsec_sel {
	xfrm_address_t src;
	xfrm_address_t dst;
	u8 src_len;
	u8 dst_len;
	u8 family;
	u8 proto;
	struct kame_ipsec_range sport;
	struct kame_ipsec_range dport;
	int iif;
	int oif;
	u32 mark;
	u32 mark_mask;
	int dscp;
};

static inline bool kame_ipsec_range_any(struct kame_ipsec_range r)
{
	return !r.min && r.max == U16_MAX;
}

unsigned int kame_ipsec_sel_fields(const struct kame_ipsec_sel *sel);
bool kame_ipsec_sel_match(const struct kame_ipsec_sel *sel, const struct kame_ipsec_flow *flow,
			  bool unknown_ports);
bool kame_ipsec_sel_equal(const struct kame_ipsec_sel *a, const struct kame_ipsec_sel *b);
void kame_ipsec_sel_mask_addr(xfrm_address_t *addr, u8 len, u8 family);

#endif /* _KAME_IPSEC_SEL_H */

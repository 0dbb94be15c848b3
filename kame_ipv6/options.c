// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of the hop-by-hop and destination options headers, RFC 8200 section
 * 4.2. Reads, and says what is to be done; doing it is the routines' part.
 */
#include <linux/icmpv6.h>
#include <net/ipv6.h>

#include <kame/compat.h>

#include "kunit.h"
#include "options.h"

/* Padding that aligns anything to 8 bytes needs no more than this. */
#define MAX_PADDING 7

static enum kame_ipv6_options_verdict malformed(struct kame_ipv6_options *o)
{
	o->cause = KAME_IPV6_MIB_DROP_OPTION_HEADER;
	return KAME_IPV6_OPTIONS_DROP;
}

static enum kame_ipv6_options_verdict problem(struct kame_ipv6_options *o, u8 code,
					      unsigned int pointer, enum kame_ipv6_mib cause)
{
	o->code = code;
	o->pointer = pointer;
	o->cause = cause;
	return KAME_IPV6_OPTIONS_PARAMPROB;
}

/* The two high bits of a type say what a node does that does not know it. */
static enum kame_ipv6_options_verdict unknown_option(struct kame_ipv6_options *o,
						     unsigned int offset)
{
	unsigned int action = o->nh[offset] >> 6;

	o->cause = KAME_IPV6_MIB_DROP_OPTION_UNKNOWN;
	if (o->max_options < 0)
		return KAME_IPV6_OPTIONS_DROP;
	if (action == 0)
		return KAME_IPV6_OPTIONS_OK;
	if (action == 1 || (action == 3 && o->multicast))
		return KAME_IPV6_OPTIONS_DROP;
	return problem(o, ICMPV6_UNK_OPTION, offset, KAME_IPV6_MIB_DROP_OPTION_UNKNOWN);
}

/* RFC 2711 */
static enum kame_ipv6_options_verdict router_alert(struct kame_ipv6_options *o,
						   unsigned int offset)
{
	if (o->nh[offset + 1] != 2)
		return malformed(o);
	o->router_alert = offset + 2;
	return KAME_IPV6_OPTIONS_OK;
}

/* RFC 2675 section 3. The option is aligned to 4n + 2. */
static enum kame_ipv6_options_verdict jumbo_payload(struct kame_ipv6_options *o,
						    unsigned int offset)
{
	const struct ipv6hdr *hdr = (const struct ipv6hdr *)o->nh;
	u32 len;

	if (o->nh[offset + 1] != 4 || (offset & 3) != 2)
		return malformed(o);
	len = get_unaligned_be32(o->nh + offset + 2);
	if (len <= IPV6_MAXPLEN)
		return problem(o, ICMPV6_HDR_FIELD, offset + 2,
			       KAME_IPV6_MIB_DROP_OPTION_HEADER);
	if (hdr->payload_len)
		return problem(o, ICMPV6_HDR_FIELD, offset, KAME_IPV6_MIB_DROP_OPTION_HEADER);
	if (len > o->payload) {
		o->cause = KAME_IPV6_MIB_DROP_PAYLOAD;
		return KAME_IPV6_OPTIONS_DROP;
	}
	o->jumbo = len;
	return KAME_IPV6_OPTIONS_OK;
}

/* RFC 9486: to be ignored where the device has not enabled it. Where it has, stock gets the
 * packet first. The option is aligned to 4n.
 */
static enum kame_ipv6_options_verdict ioam(struct kame_ipv6_options *o, unsigned int offset)
{
	return offset & 3 ? malformed(o) : KAME_IPV6_OPTIONS_OK;
}

static enum kame_ipv6_options_verdict hop_by_hop_option(struct kame_ipv6_options *o,
							unsigned int offset)
{
	switch (o->nh[offset]) {
	case IPV6_TLV_ROUTERALERT:
		return router_alert(o, offset);
	case IPV6_TLV_JUMBO:
		return jumbo_payload(o, offset);
	case IPV6_TLV_IOAM:
		return ioam(o, offset);
	case IPV6_TLV_CALIPSO:
		return KAME_IPV6_OPTIONS_KERNEL;
	default:
		return unknown_option(o, offset);
	}
}

static enum kame_ipv6_options_verdict destination_option(struct kame_ipv6_options *o,
							 unsigned int offset)
{
	/* The home address option, RFC 6275 section 6.3, needs the kernel's
	 * mobility states. The tunnel encapsulation limit, RFC 2473 section
	 * 4.1.1, says ignore in its type, and asks nothing of a receiver.
	 */
	if (IS_ENABLED(CONFIG_IPV6_MIP6) && o->nh[offset] == IPV6_TLV_HAO)
		return KAME_IPV6_OPTIONS_KERNEL;
	return unknown_option(o, offset);
}

/* Length in bytes of the padding at @offset, 0 where it is none, -1 where it is bad. */
static int padding(const struct kame_ipv6_options *o, unsigned int offset, unsigned int left)
{
	unsigned int len, i;

	if (o->nh[offset] == IPV6_TLV_PAD1)
		return 1;
	if (o->nh[offset] != IPV6_TLV_PADN)
		return 0;
	len = o->nh[offset + 1] + 2;
	/* RFC 4942 section 2.1.9.5: no covert channel. */
	for (i = 2; i < len && i < left; i++)
		if (o->nh[offset + i])
			return -1;
	return len;
}

/**
 * kame_ipv6_options_walk - read the options of a header in their order
 * @o: the header and its packet in, the findings out
 *
 * The first option that speaks against the packet decides. Limits and padding
 * rules are those of Linux.
 *
 * Return: what is to be done with the packet.
 */
enum kame_ipv6_options_verdict kame_ipv6_options_walk(struct kame_ipv6_options *o)
{
	unsigned int offset = o->offset + 2;
	unsigned int end = o->offset + o->len;
	unsigned int options = 0, padded = 0;

	while (offset < end) {
		enum kame_ipv6_options_verdict verdict;
		unsigned int left = end - offset;
		int pad;

		if (o->nh[offset] != IPV6_TLV_PAD1 &&
		    (left < 2 || o->nh[offset + 1] + 2 > left))
			return malformed(o);
		pad = padding(o, offset, left);
		if (pad < 0)
			return malformed(o);
		if (pad) {
			padded += pad;
			if (padded > MAX_PADDING)
				return malformed(o);
			offset += pad;
			continue;
		}
		if (++options > abs(o->max_options))
			return malformed(o);
		verdict = o->hop_by_hop ? hop_by_hop_option(o, offset) :
					  destination_option(o, offset);
		if (verdict != KAME_IPV6_OPTIONS_OK)
			return verdict;
		padded = 0;
		offset += o->nh[offset + 1] + 2;
	}
	return KAME_IPV6_OPTIONS_OK;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipv6_options_walk);

/**
 * kame_ipv6_options_kernel_only - whether the stock input must have a packet
 * @skb: an IPv6 packet as the driver gave it, skb->data at its first byte
 * @ioam: its device has IOAM enabled
 *
 * IOAM (RFC 9486) and CALIPSO (RFC 5570) options are processed by parts of the
 * kernel that a module can't call.
 */
bool kame_ipv6_options_kernel_only(const struct sk_buff *skb, bool ioam)
{
	unsigned int offset = sizeof(struct ipv6hdr);
	struct ipv6hdr _hdr;
	const struct ipv6hdr *hdr;
	unsigned int end;
	const u8 *p;
	u8 _p[2];

	hdr = skb_header_pointer(skb, 0, sizeof(_hdr), &_hdr);
	if (!hdr || hdr->nexthdr != NEXTHDR_HOP)
		return false;
	if (skb_headlen(skb) >= offset + 8 && kame_ipv6_options_only_pad(skb->data + offset))
		return false;
	p = skb_header_pointer(skb, offset, sizeof(_p), _p);
	if (!p)
		return false;
	end = offset + ((p[1] + 1) << 3);
	for (offset += 2; offset + 2 <= end;) {
		p = skb_header_pointer(skb, offset, sizeof(_p), _p);
		if (!p)
			return false;
		if ((p[0] == IPV6_TLV_IOAM && ioam) || p[0] == IPV6_TLV_CALIPSO)
			return true;
		offset += p[0] == IPV6_TLV_PAD1 ? 1 : p[1] + 2;
	}
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipv6_options_kernel_only);

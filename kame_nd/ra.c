// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads router advertisements. The packet is whatever someone on the link made
 * it: each byte is copied out after a check that it is there.
 */
#include <linux/slab.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "kunit.h"
#include "ra.h"

/* The options come in units of 8 bytes, type and length first. */
#define UNIT 8

struct option {
	u8 type;
	u8 units;
};

/* The option at @offset, or NULL where there is none that is whole. */
static const struct option *option_at(const struct sk_buff *skb, unsigned int offset,
				      struct option *buf)
{
	const struct option *o = skb_header_pointer(skb, offset, sizeof(*buf), buf);

	/* A length of 0 would be read for ever (RFC 4861 section 4.6). */
	if (!o || !o->units || o->units * UNIT > skb->len - offset)
		return NULL;
	return o;
}

/* Number of prefix options, or -EINVAL where the options aren't well formed. */
static int count_pios(const struct sk_buff *skb, unsigned int offset)
{
	const struct option *o;
	struct option buf;
	int n = 0;

	for (; offset < skb->len; offset += o->units * UNIT) {
		o = option_at(skb, offset, &buf);
		if (!o)
			return -EINVAL;
		n += o->type == ND_OPT_PREFIX_INFO;
	}
	return min(n, KAME_ND_RA_PIOS_MAX);
}

/**
 * kame_nd_ra_options_whole - whether the options of a message are well formed
 * @skb: the packet, which ends where the message ends
 * @offset: where the first of them would begin
 *
 * Context: any.
 */
bool kame_nd_ra_options_whole(const struct sk_buff *skb, unsigned int offset)
{
	return count_pios(skb, offset) >= 0;
}

/* Whether the option is one that a host may use (RFC 4862 section 5.5.3). */
static bool read_pio(const struct sk_buff *skb, unsigned int offset, unsigned int units,
		     struct kame_nd_pio *pio)
{
	const struct prefix_info *info;
	struct prefix_info buf;

	if (units * UNIT != sizeof(buf))
		return false;
	info = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!info || info->prefix_len > 128)
		return false;
	pio->len = info->prefix_len;
	pio->on_link = info->onlink;
	pio->autonomous = info->autoconf;
	pio->valid = ntohl(info->valid);
	pio->preferred = ntohl(info->prefered);
	/* Bits past the length are the sender's to fill and ours to ignore. */
	ipv6_addr_prefix(&pio->prefix, &info->prefix, info->prefix_len);
	if (ipv6_addr_type(&info->prefix) & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL))
		return false;
	return pio->preferred <= pio->valid;
}

static void read_lladdr(const struct sk_buff *skb, unsigned int offset, unsigned int units,
			unsigned int len, struct kame_nd_ra *ra)
{
	if (len > KAME_ND_LLADDR_MAX || sizeof(struct option) + len > units * UNIT)
		return;
	if (!skb_copy_bits(skb, offset + sizeof(struct option), ra->lladdr, len))
		ra->lladdr_len = len;
}

static void read_options(const struct sk_buff *skb, unsigned int offset, unsigned int lladdr_len,
			 unsigned int n_pios, struct kame_nd_ra *ra)
{
	const struct option *o;
	struct option buf;

	for (; offset < skb->len; offset += o->units * UNIT) {
		o = option_at(skb, offset, &buf);
		if (!o)
			return;
		if (o->type == ND_OPT_SOURCE_LL_ADDR)
			read_lladdr(skb, offset, o->units, lladdr_len, ra);
		if (o->type != ND_OPT_PREFIX_INFO)
			continue;
		if (ra->n_pios < n_pios &&
		    read_pio(skb, offset, o->units, &ra->pio[ra->n_pios]))
			ra->n_pios++;
		else
			ra->invalid++;
	}
}

/* RFC 4191 section 2.2: the reserved value means medium. */
static s8 preference(const struct icmp6hdr *hdr)
{
	switch (hdr->icmp6_router_pref) {
	case ICMPV6_ROUTER_PREF_LOW:
		return -1;
	case ICMPV6_ROUTER_PREF_HIGH:
		return 1;
	default:
		return 0;
	}
}

/**
 * kame_nd_ra_parse - read a router advertisement
 * @skb: the packet, which ends where the advertisement ends
 * @offset: where its ICMPv6 header begins
 * @lladdr_len: length of a link-layer address on this device
 *
 * Only what lies behind the IPv6 header is checked, and the checksum is not.
 *
 * Context: any.
 * Return: the advertisement, to be freed by kfree(); or an error: -EINVAL
 * where it is malformed, -ENOMEM.
 */
struct kame_nd_ra *kame_nd_ra_parse(const struct sk_buff *skb, unsigned int offset,
				    unsigned int lladdr_len)
{
	const struct ra_msg *msg;
	struct kame_nd_ra *ra;
	struct ra_msg buf;
	int n_pios;

	msg = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!msg || msg->icmph.icmp6_code)
		return ERR_PTR(-EINVAL);
	n_pios = count_pios(skb, offset + sizeof(buf));
	if (n_pios < 0)
		return ERR_PTR(n_pios);
	ra = kzalloc(struct_size(ra, pio, n_pios), GFP_ATOMIC);
	if (!ra)
		return ERR_PTR(-ENOMEM);
	ra->lifetime = ntohs(msg->icmph.icmp6_rt_lifetime);
	ra->preference = preference(&msg->icmph);
	ra->managed = msg->icmph.icmp6_addrconf_managed;
	ra->other = msg->icmph.icmp6_addrconf_other;
	read_options(skb, offset + sizeof(buf), lladdr_len, n_pios, ra);
	return ra;
}
EXPORT_SYMBOL_IF_KUNIT(kame_nd_ra_parse);

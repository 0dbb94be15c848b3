/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_RA_H
#define _KAME_ND_RA_H

#include <linux/in6.h>
#include <linux/list.h>
#include <linux/types.h>

struct sk_buff;

/* Longest link-layer address kept, as in an EUI-64 interface. */
#define KAME_ND_LLADDR_MAX 8
/* As many prefix options as an advertisement of 8 KiB can hold. */
#define KAME_ND_RA_PIOS_MAX 255

/**
 * struct kame_nd_pio - a prefix information option (RFC 4861 section 4.6.2)
 * @prefix: the prefix; bits past its length are zero
 * @len: its length in bits
 * @on_link: flag L
 * @autonomous: flag A
 * @valid: valid lifetime in seconds
 * @preferred: preferred lifetime in seconds, not more than @valid
 */
struct kame_nd_pio {
	struct in6_addr prefix;
	u8 len;
	bool on_link;
	bool autonomous;
	u32 valid;
	u32 preferred;
};

/**
 * struct kame_nd_ra - a router advertisement
 * @list: for whoever holds it
 * @ifindex: device it came in on
 * @router: its source
 * @lifetime: router lifetime in seconds
 * @preference: -1, 0 or 1 (RFC 4191)
 * @managed: flag M
 * @other: flag O
 * @lladdr_len: length of @lladdr, 0 if none was advertised
 * @lladdr: link-layer address of the router
 * @invalid: number of prefix options that were ignored
 * @n_pios: number of @pio
 * @pio: the prefix options, in their order
 */
struct kame_nd_ra {
	struct list_head list;
	int ifindex;
	struct in6_addr router;
	u16 lifetime;
	s8 preference;
	bool managed;
	bool other;
	u8 lladdr_len;
	u8 lladdr[KAME_ND_LLADDR_MAX];
	unsigned int invalid;
	unsigned int n_pios;
	struct kame_nd_pio pio[];
};

struct kame_nd_ra *kame_nd_ra_parse(const struct sk_buff *skb, unsigned int offset,
				    unsigned int lladdr_len);
bool kame_nd_ra_options_whole(const struct sk_buff *skb, unsigned int offset);

#endif /* _KAME_ND_RA_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_OPTIONS_H
#define _KAME_IPV6_OPTIONS_H

#include <linux/in6.h>
#include <linux/skbuff.h>
#include <net/ipv6.h>

#include <kame/compat.h>
#include <uapi/linux/kame_ipv6_mib.h>

/**
 * enum kame_ipv6_options_verdict - what an options header asks for
 * @KAME_IPV6_OPTIONS_OK: go on with the next header
 * @KAME_IPV6_OPTIONS_DROP: drop the packet
 * @KAME_IPV6_OPTIONS_PARAMPROB: drop the packet and send a Parameter Problem
 * @KAME_IPV6_OPTIONS_KERNEL: it has an option that only the kernel can process
 */
enum kame_ipv6_options_verdict {
	KAME_IPV6_OPTIONS_OK,
	KAME_IPV6_OPTIONS_DROP,
	KAME_IPV6_OPTIONS_PARAMPROB,
	KAME_IPV6_OPTIONS_KERNEL,
};

/**
 * struct kame_ipv6_options - a walk over the options of one header
 * @nh: the IPv6 header; all of the options header lies in the same piece of memory
 * @offset: of the options header from @nh, in bytes
 * @len: of the options header, in bytes
 * @payload: bytes in the packet behind the IPv6 header
 * @max_options: most options but padding; below 0 the same limit, and unknown
 *	options are refused (sysctl max_hbh_opts_number, max_dst_opts_number)
 * @hop_by_hop: hop-by-hop options, not destination options
 * @multicast: the packet is to a multicast address
 * @router_alert: out: offset of the Router Alert option's value, or 0
 * @jumbo: out: Jumbo Payload Length in host byte order, or 0
 * @cause: out: the counter, where the packet is to be dropped
 * @code: out: code of the Parameter Problem
 * @pointer: out: pointer of the Parameter Problem, in bytes from @nh
 */
struct kame_ipv6_options {
	const u8 *nh;
	unsigned int offset;
	unsigned int len;
	unsigned int payload;
	int max_options;
	bool hop_by_hop;
	bool multicast;

	unsigned int router_alert;
	u32 jumbo;
	enum kame_ipv6_mib cause;
	u8 code;
	unsigned int pointer;
};

/* What is no padding ends at a multiple of 8 bytes, and padding has 7 at most: a header
 * that has nothing else is of 8 bytes, and looks like this wherever it is not made up
 * of single ones. Before reading it, see that 8 bytes are there.
 */
static inline bool kame_ipv6_options_only_pad(const u8 *hdr)
{
	const u64 pad = (u64)IPV6_TLV_PADN << 40 | 4ULL << 32;

	/* The first byte is the next header's protocol. */
	return get_unaligned_be64(hdr) << 8 == pad << 8;
}

enum kame_ipv6_options_verdict kame_ipv6_options_walk(struct kame_ipv6_options *o);
bool kame_ipv6_options_kernel_only(const struct sk_buff *skb, bool ioam);

#endif /* _KAME_IPV6_OPTIONS_H */

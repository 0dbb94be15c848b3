/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_OPTIONS_H
#define _KAME_IPV6_OPTIONS_H

#include <linux/skbuff.h>
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

enum kame_ipv6_options_verdict kame_ipv6_options_walk(struct kame_ipv6_options *o);
bool kame_ipv6_options_kernel_only(const struct sk_buff *skb);

#endif /* _KAME_IPV6_OPTIONS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_WALK_H
#define _KAME_IPV6_WALK_H

#include <linux/skbuff.h>
#include <net/ipv6.h>
#include <uapi/linux/kame_ipv6_mib.h>

#include "mib.h"

/* What a header routine returns instead of the next header's protocol: the
 * packet is gone, or the kernel's own handler is to go on at this header.
 */
#define KAME_IPV6_WALK_DONE (-1)
#define KAME_IPV6_WALK_KERNEL (-2)

/**
 * struct kame_ipv6_walk - a walk along the headers of one packet
 * @skb: the packet; its transport header is the header that is being read, and
 *	IP6CB()->nhoff the offset of the byte that names it
 * @net: namespace of the device it came in on
 * @idev: its IPv6 configuration, NULL while it is being taken down
 * @mib: where to count
 * @contiguity: enum kame_ipv6_contiguity
 * @headers: extension headers read so far, and how many are allowed (0: any)
 * @max_headers: see @headers
 * @max_bytes: most bytes of extension headers (0: any)
 * @max_options: most options in a header, padding aside (0: the sysctls' number)
 * @linear: bytes in the linear area when the walk began, from the IPv6 header on
 * @strict_order: refuse repeated and misordered headers
 * @rank: place of the last header in the order of RFC 8200 section 4.1
 */
struct kame_ipv6_walk {
	struct sk_buff *skb;
	struct net *net;
	struct inet6_dev *idev;
	struct kame_ipv6_counters __percpu *mib;
	u32 contiguity;
	unsigned int headers;
	unsigned int max_headers;
	unsigned int max_bytes;
	unsigned int max_options;
	unsigned int linear;
	bool strict_order;
	u8 rank;
};

/**
 * typedef kame_ipv6_routine_t - input routine of one extension header
 *
 * Makes sure that its header lies in the linear area, reads it there, and moves
 * the transport header and IP6CB()->nhoff on. Nothing is copied or stripped.
 *
 * Context: rcu_read_lock().
 * Return: protocol number of the next header, or KAME_IPV6_WALK_*.
 */
typedef int (*kame_ipv6_routine_t)(struct kame_ipv6_walk *w);

kame_ipv6_routine_t kame_ipv6_exthdrs_routine(u8 protocol);
int kame_ipv6_exthdrs_hop_by_hop(struct kame_ipv6_walk *w);

void kame_ipv6_walk_init(struct kame_ipv6_walk *w, struct sk_buff *skb, struct net *net,
			 struct kame_ipv6_counters __percpu *mib, u32 contiguity);
bool kame_ipv6_walk_fetch(struct kame_ipv6_walk *w, unsigned int end);
int kame_ipv6_walk_drop(struct kame_ipv6_walk *w, enum kame_ipv6_mib cause, int snmp);
int kame_ipv6_walk_problem(struct kame_ipv6_walk *w, u8 code, unsigned int pointer,
			   enum kame_ipv6_mib cause);
bool kame_ipv6_walk_enter(struct kame_ipv6_walk *w, u8 protocol);
bool kame_ipv6_walk_fits(struct kame_ipv6_walk *w, unsigned int len);
int kame_ipv6_walk(struct kame_ipv6_walk *w);
bool kame_ipv6_walk_check(struct kame_ipv6_walk *w);

/* Have the next @len bytes from the transport header on in one piece, see
 * kame_ipv6_walk_fetch().
 */
static inline bool kame_ipv6_walk_need(struct kame_ipv6_walk *w, unsigned int len)
{
	unsigned int end = skb_transport_offset(w->skb) + len;

	return likely(end <= skb_headlen(w->skb)) || kame_ipv6_walk_fetch(w, end);
}

/* Whether a routine of ours reads a header, as kame_ipv6_exthdrs_routine(). */
static inline bool kame_ipv6_walk_reads(u8 protocol)
{
	const u64 ours = BIT_ULL(NEXTHDR_HOP) | BIT_ULL(NEXTHDR_ROUTING) |
			 BIT_ULL(NEXTHDR_FRAGMENT) | BIT_ULL(NEXTHDR_DEST);

	return protocol < 64 && ours >> protocol & 1;
}

static inline u8 kame_ipv6_walk_next(const struct sk_buff *skb)
{
	return skb_network_header(skb)[IP6CB(skb)->nhoff];
}

extern const u8 kame_ipv6_walk_uppers[256];

/* Count what a chain of headers ends in: a protocol that no routine of ours reads. */
static inline void kame_ipv6_walk_count_upper(struct kame_ipv6_counters __percpu *mib,
					      u8 protocol)
{
	kame_ipv6_mib_inc(mib, kame_ipv6_walk_uppers[protocol] ?: KAME_IPV6_MIB_HDR_OTHER);
}

#endif /* _KAME_IPV6_WALK_H */

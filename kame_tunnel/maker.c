// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who made a packet: a socket of this host, or another of its tunnels. Some keep
 * the socket of the packet that they hide, so that it is the headers that tell.
 */
#include <linux/jhash.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include <kame/compat.h>

#include "kame_tunnel.h"
#include "maker.h"

/**
 * struct datagram - what a packet tells of the datagram that it is, or is part of
 * @key: the same for all its fragments, and not 0; 0 where it is whole
 * @off: where in the packet the transport header is
 * @proto: its protocol
 * @first: the header is there
 */
struct datagram {
	u32 key;
	unsigned int off;
	u8 proto;
	bool first;
};

static bool look4(const struct sk_buff *skb, struct datagram *d)
{
	const struct iphdr *iph = ip_hdr(skb);

	d->proto = iph->protocol;
	d->off = skb_network_offset(skb) + iph->ihl * 4;
	d->first = !(iph->frag_off & htons(IP_OFFSET));
	d->key = 0;
	if (iph->frag_off & htons(IP_OFFSET | IP_MF))
		d->key = jhash_3words((__force u32)iph->saddr, (__force u32)iph->daddr,
				      (__force u16)iph->id << 8 | iph->protocol, 0) | 1;
	return true;
}

static bool look6(const struct sk_buff *skb, struct datagram *d)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	const struct frag_hdr *fh;
	struct frag_hdr buf;

	d->proto = ip6h->nexthdr;
	d->off = skb_network_offset(skb) + sizeof(*ip6h);
	d->first = true;
	d->key = 0;
	if (ip6h->nexthdr != NEXTHDR_FRAGMENT)
		return true;
	fh = skb_header_pointer(skb, d->off, sizeof(*fh), &buf);
	if (!fh)
		return false;
	d->proto = fh->nexthdr;
	d->off += sizeof(*fh);
	d->first = !(fh->frag_off & htons(IP6_OFFSET));
	d->key = jhash_3words(ipv6_addr_hash(&ip6h->saddr), ipv6_addr_hash(&ip6h->daddr),
			      (__force u32)fh->identification, 0) | 1;
	return true;
}

static bool made_by_tunnel(const struct sk_buff *skb, const struct datagram *d)
{
	const struct sock *sk = skb->sk;
	const struct udphdr *uh;
	struct udphdr buf;

	if (!sk || !sk_fullsock(sk))
		return true;
	/* These may send what they like. */
	if ((sk->sk_family != AF_INET && sk->sk_family != AF_INET6) || kame_sock_hdrincl(sk))
		return false;
	if (sk->sk_protocol != d->proto)
		return true;
	if (d->proto != IPPROTO_UDP || sk->sk_type == SOCK_RAW || !d->first)
		return false;
	uh = skb_header_pointer(skb, d->off, sizeof(*uh), &buf);
	return uh && uh->source != inet_sk(sk)->inet_sport;
}

/**
 * kame_tunnel_maker_is_tunnel() - tell a packet that another tunnel of this host made
 * @skb: a packet with a complete IPv4 or IPv6 header, that is transmitted
 * @refused: of the device: the datagrams lately refused, in any order. Races lose
 *	or find one too few.
 *
 * Of a fragmented datagram only the first fragment shows who made it. The others
 * follow it.
 *
 * Return: true if a tunnel made it: it is refused and kept in mind. False if it
 * comes from a socket, from another host, or if there is no telling.
 */
bool kame_tunnel_maker_is_tunnel(const struct sk_buff *skb, u32 refused[KAME_TUNNEL_REFUSED])
{
	struct datagram d;
	u32 *slot;

	if (skb->skb_iif)
		return false;
	if (!(skb->protocol == htons(ETH_P_IP) ? look4(skb, &d) : look6(skb, &d)))
		return false;
	slot = &refused[(d.key >> 1) % KAME_TUNNEL_REFUSED];
	if (made_by_tunnel(skb, &d)) {
		if (d.key)
			WRITE_ONCE(*slot, d.key);
		return true;
	}
	return d.key && !d.first && READ_ONCE(*slot) == d.key;
}

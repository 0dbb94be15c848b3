// SPDX-License-Identifier: GPL-2.0-only
/*
 * The socket of a packet, for rules on LOCAL_IN that ask for it (skuid, skgid, cgroup).
 * Stock finds it before the route, to do without a search; here it comes behind
 * the route, which it does not alter.
 */
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/inet6_hashtables.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <net/udp.h>

#include <kame/compat.h>

#include "demux.h"

/* Established, or what is before or after that: sock_edemux() lets go of each kind. */
static void attach_tcp(struct net *net, struct sk_buff *skb)
{
	const struct ipv6hdr *hdr;
	const struct tcphdr *th;
	struct sock *sk;

	if (!pskb_may_pull(skb, skb_transport_offset(skb) + sizeof(*th)))
		return;
	hdr = ipv6_hdr(skb);
	th = tcp_hdr(skb);
	if (th->doff < sizeof(*th) / 4)
		return;
	sk = __inet6_lookup_established(net, net->ipv4.tcp_death_row.hashinfo,
					&hdr->saddr, th->source, &hdr->daddr, ntohs(th->dest),
					inet6_iif(skb), inet6_sdif(skb));
	if (!sk)
		return;
	skb->sk = sk;
	skb->destructor = sock_edemux;
}

/* A connected socket, and as in stock only where it is the first of its address and port. */
static struct sock *find_udp(struct net *net, const struct sk_buff *skb)
{
	const struct udp_table *table = kame_udp_table(net);
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	const struct udphdr *uh = udp_hdr(skb);
	const u16 port = ntohs(uh->dest);
	const __portpair ports = INET_COMBINED_PORTS(uh->source, port);
	const u32 hash = ipv6_portaddr_hash(net, &hdr->daddr, port);
	const struct hlist_head *head = &table->hash2[hash & table->mask].head;
	struct sock *sk = hlist_entry_safe(rcu_dereference(hlist_first_rcu(head)), struct sock,
					   __sk_common.skc_portaddr_node);

	if (!sk || sk->sk_state != TCP_ESTABLISHED ||
	    !inet6_match(net, sk, &hdr->saddr, &hdr->daddr, ports, skb->dev->ifindex,
			 inet6_sdif(skb)))
		return NULL;
	return sk;
}

static void attach_udp(struct net *net, struct sk_buff *skb)
{
	struct sock *sk;

	if (!pskb_may_pull(skb, skb_transport_offset(skb) + sizeof(struct udphdr)))
		return;
	sk = find_udp(net, skb);
	if (!sk || !refcount_inc_not_zero(&sk->sk_refcnt))
		return;
	skb->sk = sk;
	skb->destructor = sock_efree;
}

/**
 * kame_ipv6_demux_attach - find the socket of a packet
 * @net: its namespace
 * @skb: a packet without a socket, with the route that was found for it
 *
 * Nothing is done for a packet that is not for this node, that has extension headers, or
 * where the sysctls of early demultiplexing say no.
 *
 * Context: rcu_read_lock().
 */
void kame_ipv6_demux_attach(struct net *net, struct sk_buff *skb)
{
	if (skb_dst(skb)->input != ip6_input || !READ_ONCE(net->ipv4.sysctl_ip_early_demux))
		return;
	switch (ipv6_hdr(skb)->nexthdr) {
	case IPPROTO_TCP:
		if (READ_ONCE(net->ipv4.sysctl_tcp_early_demux))
			attach_tcp(net, skb);
		break;
	case IPPROTO_UDP:
		if (READ_ONCE(net->ipv4.sysctl_udp_early_demux))
			attach_udp(net, skb);
		break;
	}
}

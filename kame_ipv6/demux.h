/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPV6_DEMUX_H
#define _KAME_IPV6_DEMUX_H

#include <linux/skbuff.h>

#include "hooks.h"

void kame_ipv6_demux_attach(struct net *net, struct sk_buff *skb);

/**
 * kame_ipv6_demux - give a packet its socket, where somebody is to ask for it
 * @net: its namespace
 * @skb: the packet, with the route that was found for it
 *
 * Context: rcu_read_lock().
 */
static inline void kame_ipv6_demux(struct net *net, struct sk_buff *skb)
{
	if (kame_ipv6_has_hooks(net, NF_INET_LOCAL_IN) && !skb->sk &&
	    skb->pkt_type == PACKET_HOST)
		kame_ipv6_demux_attach(net, skb);
}

#endif /* _KAME_IPV6_DEMUX_H */

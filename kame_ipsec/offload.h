/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_OFFLOAD_H
#define _KAME_IPSEC_OFFLOAD_H

#include <net/netfilter/nf_conntrack.h>

void kame_ipsec_offload_forbid_ct(struct nf_conn *ct, struct net *net, u8 family);

/**
 * kame_ipsec_offload_forbid - keep the flow of a packet out of flow tables
 * @net: the namespace
 * @skb: a packet that policies don't let go by
 * @family: AF_INET or AF_INET6
 *
 * A flow table ("flow add" of nft) forwards packets past all hooks, in clear.
 *
 * Context: any but hard interrupt, under rcu_read_lock().
 */
static __always_inline void kame_ipsec_offload_forbid(struct net *net, const struct sk_buff *skb,
						      u8 family)
{
	enum ip_conntrack_info info;
	struct nf_conn *ct = nf_ct_get(skb, &info);

	if (unlikely(ct && !test_bit(IPS_NAT_CLASH_BIT, &ct->status)))
		kame_ipsec_offload_forbid_ct(ct, net, family);
}

#endif /* _KAME_IPSEC_OFFLOAD_H */

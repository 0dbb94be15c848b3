// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow tables of netfilter, which forward a flow past all hooks once a rule has put it
 * there. Stock policies are seen there, by the packet's route.
 */
#include <net/net_namespace.h>

#include "offload.h"

/**
 * kame_ipsec_offload_forbid_ct - keep a flow out of flow tables
 * @ct: what connection tracking knows of it
 * @net: the namespace
 * @family: AF_INET or AF_INET6
 *
 * No bit says so alone. A flow that bears this one is not put into a flow table by Linux
 * 6.1 and 6.12, and what else the bit does is that UDP and GRE flows don't get ASSURED.
 * Where a flow is in a table already, the table finds that the route has to be looked up
 * anew, and lets go of it.
 *
 * Context: any but hard interrupt, under rcu_read_lock().
 */
void kame_ipsec_offload_forbid_ct(struct nf_conn *ct, struct net *net, u8 family)
{
	/* A template is not this flow's alone. */
	if (nf_ct_is_template(ct) || test_and_set_bit(IPS_NAT_CLASH_BIT, &ct->status))
		return;
	if (likely(!test_bit(IPS_OFFLOAD_BIT, &ct->status)))
		return;
	if (family == AF_INET)
		rt_genid_bump_ipv4(net);
	else
		rt_genid_bump_ipv6(net);
}

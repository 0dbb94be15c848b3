// SPDX-License-Identifier: GPL-2.0-only
/*
 * A socket without an address asks for its route first and for its source then: the
 * route knows nothing of the source. Where a route of the source's own is there, on
 * the same device, the packet takes that (RFC 8028).
 */
#include <linux/netfilter_ipv6.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>

#include "mib.h"
#include "netns.h"
#include "source.h"

static const struct fib6_info *route_of(const struct dst_entry *dst)
{
	return rcu_dereference(container_of(dst, struct rt6_info, dst)->from);
}

/* The default route for any source that it is, or NULL. Asked for once: what is
 * removed from the table meanwhile is no route any more. Context: RCU.
 */
static const struct fib6_info *plain_default(const struct dst_entry *dst)
{
	const struct fib6_info *from;

	if (dst->error || dst->xfrm || dst->lwtstate ||
	    !(container_of(dst, struct rt6_info, dst)->rt6i_flags & RTF_GATEWAY))
		return NULL;
	from = route_of(dst);
	return from && !from->fib6_dst.plen && !from->fib6_src.plen ? from : NULL;
}

static unsigned int route_by_source(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	const struct sock *sk = skb_to_full_sk(skb);
	struct kame_nd_ns *ns = kame_nd_ns(state->net);
	struct dst_entry *dst = skb_dst(skb);
	const struct fib6_info *from;
	struct fib6_table *table;
	struct flowi6 fl6;

	if (!READ_ONCE(ns->source_links) || !dst)
		return NF_ACCEPT;
	from = plain_default(dst);
	if (!from)
		return NF_ACCEPT;
	table = from->fib6_table;
	fl6 = (struct flowi6){
		.flowi6_oif = dst->dev->ifindex,
		.flowi6_mark = skb->mark,
		.flowi6_uid = sock_net_uid(state->net, sk),
		.flowlabel = ip6_flowinfo(ipv6_hdr(skb)),
		.daddr = ipv6_hdr(skb)->daddr,
		.saddr = ipv6_hdr(skb)->saddr,
	};
	dst = ip6_route_output_flags(state->net, NULL, &fl6, RT6_LOOKUP_F_IFACE);
	from = dst->error ? NULL : route_of(dst);
	/* Rules that look at ports can't be asked here: the table that they chose stays. */
	if (!from || !from->fib6_src.plen || from->fib6_table != table) {
		dst_release(dst);
		return NF_ACCEPT;
	}
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	kame_nd_mib_inc(ns, KAME_ND_MIB_SOURCE_REROUTED);
	return NF_ACCEPT;
}

static const struct nf_hook_ops hook = {
	.hook = route_by_source,
	.pf = NFPROTO_IPV6,
	.hooknum = NF_INET_LOCAL_OUT,
	/* before connection tracking, and whatever routes by a mark of its own */
	.priority = NF_IP6_PRI_FIRST,
};

int kame_nd_source_hook_init(struct net *net)
{
	return nf_register_net_hooks(net, &hook, 1);
}

void kame_nd_source_hook_uninit(struct net *net)
{
	nf_unregister_net_hooks(net, &hook, 1);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of a packet that has its route. The routing table alone decides
 * (INET'99 paper, section 3.2): the type of the route that it found says
 * whether the packet is accepted or forwarded.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>

#include "cache.h"
#include "deliver.h"
#include "dev.h"
#include "forward.h"
#include "mib.h"
#include "walk.h"

/* The stock function that follows the LOCAL_IN hook: it gives a packet to raw
 * sockets and to the handler of the protocol that IP6CB()->nhoff names.
 */
static int (*input_finish)(struct net *net, struct sock *sk, struct sk_buff *skb) __ro_after_init;

static int walk_headers(const struct kame_ipv6_origin *from, struct sk_buff *skb)
{
	struct kame_ipv6_walk w;

	skb_clear_delivery_time(skb);
	kame_ipv6_walk_init(&w, skb, from->net, from->mib, from->contiguity);
	return kame_ipv6_walk(&w) == 0 ? input_finish(from->net, NULL, skb) : 0;
}

/* What follows LOCAL_IN for a packet with extension headers that a hook has held. */
static int local_finish(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct kame_ipv6_origin from = { .net = net };
	int ret;

	rcu_read_lock();
	from.mib = kame_ipv6_dev_mib(skb, &from.contiguity);
	ret = walk_headers(&from, skb);
	rcu_read_unlock();
	return ret;
}

/**
 * kame_ipv6_deliver_accept - accept a packet
 * @from: where it came from
 * @skb: the packet with its route; gone on return
 *
 * The walk comes behind the hook as in stock: who filters sees the packet before any
 * header has an effect or an answer.
 *
 * Context: rcu_read_lock(), bottom halves off.
 * Return: as dst_input().
 */
int kame_ipv6_deliver_accept(const struct kame_ipv6_origin *from, struct sk_buff *skb)
{
	u8 next = kame_ipv6_walk_next(skb);
	int ret;

	kame_ipv6_mib_inc(from->mib, KAME_IPV6_MIB_ACCEPTED);
	if (likely(!kame_ipv6_walk_reads(next))) {
		kame_ipv6_walk_count_upper(from->mib, next);
		return ip6_input(skb);
	}
	ret = nf_hook(NFPROTO_IPV6, NF_INET_LOCAL_IN, from->net, NULL, skb, skb->dev, NULL,
		      local_finish);
	return ret == 1 ? walk_headers(from, skb) : ret;
}

static int multicast(const struct kame_ipv6_origin *from, struct sk_buff *skb)
{
	u8 next = kame_ipv6_walk_next(skb);

	kame_ipv6_mib_inc(from->mib, KAME_IPV6_MIB_MULTICAST);
	if (unlikely(kame_ipv6_walk_reads(next))) {
		struct kame_ipv6_walk w;

		kame_ipv6_walk_init(&w, skb, from->net, from->mib, from->contiguity);
		if (!kame_ipv6_walk_check(&w))
			return NET_RX_DROP;
		kame_ipv6_mib_inc(from->mib, KAME_IPV6_MIB_HANDED_OVER);
	} else {
		kame_ipv6_walk_count_upper(from->mib, next);
	}
	return dst_input(skb);
}

/* Whether the packet is to an address of this node that duplicate address detection
 * has not passed yet. Such an address has no route of its own: the route found is that
 * of its prefix, and stock forwards the packet to the link. One that failed belongs to
 * another node there (RFC 4862 section 5.4.5), and so may one of another link.
 */
static bool is_tentative(const struct sk_buff *skb)
{
	const struct in6_addr *daddr = &ipv6_hdr(skb)->daddr;
	const struct net_device *dev = skb_dst(skb)->dev;
	struct net *net = dev_net(dev);

	return unlikely(ipv6_chk_addr_and_flags(net, daddr, dev, false, 1, IFA_F_DADFAILED)) &&
	       !ipv6_chk_addr_and_flags(net, daddr, dev, false, 1, IFA_F_TENTATIVE);
}

static int drop_tentative(const struct kame_ipv6_origin *from, struct sk_buff *skb)
{
	__IP6_INC_STATS(from->net, __in6_dev_get(skb->dev), IPSTATS_MIB_INDISCARDS);
	kame_ipv6_drop(from->mib, skb, KAME_IPV6_MIB_DROP_TENTATIVE);
	return NET_RX_DROP;
}

static int forward(const struct kame_ipv6_origin *from, struct sk_buff *skb,
		   const struct kame_ipv6_path *path)
{
	if (path->on_link && is_tentative(skb))
		return drop_tentative(from, skb);
	kame_ipv6_mib_inc(from->mib, KAME_IPV6_MIB_FORWARDED);
	return kame_ipv6_forward(from->net, skb, path);
}

/* A packet whose route alone knows what becomes of it. */
static int deliver_by_route(const struct kame_ipv6_origin *from, struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);
	const struct rt6_info *rt = (const struct rt6_info *)dst;

	if (dst->input == ip6_input)
		return kame_ipv6_deliver_accept(from, skb);
	if (ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr))
		return multicast(from, skb);
	if (dst->error) {
		kame_ipv6_mib_inc(from->mib, KAME_IPV6_MIB_NO_ROUTE);
		return dst_input(skb);
	}
	if (!(rt->rt6i_flags & RTF_GATEWAY) && is_tentative(skb))
		return drop_tentative(from, skb);
	kame_ipv6_mib_inc(from->mib, KAME_IPV6_MIB_FORWARDED);
	return dst_input(skb);
}

/**
 * kame_ipv6_deliver_else - what becomes of a packet that is not known to be accepted
 * @from: where it came from
 * @skb: the packet with its route; gone on return
 * @path: what is known of the route
 *
 * Context: rcu_read_lock(), bottom halves off.
 * Return: as dst_input().
 */
int kame_ipv6_deliver_else(const struct kame_ipv6_origin *from, struct sk_buff *skb,
			   const struct kame_ipv6_path *path)
{
	if (path->kind == KAME_IPV6_PATH_FORWARD)
		return forward(from, skb, path);
	return deliver_by_route(from, skb);
}

/* A packet that only asks for the function that follows LOCAL_IN. */
static struct sk_buff *question __initdata;

static unsigned int __init learn_hook(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	if (skb != question)
		return NF_ACCEPT;
	input_finish = state->okfn;
	return NF_STOLEN;
}

static const struct nf_hook_ops learn_ops __initconst = {
	.hook = learn_hook,
	.pf = NFPROTO_IPV6,
	.hooknum = NF_INET_LOCAL_IN,
	.priority = INT_MIN,
};

/**
 * kame_ipv6_deliver_init - learn what follows the LOCAL_IN hook
 *
 * The kernel exports ip6_input(), which calls the hook, but not what comes
 * behind it. A hook is told that function, so that it can be called later: a
 * packet of our own is sent through ip6_input() as far as our hook.
 *
 * Return: 0, -ENOMEM, or -EOPNOTSUPP where the hook was not reached.
 */
int __init kame_ipv6_deliver_init(void)
{
	struct sk_buff *skb = alloc_skb(0, GFP_KERNEL);
	int err;

	if (!skb)
		return -ENOMEM;
	skb->dev = init_net.loopback_dev;
	question = skb;
	err = nf_register_net_hook(&init_net, &learn_ops);
	if (err)
		goto out;
	local_bh_disable();
	ip6_input(skb);
	local_bh_enable();
	nf_unregister_net_hook(&init_net, &learn_ops);
	/* The hook goes with the rest of the init code. */
	synchronize_net();
	if (!input_finish) {
		/* Some other hook at the same priority took it. */
		pr_err("what follows the LOCAL_IN hook can't be learned\n");
		return -EOPNOTSUPP;
	}
out:
	kfree_skb(skb);
	return err;
}

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

#include "deliver.h"
#include "dev.h"
#include "mib.h"
#include "walk.h"

/* The stock function that follows the LOCAL_IN hook: it gives a packet to raw
 * sockets and to the handler of the protocol that IP6CB()->nhoff names.
 */
static int (*input_finish)(struct net *net, struct sock *sk, struct sk_buff *skb) __ro_after_init;

/* What follows LOCAL_IN for a packet with extension headers. The walk comes
 * behind the hook as in stock: who filters sees the packet before any header
 * has an effect or an answer.
 */
static int local_finish(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct kame_ipv6_counters __percpu *mib;
	struct kame_ipv6_walk w;
	u32 contiguity;
	int ret = 0;

	skb_clear_delivery_time(skb);
	rcu_read_lock();
	mib = kame_ipv6_dev_mib(skb, &contiguity);
	kame_ipv6_walk_init(&w, skb, net, mib, contiguity);
	if (kame_ipv6_walk(&w) == 0)
		ret = input_finish(net, sk, skb);
	rcu_read_unlock();
	return ret;
}

static int accept(struct kame_ipv6_counters __percpu *mib, struct sk_buff *skb)
{
	u8 next = kame_ipv6_walk_next(skb);

	kame_ipv6_mib_inc(mib, KAME_IPV6_MIB_ACCEPTED);
	if (likely(!kame_ipv6_exthdrs_routine(next))) {
		kame_ipv6_walk_count_upper(mib, next);
		return ip6_input(skb);
	}
	return NF_HOOK(NFPROTO_IPV6, NF_INET_LOCAL_IN, dev_net(skb->dev), NULL, skb,
		       skb->dev, NULL, local_finish);
}

static int multicast(struct kame_ipv6_counters __percpu *mib, u32 contiguity,
		     struct sk_buff *skb)
{
	u8 next = kame_ipv6_walk_next(skb);

	kame_ipv6_mib_inc(mib, KAME_IPV6_MIB_MULTICAST);
	if (unlikely(kame_ipv6_exthdrs_routine(next))) {
		struct kame_ipv6_walk w;

		kame_ipv6_walk_init(&w, skb, dev_net(skb->dev), mib, contiguity);
		if (!kame_ipv6_walk_check(&w))
			return NET_RX_DROP;
		kame_ipv6_mib_inc(mib, KAME_IPV6_MIB_HANDED_OVER);
	} else {
		kame_ipv6_walk_count_upper(mib, next);
	}
	return dst_input(skb);
}

/* Whether the packet is to an address of this node that duplicate address detection
 * has not passed. Such an address has no route of its own yet: the route found is that
 * of its prefix, and stock forwards the packet to the link.
 */
static bool to_tentative(const struct sk_buff *skb)
{
	const struct rt6_info *rt = (const struct rt6_info *)skb_dst(skb);
	const struct in6_addr *daddr = &ipv6_hdr(skb)->daddr;
	const struct net_device *dev = skb->dev;

	return !(rt->rt6i_flags & RTF_GATEWAY) &&
	       unlikely(ipv6_chk_addr_and_flags(dev_net(dev), daddr, dev, true, 0, 0)) &&
	       !ipv6_chk_addr_and_flags(dev_net(dev), daddr, dev, true, 0, IFA_F_TENTATIVE);
}

static int forward(struct kame_ipv6_counters __percpu *mib, struct sk_buff *skb)
{
	if (skb_dst(skb)->error) {
		kame_ipv6_mib_inc(mib, KAME_IPV6_MIB_NO_ROUTE);
		return dst_input(skb);
	}
	if (to_tentative(skb)) {
		__IP6_INC_STATS(dev_net(skb->dev), __in6_dev_get(skb->dev),
				IPSTATS_MIB_INDISCARDS);
		kame_ipv6_drop(mib, skb, KAME_IPV6_MIB_DROP_TENTATIVE);
		return NET_RX_DROP;
	}
	kame_ipv6_mib_inc(mib, KAME_IPV6_MIB_FORWARDED);
	return dst_input(skb);
}

/**
 * kame_ipv6_deliver - accept or forward a packet, as its route says
 * @mib: where to count
 * @contiguity: enum kame_ipv6_contiguity
 * @skb: the packet with its route; gone on return
 *
 * Context: rcu_read_lock(), bottom halves off.
 * Return: as dst_input().
 */
int kame_ipv6_deliver(struct kame_ipv6_counters __percpu *mib, u32 contiguity,
		      struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	if (dst->input == ip6_input)
		return accept(mib, skb);
	if (ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr))
		return multicast(mib, contiguity, skb);
	return forward(mib, skb);
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

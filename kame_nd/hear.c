// SPDX-License-Identifier: GPL-2.0-only
/*
 * What reaches the module in contexts that must not wait: packets, and changes
 * of the neighbour table. It is checked, put in a queue of bounded length, and
 * learned by a work.
 */
#include <linux/netfilter_ipv6.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/netevent.h>

#include "hear.h"
#include "mib.h"
#include "netns.h"
#include "ra.h"
#include "table.h"

/* A burst of this many of a kind is learned late; of more, not all. Each kind has a bound of
 * its own, so that a flood of advertisements doesn't have the answer of a router lost.
 */
#define QUEUE_MAX 512

void kame_nd_hear_free(struct kame_nd_heard *heard)
{
	kfree(heard->ra);
	kfree(heard);
}

static void enqueue(struct kame_nd_ns *ns, struct kame_nd_heard *heard, enum kame_nd_mib if_full)
{
	bool full;

	spin_lock_bh(&ns->queue_lock);
	full = ns->queued[heard->what] >= QUEUE_MAX;
	if (!full) {
		list_add_tail(&heard->list, &ns->queue);
		ns->queued[heard->what]++;
	}
	spin_unlock_bh(&ns->queue_lock);
	if (full) {
		kame_nd_mib_inc(ns, if_full);
		kame_nd_hear_free(heard);
		return;
	}
	queue_work(kame_nd_wq, &ns->queue_work);
}

/**
 * kame_nd_hear_next - take what was heard first out of the queue
 * @ns: the namespace
 *
 * Return: for kame_nd_hear_free(), or NULL.
 */
struct kame_nd_heard *kame_nd_hear_next(struct kame_nd_ns *ns)
{
	struct kame_nd_heard *heard;

	spin_lock_bh(&ns->queue_lock);
	heard = list_first_entry_or_null(&ns->queue, struct kame_nd_heard, list);
	if (heard) {
		list_del(&heard->list);
		ns->queued[heard->what]--;
	}
	spin_unlock_bh(&ns->queue_lock);
	return heard;
}

static void enqueue_neighbour(struct kame_nd_ns *ns, int ifindex, const struct in6_addr *addr,
			      enum kame_nd_heard_what what)
{
	struct kame_nd_heard *heard = kzalloc(sizeof(*heard), GFP_ATOMIC);

	if (!heard) {
		kame_nd_mib_inc(ns, KAME_ND_MIB_EVENT_LOST);
		return;
	}
	heard->what = what;
	heard->ifindex = ifindex;
	heard->addr = *addr;
	enqueue(ns, heard, KAME_ND_MIB_EVENT_LOST);
}

/* RFC 6980. A fragment that is all of the packet is one, too: the kernel marks it as it takes
 * the header away, after this hook, unless that was done before, for connection tracking.
 */
static bool is_fragmented(const struct sk_buff *skb)
{
	unsigned int offset = 0;

	return IP6CB(skb)->flags & IP6SKB_FRAGMENTED ||
		ipv6_find_hdr(skb, &offset, NEXTHDR_FRAGMENT, NULL, NULL) == NEXTHDR_FRAGMENT;
}

/* Hop-by-hop options come first, and the kernel has seen to them by now. It has not to any
 * other header: it may still drop the packet for one, or find another source in it, and an
 * integrity check value was not looked at. What IPsec let pass comes here again without.
 */
static bool is_behind_headers(const struct sk_buff *skb)
{
	const struct ipv6_opt_hdr *options;
	u8 protocol = ipv6_hdr(skb)->nexthdr;
	struct ipv6_opt_hdr buf;

	if (protocol == NEXTHDR_HOP) {
		options = skb_header_pointer(skb, sizeof(struct ipv6hdr), sizeof(buf), &buf);
		if (options)
			protocol = options->nexthdr;
	}
	return protocol != IPPROTO_ICMPV6;
}

/* RFC 4861 section 6.1.2, what the parser does not see */
static bool ra_is_valid(struct kame_nd_ns *ns, struct sk_buff *skb, unsigned int offset)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);

	if (is_fragmented(skb)) {
		kame_nd_mib_inc(ns, KAME_ND_MIB_RA_FRAGMENTED);
		return false;
	}
	if (is_behind_headers(skb)) {
		kame_nd_mib_inc(ns, KAME_ND_MIB_RA_HEADERS);
		return false;
	}
	if (hdr->hop_limit != 255) {
		kame_nd_mib_inc(ns, KAME_ND_MIB_RA_HOP_LIMIT);
		return false;
	}
	if (!(ipv6_addr_type(&hdr->saddr) & IPV6_ADDR_LINKLOCAL) ||
	    ipv6_chk_addr(ns->net, &hdr->saddr, skb->dev, 0)) {
		kame_nd_mib_inc(ns, KAME_ND_MIB_RA_SOURCE);
		return false;
	}
	if (nf_ip6_checksum(skb, NF_INET_LOCAL_IN, offset, IPPROTO_ICMPV6)) {
		kame_nd_mib_inc(ns, KAME_ND_MIB_RA_CHECKSUM);
		return false;
	}
	return true;
}

static void hear_ra(struct kame_nd_ns *ns, struct sk_buff *skb, unsigned int offset)
{
	struct kame_nd_heard *heard;
	struct kame_nd_ra *ra;

	kame_nd_mib_inc(ns, KAME_ND_MIB_RA_IN);
	if (!ra_is_valid(ns, skb, offset))
		return;
	ra = kame_nd_ra_parse(skb, offset, skb->dev->addr_len);
	heard = IS_ERR(ra) ? NULL : kzalloc(sizeof(*heard), GFP_ATOMIC);
	if (!heard) {
		kame_nd_mib_inc(ns, ra == ERR_PTR(-EINVAL) ? KAME_ND_MIB_RA_MALFORMED :
				KAME_ND_MIB_RA_NO_MEMORY);
		if (!IS_ERR(ra))
			kfree(ra);
		return;
	}
	ra->router = ipv6_hdr(skb)->saddr;
	heard->what = KAME_ND_HEARD_RA;
	heard->ifindex = skb->dev->ifindex;
	heard->ra = ra;
	enqueue(ns, heard, KAME_ND_MIB_RA_QUEUE_FULL);
}

/* The answer to a probe, valid as RFC 4861 section 7.1.2 has it. The neighbour table says
 * nothing where nothing changes.
 */
static void hear_na(struct kame_nd_ns *ns, struct sk_buff *skb, unsigned int offset)
{
	const struct kame_nd_router *router;
	const struct nd_msg *msg;
	struct nd_msg buf;

	if (is_fragmented(skb) || is_behind_headers(skb))
		return;
	msg = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!msg || msg->icmph.icmp6_code || !msg->icmph.icmp6_solicited ||
	    ipv6_hdr(skb)->hop_limit != 255 || ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr))
		return;
	router = kame_nd_router_find(ns, skb->dev->ifindex, &msg->target);
	if (!router || READ_ONCE(router->reach) != KAME_ND_REACH_PROBING)
		return;
	if (kame_nd_ra_options_whole(skb, offset + sizeof(buf)) &&
	    !nf_ip6_checksum(skb, NF_INET_LOCAL_IN, offset, IPPROTO_ICMPV6))
		enqueue_neighbour(ns, skb->dev->ifindex, &msg->target, KAME_ND_HEARD_ANSWER);
}

static unsigned int hear_packet(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct kame_nd_ns *ns = kame_nd_ns(state->net);
	u8 protocol = ipv6_hdr(skb)->nexthdr;
	__be16 fragment;
	const u8 *type;
	int offset;
	u8 buf;

	if (protocol != IPPROTO_ICMPV6 && !ipv6_ext_hdr(protocol))
		return NF_ACCEPT;
	offset = ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), &protocol, &fragment);
	/* Behind the header of a fragment that is not the first, there is none. */
	if (offset < 0 || protocol != IPPROTO_ICMPV6)
		return NF_ACCEPT;
	type = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (type && *type == NDISC_ROUTER_ADVERTISEMENT)
		hear_ra(ns, skb, offset);
	else if (type && *type == NDISC_NEIGHBOUR_ADVERTISEMENT)
		hear_na(ns, skb, offset);
	return NF_ACCEPT;
}

static const struct nf_hook_ops hook = {
	.hook = hear_packet,
	.pf = NFPROTO_IPV6,
	.hooknum = NF_INET_LOCAL_IN,
	/* after the packet filter: what it drops was not heard */
	.priority = NF_IP6_PRI_LAST,
};

int kame_nd_hear_net_init(struct net *net)
{
	return nf_register_net_hooks(net, &hook, 1);
}

void kame_nd_hear_net_uninit(struct net *net)
{
	nf_unregister_net_hooks(net, &hook, 1);
}

/* An entry fails when all solicitations went unanswered, and also where somebody
 * deletes or flushes it, which proves nothing. It does not tell when it begins to be
 * resolved: only that it had no state before. One that was of use keeps the number of
 * solicitations that it took.
 */
static bool was_asked(const struct neighbour *neigh, unsigned int nud)
{
	const struct neigh_parms *p = neigh->parms;
	int most = NEIGH_VAR(p, UCAST_PROBES) + NEIGH_VAR(p, APP_PROBES);

	if (nud & NUD_PROBE)
		most += NEIGH_VAR(p, MCAST_REPROBES);
	else if (!nud || nud & (NUD_INCOMPLETE | NUD_FAILED))
		most += NEIGH_VAR(p, MCAST_PROBES);
	else
		return false;
	return atomic_read(&neigh->probes) >= most;
}

/* What became of a router's neighbour entry, if it says anything */
static void hear_router(struct kame_nd_ns *ns, struct kame_nd_router *router,
			const struct neighbour *neigh, unsigned int nud)
{
	enum kame_nd_reach reach = READ_ONCE(router->reach);
	unsigned int was = xchg(&router->nud, nud);
	enum kame_nd_heard_what what;

	if (nud & NUD_REACHABLE && reach != KAME_ND_REACH_REACHABLE)
		what = KAME_ND_HEARD_ANSWER;
	else if (nud & NUD_FAILED && reach != KAME_ND_REACH_UNREACHABLE)
		what = was_asked(neigh, was) ? KAME_ND_HEARD_FAILURE : KAME_ND_HEARD_TROUBLE;
	else if (nud & NUD_PROBE)
		what = KAME_ND_HEARD_TROUBLE;
	else
		return;
	enqueue_neighbour(ns, router->ifindex, &router->addr, what);
}

/**
 * kame_nd_hear_entry - note the state of the neighbour entry that a new router has
 * @router: the router, where events find it already
 */
void kame_nd_hear_entry(struct kame_nd_router *router)
{
	struct net *net = router->link->ns->net;
	struct neighbour *neigh = NULL;
	struct net_device *dev;

	dev = dev_get_by_index(net, router->ifindex);
	if (dev)
		neigh = neigh_lookup(&nd_tbl, &router->addr, dev);
	dev_put(dev);
	if (!neigh)
		return;
	/* An event is of later. */
	cmpxchg(&router->nud, 0, READ_ONCE(neigh->nud_state));
	neigh_release(neigh);
}

/* Context: any, often within locks of the neighbour table. */
static int hear_neighbour(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct neighbour *neigh = ptr;
	struct kame_nd_router *router;
	const struct in6_addr *addr;
	struct kame_nd_ns *ns;
	unsigned int nud;

	if (event != NETEVENT_NEIGH_UPDATE || neigh->tbl != &nd_tbl)
		return NOTIFY_DONE;
	nud = READ_ONCE(neigh->nud_state);
	ns = kame_nd_ns(dev_net(neigh->dev));
	addr = (const struct in6_addr *)neigh->primary_key;
	rcu_read_lock();
	router = kame_nd_router_find(ns, neigh->dev->ifindex, addr);
	/* One that is taken out of the table, for want of use or of a carrier, tells what it
	 * was once more: that says nothing of now, and the next one is a new one.
	 */
	if (READ_ONCE(neigh->dead)) {
		if (router)
			WRITE_ONCE(router->nud, 0);
	} else if (router) {
		hear_router(ns, router, neigh, nud);
	} else if (nud & NUD_FAILED) {
		enqueue_neighbour(ns, neigh->dev->ifindex, addr, KAME_ND_HEARD_TROUBLE);
	}
	rcu_read_unlock();
	return NOTIFY_DONE;
}

static struct notifier_block neighbour_nb = { .notifier_call = hear_neighbour };

int __init kame_nd_hear_init(void)
{
	return register_netevent_notifier(&neighbour_nb);
}

void kame_nd_hear_uninit(void)
{
	/* waits for those that are running */
	unregister_netevent_notifier(&neighbour_nb);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens when a loop is found: the sender is told by ELOOP, the
 * administrator by a counter, a line in the log and an event that carries the
 * chain of devices.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/genetlink.h>
#include <net/sch_generic.h>

#include "connect.h"
#include "genl_gen.h"
#include "kame_tunnel.h"
#include "kunit.h"
#include "loop.h"

DEFINE_PER_CPU(struct kame_tunnel_frame *, kame_tunnel_frames);
EXPORT_SYMBOL_IF_KUNIT(kame_tunnel_frames);

#ifdef CONFIG_PREEMPT_RT

static void found(struct kame_tunnel_frame *f, const struct sk_buff *skb, const struct net *net,
		  enum kame_tunnel_loop_reason reason, unsigned int limit);

/* The innermost frame of this task, of those of its CPU. Context: preemption off. */
static struct kame_tunnel_frame *frame_of_current(void)
{
	struct kame_tunnel_frame *p = __this_cpu_read(kame_tunnel_frames);

	while (p && p->task != current)
		p = p->next;
	return p;
}

void kame_tunnel_loop_enter(struct kame_tunnel_frame *f, struct kame_tunnel *t,
			    const struct sk_buff *skb)
{
	/* Bottom halves that are off keep the task on its CPU only because of
	 * how they are implemented.
	 */
	migrate_disable();
	f->task = current;
	f->t = t;
	f->skb = skb;
	f->level = dev_recursion_level();
	f->looped = false;

	preempt_disable();
	f->outer = frame_of_current();
	f->next = __this_cpu_read(kame_tunnel_frames);
	__this_cpu_write(kame_tunnel_frames, f);
	preempt_enable();

	f->depth = f->outer ? f->outer->depth + 1 : 1;
}

void kame_tunnel_loop_leave(struct kame_tunnel_frame *f)
{
	struct kame_tunnel_frame **p;

	preempt_disable();
	for (p = this_cpu_ptr(&kame_tunnel_frames); *p != f; p = &(*p)->next)
		;
	*p = f->next;
	preempt_enable();
	migrate_enable();
}

/* Whether this task is sending by a queue of the device, with a lock of the queue's held. */
static bool waits_for_itself(const struct net_device *dev)
{
	unsigned int i;

	for (i = 0; i < dev->real_num_tx_queues; i++) {
		const struct Qdisc *q = rcu_dereference(netdev_get_tx_queue(dev, i)->qdisc);
		unsigned long owner = (unsigned long)READ_ONCE(q->busylock.lock.owner);

		/* The lowest bit says that somebody waits. */
		if ((owner & ~1UL) == (unsigned long)current)
			return true;
	}
	return false;
}

/* A packet that passes by an empty queue, of a tunnel of the kernel's, holds a lock of it with
 * PREEMPT_RT. Another packet for the same queue, from within, would wait for it for ever: it is
 * not let as far. With queues of ours see kame_tunnel_loop_defer().
 */
static unsigned int queue_again(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	const struct dst_entry *dst = skb_dst(skb);
	struct kame_tunnel_frame *f;

	preempt_disable();
	f = frame_of_current();
	preempt_enable();
	/* A task that transmits stays on its CPU. */
	if (likely(!f) || !dst || !waits_for_itself(dst->dev))
		return NF_ACCEPT;
	found(f, skb, state->net, KAME_TUNNEL_LOOP_REASON_AGAIN, 0);
	/* The packet is freed by who asked. */
	kame_tunnel_mib_drop(f->t, NULL, KAME_TUNNEL_MIB_DROP_LOOP_AGAIN);
	return NF_DROP_ERR(-ELOOP);
}

/* Last: what routes by a mark has done so. */
static const struct nf_hook_ops queue_hooks[] = {
	{
		.hook = queue_again,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_LAST,
	},
	{
		.hook = queue_again,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_LAST,
	},
};

int kame_tunnel_loop_net_init(struct net *net)
{
	return nf_register_net_hooks(net, queue_hooks, ARRAY_SIZE(queue_hooks));
}

/* Once no device is left. A grace period later no packet is in it. */
void kame_tunnel_loop_net_uninit(struct net *net)
{
	nf_unregister_net_hooks(net, queue_hooks, ARRAY_SIZE(queue_hooks));
}

#endif

/**
 * kame_tunnel_loop_defer() - ask for a packet to be queued first
 * @dev: the device
 * @skb: a packet that it is about to transmit
 *
 * A packet passes by an empty queue that lets it, as pfifo and fq_codel do. Where others
 * send at the same time, and with PREEMPT_RT always, a lock of the queue's is held
 * meanwhile. Two packets that go round a loop in opposite directions would each wait for
 * the lock that the other one holds, and one that meets its own queue again, for itself.
 * So no packet passes by a queue of ours: the first that does goes back into it, and the
 * queue lets no other. What comes out of a queue holds no lock of it.
 *
 * A queue that isn't running did not send the packet: whoever sends beside it holds no lock
 * of it, and does not expect to get the packet back. Changes of the flags have no common lock
 * (see tc_new_tfilter()): should this one be lost, or tc set the flag again, the next packet
 * that passes by is the first one again.
 *
 * Context: bottom halves off.
 * Return: true if @skb, which is untouched, must go back into the queue.
 */
bool kame_tunnel_loop_defer(const struct net_device *dev, const struct sk_buff *skb)
{
	struct Qdisc *q;

	q = rcu_dereference_bh(netdev_get_tx_queue(dev, skb_get_queue_mapping(skb))->qdisc);
	if (likely((READ_ONCE(q->flags) & (TCQ_F_CAN_BYPASS | TCQ_F_NOLOCK)) != TCQ_F_CAN_BYPASS) ||
	    !qdisc_is_running(q))
		return false;
	WRITE_ONCE(q->flags, q->flags & ~TCQ_F_CAN_BYPASS);
	return true;
}

/**
 * kame_tunnel_loop_again() - know a packet that came back by another kind of tunnel
 * @f: the transmission
 *
 * The kernel's own tunnels drop a packet that is nested too deep, and keep it to
 * themselves. They may get to that before the count of our devices reaches its
 * limit. So where they are in the chain, the very packet that a device is
 * transmitting already is not taken again.
 */
bool kame_tunnel_loop_again(const struct kame_tunnel_frame *f)
{
	const struct kame_tunnel_frame *p, *inner = f;
	bool other = false;

	for (p = f->outer; p; inner = p, p = p->outer) {
		other |= inner->level - p->level > 1;
		if (other && p->t == f->t && p->skb == f->skb)
			return true;
	}
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(kame_tunnel_loop_again);

/**
 * kame_tunnel_loop_max_depth() - the limit that holds for a device
 * @t: the tunnel
 * @own: its own setting, or 0
 */
u8 kame_tunnel_loop_max_depth(const struct kame_tunnel *t, u8 own)
{
	return own ?: READ_ONCE(kame_tunnel_pernet(dev_net(t->dev))->max_depth);
}

#define EVENT_HOPS	KAME_TUNNEL_PATH_MAX

/* A loop to tell of. @hop is in the order that the packet walked, from @first on;
 * @net is the namespace that @skb is in.
 */
struct loop_event {
	struct kame_tunnel *t;
	const struct net_device *first;
	enum kame_tunnel_loop_reason reason;
	unsigned int limit;
	unsigned int hops;
	const struct net_device *hop[EVENT_HOPS];
	const struct sk_buff *skb;
	const struct net *net;
};

/* The device that the event is of to whoever looks after a namespace: the one that noticed,
 * or the one that sent the packet into the chain, or NULL.
 */
static const struct net_device *event_dev(const struct loop_event *ev, const struct net *net)
{
	if (net_eq(dev_net(ev->t->dev), net))
		return ev->t->dev;
	return net_eq(dev_net(ev->first), net) ? ev->first : NULL;
}

static int put_addresses(struct sk_buff *msg, const struct sk_buff *skb)
{
	struct ipv6hdr buf;
	const struct ipv6hdr *ip6h;
	const struct iphdr *iph;

	iph = skb_header_pointer(skb, skb_network_offset(skb), sizeof(*iph), &buf);
	if (!iph)
		return 0;
	if (iph->version == 4)
		return nla_put_in_addr(msg, KAME_TUNNEL_A_LOOP_SOURCE, iph->saddr) ?:
		       nla_put_in_addr(msg, KAME_TUNNEL_A_LOOP_DESTINATION, iph->daddr);
	ip6h = skb_header_pointer(skb, skb_network_offset(skb), sizeof(*ip6h), &buf);
	if (!ip6h || ip6h->version != 6)
		return 0;
	return nla_put_in6_addr(msg, KAME_TUNNEL_A_LOOP_SOURCE, &ip6h->saddr) ?:
	       nla_put_in6_addr(msg, KAME_TUNNEL_A_LOOP_DESTINATION, &ip6h->daddr);
}

static int fill_event(struct sk_buff *msg, struct net *net, const struct loop_event *ev,
		      unsigned int missed)
{
	const struct net_device *dev = event_dev(ev, net);
	unsigned int i;
	void *hdr;

	hdr = genlmsg_put(msg, 0, 0, &kame_tunnel_genl_family, 0, KAME_TUNNEL_CMD_LOOP_NTF);
	if (!hdr ||
	    (dev && (nla_put_u32(msg, KAME_TUNNEL_A_LOOP_IFINDEX, dev->ifindex) ||
		     nla_put_string(msg, KAME_TUNNEL_A_LOOP_IFNAME, dev->name))) ||
	    nla_put_u32(msg, KAME_TUNNEL_A_LOOP_REASON, ev->reason) ||
	    (ev->limit && nla_put_u32(msg, KAME_TUNNEL_A_LOOP_LIMIT, ev->limit)) ||
	    (ev->reason == KAME_TUNNEL_LOOP_REASON_ROUTE &&
	     nla_put_u32(msg, KAME_TUNNEL_A_LOOP_PATH_END, KAME_TUNNEL_PATH_END_LOOP)) ||
	    nla_put_u32(msg, KAME_TUNNEL_A_LOOP_SUPPRESSED, missed))
		return -EMSGSIZE;
	for (i = 0; i < ev->hops; i++) {
		struct nlattr *nest = nla_nest_start(msg, KAME_TUNNEL_A_LOOP_HOPS);

		if (!nest || kame_tunnel_genl_put_hop(msg, net, ev->hop[i]))
			return -EMSGSIZE;
		nla_nest_end(msg, nest);
	}
	if (ev->skb && net_eq(ev->net, net) && put_addresses(msg, ev->skb))
		return -EMSGSIZE;
	genlmsg_end(msg, hdr);
	return 0;
}

static void send_event(struct net *net, const struct loop_event *ev, unsigned int missed)
{
	struct sk_buff *msg;

	if (!genl_has_listeners(&kame_tunnel_genl_family, net, KAME_TUNNEL_NLGRP_LOOP))
		return;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
	if (!msg)
		return;
	if (fill_event(msg, net, ev, missed)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_multicast_netns(&kame_tunnel_genl_family, net, msg, 0, KAME_TUNNEL_NLGRP_LOOP,
				GFP_ATOMIC);
}

static const char *reason_text(enum kame_tunnel_loop_reason reason)
{
	switch (reason) {
	case KAME_TUNNEL_LOOP_REASON_DEPTH:
		return "too many tunnels nested";
	case KAME_TUNNEL_LOOP_REASON_SELF:
		return "routed into itself";
	case KAME_TUNNEL_LOOP_REASON_NESTING:
		return "too many tunnel headers in the packet";
	case KAME_TUNNEL_LOOP_REASON_LIMIT:
		return "encapsulation limit reached";
	case KAME_TUNNEL_LOOP_REASON_FRAGMENT:
		return "too big between two tunnels";
	case KAME_TUNNEL_LOOP_REASON_REMOTE:
		return "encapsulation limit reached on the way";
	case KAME_TUNNEL_LOOP_REASON_AGAIN:
		return "the packet came back by another kind of tunnel";
	case KAME_TUNNEL_LOOP_REASON_ROUTE:
		return "the route to the other end leads back";
	}
	return "?";
}

static void log_event(const struct loop_event *ev)
{
	/* Nine names of devices and what is between them. */
	char chain[9 * (IFNAMSIZ + 4)];
	unsigned int i;
	int len = 0;

	for (i = 0; i < ev->hops && i < 9; i++)
		len += scnprintf(chain + len, sizeof(chain) - len, "%s%s", i ? " -> " : "",
				 ev->hop[i]->name);
	pr_warn("kame_tunnel: %s: loop, %s%s%.*s\n", ev->t->dev->name, reason_text(ev->reason),
		len ? ": " : "", len, chain);
}

/* Tell of a loop, at a rate that a flood can't raise. */
static void tell(struct loop_event *ev)
{
	struct net *net = dev_net(ev->t->dev), *sender = dev_net(ev->first);
	struct kame_tunnel_net *kn = kame_tunnel_pernet(net);
	unsigned int missed;

	if (!__ratelimit(&kn->event_rs)) {
		atomic_inc(&kn->event_missed);
		return;
	}
	missed = atomic_xchg(&kn->event_missed, 0);
	log_event(ev);
	send_event(net, ev, missed);
	/* Whoever looks after the first device of the chain wants to know, too. */
	if (!net_eq(sender, net))
		send_event(sender, ev, missed);
}

/* The stack is at its deepest here, so this is kept out of line. */
static noinline void found(struct kame_tunnel_frame *f, const struct sk_buff *skb,
			   const struct net *net, enum kame_tunnel_loop_reason reason,
			   unsigned int limit)
{
	struct loop_event ev = {
		.t = f->t,
		.reason = reason,
		.limit = limit,
		.skb = skb,
		.net = net,
	};
	struct kame_tunnel_frame *p, *first = f;
	unsigned int i;

	for (p = f; p; p = p->outer) {
		/* Written by this call chain only: the frames are on its stack. */
		p->looped = true;
		first = p;
	}

	ev.hops = min_t(unsigned int, f->depth, EVENT_HOPS - 1);
	for (p = f, i = ev.hops; p && i; p = p->outer)
		ev.hop[--i] = p->t->dev;
	if (reason == KAME_TUNNEL_LOOP_REASON_SELF)
		ev.hop[ev.hops++] = f->t->dev;

	ev.first = first->t->dev;
	tell(&ev);
	kame_tunnel_connect_end(skb);
}

/**
 * kame_tunnel_loop_found() - a transmission found a loop
 * @f: the transmission; it and all that it is nested in will return -ELOOP
 * @skb: the packet that the device transmits
 * @reason: how the loop was found
 * @limit: the limit that was reached, or 0
 */
void kame_tunnel_loop_found(struct kame_tunnel_frame *f, const struct sk_buff *skb,
			    unsigned int reason, unsigned int limit)
{
	found(f, skb, dev_net(f->t->dev), reason, limit);
}

/**
 * kame_tunnel_loop_remote() - a router reported that an encapsulation limit ran out
 * @t: the tunnel that the packet it quotes was sent through
 *
 * Context: RCU read side.
 */
void kame_tunnel_loop_remote(struct kame_tunnel *t)
{
	struct loop_event ev = {
		.t = t,
		.first = t->dev,
		.reason = KAME_TUNNEL_LOOP_REASON_REMOTE,
		.hops = 1,
		.hop = { t->dev },
	};

	tell(&ev);
}

/**
 * kame_tunnel_loop_route() - the route check found a loop
 * @t: the tunnel
 * @path: the walk that ended in the loop
 *
 * Context: the RCU read side that the walk was made in.
 */
void kame_tunnel_loop_route(struct kame_tunnel *t, const struct kame_tunnel_path *path)
{
	struct loop_event ev = {
		.t = t,
		.first = t->dev,
		.reason = KAME_TUNNEL_LOOP_REASON_ROUTE,
		.hops = path->len,
	};

	memcpy(ev.hop, path->dev, path->len * sizeof(ev.hop[0]));
	tell(&ev);
}

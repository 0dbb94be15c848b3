// SPDX-License-Identifier: GPL-2.0-only
/*
 * Routes and addresses that come and go: the kernel or a daemon may set those that a
 * state has an effect on at any time.
 */
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "netns.h"
#include "rtnl.h"
#include "source.h"
#include "table.h"
#include "watch.h"

/* Each change is seen to at once, as a daemon that gives an address its lifetime again
 * has it used as source until then: this many, and what comes meanwhile, each so often.
 */
#define BURST 10
#define SOON (HZ / 50)
/* And some of what belongs to them, without being told: seen to once more then. */
#define AGAIN HZ

/* Context: whoever has set bit 0 of watch_soon. */
static unsigned long delay(struct kame_nd_ns *ns)
{
	unsigned long now = jiffies;

	if (time_before(ns->watch_due, now - BURST * SOON))
		ns->watch_due = now - BURST * SOON;
	ns->watch_due += SOON;
	return time_after(ns->watch_due, now) ? ns->watch_due - now : 0;
}

/**
 * kame_nd_watch_kick - have what is there brought in line with states soon
 * @ns: the namespace
 *
 * Context: any.
 */
void kame_nd_watch_kick(struct kame_nd_ns *ns)
{
	atomic_set(&ns->watch_rounds, 2);
	/* Not put off by each of a flood of changes */
	if (!test_and_set_bit(0, &ns->watch_soon))
		mod_delayed_work(kame_nd_wq, &ns->watch_work, delay(ns));
}

static void touch_prefixes(struct list_head *prefixes)
{
	struct kame_nd_prefix *prefix;

	list_for_each_entry(prefix, prefixes, list) {
		if (prefix->verdict.state != KAME_ND_STATE_ATTACHED)
			kame_nd_prefix_touch(prefix);
	}
}

static void touch_effects(struct kame_nd_ns *ns)
{
	struct kame_nd_router *router;
	struct kame_nd_link *link;

	list_for_each_entry(link, &ns->links, list) {
		touch_prefixes(&link->prefixes);
		touch_prefixes(&link->orphans);
		list_for_each_entry(router, &link->unreachable, list)
			kame_nd_router_touch(router);
		kame_nd_source_touch(link);
	}
	kame_nd_settle(ns, KAME_ND_CAUSE_DEVICE);
}

static void watch_work(struct work_struct *work)
{
	struct kame_nd_ns *ns = container_of(to_delayed_work(work), struct kame_nd_ns, watch_work);

	clear_bit(0, &ns->watch_soon);
	mutex_lock(&ns->lock);
	touch_effects(ns);
	mutex_unlock(&ns->lock);
	if (atomic_dec_if_positive(&ns->watch_rounds) > 0)
		queue_delayed_work(kame_nd_wq, &ns->watch_work, AGAIN);
}

/* Any change of an address, and any of a default route: of those the kernel's notifier
 * tells only where the route is the first of its metrics. One that is dead needs nothing done.
 */
static bool matters(const struct sk_buff *skb)
{
	const struct nlmsghdr *nlh = nlmsg_hdr(skb);
	const struct rtmsg *rtm = nlmsg_data(nlh);

	if (nlh->nlmsg_type != RTM_NEWROUTE && nlh->nlmsg_type != RTM_DELROUTE)
		return true;
	return nlmsg_len(nlh) >= (int)sizeof(*rtm) && !rtm->rtm_dst_len && !rtm->rtm_src_len &&
		!(nlh->nlmsg_type == RTM_NEWROUTE && rtm->rtm_flags & RTNH_F_DEAD);
}

/* Whether messages were lost since it was asked last */
static bool has_lost(struct kame_nd_ns *ns, struct sock *sk)
{
	int lost = atomic_read(&sk->sk_drops);

	return xchg(&ns->watch_lost, lost) != lost;
}

/**
 * kame_nd_watch_check - see to everything where changes were missed
 * @ns: the namespace, which is being watched
 *
 * Context: any.
 */
void kame_nd_watch_check(struct kame_nd_ns *ns)
{
	if (has_lost(ns, ns->watch->sk))
		kame_nd_watch_kick(ns);
}

/* What has changed is found out later. Context: any, the lock of a routing table too. */
static void changed(struct sock *sk)
{
	struct kame_nd_ns *ns = sk->sk_user_data;
	bool kick = has_lost(ns, sk);
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&sk->sk_receive_queue))) {
		kick |= matters(skb);
		consume_skb(skb);
	}
	if (kick)
		kame_nd_watch_kick(ns);
}

int kame_nd_watch_net_init(struct net *net)
{
	struct kame_nd_ns *ns = kame_nd_ns(net);

	INIT_DELAYED_WORK(&ns->watch_work, watch_work);
	atomic_set(&ns->watch_rounds, 0);
	ns->watch_due = jiffies;
	ns->watch = kame_nd_rtnl_listen(net, changed, ns);
	return PTR_ERR_OR_ZERO(ns->watch);
}

/* Once the tables are empty. */
void kame_nd_watch_net_uninit(struct net *net)
{
	struct kame_nd_ns *ns = kame_nd_ns(net);

	kame_nd_rtnl_unlisten(ns->watch);
	cancel_delayed_work_sync(&ns->watch_work);
}

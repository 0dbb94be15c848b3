// SPDX-License-Identifier: GPL-2.0-only
/*
 * Routes and addresses that come and go: the kernel or a daemon may set those that a
 * state has an effect on at any time.
 */
#include <linux/skbuff.h>
#include <net/fib_notifier.h>
#include <net/ip6_fib.h>
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

/* Context: the lock of a routing table, mostly. */
static int fib_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct kame_nd_ns *ns = container_of(nb, struct kame_nd_ns, fib_nb);
	const struct fib_notifier_info *info = ptr;
	const struct fib6_entry_notifier_info *entry;

	if (info->family != AF_INET6 ||
	    (event != FIB_EVENT_ENTRY_REPLACE && event != FIB_EVENT_ENTRY_APPEND &&
	     event != FIB_EVENT_ENTRY_DEL))
		return NOTIFY_DONE;
	entry = container_of(info, struct fib6_entry_notifier_info, info);
	if (!entry->rt->fib6_dst.plen && !entry->rt->fib6_src.plen)
		kame_nd_watch_kick(ns);
	return NOTIFY_DONE;
}

/* An address has come, gone, or changed: which one is found out later. Context: any. */
static void addr_changed(struct sock *sk)
{
	skb_queue_purge(&sk->sk_receive_queue);
	kame_nd_watch_kick(sk->sk_user_data);
}

/* The kernel refuses to tell of routes where they change all the time. Those that an
 * advertisement brings are seen to with it even so.
 */
int kame_nd_watch_net_init(struct net *net)
{
	struct kame_nd_ns *ns = kame_nd_ns(net);

	INIT_DELAYED_WORK(&ns->watch_work, watch_work);
	atomic_set(&ns->watch_rounds, 0);
	ns->watch_due = jiffies;
	ns->addr_watch = kame_nd_rtnl_listen(net, addr_changed, ns);
	if (IS_ERR(ns->addr_watch))
		return PTR_ERR(ns->addr_watch);
	ns->fib_nb.notifier_call = fib_event;
	ns->fib_watched = !register_fib_notifier(net, &ns->fib_nb, NULL, NULL);
	return 0;
}

/* Once the tables are empty. */
void kame_nd_watch_net_uninit(struct net *net)
{
	struct kame_nd_ns *ns = kame_nd_ns(net);

	if (ns->fib_watched)
		unregister_fib_notifier(net, &ns->fib_nb);
	kame_nd_rtnl_unlisten(ns->addr_watch);
	cancel_delayed_work_sync(&ns->watch_work);
}

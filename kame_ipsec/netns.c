// SPDX-License-Identifier: GPL-2.0-only
/*
 * State of a network namespace: its hooks, and the generation of its policies.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/slab.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/netns/generic.h>

#include <kame/queue.h>
#include <uapi/linux/kame_ipsec.h>

#include "cache.h"
#include "hold.h"
#include "input.h"
#include "netns.h"
#include "output.h"
#include "policy.h"

#define HOLD_MAX_DEFAULT 16
#define HOLD_MS_DEFAULT 5000

static unsigned int ns_id __read_mostly;

/* Groups of hooks, which are registered while there are policies that need them */
enum hook_group {
	GROUP_OUT4,
	GROUP_IN4,
	GROUP_OUT6,
	GROUP_IN6,
	GROUP_MAX
};

/* Behind the filters, and in front of what gives a packet another source (NAT, as the answer to
 * what left with another destination) or takes it away (IPVS).
 */
#define LOCAL_IN_PRIORITY (NF_IP_PRI_NAT_SRC - 3)

/* The output hook is the last one: NAT is done, and connection tracking has confirmed
 * the packet. Input comes behind the filters.
 */
static const struct nf_hook_ops hook_ops[KAME_IPSEC_HOOKS] = {
	{ .hook = kame_ipsec_output_hook4, .pf = NFPROTO_IPV4,
	  .hooknum = NF_INET_POST_ROUTING, .priority = NF_IP_PRI_LAST },
	{ .hook = kame_ipsec_input_arrive4, .pf = NFPROTO_IPV4,
	  .hooknum = NF_INET_PRE_ROUTING, .priority = NF_IP_PRI_LAST },
	{ .hook = kame_ipsec_input_check4, .pf = NFPROTO_IPV4,
	  .hooknum = NF_INET_LOCAL_IN, .priority = LOCAL_IN_PRIORITY },
	{ .hook = kame_ipsec_input_check4, .pf = NFPROTO_IPV4,
	  .hooknum = NF_INET_FORWARD, .priority = NF_IP_PRI_LAST },
	{ .hook = kame_ipsec_output_hook6, .pf = NFPROTO_IPV6,
	  .hooknum = NF_INET_POST_ROUTING, .priority = NF_IP6_PRI_LAST },
	{ .hook = kame_ipsec_input_arrive6, .pf = NFPROTO_IPV6,
	  .hooknum = NF_INET_PRE_ROUTING, .priority = NF_IP6_PRI_LAST },
	{ .hook = kame_ipsec_input_check6, .pf = NFPROTO_IPV6,
	  .hooknum = NF_INET_LOCAL_IN, .priority = LOCAL_IN_PRIORITY },
	{ .hook = kame_ipsec_input_check6, .pf = NFPROTO_IPV6,
	  .hooknum = NF_INET_FORWARD, .priority = NF_IP6_PRI_LAST },
};

static const struct {
	unsigned int first;
	unsigned int nr;
} groups[GROUP_MAX] = {
	[GROUP_OUT4] = { 0, 1 },
	[GROUP_IN4] = { 1, 3 },
	[GROUP_OUT6] = { 4, 1 },
	[GROUP_IN6] = { 5, 3 },
};

static bool stops __read_mostly;

bool kame_ipsec_netns_stops(void)
{
	return READ_ONCE(stops);
}

/**
 * kame_ipsec_ns - state of a network namespace
 * @net: the namespace
 *
 * Return: never NULL while the namespace lives and the module is loaded.
 */
struct kame_ipsec_ns *kame_ipsec_ns(const struct net *net)
{
	return net_generic(net, ns_id);
}

static bool has_policies(const struct kame_ipsec_ns *ns, u8 dir, u8 family)
{
	return !list_empty(&ns->spd.side[kame_ipsec_spd_side(dir, family)].policies);
}

/* The output hook is needed for policies of input too: what came in protected must not
 * go out in an ICMP error.
 */
static unsigned int groups_of(bool out, bool in, u8 family)
{
	unsigned int g = 0;

	if (out || in)
		g |= BIT(family == AF_INET ? GROUP_OUT4 : GROUP_OUT6);
	if (in)
		g |= BIT(family == AF_INET ? GROUP_IN4 : GROUP_IN6);
	return g;
}

static unsigned int groups_needed(const struct kame_ipsec_ns *ns)
{
	static const u8 families[] = { AF_INET, AF_INET6 };
	unsigned int g = 0, i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		u8 family = families[i];

		g |= groups_of(has_policies(ns, KAME_IPSEC_DIR_OUT, family),
			       has_policies(ns, KAME_IPSEC_DIR_IN, family) ||
			       has_policies(ns, KAME_IPSEC_DIR_FWD, family), family);
	}
	return g;
}

static int defrag_get(struct kame_ipsec_ns *ns, u8 family)
{
	int err = 0;

	if (ns->defrag[family == AF_INET6])
		return 0;
	if (family == AF_INET)
		err = nf_defrag_ipv4_enable(ns->net);
	else
		err = nf_defrag_ipv6_enable(ns->net);
	if (!err)
		ns->defrag[family == AF_INET6] = true;
	return err;
}

static void defrag_put(struct kame_ipsec_ns *ns)
{
	if (ns->defrag[0])
		nf_defrag_ipv4_disable(ns->net);
	if (ns->defrag[1])
		nf_defrag_ipv6_disable(ns->net);
	memset(ns->defrag, 0, sizeof(ns->defrag));
}

/* Whether fragments are not to be judged one by one: their ports are in the first one, and
 * so is the protocol of IPv6, where the others may say anything (RFC 8200 section 4.5). What
 * must come in protected must be so as a whole.
 */
static bool wants_whole(const struct kame_ipsec_policy *pol)
{
	unsigned int fields = KAME_IPSEC_FIELD_PORTS;

	if (pol->sel.family == AF_INET6)
		fields |= KAME_IPSEC_FIELD_PROTO;
	return pol->fields & fields || (pol->dir != KAME_IPSEC_DIR_OUT &&
					pol->action == KAME_IPSEC_ACTION_PROTECT);
}

/**
 * kame_ipsec_netns_hook - have packets come by for a policy
 * @ns: the namespace
 * @pol: a policy that is about to be added
 *
 * Context: process, kame_ipsec_ns.lock.
 * Return: 0 or a negative errno.
 */
int kame_ipsec_netns_hook(struct kame_ipsec_ns *ns, const struct kame_ipsec_policy *pol)
{
	unsigned int need = groups_of(pol->dir == KAME_IPSEC_DIR_OUT,
				      pol->dir != KAME_IPSEC_DIR_OUT, pol->sel.family);
	unsigned int i;
	int err;

	lockdep_assert_held(&ns->lock);
	err = kame_ipsec_cache_alloc(ns);
	if (!err && wants_whole(pol))
		err = defrag_get(ns, pol->sel.family);
	for (i = 0; !err && i < GROUP_MAX; i++) {
		if (!(need & ~ns->hooked & BIT(i)))
			continue;
		err = nf_register_net_hooks(ns->net, &ns->ops[groups[i].first], groups[i].nr);
		if (!err)
			ns->hooked |= BIT(i);
	}
	return err;
}

static void unhook(struct kame_ipsec_ns *ns, unsigned int which)
{
	unsigned int i;

	for (i = 0; i < GROUP_MAX; i++) {
		if (!(which & ns->hooked & BIT(i)))
			continue;
		nf_unregister_net_hooks(ns->net, &ns->ops[groups[i].first], groups[i].nr);
		ns->hooked &= ~BIT(i);
	}
}

/**
 * kame_ipsec_netns_unhook - let packets go by that no policy is left for
 * @ns: the namespace
 *
 * Context: process, kame_ipsec_ns.lock.
 */
void kame_ipsec_netns_unhook(struct kame_ipsec_ns *ns)
{
	lockdep_assert_held(&ns->lock);
	unhook(ns, ~groups_needed(ns));
	if (!ns->policies)
		defrag_put(ns);
}

/**
 * kame_ipsec_netns_sweep_later - have caches let go of what is out of date
 * @ns: the namespace
 *
 * Context: any.
 */
void kame_ipsec_netns_sweep_later(struct kame_ipsec_ns *ns)
{
	schedule_work(&ns->sweep);
}

/**
 * kame_ipsec_netns_changed - policies have changed: what was cached before is void
 * @ns: the namespace
 *
 * Context: process, kame_ipsec_ns.lock.
 */
void kame_ipsec_netns_changed(struct kame_ipsec_ns *ns)
{
	lockdep_assert_held(&ns->lock);
	rcu_read_lock();
	WRITE_ONCE(ns->out_fields[0],
		   kame_ipsec_spd_fields(&ns->spd, KAME_IPSEC_DIR_OUT, AF_INET));
	WRITE_ONCE(ns->out_fields[1],
		   kame_ipsec_spd_fields(&ns->spd, KAME_IPSEC_DIR_OUT, AF_INET6));
	rcu_read_unlock();
	/* A slot that was never used has generation 0. */
	smp_store_release(&ns->gen, ns->gen + 1 ? : 1);
	/* What knows routes, such as flow tables, has to ask again. */
	rt_genid_bump_all(ns->net);
	kame_ipsec_netns_sweep_later(ns);
}

static void sweep_work(struct work_struct *work)
{
	struct kame_ipsec_ns *ns = container_of(work, struct kame_ipsec_ns, sweep);

	mutex_lock(&ns->lock);
	kame_ipsec_cache_sweep(ns, false);
	kame_ipsec_policy_drop_bundles(ns, false);
	mutex_unlock(&ns->lock);
}

/* Bundles hold on to devices, and so do held packets. */
static int device_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct kame_ipsec_ns *ns = kame_ipsec_ns(dev_net(dev));

	if (event != NETDEV_DOWN && event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	mutex_lock(&ns->lock);
	/* Also without policies: a packet that was under way when the last one went may have left a
	 * bundle behind.
	 */
	kame_ipsec_cache_sweep(ns, true);
	if (ns->policies) {
		kame_ipsec_policy_drop_bundles(ns, true);
		kame_ipsec_hold_purge_dev(ns, dev);
	}
	mutex_unlock(&ns->lock);
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

static int __net_init ns_init(struct net *net)
{
	struct kame_ipsec_ns *ns = kame_ipsec_ns(net);
	unsigned int i;
	int err;

	ns->net = net;
	ns->gen = 1;
	ns->hold_max = HOLD_MAX_DEFAULT;
	ns->hold_ms = HOLD_MS_DEFAULT;
	ns->quote = KAME_IPSEC_QUOTE_NEVER;
	mutex_init(&ns->lock);
	idr_init(&ns->by_index);
	spin_lock_init(&ns->hold_lock);
	INIT_LIST_HEAD(&ns->hold_list);
	INIT_DELAYED_WORK(&ns->hold_work, kame_ipsec_hold_work);
	INIT_WORK(&ns->sweep, sweep_work);
	for (i = 0; i < KAME_IPSEC_HOOKS; i++) {
		ns->ops[i] = hook_ops[i];
		ns->ops[i].priv = ns;
	}
	err = kame_ipsec_spd_init(&ns->spd);
	if (err)
		return err;
	ns->mib = alloc_percpu(struct kame_ipsec_counters);
	ns->pending = kcalloc(KAME_IPSEC_ACQUIRES, sizeof(*ns->pending), GFP_KERNEL_ACCOUNT);
	if (ns->mib && ns->pending)
		return 0;
	kfree(ns->pending);
	free_percpu(ns->mib);
	kame_ipsec_spd_uninit(&ns->spd);
	return -ENOMEM;
}

/* Held packets keep entries of connection tracking, whose own exit waits for them. */
static void __net_exit ns_pre_exit(struct net *net)
{
	struct kame_ipsec_ns *ns = kame_ipsec_ns(net);

	spin_lock_bh(&ns->hold_lock);
	ns->dying = true;
	spin_unlock_bh(&ns->hold_lock);
	mutex_lock(&ns->lock);
	unhook(ns, ~0U);
	defrag_put(ns);
	mutex_unlock(&ns->lock);
	kame_ipsec_hold_purge_dev(ns, NULL);
}

static void ns_exit(struct net *net)
{
	struct kame_ipsec_ns *ns = kame_ipsec_ns(net);

	cancel_delayed_work_sync(&ns->hold_work);
	mutex_lock(&ns->lock);
	kame_ipsec_policy_flush(ns, -1);
	kame_ipsec_cache_free(ns);
	mutex_unlock(&ns->lock);
	cancel_work_sync(&ns->sweep);
	kame_ipsec_spd_uninit(&ns->spd);
	idr_destroy(&ns->by_index);
	kfree(ns->pending);
	free_percpu(ns->mib);
}

/* A grace period after the hooks: no packet starts on its way through here any more. */
static void __net_exit ns_exit_batch(struct list_head *nets)
{
	struct net *net;

	kame_queue_drop(nets);
	list_for_each_entry(net, nets, exit_list)
		ns_exit(net);
}

static struct pernet_operations ns_ops = {
	.init = ns_init,
	.pre_exit = ns_pre_exit,
	.exit_batch = ns_exit_batch,
	.id = &ns_id,
	.size = sizeof(struct kame_ipsec_ns),
};

int __init kame_ipsec_netns_init(void)
{
	int err = register_pernet_subsys(&ns_ops);

	if (err)
		return err;
	err = register_netdevice_notifier(&device_notifier);
	if (err)
		unregister_pernet_subsys(&ns_ops);
	return err;
}

/* A namespace may go at the same time. Its devices wait for bundles and held packets that hold on
 * to them, and the exit of our part of it waits for the devices: once the notifier has gone,
 * which ends with an event for each device there is, there must be none.
 */
void kame_ipsec_netns_uninit(void)
{
	WRITE_ONCE(stops, true);
	synchronize_rcu();
	unregister_netdevice_notifier(&device_notifier);
	unregister_pernet_subsys(&ns_ops);
}

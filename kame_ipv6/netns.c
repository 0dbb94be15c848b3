// SPDX-License-Identifier: GPL-2.0-only
/*
 * State of a network namespace.
 */
#include <net/fib_notifier.h>
#include <net/netns/generic.h>

#include <kame/queue.h>
#include <uapi/linux/kame_ipv6.h>

#include "cache.h"
#include "dev.h"
#include "mib.h"
#include "netns.h"

static unsigned int ns_id __read_mostly;

/**
 * kame_ipv6_ns - state of a network namespace
 * @net: the namespace
 *
 * Return: never NULL while the namespace lives and the module is loaded.
 */
struct kame_ipv6_ns *kame_ipv6_ns(const struct net *net)
{
	return net_generic(net, ns_id);
}

static int __net_init ns_init(struct net *net)
{
	struct kame_ipv6_ns *ns = kame_ipv6_ns(net);

	ns->net = net;
	INIT_WORK(&ns->settle, kame_ipv6_dev_settle_work);
	xa_init(&ns->devs);
	xa_init(&ns->choices);
	ns->max_headers = KAME_IPV6_MAX_HEADERS_DEFAULT;
	ns->order = KAME_IPV6_ORDER_LENIENT;
	ns->mib = alloc_percpu(struct kame_ipv6_counters);
	if (!ns->mib)
		return -ENOMEM;
	/* Refused where the tables change all the time, which is no reason to do
	 * without the rest.
	 */
	ns->fib_nb.notifier_call = kame_ipv6_cache_fib_event;
	ns->fib_told = !register_fib_notifier(net, &ns->fib_nb, NULL, NULL);
	return 0;
}

static void ns_exit(struct net *net)
{
	struct kame_ipv6_ns *ns = kame_ipv6_ns(net);

	cancel_work_sync(&ns->settle);
	if (ns->fib_told)
		unregister_fib_notifier(net, &ns->fib_nb);
	WARN_ON_ONCE(!xa_empty(&ns->devs) || !xa_empty(&ns->choices));
	free_percpu(ns->mib);
}

static void __net_exit ns_exit_batch(struct list_head *nets)
{
	struct net *net;

	/* All devices are let go by now: no new packets start. */
	kame_queue_drop(nets);
	list_for_each_entry(net, nets, exit_list)
		ns_exit(net);
}

static struct pernet_operations ns_ops = {
	.init = ns_init,
	.exit_batch = ns_exit_batch,
	.id = &ns_id,
	.size = sizeof(struct kame_ipv6_ns),
};

int __init kame_ipv6_netns_init(void)
{
	return register_pernet_subsys(&ns_ops);
}

void kame_ipv6_netns_uninit(void)
{
	unregister_pernet_subsys(&ns_ops);
}

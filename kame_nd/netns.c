// SPDX-License-Identifier: GPL-2.0-only
/*
 * State of a network namespace.
 */
#include <linux/netdevice.h>
#include <net/netns/generic.h>

#include "hear.h"
#include "learn.h"
#include "mib.h"
#include "netns.h"
#include "probe.h"
#include "source.h"
#include "watch.h"

static unsigned int ns_id __read_mostly;
static bool leaving __read_mostly;
struct workqueue_struct *kame_nd_wq;

/**
 * kame_nd_leave - note that the module is being removed
 *
 * Before anything that it did is undone: as the notifier of devices goes, it hears of each
 * device as if that were removed.
 */
void kame_nd_leave(void)
{
	WRITE_ONCE(leaving, true);
}

/* Whether addresses come back without a check that they are still ours. */
bool kame_nd_is_leaving(void)
{
	return READ_ONCE(leaving);
}

/**
 * kame_nd_ns - state of a network namespace
 * @net: the namespace
 *
 * Return: never NULL while the namespace lives and the module is loaded.
 */
struct kame_nd_ns *kame_nd_ns(const struct net *net)
{
	return net_generic(net, ns_id);
}

static int __net_init ns_init(struct net *net)
{
	struct kame_nd_ns *ns = kame_nd_ns(net);
	int err;

	ns->net = net;
	mutex_init(&ns->lock);
	spin_lock_init(&ns->queue_lock);
	INIT_LIST_HEAD(&ns->queue);
	INIT_WORK(&ns->queue_work, kame_nd_learn_work);
	INIT_DELAYED_WORK(&ns->expire_work, kame_nd_learn_expire_work);
	INIT_DELAYED_WORK(&ns->probe_work, kame_nd_probe_work);
	ns->expire_at = KAME_ND_FOREVER;
	ns->probe_at = KAME_ND_FOREVER;
	kame_nd_table_init(ns);
	ns->mib = alloc_percpu(struct kame_nd_counters);
	if (!ns->mib)
		return -ENOMEM;
	kame_nd_source_net_init(net);
	err = kame_nd_watch_net_init(net);
	if (err)
		goto err_mib;
	err = kame_nd_source_hook_init(net);
	if (err)
		goto err_watch;
	err = kame_nd_hear_net_init(net);
	if (err)
		goto err_hook;
	return 0;

err_hook:
	kame_nd_source_hook_uninit(net);
	/* Packets may be within it. */
	synchronize_net();
err_watch:
	kame_nd_watch_net_uninit(net);
	kame_nd_source_net_uninit(net);
err_mib:
	free_percpu(ns->mib);
	return err;
}

/* Between this and the next all packets leave the hooks. */
static void __net_exit ns_pre_exit(struct net *net)
{
	kame_nd_hear_net_uninit(net);
	kame_nd_source_hook_uninit(net);
}

static void __net_exit ns_exit(struct net *net)
{
	struct kame_nd_ns *ns = kame_nd_ns(net);
	struct kame_nd_heard *heard;

	/* As the module goes, or with the namespace's devices, nothing comes any more. */
	kame_nd_table_uninit(ns);
	cancel_work_sync(&ns->queue_work);
	cancel_delayed_work_sync(&ns->expire_work);
	cancel_delayed_work_sync(&ns->probe_work);
	kame_nd_watch_net_uninit(net);
	kame_nd_source_net_uninit(net);
	while ((heard = kame_nd_hear_next(ns)))
		kame_nd_hear_free(heard);
	free_percpu(ns->mib);
}

static struct pernet_operations ns_ops = {
	.init = ns_init,
	.pre_exit = ns_pre_exit,
	.exit = ns_exit,
	.id = &ns_id,
	.size = sizeof(struct kame_nd_ns),
};

int __init kame_nd_netns_init(void)
{
	int err;

	kame_nd_wq = alloc_workqueue("kame_nd", WQ_UNBOUND, 0);
	if (!kame_nd_wq)
		return -ENOMEM;
	err = register_pernet_subsys(&ns_ops);
	if (err)
		destroy_workqueue(kame_nd_wq);
	return err;
}

void kame_nd_netns_uninit(void)
{
	unregister_pernet_subsys(&ns_ops);
	destroy_workqueue(kame_nd_wq);
}

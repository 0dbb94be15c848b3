// SPDX-License-Identifier: GPL-2.0-only
/*
 * What there is once for each network namespace.
 */
#include <linux/ratelimit.h>
#include <net/rtnetlink.h>

#include "kame_tunnel.h"
#include "loop.h"

unsigned int kame_tunnel_net_id __read_mostly;

/* A few events and lines of the log for each loop, whatever its packets do. */
#define EVENT_INTERVAL	(5 * HZ)
#define EVENT_BURST	10

/* What packets look at, from a subsystem of its own: such leave a namespace once it has no
 * device left, of whatever kind, that a packet could come by.
 */
static int __net_init table_net_init(struct net *net)
{
	struct kame_tunnel_net *kn = kame_tunnel_pernet(net);

	kn->net = net;
	kn->max_depth = KAME_TUNNEL_DEFAULT_DEPTH;
	kn->max_nesting = KAME_TUNNEL_DEFAULT_NESTING;
	kn->generation = 1;
	INIT_LIST_HEAD(&kn->tunnels);
	ratelimit_state_init(&kn->event_rs, EVENT_INTERVAL, EVENT_BURST);
	ratelimit_set_flags(&kn->event_rs, RATELIMIT_MSG_ON_RELEASE);
	return kame_tunnel_table_init(kn);
}

static void __net_exit table_net_exit(struct net *net)
{
	kame_tunnel_table_uninit(kame_tunnel_pernet(net));
}

static struct pernet_operations table_ops = {
	.init	= table_net_init,
	.exit	= table_net_exit,
	.id	= &kame_tunnel_net_id,
	.size	= sizeof(struct kame_tunnel_net),
};

static int __net_init net_init(struct net *net)
{
	struct kame_tunnel_net *kn = kame_tunnel_pernet(net);
	int err;

	err = kame_tunnel_check_init(kn);
	if (err)
		return err;
	err = kame_tunnel_loop_net_init(net);
	if (err)
		kame_tunnel_check_uninit(kn);
	return err;
}

/* Devices go with the namespace of their outer packets, wherever they are. */
static void __net_exit net_exit_batch(struct list_head *nets)
{
	struct kame_tunnel_net *kn;
	struct kame_tunnel *t;
	LIST_HEAD(kill);
	struct net *net;

	rtnl_lock();
	list_for_each_entry(net, nets, exit_list) {
		kn = kame_tunnel_pernet(net);
		list_for_each_entry(t, &kn->tunnels, list)
			unregister_netdevice_queue(t->dev, &kill);
	}
	unregister_netdevice_many(&kill);
	rtnl_unlock();

	list_for_each_entry(net, nets, exit_list) {
		kame_tunnel_loop_net_uninit(net);
		kame_tunnel_check_uninit(kame_tunnel_pernet(net));
	}
}

static struct pernet_operations net_ops = {
	.init		= net_init,
	.exit_batch	= net_exit_batch,
};

int kame_tunnel_netns_init(void)
{
	int err;

	err = register_pernet_subsys(&table_ops);
	if (err)
		return err;
	err = register_pernet_device(&net_ops);
	if (err)
		unregister_pernet_subsys(&table_ops);
	return err;
}

/* Context: no handler of received packets is registered any more. */
void kame_tunnel_netns_uninit(void)
{
	unregister_pernet_device(&net_ops);
	/* Packets may be in the hooks. */
	synchronize_net();
	unregister_pernet_subsys(&table_ops);
}

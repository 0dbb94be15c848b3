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

static int __net_init net_init(struct net *net)
{
	struct kame_tunnel_net *kn = kame_tunnel_pernet(net);
	int err;

	kn->net = net;
	kn->max_depth = KAME_TUNNEL_DEFAULT_DEPTH;
	kn->max_nesting = KAME_TUNNEL_DEFAULT_NESTING;
	kn->generation = 1;
	INIT_LIST_HEAD(&kn->tunnels);
	ratelimit_state_init(&kn->event_rs, EVENT_INTERVAL, EVENT_BURST);
	ratelimit_set_flags(&kn->event_rs, RATELIMIT_MSG_ON_RELEASE);

	err = kame_tunnel_table_init(kn);
	if (err)
		return err;
	err = kame_tunnel_check_init(kn);
	if (err)
		goto err_table;
	err = kame_tunnel_loop_net_init(net);
	if (err)
		goto err_check;
	return 0;

err_check:
	kame_tunnel_check_uninit(kn);
err_table:
	kame_tunnel_table_uninit(kn);
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
		kn = kame_tunnel_pernet(net);
		kame_tunnel_loop_net_uninit(net);
		kame_tunnel_check_uninit(kn);
		kame_tunnel_table_uninit(kn);
	}
}

static struct pernet_operations net_ops = {
	.init		= net_init,
	.exit_batch	= net_exit_batch,
	.id		= &kame_tunnel_net_id,
	.size		= sizeof(struct kame_tunnel_net),
};

int kame_tunnel_netns_init(void)
{
	return register_pernet_device(&net_ops);
}

void kame_tunnel_netns_uninit(void)
{
	unregister_pernet_device(&net_ops);
	/* Packets may be in the hooks. */
	synchronize_net();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * kame_tunnel: a tunnel device that cannot loop and says so to the sender
 * (INET'99 paper, section 3.3).
 */
#include <linux/module.h>
#include <linux/random.h>
#include <net/rtnetlink.h>

#include <kame/version.h>

#include "connect.h"
#include "kame_tunnel.h"

u32 kame_tunnel_hash_seed __read_mostly;

static int __init kame_tunnel_init(void)
{
	int err;

	kame_tunnel_hash_seed = get_random_u32();

	err = kame_tunnel_connect_init();
	if (err)
		return err;
	err = kame_tunnel_netns_init();
	if (err)
		goto err_connect;
	err = kame_tunnel_genl_init();
	if (err)
		goto err_netns;
	err = kame_tunnel_input_init();
	if (err)
		goto err_genl;
	err = rtnl_link_register(&kame_tunnel_link_ops);
	if (err)
		goto err_input;
	return 0;

err_input:
	kame_tunnel_input_uninit();
err_genl:
	kame_tunnel_genl_uninit();
err_netns:
	kame_tunnel_netns_uninit();
	rcu_barrier();
err_connect:
	kame_tunnel_connect_uninit();
	return err;
}

static void __exit kame_tunnel_exit(void)
{
	/* The devices go first, then those who look for them. */
	rtnl_link_unregister(&kame_tunnel_link_ops);
	kame_tunnel_input_uninit();
	kame_tunnel_genl_uninit();
	kame_tunnel_netns_uninit();
	kame_tunnel_connect_uninit();
	/* Settings and routes are freed by callbacks of this module. */
	rcu_barrier();
}

module_init(kame_tunnel_init);
module_exit(kame_tunnel_exit);

MODULE_DESCRIPTION("Tunnel device that cannot loop and says so to the sender");
MODULE_LICENSE("GPL");
MODULE_VERSION(KAME_VERSION);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * kame_nd: prefixes that know the routers which advertise them.
 */
#include <linux/ipv6.h>
#include <linux/module.h>
#include <net/genetlink.h>

#include <kame/version.h>
#include <uapi/linux/kame_nd.h>

#include "dev.h"
#include "genl.h"
#include "hear.h"
#include "netns.h"

static int __init kame_nd_init(void)
{
	int err;

	/* Booted with ipv6.disable=1, the kernel has none of what is built upon here. */
	if (!ipv6_mod_enabled())
		return -EAFNOSUPPORT;
	err = kame_nd_netns_init();
	if (err)
		return err;
	err = kame_nd_genl_init();
	if (err)
		goto err_netns;
	err = kame_nd_hear_init();
	if (err)
		goto err_genl;
	err = kame_nd_dev_init();
	if (err)
		goto err_hear;
	return 0;

err_hear:
	kame_nd_leave();
	kame_nd_hear_uninit();
err_genl:
	kame_nd_genl_uninit();
err_netns:
	kame_nd_netns_uninit();
	return err;
}

static void __exit kame_nd_exit(void)
{
	kame_nd_leave();
	kame_nd_dev_uninit();
	kame_nd_hear_uninit();
	kame_nd_genl_uninit();
	kame_nd_netns_uninit();
	/* Routers are freed by RCU. */
	rcu_barrier();
}

module_init(kame_nd_init);
module_exit(kame_nd_exit);

MODULE_DESCRIPTION("IPv6 prefixes that know the routers which advertise them");
MODULE_AUTHOR("kame maintainers");
MODULE_LICENSE("GPL");
MODULE_VERSION(KAME_VERSION);
MODULE_ALIAS_GENL_FAMILY(KAME_ND_FAMILY_NAME);

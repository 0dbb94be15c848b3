// SPDX-License-Identifier: GPL-2.0-only
/*
 * kame_ipv6: IPv6 input in the manner of KAME, taken over per device.
 */
#include <linux/ipv6.h>
#include <linux/module.h>
#include <net/genetlink.h>

#include <kame/version.h>
#include <uapi/linux/kame_ipv6.h>

#include "cache.h"
#include "deliver.h"
#include "dev.h"
#include "genl.h"
#include "netns.h"

/* Newer kernels define it, and the parameter would get the definition's name. */
#undef auto
module_param_named(auto, kame_ipv6_dev_auto, bool, 0444);
MODULE_PARM_DESC(auto, "Attach to every device that allows it, present and future (default: Y)");

static int __init kame_ipv6_init(void)
{
	int err;

	/* Booted with ipv6.disable=1, the kernel has none of what is built upon here. */
	if (!ipv6_mod_enabled())
		return -EAFNOSUPPORT;
	err = kame_ipv6_deliver_init();
	if (err)
		return err;
	err = kame_ipv6_cache_init();
	if (err)
		return err;
	err = kame_ipv6_netns_init();
	if (err)
		goto err_cache;
	err = kame_ipv6_genl_init();
	if (err)
		goto err_netns;
	err = kame_ipv6_dev_init();
	if (err)
		goto err_genl;
	return 0;

err_genl:
	kame_ipv6_genl_uninit();
err_netns:
	kame_ipv6_netns_uninit();
err_cache:
	kame_ipv6_cache_uninit();
	return err;
}

static void __exit kame_ipv6_exit(void)
{
	/* Devices go first: each tells its listeners. */
	kame_ipv6_dev_uninit();
	kame_ipv6_genl_uninit();
	kame_ipv6_netns_uninit();
	kame_ipv6_cache_uninit();
	rcu_barrier();
}

module_init(kame_ipv6_init);
module_exit(kame_ipv6_exit);

MODULE_DESCRIPTION("IPv6 input in the manner of KAME, taken over per device");
MODULE_AUTHOR("kame maintainers");
MODULE_LICENSE("GPL");
MODULE_VERSION(KAME_VERSION);
MODULE_ALIAS_GENL_FAMILY(KAME_IPV6_FAMILY_NAME);

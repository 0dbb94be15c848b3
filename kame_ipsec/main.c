// SPDX-License-Identifier: GPL-2.0-only
/*
 * kame_ipsec: IPsec output called once per packet, on the kernel's own states.
 */
#include <linux/module.h>
#include <net/genetlink.h>

#include <kame/version.h>
#include <uapi/linux/kame_ipsec.h>

#include "bundle.h"
#include "genl.h"
#include "km.h"
#include "netns.h"
#include "onward.h"

static int __init kame_ipsec_init(void)
{
	int err;

	err = kame_ipsec_onward_init();
	if (err)
		return err;
	err = kame_ipsec_bundle_init();
	if (err)
		goto err_onward;
	err = kame_ipsec_netns_init();
	if (err)
		goto err_bundle;
	kame_ipsec_km_init();
	err = kame_ipsec_genl_init();
	if (err)
		goto err_km;
	return 0;

err_km:
	kame_ipsec_km_uninit();
	kame_ipsec_netns_uninit();
err_bundle:
	kame_ipsec_bundle_uninit();
err_onward:
	kame_ipsec_onward_uninit();
	return err;
}

static void __exit kame_ipsec_exit(void)
{
	kame_ipsec_genl_uninit();
	kame_ipsec_km_uninit();
	kame_ipsec_netns_uninit();
	/* Policies are freed by RCU, and let go of their last bundles then. */
	rcu_barrier();
	kame_ipsec_bundle_uninit();
	kame_ipsec_onward_uninit();
}

module_init(kame_ipsec_init);
module_exit(kame_ipsec_exit);

MODULE_DESCRIPTION("IPsec output called once per packet, on the kernel's own states");
MODULE_AUTHOR("kame maintainers");
MODULE_LICENSE("GPL");
MODULE_VERSION(KAME_VERSION);
MODULE_ALIAS_GENL_FAMILY(KAME_IPSEC_FAMILY_NAME);

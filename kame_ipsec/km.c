// SPDX-License-Identifier: GPL-2.0-only
/*
 * News of states. The kernel tells its key managers of states that come and go; this
 * one listens and never asks for any.
 */
#include <net/xfrm.h>

#include "acquire.h"
#include "hold.h"
#include "km.h"
#include "netns.h"

static int km_notify(struct xfrm_state *x, const struct km_event *c)
{
	struct kame_ipsec_ns *ns = kame_ipsec_ns(x ? xs_net(x) : c->net);

	if (READ_ONCE(ns->dying))
		return 0;
	switch (c->event) {
	case XFRM_MSG_NEWSA:
	case XFRM_MSG_UPDSA:
		if (x)
			kame_ipsec_acquire_done(ns, x);
		kame_ipsec_hold_kick(ns);
		break;
	case XFRM_MSG_DELSA:
	case XFRM_MSG_FLUSHSA:
	case XFRM_MSG_EXPIRE:
		/* Bundles hold on to states that are gone. */
		kame_ipsec_netns_sweep_later(ns);
		break;
	}
	return 0;
}

static int km_acquire(struct xfrm_state *x, struct xfrm_tmpl *tmpl, struct xfrm_policy *xp)
{
	return -EINVAL;
}

static struct xfrm_policy *km_compile(struct sock *sk, int opt, u8 *data, int len, int *dir)
{
	/* @dir is left with the error of the manager that was asked before. */
	return NULL;
}

static struct xfrm_mgr km = {
	.notify = km_notify,
	.acquire = km_acquire,
	.compile_policy = km_compile,
};

void __init kame_ipsec_km_init(void)
{
	xfrm_register_km(&km);
}

/* Returns when no notification runs any more. */
void kame_ipsec_km_uninit(void)
{
	xfrm_unregister_km(&km);
}

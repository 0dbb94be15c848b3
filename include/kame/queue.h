/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets that wait at a netfilter hook for a verdict of user space.
 */
#ifndef _KAME_QUEUE_H
#define _KAME_QUEUE_H

#include <linux/rcupdate.h>
#include <net/net_namespace.h>

#include <kame/compat.h>

/* Rules of one hook, each with a queue, that a packet may come by one after the other
 * while the module goes
 */
#define KAME_QUEUE_RULES 8

/**
 * kame_queue_drop - no packet comes back from user space to a function of this module
 * @nets: namespaces, linked by net->exit_list, where no packet starts on such a way any more
 *
 * What waits is dropped. A packet whose verdict is there already is in no queue for a
 * moment, and may come to the next one: as often as there are rules.
 *
 * A namespace that nobody is left in has no program that could give a verdict.
 *
 * Context: process.
 */
static inline void kame_queue_drop(struct list_head *nets)
{
	unsigned int i;
	struct net *net;
	bool alive = true;

	for (i = 0; alive && i <= KAME_QUEUE_RULES; i++) {
		alive = false;
		list_for_each_entry(net, nets, exit_list) {
			nf_queue_nf_hook_drop(net);
			alive |= check_net(net);
		}
		if (alive)
			synchronize_rcu_expedited();
	}
}

#endif /* _KAME_QUEUE_H */

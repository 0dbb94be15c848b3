/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_SOURCE_H
#define _KAME_ND_SOURCE_H

#include <linux/in6.h>
#include <linux/list.h>
#include <linux/types.h>

struct kame_nd_link;
struct kame_nd_ns;
struct kame_nd_prefix;
struct net;
struct work_struct;

/**
 * struct kame_nd_source - what rtnetlink was given for a prefix
 * @list: in a list of what is to be undone
 * @ifindex: the device
 * @table: its routing table
 * @prefix: the prefix
 * @len: its length
 * @router: gateway of the default route for packets from the prefix, or ::
 * @label: whether the prefix has the label of those that were not chosen
 */
struct kame_nd_source {
	struct list_head list;
	int ifindex;
	u32 table;
	struct in6_addr prefix;
	u8 len;
	struct in6_addr router;
	bool label;
};

void kame_nd_source_touch(struct kame_nd_link *link);
void kame_nd_source_forget(struct kame_nd_prefix *prefix);
void kame_nd_source_work(struct work_struct *work);

void kame_nd_source_net_init(struct net *net);
void kame_nd_source_net_uninit(struct net *net);

/* source_hook.c */
int kame_nd_source_hook_init(struct net *net);
void kame_nd_source_hook_uninit(struct net *net);

#endif /* _KAME_ND_SOURCE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_SPD_H
#define _KAME_IPSEC_SPD_H

#include <linux/rhashtable.h>

#include "flow.h"

struct kame_ipsec_policy;

/* Directions times families */
#define KAME_IPSEC_SPD_SIDES 6

/**
 * struct kame_ipsec_shape - selectors that look at the same bits of a packet
 * @src_len: bits of the source address
 * @dst_len: bits of the destination address
 * @exact: fields that must have one value, enum kame_ipsec_field
 * @mark_mask: bits of the mark
 * @id: names the shape in the keys of the lookup table
 * @users: number of policies
 * @list: in kame_ipsec_spd_side.shapes
 */
struct kame_ipsec_shape {
	u8 src_len;
	u8 dst_len;
	u8 exact;
	u32 mark_mask;
	u32 id;
	unsigned int users;
	struct list_head list;
};

/**
 * struct kame_ipsec_view - what a lookup reads, one direction and family
 * @fields: all that its selectors look at, enum kame_ipsec_field
 * @nr: number of shapes
 * @rcu: frees the view
 * @shape: the shapes, by the policy of each that is asked first
 */
struct kame_ipsec_view {
	unsigned int fields;
	unsigned int nr;
	struct rcu_head rcu;
	struct {
		u64 order;
		u32 mark_mask;
		u32 id;
		u8 src_len;
		u8 dst_len;
		u8 exact;
	} shape[];
};

/**
 * struct kame_ipsec_spd_key - a flow of which only the bits of a shape are left
 * @flow: the rest is 0
 * @shape: the shape
 */
struct kame_ipsec_spd_key {
	struct kame_ipsec_flow flow;
	u64 shape;
};

/**
 * struct kame_ipsec_spd_node - policies whose selectors have the same key
 * @hash: in kame_ipsec_spd.table
 * @key: the key
 * @policies: by order
 * @shape: the shape
 * @rcu: frees the node
 */
struct kame_ipsec_spd_node {
	struct rhash_head hash;
	struct kame_ipsec_spd_key key;
	struct list_head policies;
	struct kame_ipsec_shape *shape;
	struct rcu_head rcu;
};

/**
 * struct kame_ipsec_spd_side - policies of one direction and family
 * @view: what lookups read; NULL without policies
 * @shapes: the shapes of the selectors
 * @policies: all policies by order; RCU
 */
struct kame_ipsec_spd_side {
	struct kame_ipsec_view __rcu *view;
	struct list_head shapes;
	struct list_head policies;
};

/**
 * struct kame_ipsec_spd - finds the first policy that matches a packet
 * @table: nodes by key
 * @next_shape: id of the next shape
 * @side: by direction and family
 *
 * One lookup in a hash table for each shape, whatever the number of policies
 * (tuple space search). Writers hold kame_ipsec_ns.lock.
 */
struct kame_ipsec_spd {
	struct rhashtable table;
	u32 next_shape;
	struct kame_ipsec_spd_side side[KAME_IPSEC_SPD_SIDES];
};

static inline unsigned int kame_ipsec_spd_side(u8 dir, u8 family)
{
	return dir * 2 + (family == AF_INET6);
}

int kame_ipsec_spd_init(struct kame_ipsec_spd *spd);
void kame_ipsec_spd_uninit(struct kame_ipsec_spd *spd);
int kame_ipsec_spd_insert(struct kame_ipsec_spd *spd, struct kame_ipsec_policy *pol);
void kame_ipsec_spd_remove(struct kame_ipsec_spd *spd, struct kame_ipsec_policy *pol);
struct kame_ipsec_policy *kame_ipsec_spd_find(struct kame_ipsec_spd *spd,
					      const struct kame_ipsec_policy *like);
struct kame_ipsec_policy *kame_ipsec_spd_lookup(const struct kame_ipsec_spd *spd,
						const struct kame_ipsec_flow *flow);
bool kame_ipsec_spd_may_protect(const struct kame_ipsec_spd *spd,
				const struct kame_ipsec_flow *flow, unsigned int unknown);
struct kame_ipsec_policy *kame_ipsec_spd_linear(const struct kame_ipsec_spd *spd,
						const struct kame_ipsec_flow *flow);

/* What the selectors of a direction and family look at. Context: rcu_read_lock() */
static inline unsigned int kame_ipsec_spd_fields(const struct kame_ipsec_spd *spd, u8 dir,
						 u8 family)
{
	const struct kame_ipsec_view *view;

	view = rcu_dereference(spd->side[kame_ipsec_spd_side(dir, family)].view);
	return view ? view->fields : 0;
}

#endif /* _KAME_IPSEC_SPD_H */

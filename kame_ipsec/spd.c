// SPDX-License-Identifier: GPL-2.0-only
/*
 * The search for the first policy that matches a packet.
 *
 * Selectors that look at the same bits have one shape. For each shape, those
 * bits of the packet are the key of one lookup in a hash table. Shapes come in
 * the order of the first policy that each has, so that the search ends as soon
 * as no shape that is left has a policy before the best one found. A range of
 * ports isn't part of a key: it is compared on the way along a node.
 *
 * A lookup that runs beside a change finds what was there before or after it.
 */
#include <linux/slab.h>
#include <linux/sort.h>

#include "kunit.h"
#include "policy.h"
#include "spd.h"

static const struct rhashtable_params table_params = {
	.key_len = sizeof(struct kame_ipsec_spd_key),
	.key_offset = offsetof(struct kame_ipsec_spd_node, key),
	.head_offset = offsetof(struct kame_ipsec_spd_node, hash),
	.automatic_shrinking = true,
};

static void mask_flow(struct kame_ipsec_spd_key *key, const struct kame_ipsec_flow *flow,
		      u8 src_len, u8 dst_len, u8 exact, u32 mark_mask, u32 id)
{
	memset(key, 0, sizeof(*key));
	key->shape = id;
	key->flow.family = flow->family;
	key->flow.dir = flow->dir;
	key->flow.src = flow->src;
	kame_ipsec_sel_mask_addr(&key->flow.src, src_len, flow->family);
	key->flow.dst = flow->dst;
	kame_ipsec_sel_mask_addr(&key->flow.dst, dst_len, flow->family);
	key->flow.mark = flow->mark & mark_mask;
	if (exact & KAME_IPSEC_FIELD_PROTO)
		key->flow.proto = flow->proto;
	if (exact & KAME_IPSEC_FIELD_SPORT)
		key->flow.sport = flow->sport;
	if (exact & KAME_IPSEC_FIELD_DPORT)
		key->flow.dport = flow->dport;
	if (exact & KAME_IPSEC_FIELD_IIF)
		key->flow.iif = flow->iif;
	if (exact & KAME_IPSEC_FIELD_OIF)
		key->flow.oif = flow->oif;
	if (exact & KAME_IPSEC_FIELD_DSCP)
		key->flow.dscp = flow->dscp;
}

/* Fields of which a selector takes one value */
static u8 sel_exact(const struct kame_ipsec_sel *sel)
{
	u8 exact = kame_ipsec_sel_fields(sel) & ~KAME_IPSEC_FIELD_MARK;

	if (sel->sport.min != sel->sport.max)
		exact &= ~KAME_IPSEC_FIELD_SPORT;
	if (sel->dport.min != sel->dport.max)
		exact &= ~KAME_IPSEC_FIELD_DPORT;
	return exact;
}

static void sel_key(struct kame_ipsec_spd_key *key, const struct kame_ipsec_policy *pol,
		    const struct kame_ipsec_shape *shape)
{
	const struct kame_ipsec_sel *sel = &pol->sel;
	const struct kame_ipsec_flow flow = {
		.src = sel->src,
		.dst = sel->dst,
		.mark = sel->mark,
		.iif = sel->iif,
		.oif = sel->oif,
		.sport = sel->sport.min,
		.dport = sel->dport.min,
		.proto = sel->proto,
		.dscp = max(sel->dscp, 0),
		.family = sel->family,
		.dir = pol->dir,
	};

	mask_flow(key, &flow, shape->src_len, shape->dst_len, shape->exact, shape->mark_mask,
		  shape->id);
}

static struct kame_ipsec_spd_side *policy_side(struct kame_ipsec_spd *spd,
					       const struct kame_ipsec_policy *pol)
{
	return &spd->side[kame_ipsec_spd_side(pol->dir, pol->sel.family)];
}

static struct kame_ipsec_shape *shape_find(struct kame_ipsec_spd_side *side,
					   const struct kame_ipsec_sel *sel)
{
	u8 exact = sel_exact(sel);
	struct kame_ipsec_shape *shape;

	list_for_each_entry(shape, &side->shapes, list)
		if (shape->src_len == sel->src_len && shape->dst_len == sel->dst_len &&
		    shape->exact == exact && shape->mark_mask == sel->mark_mask)
			return shape;
	return NULL;
}

static struct kame_ipsec_shape *shape_get(struct kame_ipsec_spd *spd,
					  struct kame_ipsec_spd_side *side,
					  const struct kame_ipsec_sel *sel)
{
	struct kame_ipsec_shape *shape = shape_find(side, sel);

	if (shape) {
		shape->users++;
		return shape;
	}
	shape = kzalloc(sizeof(*shape), GFP_KERNEL_ACCOUNT);
	if (!shape)
		return NULL;
	shape->src_len = sel->src_len;
	shape->dst_len = sel->dst_len;
	shape->exact = sel_exact(sel);
	shape->mark_mask = sel->mark_mask;
	shape->id = ++spd->next_shape;
	shape->users = 1;
	list_add(&shape->list, &side->shapes);
	return shape;
}

static void shape_put(struct kame_ipsec_shape *shape)
{
	if (--shape->users)
		return;
	list_del(&shape->list);
	kfree(shape);
}

static int order_cmp(const void *a, const void *b)
{
	const typeof(((struct kame_ipsec_view *)0)->shape[0]) *x = a, *y = b;

	return x->order < y->order ? -1 : x->order > y->order;
}

/* The view that lookups see once @pol has come, or NULL without memory. The
 * first order of a shape may be lower than that of any policy it has left: a
 * search then goes on for longer than it has to.
 */
static struct kame_ipsec_view *view_with(struct kame_ipsec_spd_side *side,
					 const struct kame_ipsec_policy *pol,
					 const struct kame_ipsec_shape *pol_shape)
{
	const struct kame_ipsec_view *old = rcu_dereference_protected(side->view, true);
	struct kame_ipsec_view *view;
	struct kame_ipsec_shape *shape;
	unsigned int i = 0, j;

	view = kvzalloc(struct_size(view, shape, list_count_nodes(&side->shapes)),
			GFP_KERNEL_ACCOUNT);
	if (!view)
		return NULL;
	view->fields = (old ? old->fields : 0) | pol->fields;
	list_for_each_entry(shape, &side->shapes, list) {
		view->shape[i].order = U64_MAX;
		for (j = 0; old && j < old->nr; j++)
			if (old->shape[j].id == shape->id)
				view->shape[i].order = old->shape[j].order;
		if (shape == pol_shape)
			view->shape[i].order = min(view->shape[i].order, pol->order);
		view->shape[i].id = shape->id;
		view->shape[i].src_len = shape->src_len;
		view->shape[i].dst_len = shape->dst_len;
		view->shape[i].exact = shape->exact;
		view->shape[i].mark_mask = shape->mark_mask;
		i++;
	}
	view->nr = i;
	sort(view->shape, view->nr, sizeof(view->shape[0]), order_cmp, NULL);
	return view;
}

/* Whether lookups need a new view before they can find @pol */
static bool view_covers(const struct kame_ipsec_view *view, const struct kame_ipsec_policy *pol,
			const struct kame_ipsec_shape *shape)
{
	unsigned int i;

	if (!view || (pol->fields & ~view->fields))
		return false;
	for (i = 0; i < view->nr; i++)
		if (view->shape[i].id == shape->id)
			return view->shape[i].order <= pol->order;
	return false;
}

static void view_set(struct kame_ipsec_spd_side *side, struct kame_ipsec_view *view)
{
	struct kame_ipsec_view *old = rcu_dereference_protected(side->view, true);

	rcu_assign_pointer(side->view, view);
	if (old)
		kvfree_rcu(old, rcu);
}

/* New policies mostly go to the end. */
static void node_add(struct kame_ipsec_spd_node *node, struct kame_ipsec_policy *pol)
{
	struct list_head *after = &node->policies;
	struct kame_ipsec_policy *p;

	list_for_each_entry_reverse(p, &node->policies, node_list) {
		if (p->order <= pol->order) {
			after = &p->node_list;
			break;
		}
	}
	list_add_rcu(&pol->node_list, after);
}

static void side_add(struct kame_ipsec_spd_side *side, struct kame_ipsec_policy *pol)
{
	struct kame_ipsec_policy *p;
	struct list_head *after = &side->policies;

	list_for_each_entry_reverse(p, &side->policies, list) {
		if (p->order <= pol->order) {
			after = &p->list;
			break;
		}
	}
	list_add_rcu(&pol->list, after);
}

static struct kame_ipsec_spd_node *node_get(struct kame_ipsec_spd *spd,
					    const struct kame_ipsec_policy *pol,
					    struct kame_ipsec_shape *shape)
{
	struct kame_ipsec_spd_node *node;
	struct kame_ipsec_spd_key key;
	int err;

	sel_key(&key, pol, shape);
	node = rhashtable_lookup_fast(&spd->table, &key, table_params);
	if (node)
		return node;
	node = kzalloc(sizeof(*node), GFP_KERNEL_ACCOUNT);
	if (!node)
		return ERR_PTR(-ENOMEM);
	node->key = key;
	node->shape = shape;
	INIT_LIST_HEAD(&node->policies);
	err = rhashtable_insert_fast(&spd->table, &node->hash, table_params);
	if (err) {
		kfree(node);
		return ERR_PTR(err);
	}
	return node;
}

static void node_put(struct kame_ipsec_spd *spd, struct kame_ipsec_spd_node *node)
{
	if (!list_empty(&node->policies))
		return;
	rhashtable_remove_fast(&spd->table, &node->hash, table_params);
	kfree_rcu(node, rcu);
}

/**
 * kame_ipsec_spd_insert - have lookups find a policy
 * @spd: the database
 * @pol: the policy
 *
 * Context: process, kame_ipsec_ns.lock.
 * Return: 0 or -ENOMEM.
 */
int kame_ipsec_spd_insert(struct kame_ipsec_spd *spd, struct kame_ipsec_policy *pol)
{
	struct kame_ipsec_spd_side *side = policy_side(spd, pol);
	struct kame_ipsec_view *view = NULL;
	struct kame_ipsec_spd_node *node;
	struct kame_ipsec_shape *shape;

	shape = shape_get(spd, side, &pol->sel);
	if (!shape)
		return -ENOMEM;
	if (!view_covers(rcu_dereference_protected(side->view, true), pol, shape)) {
		view = view_with(side, pol, shape);
		if (!view)
			goto err_shape;
	}
	node = node_get(spd, pol, shape);
	if (IS_ERR(node))
		goto err_view;
	pol->node = node;
	node_add(node, pol);
	side_add(side, pol);
	if (view)
		view_set(side, view);
	return 0;

err_view:
	kvfree(view);
err_shape:
	shape_put(shape);
	return -ENOMEM;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_spd_insert);

/**
 * kame_ipsec_spd_remove - have lookups find a policy no more
 * @spd: the database
 * @pol: the policy; lookups that run may still return it
 *
 * Context: process, kame_ipsec_ns.lock.
 */
void kame_ipsec_spd_remove(struct kame_ipsec_spd *spd, struct kame_ipsec_policy *pol)
{
	struct kame_ipsec_spd_side *side = policy_side(spd, pol);
	struct kame_ipsec_shape *shape = pol->node->shape;

	list_del_rcu(&pol->list);
	list_del_rcu(&pol->node_list);
	node_put(spd, pol->node);
	pol->node = NULL;
	shape_put(shape);
	/* A view that names shapes which are gone finds nothing there. It is
	 * only let go with the last of them: that can't run out of memory.
	 */
	if (list_empty(&side->shapes))
		view_set(side, NULL);
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_spd_remove);

/**
 * kame_ipsec_spd_find - the policy that has the place of another
 * @spd: the database
 * @like: direction, priority and selector
 *
 * Context: process, kame_ipsec_ns.lock.
 * Return: the policy, or NULL.
 */
struct kame_ipsec_policy *kame_ipsec_spd_find(struct kame_ipsec_spd *spd,
					      const struct kame_ipsec_policy *like)
{
	const struct kame_ipsec_shape *shape;
	struct kame_ipsec_spd_node *node;
	struct kame_ipsec_policy *pol;
	struct kame_ipsec_spd_key key;

	shape = shape_find(policy_side(spd, like), &like->sel);
	if (!shape)
		return NULL;
	sel_key(&key, like, shape);
	node = rhashtable_lookup_fast(&spd->table, &key, table_params);
	if (!node)
		return NULL;
	list_for_each_entry(pol, &node->policies, node_list)
		if (pol->priority == like->priority && kame_ipsec_sel_equal(&pol->sel, &like->sel))
			return pol;
	return NULL;
}

/* Ports that can't be seen are taken to be those of a policy that lets nothing
 * through in clear, and not to be those of one that does.
 */
static bool policy_match(const struct kame_ipsec_policy *pol, const struct kame_ipsec_flow *flow)
{
	return kame_ipsec_sel_match(&pol->sel, flow, pol->action != KAME_IPSEC_ACTION_BYPASS);
}

static const struct kame_ipsec_policy *node_first(const struct kame_ipsec_spd_node *node,
						  const struct kame_ipsec_flow *flow, u64 before)
{
	const struct kame_ipsec_policy *pol;

	list_for_each_entry_rcu(pol, &node->policies, node_list) {
		if (pol->order >= before)
			return NULL;
		if (policy_match(pol, flow))
			return pol;
	}
	return NULL;
}

/**
 * kame_ipsec_spd_linear - the first policy that matches, by asking one after the other
 * @spd: the database
 * @flow: the packet
 *
 * Context: rcu_read_lock().
 * Return: the policy, or NULL.
 */
struct kame_ipsec_policy *kame_ipsec_spd_linear(const struct kame_ipsec_spd *spd,
						const struct kame_ipsec_flow *flow)
{
	const struct kame_ipsec_spd_side *side;
	struct kame_ipsec_policy *pol;

	side = &spd->side[kame_ipsec_spd_side(flow->dir, flow->family)];
	list_for_each_entry_rcu(pol, &side->policies, list)
		if (policy_match(pol, flow))
			return pol;
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_spd_linear);

/**
 * kame_ipsec_spd_lookup - the first policy that matches a packet
 * @spd: the database
 * @flow: the packet, with at least the fields that kame_ipsec_spd_fields() names
 *
 * Context: rcu_read_lock().
 * Return: the policy, or NULL.
 */
struct kame_ipsec_policy *kame_ipsec_spd_lookup(const struct kame_ipsec_spd *spd,
						const struct kame_ipsec_flow *flow)
{
	const struct kame_ipsec_policy *best = NULL, *pol;
	const struct kame_ipsec_spd_node *node;
	const struct kame_ipsec_view *view;
	struct kame_ipsec_spd_key key;
	u64 before = U64_MAX;
	unsigned int i;

	view = rcu_dereference(spd->side[kame_ipsec_spd_side(flow->dir, flow->family)].view);
	if (!view)
		return NULL;
	/* Without its ports a flow has no key of a shape that looks at them. */
	if (unlikely(flow->flags & KAME_IPSEC_FLOW_NO_PORTS &&
		     view->fields & KAME_IPSEC_FIELD_PORTS))
		return kame_ipsec_spd_linear(spd, flow);
	for (i = 0; i < view->nr && view->shape[i].order < before; i++) {
		if (flow->flags & KAME_IPSEC_FLOW_CONTROL &&
		    !(view->shape[i].exact & KAME_IPSEC_FIELD_PROTO))
			continue;
		mask_flow(&key, flow, view->shape[i].src_len, view->shape[i].dst_len,
			  view->shape[i].exact, view->shape[i].mark_mask, view->shape[i].id);
		node = rhashtable_lookup((struct rhashtable *)&spd->table, &key, table_params);
		pol = node ? node_first(node, flow, before) : NULL;
		if (pol) {
			best = pol;
			before = pol->order;
		}
	}
	return (struct kame_ipsec_policy *)best;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_spd_lookup);

/* Whether a selector takes a flow of which some fields are not known */
static bool may_match(const struct kame_ipsec_policy *pol, const struct kame_ipsec_flow *flow,
		      unsigned int unknown)
{
	static const struct kame_ipsec_range any = { 0, U16_MAX };
	struct kame_ipsec_sel sel = pol->sel;

	if (unknown & KAME_IPSEC_FIELD_PROTO)
		sel.proto = 0;
	if (unknown & KAME_IPSEC_FIELD_SPORT)
		sel.sport = any;
	if (unknown & KAME_IPSEC_FIELD_DPORT)
		sel.dport = any;
	if (unknown & KAME_IPSEC_FIELD_IIF)
		sel.iif = 0;
	if (unknown & KAME_IPSEC_FIELD_OIF)
		sel.oif = 0;
	if (unknown & KAME_IPSEC_FIELD_MARK) {
		sel.mark = 0;
		sel.mark_mask = 0;
	}
	if (unknown & KAME_IPSEC_FIELD_DSCP)
		sel.dscp = -1;
	return kame_ipsec_sel_match(&sel, flow, pol->action == KAME_IPSEC_ACTION_PROTECT);
}

/**
 * kame_ipsec_spd_may_protect - whether a packet that is not known well may have to be protected
 * @spd: the database
 * @flow: the packet
 * @unknown: the fields of it that are not known, enum kame_ipsec_field
 *
 * Context: rcu_read_lock().
 * Return: whether a policy of action protect comes first for it, whatever the fields are.
 */
bool kame_ipsec_spd_may_protect(const struct kame_ipsec_spd *spd,
				const struct kame_ipsec_flow *flow, unsigned int unknown)
{
	const struct kame_ipsec_spd_side *side;
	const struct kame_ipsec_policy *pol;

	if (!(kame_ipsec_spd_fields(spd, flow->dir, flow->family) & unknown)) {
		pol = kame_ipsec_spd_lookup(spd, flow);
		return pol && pol->action == KAME_IPSEC_ACTION_PROTECT;
	}
	side = &spd->side[kame_ipsec_spd_side(flow->dir, flow->family)];
	list_for_each_entry_rcu(pol, &side->policies, list) {
		if (!may_match(pol, flow, unknown))
			continue;
		if (pol->action == KAME_IPSEC_ACTION_PROTECT)
			return true;
		if (!(pol->fields & unknown))
			return false;
	}
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_spd_may_protect);

/**
 * kame_ipsec_spd_init - make an empty database
 * @spd: the database
 *
 * Return: 0 or -ENOMEM.
 */
int kame_ipsec_spd_init(struct kame_ipsec_spd *spd)
{
	unsigned int i;

	BUILD_BUG_ON(sizeof(struct kame_ipsec_flow) % 8);
	for (i = 0; i < ARRAY_SIZE(spd->side); i++) {
		RCU_INIT_POINTER(spd->side[i].view, NULL);
		INIT_LIST_HEAD(&spd->side[i].shapes);
		INIT_LIST_HEAD(&spd->side[i].policies);
	}
	return rhashtable_init(&spd->table, &table_params);
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_spd_init);

/**
 * kame_ipsec_spd_uninit - let go of a database that has no policies
 * @spd: the database
 */
void kame_ipsec_spd_uninit(struct kame_ipsec_spd *spd)
{
	rhashtable_destroy(&spd->table);
}
EXPORT_SYMBOL_IF_KUNIT(kame_ipsec_spd_uninit);

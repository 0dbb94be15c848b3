// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policies of a namespace: adding, replacing and deleting them.
 */
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <net/xfrm.h>

#include "bundle.h"
#include "hold.h"
#include "netns.h"
#include "policy.h"

/* KAME gave numbers from here on to policies of level unique. */
#define REQID_AUTO 0x4000

/**
 * kame_ipsec_policy_alloc - make a policy
 *
 * Return: a policy to be filled in, or NULL without memory.
 */
struct kame_ipsec_policy *kame_ipsec_policy_alloc(void)
{
	struct kame_ipsec_policy *pol = kzalloc(sizeof(*pol), GFP_KERNEL_ACCOUNT);

	if (!pol)
		return NULL;
	pol->pcpu = alloc_percpu_gfp(struct kame_ipsec_pcpu, GFP_KERNEL_ACCOUNT);
	if (!pol->pcpu) {
		kfree(pol);
		return NULL;
	}
	INIT_LIST_HEAD(&pol->held);
	INIT_LIST_HEAD(&pol->hold_list);
	return pol;
}

static void drop_bundles(struct kame_ipsec_policy *pol)
{
	int cpu;

	for_each_possible_cpu(cpu)
		dst_release(xchg(&per_cpu_ptr(pol->pcpu, cpu)->bundle, NULL));
}

/**
 * kame_ipsec_policy_free - free a policy that no lookup can find
 * @pol: the policy
 */
void kame_ipsec_policy_free(struct kame_ipsec_policy *pol)
{
	drop_bundles(pol);
	free_percpu(pol->pcpu);
	kfree(pol);
}

static void policy_free_rcu(struct rcu_head *rcu)
{
	kame_ipsec_policy_free(container_of(rcu, struct kame_ipsec_policy, rcu));
}

/**
 * kame_ipsec_policy_get - the policy of an index
 * @ns: the namespace
 * @index: the index
 *
 * Context: process, kame_ipsec_ns.lock.
 * Return: the policy, or NULL.
 */
struct kame_ipsec_policy *kame_ipsec_policy_get(struct kame_ipsec_ns *ns, u32 index)
{
	lockdep_assert_held(&ns->lock);
	return index <= INT_MAX ? idr_find(&ns->by_index, index) : NULL;
}

/* Whether a state may be that of both. A policy that names none of reqid and SPI takes what
 * has no reqid, and who names one of them takes any of the other.
 */
static bool may_share(const struct kame_ipsec_tmpl *a, const struct kame_ipsec_tmpl *b)
{
	if (a->proto != b->proto || (a->spi && b->spi && a->spi != b->spi))
		return false;
	if (a->reqid == b->reqid)
		return true;
	return (!a->reqid && a->spi) || (!b->reqid && b->spi);
}

/* Policies share no states with one of level unique. */
static int check_unique(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol,
			const struct kame_ipsec_policy *old, struct netlink_ext_ack *extack)
{
	bool unique = pol->tmpl.level == KAME_IPSEC_LEVEL_UNIQUE;
	const struct kame_ipsec_policy *p;
	int index;

	if (pol->action != KAME_IPSEC_ACTION_PROTECT || (!unique && !ns->uniques))
		return 0;
	idr_for_each_entry(&ns->by_index, p, index) {
		if (p == old || p->action != KAME_IPSEC_ACTION_PROTECT || p->dir != pol->dir ||
		    !may_share(&p->tmpl, &pol->tmpl))
			continue;
		if (unique || p->tmpl.level == KAME_IPSEC_LEVEL_UNIQUE) {
			NL_SET_ERR_MSG_MOD(extack,
					   "a policy of level unique shares its states with no other, and another one may have the same, by its reqid and SPI");
			return -EEXIST;
		}
	}
	return 0;
}

/* The next reqid that no policy has. One more numbers than there are policies are looked at,
 * so that one of them is free.
 */
static int choose_reqid(struct kame_ipsec_ns *ns, u32 *reqid)
{
	const u32 nr = ns->policies + 1;
	const struct kame_ipsec_policy *p;
	unsigned long *used;
	u32 first, free;
	int index;

	first = max_t(u32, ns->next_reqid, REQID_AUTO);
	if (first > U32_MAX - nr)
		first = REQID_AUTO;
	used = kvcalloc(BITS_TO_LONGS(nr), sizeof(*used), GFP_KERNEL_ACCOUNT);
	if (!used)
		return -ENOMEM;
	idr_for_each_entry(&ns->by_index, p, index)
		if (p->tmpl.reqid - first < nr)
			__set_bit(p->tmpl.reqid - first, used);
	free = find_first_zero_bit(used, nr);
	kvfree(used);
	*reqid = first + free;
	ns->next_reqid = *reqid + 1;
	return 0;
}

/* A policy of level unique that names no state is given a reqid of its own. */
static int name_states(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol)
{
	if (pol->action != KAME_IPSEC_ACTION_PROTECT || pol->tmpl.reqid || pol->tmpl.spi ||
	    pol->tmpl.level != KAME_IPSEC_LEVEL_UNIQUE)
		return 0;
	return choose_reqid(ns, &pol->tmpl.reqid);
}

/* Account for a policy that is now, or was, in the database. */
static void account(struct kame_ipsec_ns *ns, const struct kame_ipsec_policy *pol, int n)
{
	ns->policies += n;
	if (pol->action == KAME_IPSEC_ACTION_PROTECT &&
	    pol->tmpl.level == KAME_IPSEC_LEVEL_UNIQUE)
		ns->uniques += n;
}

static void policy_unlink(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol)
{
	kame_ipsec_spd_remove(&ns->spd, pol);
	account(ns, pol, -1);
}

/* The policy in whose place a new one comes, NULL for none, or an error */
static struct kame_ipsec_policy *find_old(struct kame_ipsec_ns *ns,
					  const struct kame_ipsec_policy *pol, bool replace,
					  struct netlink_ext_ack *extack)
{
	struct kame_ipsec_policy *same = kame_ipsec_spd_find(&ns->spd, pol);
	struct kame_ipsec_policy *old = same;

	if (pol->index) {
		old = kame_ipsec_policy_get(ns, pol->index);
		if (!old) {
			NL_SET_ERR_MSG_MOD(extack, "no policy has this index");
			return ERR_PTR(-ENOENT);
		}
	}
	if (same && (same != old || !replace)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "a policy of this direction, priority and selector is there already");
		return ERR_PTR(-EEXIST);
	}
	return old;
}

static int add_index(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol,
		     const struct kame_ipsec_policy *old)
{
	int index;

	if (old) {
		pol->index = old->index;
	} else {
		index = idr_alloc_cyclic(&ns->by_index, NULL, 1, 0, GFP_KERNEL_ACCOUNT);
		if (index < 0)
			return index;
		pol->index = index;
	}
	pol->order = (u64)pol->priority << 32 | pol->index;
	return 0;
}

static int policy_link(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol,
		       struct kame_ipsec_policy *old, struct netlink_ext_ack *extack)
{
	int err;

	err = add_index(ns, pol, old);
	if (err)
		return err;
	err = kame_ipsec_netns_hook(ns, pol);
	if (err) {
		NL_SET_ERR_MSG_MOD(extack, "the packet hooks can't be registered");
		goto err_index;
	}
	err = kame_ipsec_spd_insert(&ns->spd, pol);
	if (err)
		goto err_hook;
	account(ns, pol, 1);
	idr_replace(&ns->by_index, pol, pol->index);
	if (old) {
		/* A lookup may have passed by where the new one is: it is to find the old one. */
		synchronize_rcu_expedited();
		policy_unlink(ns, old);
		kame_ipsec_hold_move(ns, old, pol);
	}
	kame_ipsec_netns_changed(ns);
	return 0;

err_hook:
	kame_ipsec_netns_unhook(ns);
err_index:
	if (!old)
		idr_remove(&ns->by_index, pol->index);
	return err;
}

/**
 * kame_ipsec_policy_add - add a policy, or put it in the place of another
 * @ns: the namespace
 * @pol: the policy, whose index is 0 or that of the one to replace. Belongs to
 *	@ns on success.
 * @replace: whether it may take another's place
 * @check: only find out whether it could be added
 * @extack: told what is wrong
 *
 * A lookup sees the old policy or the new one at any time.
 *
 * Context: process, kame_ipsec_ns.lock.
 * Return: 0; -EEXIST for one like it, or for states that are another's alone; -ENOENT
 * where the one to replace isn't there; -ENOMEM.
 */
int kame_ipsec_policy_add(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol, bool replace,
			  bool check, struct netlink_ext_ack *extack)
{
	struct kame_ipsec_policy *old;
	int err;

	lockdep_assert_held(&ns->lock);
	old = find_old(ns, pol, replace, extack);
	if (IS_ERR(old))
		return PTR_ERR(old);
	pol->fields = kame_ipsec_sel_fields(&pol->sel);
	err = name_states(ns, pol);
	if (!err)
		err = check_unique(ns, pol, old, extack);
	if (err || check)
		return err;
	err = policy_link(ns, pol, old, extack);
	if (err)
		return err;
	if (old) {
		kame_ipsec_netns_unhook(ns);
		call_rcu(&old->rcu, policy_free_rcu);
	}
	return 0;
}

static void policy_del(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol)
{
	idr_remove(&ns->by_index, pol->index);
	policy_unlink(ns, pol);
}

static void policy_bury(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol)
{
	kame_ipsec_hold_purge(ns, pol);
	call_rcu(&pol->rcu, policy_free_rcu);
}

/**
 * kame_ipsec_policy_del - delete a policy
 * @ns: the namespace
 * @pol: the policy
 *
 * Context: process, kame_ipsec_ns.lock.
 */
void kame_ipsec_policy_del(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol)
{
	lockdep_assert_held(&ns->lock);
	policy_del(ns, pol);
	kame_ipsec_netns_changed(ns);
	kame_ipsec_netns_unhook(ns);
	policy_bury(ns, pol);
}

/**
 * kame_ipsec_policy_flush - delete policies
 * @ns: the namespace
 * @dir: those of a direction, enum kame_ipsec_dir; all if below 0
 *
 * Context: process, kame_ipsec_ns.lock.
 */
void kame_ipsec_policy_flush(struct kame_ipsec_ns *ns, int dir)
{
	struct kame_ipsec_policy *pol, *next;
	LIST_HEAD(gone);
	int index;

	lockdep_assert_held(&ns->lock);
	idr_for_each_entry(&ns->by_index, pol, index) {
		if (dir >= 0 && pol->dir != dir)
			continue;
		policy_del(ns, pol);
		/* pol->list stays as it is for the lookups that run. */
		list_add(&pol->flush_list, &gone);
		cond_resched();
	}
	if (list_empty(&gone))
		return;
	kame_ipsec_netns_changed(ns);
	kame_ipsec_netns_unhook(ns);
	list_for_each_entry_safe(pol, next, &gone, flush_list)
		policy_bury(ns, pol);
}

/**
 * kame_ipsec_policy_drop_bundles - let go of bundles
 * @ns: the namespace
 * @all: also of those that are current
 *
 * Context: process, kame_ipsec_ns.lock.
 */
void kame_ipsec_policy_drop_bundles(struct kame_ipsec_ns *ns, bool all)
{
	struct kame_ipsec_policy *pol;
	int index, cpu;

	lockdep_assert_held(&ns->lock);
	idr_for_each_entry(&ns->by_index, pol, index) {
		for_each_possible_cpu(cpu)
			kame_ipsec_bundle_sweep(&per_cpu_ptr(pol->pcpu, cpu)->bundle, all);
		cond_resched();
	}
}

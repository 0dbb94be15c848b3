// SPDX-License-Identifier: GPL-2.0-only
/*
 * Make one of the mistakes that the test VMs must report, when loaded. It tests
 * tools/vm: what is not reported here would not be in a test either.
 */

#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *mistake = "none";
module_param(mistake, charp, 0444);
MODULE_PARM_DESC(mistake, "warn, oops, panic, leak, use-after-free, lock-order, sleep, rcu, refcount or list");

static void splat_warn(void)
{
	WARN(1, "a warning, as asked for\n");
}

static void splat_oops(void)
{
	int *nowhere = NULL;

	OPTIMIZER_HIDE_VAR(nowhere);
	*nowhere = 1;
}

static void splat_panic(void)
{
	panic("as asked for");
}

static void splat_leak(void)
{
	void *lost;
	int n;

	/* More than one, since a stale pointer may still be on a stack. */
	for (n = 0; n < 8; n++) {
		lost = kmalloc(96, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(lost);
	}
}

static void splat_use_after_free(void)
{
	char *memory = kmalloc(64, GFP_KERNEL);
	char *stale = memory;

	if (!memory)
		return;
	OPTIMIZER_HIDE_VAR(stale);
	kfree(memory);
	WRITE_ONCE(*stale, 1);
}

static DEFINE_MUTEX(splat_first);
static DEFINE_MUTEX(splat_second);

static void splat_lock_order(void)
{
	mutex_lock(&splat_first);
	mutex_lock(&splat_second);
	mutex_unlock(&splat_second);
	mutex_unlock(&splat_first);

	mutex_lock(&splat_second);
	mutex_lock(&splat_first);
	mutex_unlock(&splat_first);
	mutex_unlock(&splat_second);
}

static DEFINE_SPINLOCK(splat_spin);

static void splat_sleep(void)
{
	spin_lock(&splat_spin);
	might_sleep();
	spin_unlock(&splat_spin);
}

static void splat_rcu(void)
{
	static int __rcu *pointer;
	int *unguarded = rcu_dereference(pointer);

	OPTIMIZER_HIDE_VAR(unguarded);
}

static void splat_refcount(void)
{
	refcount_t count = REFCOUNT_INIT(0);

	refcount_inc(&count);
}

static void splat_list(void)
{
	LIST_HEAD(head);
	struct list_head entry;

	list_add(&entry, &head);
	list_add(&entry, &head);
}

static const struct {
	const char *name;
	void (*make)(void);
} splat_mistakes[] = {
	{ "warn", splat_warn },
	{ "oops", splat_oops },
	{ "panic", splat_panic },
	{ "leak", splat_leak },
	{ "use-after-free", splat_use_after_free },
	{ "lock-order", splat_lock_order },
	{ "sleep", splat_sleep },
	{ "rcu", splat_rcu },
	{ "refcount", splat_refcount },
	{ "list", splat_list },
};

static int __init splat_init(void)
{
	int n;

	for (n = 0; n < ARRAY_SIZE(splat_mistakes); n++)
		if (!strcmp(mistake, splat_mistakes[n].name)) {
			splat_mistakes[n].make();
			return 0;
		}
	pr_err("kame_splat: no mistake '%s'\n", mistake);
	return -EINVAL;
}

static void __exit splat_exit(void)
{
}

module_init(splat_init);
module_exit(splat_exit);

MODULE_DESCRIPTION("Mistakes that a test VM must report");
MODULE_LICENSE("GPL");

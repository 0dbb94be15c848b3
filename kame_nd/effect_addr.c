// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses of a prefix that is not attached are not chosen as source: their
 * preferred lifetime is over for the time being. The kernel then deprecates them
 * by itself and tells listeners. The valid lifetime isn't touched: packets to
 * the address are accepted and connections go on.
 */
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <kame/compat.h>

#include "effect.h"
#include "mib.h"
#include "netns.h"
#include "table.h"

/* Daemons follow an advertisement within this time, in milliseconds. */
#define FOLLOW 5000
/* One that sets a lifetime as soon as it is taken away isn't fought: so often in so many
 * milliseconds, and it has its way.
 */
#define DISPUTES 10
#define DISPUTE_TIME 10000
/* Addresses of a prefix that are remembered though they are gone, as who sets one again may
 * have decided something
 */
#define GONE_MAX 64

/**
 * struct kame_nd_avoided - an address whose preferred lifetime was taken away
 * @list: in the prefix's list
 * @addr: the address
 * @preferred: its preferred lifetime, in seconds after @tstamp
 * @tstamp: when that lifetime was set, in jiffies
 * @regen: regenerations of a temporary address
 * @disputes: times that a daemon has given it its lifetime again, without an advertisement
 * @disputed_at: when these began, in milliseconds since boot
 * @by_hand: somebody has given it a lifetime since: leave it
 * @gone: the device does not have it
 */
struct kame_nd_avoided {
	struct list_head list;
	struct in6_addr addr;
	u32 preferred;
	unsigned long tstamp;
	int regen;
	unsigned int disputes;
	u64 disputed_at;
	bool by_hand;
	bool gone;
};

static struct kame_nd_avoided *find(struct kame_nd_prefix *prefix, const struct in6_addr *addr)
{
	struct kame_nd_avoided *a;

	list_for_each_entry(a, &prefix->addrs, list) {
		if (ipv6_addr_equal(&a->addr, addr))
			return a;
	}
	return NULL;
}

static void forget(struct kame_nd_avoided *a)
{
	list_del(&a->list);
	kfree(a);
}

/* Addresses set by hand stay what they are. The kernel marks its own ones; those
 * that a daemon keeps up by DHCPv6 or from advertisements have a lifetime.
 */
static bool is_manual(const struct inet6_ifaddr *ifp)
{
	return (ifp->flags & IFA_F_PERMANENT) && ifp->ifa_proto != IFAPROT_KERNEL_RA;
}

static bool covers(const struct kame_nd_prefix *prefix, const struct in6_addr *addr)
{
	return ipv6_prefix_equal(addr, &prefix->addr, prefix->len);
}

/* Anyone can advertise a short prefix that covers all there is, or a long one that is a
 * single address: neither takes anything from a prefix that is attached.
 */
static bool prevails(const struct kame_nd_prefix *prefix, const struct kame_nd_prefix *other)
{
	bool attached = prefix->verdict.state == KAME_ND_STATE_ATTACHED;

	if (attached != (other->verdict.state == KAME_ND_STATE_ATTACHED))
		return attached;
	return prefix->len > other->len;
}

static bool is_prevailed(const struct kame_nd_prefix *prefix, const struct list_head *others,
			 const struct in6_addr *addr)
{
	const struct kame_nd_prefix *other;

	list_for_each_entry(other, others, list) {
		if (other != prefix && covers(other, addr) && prevails(other, prefix))
			return true;
	}
	return false;
}

/**
 * kame_nd_effect_addr_is_of - whether an address follows the state of a prefix
 * @ifp: the address
 * @prefix: the prefix
 *
 * An address that was made of a prefix has its length. One that has another, as DHCPv6 gives
 * them, is of the prefix that says most of it: one that is attached, then the longest.
 *
 * Return: whether it does.
 */
bool kame_nd_effect_addr_is_of(const struct inet6_ifaddr *ifp, const struct kame_nd_prefix *prefix)
{
	const struct kame_nd_link *link = prefix->link;

	lockdep_assert_held(&link->ns->lock);
	if (!covers(prefix, &ifp->addr))
		return false;
	return (ifp->prefix_len == prefix->len && prefix->len < 128) ||
		(!is_prevailed(prefix, &link->prefixes, &ifp->addr) &&
		 !is_prevailed(prefix, &link->orphans, &ifp->addr));
}

/* Whether it is an address on which states may have an effect. */
static bool is_ours(const struct inet6_ifaddr *ifp, const struct kame_nd_prefix *prefix)
{
	return covers(prefix, &ifp->addr) &&
		(ifp->prefix_len == prefix->len || ifp->prefix_len == 128) &&
		ifp->state != INET6_IFADDR_STATE_DEAD && !is_manual(ifp) &&
		!(ipv6_addr_type(&ifp->addr) & IPV6_ADDR_LINKLOCAL);
}

/* A temporary address would have a successor made. Of others the kernel counts the
 * temporary ones that it failed to make, and gives up after a few.
 */
static void take_regen(struct inet6_ifaddr *ifp, struct kame_nd_avoided *a, bool again)
{
	if (!(ifp->flags & IFA_F_TEMPORARY))
		return;
	/* Taken again it has our own count, unless the kernel has begun anew. */
	if (!again || !ifp->regen_count)
		a->regen = ifp->regen_count;
	ifp->regen_count = max(ifp->regen_count, 1);
}

static void take(struct inet6_ifaddr *ifp, struct kame_nd_avoided *a, bool again)
{
	a->preferred = ifp->prefered_lft;
	a->tstamp = ifp->tstamp;
	take_regen(ifp, a, again);
	ifp->prefered_lft = 0;
}

/* A daemon sets what it has heard again and again, and has decided nothing. */
static bool is_kept_up(const struct inet6_ifaddr *ifp, const struct kame_nd_avoided *a)
{
	return kame_nd_lifetime_goes_on(a->preferred, ifp->prefered_lft,
					jiffies_to_msecs(ifp->tstamp - a->tstamp));
}

static bool is_in_dispute(struct kame_nd_avoided *a)
{
	u64 now = kame_nd_now();

	if (now - a->disputed_at > DISPUTE_TIME) {
		a->disputed_at = now;
		a->disputes = 0;
	}
	return ++a->disputes > DISPUTES;
}

/* No advertisement was the reason. */
static bool is_decided(const struct kame_nd_prefix *prefix, const struct inet6_ifaddr *ifp,
		       struct kame_nd_avoided *a)
{
	return kame_nd_now() - prefix->heard > FOLLOW &&
		(!is_kept_up(ifp, a) || is_in_dispute(a));
}

static bool avoid(struct kame_nd_prefix *prefix, struct inet6_ifaddr *ifp)
{
	struct kame_nd_avoided *a = find(prefix, &ifp->addr);
	struct kame_nd_ns *ns = prefix->link->ns;
	bool again = a;

	if (a)
		a->gone = false;
	if (!ifp->prefered_lft || (a && a->by_hand))
		return false;
	if (!a) {
		a = kzalloc(sizeof(*a), GFP_ATOMIC);
		if (!a)
			return false;
		a->addr = ifp->addr;
		list_add_tail(&a->list, &prefix->addrs);
	} else if (is_decided(prefix, ifp, a)) {
		a->by_hand = true;
		kame_nd_mib_inc(ns, KAME_ND_MIB_BY_HAND);
		return false;
	}
	take(ifp, a, again);
	kame_nd_mib_inc(ns, KAME_ND_MIB_ADDRESS_AVOIDED);
	return true;
}

/* Not one that is being detected, or was found a duplicate. An address that was made while
 * detection was off never left its state of then.
 */
static bool is_settled(const struct inet6_ifaddr *ifp)
{
	return ifp->state == INET6_IFADDR_STATE_POSTDAD ||
		(ifp->state == INET6_IFADDR_STATE_DAD && !(ifp->flags & IFA_F_TENTATIVE));
}

/* Not where the device forwards: each end of it would count one more user of the anycast
 * address of the subnet's routers, which only one goes with the address.
 */
static bool is_to_detect(const struct inet6_ifaddr *ifp)
{
	const struct inet6_dev *idev = ifp->idev;

	return !(ifp->flags & IFA_F_NODAD) && idev->cnf.accept_dad > 0 && !idev->cnf.forwarding &&
		!(idev->dev->flags & (IFF_NOARP | IFF_LOOPBACK));
}

/* The address may be somebody else's by now: duplicate address detection runs
 * before it counts as ours, and the kernel tells listeners when it is done. An
 * optimistic address (RFC 4429) goes on to answer meanwhile.
 */
static void start_dad(struct inet6_ifaddr *ifp)
{
	ifp->state = INET6_IFADDR_STATE_DAD;
	ifp->dad_probes = ifp->idev->cnf.dad_transmits;
	ifp->flags |= IFA_F_TENTATIVE;
	if (IS_ENABLED(CONFIG_IPV6_OPTIMISTIC_DAD))
		ifp->flags |= IFA_F_OPTIMISTIC;
	get_random_bytes(&ifp->dad_nonce, 6);
	/* The kernel's own work, which puts the reference */
	in6_ifa_hold(ifp);
	if (mod_delayed_work(system_wq, &ifp->dad_work, 0))
		__in6_ifa_put(ifp);	/* the work had one, and the device's list has one */
}

static void use_again(struct inet6_ifaddr *ifp, bool detect)
{
	if (!is_settled(ifp))
		return;
	if (detect && is_to_detect(ifp))
		start_dad(ifp);
	else
		kame_nd_effect_notify(ifp);
}

static bool restore(struct kame_nd_prefix *prefix, struct inet6_ifaddr *ifp, bool detect)
{
	struct kame_nd_avoided *a = find(prefix, &ifp->addr);
	bool done = false;

	if (!a)
		return false;
	/* Whoever has set a lifetime since has set it well: most often the advertisement that
	 * the prefix is attached for.
	 */
	if (!a->by_hand && ifp->prefered_lft && detect) {
		use_again(ifp, true);
		done = true;
	}
	if (!a->by_hand && !ifp->prefered_lft && ifp->tstamp == a->tstamp) {
		ifp->prefered_lft = a->preferred;
		if (ifp->flags & IFA_F_TEMPORARY)
			ifp->regen_count = a->regen;
		if (a->preferred == INFINITY_LIFE_TIME ||
		    (jiffies - a->tstamp) / HZ < a->preferred) {
			ifp->flags &= ~IFA_F_DEPRECATED;
			use_again(ifp, detect);
			kame_nd_mib_inc(prefix->link->ns, KAME_ND_MIB_ADDRESS_RESTORED);
			done = true;
		}
	}
	forget(a);
	return done;
}

static void forget_gone(struct kame_nd_prefix *prefix)
{
	struct kame_nd_avoided *a, *next;
	unsigned int n = 0;

	list_for_each_entry(a, &prefix->addrs, list)
		n += a->gone;
	list_for_each_entry_safe(a, next, &prefix->addrs, list) {
		if (n <= GONE_MAX)
			return;
		if (a->gone) {
			forget(a);
			n--;
		}
	}
}

/**
 * kame_nd_effect_addr - make the addresses of a prefix source addresses or not
 * @prefix: the prefix
 * @dev: its device
 * @avoid_them: whether they are to be avoided
 *
 * Context: RCU.
 * Return: whether an address changed.
 */
bool kame_nd_effect_addr(struct kame_nd_prefix *prefix, struct net_device *dev, bool avoid_them)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	struct net *net = dev_net(dev);
	struct kame_nd_avoided *a;
	struct inet6_ifaddr *ifp;
	bool changed = false;

	if (!idev || (!avoid_them && list_empty(&prefix->addrs)))
		return false;
	list_for_each_entry(a, &prefix->addrs, list)
		a->gone = true;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifp, &idev->addr_list, if_list) {
		spin_lock(&ifp->lock);
		if (is_ours(ifp, prefix))
			changed |= avoid_them && kame_nd_effect_addr_is_of(ifp, prefix) ?
				avoid(prefix, ifp) :
				restore(prefix, ifp, !kame_nd_is_leaving());
		spin_unlock(&ifp->lock);
	}
	read_unlock_bh(&idev->lock);
	/* The kernel's own check of lifetimes finds what is over, and what is not. */
	if (changed)
		mod_delayed_work(system_wq, &net->ipv6.addr_chk_work, 0);
	if (avoid_them)
		forget_gone(prefix);
	else
		kame_nd_effect_addr_forget(prefix);
	return changed;
}

/**
 * kame_nd_effect_addr_forget - forget what addresses of a prefix had
 * @prefix: the prefix
 */
void kame_nd_effect_addr_forget(struct kame_nd_prefix *prefix)
{
	struct kame_nd_avoided *a, *next;

	list_for_each_entry_safe(a, next, &prefix->addrs, list)
		forget(a);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks routers whether they are still there, without waiting for traffic to find
 * out: neighbour unreachability detection (RFC 4861 section 7.3) on our own
 * account, since the neighbour table asks only where something is to be sent.
 */
#include <net/addrconf.h>
#include <net/ndisc.h>
#include <net/neighbour.h>

#include "mib.h"
#include "netns.h"
#include "probe.h"
#include "table.h"

/* A device may have no address to ask from yet, or nothing to send with. */
#define RETRY 100
#define RETRIES_MAX 100
/* Router solicitations are this far apart (RFC 4861 RTR_SOLICITATION_INTERVAL), and twice as far
 * each time that no advertisement was heard since (RFC 7559), so many times.
 */
#define SOLICIT_EVERY (4 * MSEC_PER_SEC)
#define SOLICIT_DOUBLINGS 9
/* A solicitation, in the units of struct kame_nd_link.tokens */
#define TOKEN 1000

/* The last solicitation is given half an interval: what is on the link answers
 * within milliseconds, and a router is given up well within its number of intervals.
 */
static u64 last_wait(const struct kame_nd_link *link)
{
	return link->set.interval / 2;
}

static void run_at(struct kame_nd_ns *ns, u64 when)
{
	if (when >= ns->probe_at)
		return;
	ns->probe_at = when;
	mod_delayed_work(kame_nd_wq, &ns->probe_work,
			 msecs_to_jiffies(kame_nd_lifetime_left(kame_nd_now(), when)));
}

/**
 * kame_nd_probe_router - ask a router whether it is there
 * @router: the router; one that is being asked already is left to that
 */
void kame_nd_probe_router(struct kame_nd_router *router)
{
	struct kame_nd_link *link = router->link;

	lockdep_assert_held(&link->ns->lock);
	if (!list_empty(&router->probe))
		return;
	router->probes_left = link->set.probes;
	router->probe_delays = 0;
	router->probe_at = kame_nd_now();
	/* Not to be believed yet, so not to be asked yet */
	if (router->reach == KAME_ND_REACH_UNREACHABLE)
		router->probe_at = max(router->probe_at, router->failed + link->set.hold_down);
	kame_nd_router_set_reach(router, KAME_ND_REACH_PROBING);
	list_add_tail(&router->probe, &link->probing);
	kame_nd_mib_inc(link->ns, KAME_ND_MIB_PROBE_START);
	run_at(link->ns, router->probe_at);
}

static void solicit_at(struct kame_nd_link *link, u64 when)
{
	if (!link->n_routers || (link->solicit_at && link->solicit_at <= when))
		return;
	link->solicit_at = when;
	link->solicit_delays = 0;
	run_at(link->ns, when);
}

/* Ask who else routes on a link where a router has left a solicitation unanswered.
 *
 * Other routers are not known yet, and may advertise themselves only every ten
 * minutes: a router solicitation (RFC 4861 section 6.3.7) brings them at once.
 */
static void look_for_others(struct kame_nd_link *link)
{
	u64 when = kame_nd_now(), wait = SOLICIT_EVERY;

	if (link->unheard)
		wait <<= min(link->unheard - 1, SOLICIT_DOUBLINGS);
	if (link->solicited)
		when = max(when, link->solicited + wait);
	solicit_at(link, when);
}

/**
 * kame_nd_probe_heard - note that a router was heard, so that none is looked for
 * @link: its link
 */
void kame_nd_probe_heard(struct kame_nd_link *link)
{
	link->unheard = 0;
	if (link->solicit_at > kame_nd_now())
		link->solicit_at = 0;
}

/**
 * kame_nd_probe_ask_all - ask all routers of a link, and whoever else routes there
 * @link: the link, which may be another one by now
 */
void kame_nd_probe_ask_all(struct kame_nd_link *link)
{
	kame_nd_probe_link(link, NULL);
	link->solicited = 0;
	link->unheard = 0;
	solicit_at(link, kame_nd_now());
}

/**
 * kame_nd_probe_ask_anew - ask all routers of what may be another link by now
 * @link: the link
 *
 * What a router has left unanswered so far was sent to the old one, and says nothing. One
 * that is not to be believed yet goes on to wait.
 */
void kame_nd_probe_ask_anew(struct kame_nd_link *link)
{
	struct kame_nd_router *router;
	u64 now = kame_nd_now();

	list_for_each_entry(router, &link->probing, probe) {
		if (router->probes_left == link->set.probes)
			continue;
		router->probes_left = link->set.probes;
		router->probe_at = now;
		run_at(link->ns, now);
	}
	kame_nd_probe_ask_all(link);
}

/**
 * kame_nd_probe_link - ask all routers of a link
 * @link: the link
 * @but: one that need not be asked, or NULL
 */
void kame_nd_probe_link(struct kame_nd_link *link, const struct kame_nd_router *but)
{
	struct kame_nd_router *router;

	list_for_each_entry(router, &link->routers, list) {
		if (router != but)
			kame_nd_probe_router(router);
	}
	list_for_each_entry(router, &link->unreachable, list) {
		if (router != but)
			kame_nd_probe_router(router);
	}
}

/* The router isn't asked any more. */
void kame_nd_probe_stop(struct kame_nd_router *router)
{
	list_del_init(&router->probe);
}

/**
 * kame_nd_probe_answered - note that a router is there
 * @router: the router
 */
void kame_nd_probe_answered(struct kame_nd_router *router)
{
	u64 believed = router->failed + router->link->set.hold_down;

	if (!kame_nd_router_live(router) && kame_nd_now() < believed) {
		/* asked again when it may be believed */
		kame_nd_probe_router(router);
		return;
	}
	if (!list_empty(&router->probe))
		kame_nd_mib_inc(router->link->ns, KAME_ND_MIB_PROBE_ANSWERED);
	kame_nd_probe_stop(router);
	kame_nd_router_set_reach(router, KAME_ND_REACH_REACHABLE);
}

/**
 * kame_nd_probe_failed - note that a router is not there
 * @router: the router
 */
void kame_nd_probe_failed(struct kame_nd_router *router)
{
	kame_nd_probe_stop(router);
	router->failed = kame_nd_now();
	kame_nd_router_set_reach(router, KAME_ND_REACH_UNREACHABLE);
	look_for_others(router->link);
}

static struct net_device *get_dev(const struct kame_nd_link *link)
{
	return dev_get_by_index(link->ns->net, link->ifindex);
}

/* Routing is to look for another router as well, which it does where the
 * neighbour table has given this one up.
 */
static void fail_neighbour(const struct kame_nd_router *router)
{
	struct net_device *dev = get_dev(router->link);
	struct neighbour *neigh;

	if (!dev)
		return;
	neigh = neigh_lookup(&nd_tbl, &router->addr, dev);
	if (neigh) {
		if (!(READ_ONCE(neigh->nud_state) & (NUD_NOARP | NUD_PERMANENT)))
			neigh_update(neigh, NULL, NUD_FAILED,
				     NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_ADMIN, 0);
		neigh_release(neigh);
	}
	dev_put(dev);
}

static bool take_token(struct kame_nd_link *link, u64 now)
{
	u64 most = TOKEN * (u64)link->set.probe_rate;

	link->tokens = min(most, link->tokens + (now - link->tokens_at) * link->set.probe_rate);
	link->tokens_at = now;
	if (link->tokens < TOKEN) {
		kame_nd_mib_inc(link->ns, KAME_ND_MIB_PROBE_LIMITED);
		return false;
	}
	link->tokens -= TOKEN;
	return true;
}

/* A router solicitation, from @source; the kernel fills in the rest. */
static struct sk_buff *rs_create(struct net_device *dev, const struct in6_addr *source)
{
	u8 pad = ndisc_addr_option_pad(dev->type);
	int option = ipv6_addr_any(source) || !dev->addr_len ? 0 :
		__ndisc_opt_addr_space(dev->addr_len, pad);
	unsigned int len = sizeof(struct rs_msg) + option;
	unsigned int head = LL_RESERVED_SPACE(dev) + sizeof(struct ipv6hdr);
	struct rs_msg *msg;
	struct sk_buff *skb;

	skb = alloc_skb(head + len + dev->needed_tailroom, GFP_KERNEL);
	if (!skb)
		return NULL;
	skb->protocol = htons(ETH_P_IPV6);
	skb->dev = dev;
	skb_reserve(skb, head);
	skb_reset_transport_header(skb);
	msg = skb_put_zero(skb, len);
	msg->icmph.icmp6_type = NDISC_ROUTER_SOLICITATION;
	if (option) {
		msg->opt[0] = ND_OPT_SOURCE_LL_ADDR;
		msg->opt[1] = option / 8;
		memcpy(msg->opt + 2 + pad, dev->dev_addr, dev->addr_len);
	}
	return skb;
}

static bool can_send(const struct net_device *dev)
{
	return netif_carrier_ok(dev) && netif_running(dev);
}

/* A router asks no other one, nor does who does not listen to them. */
static bool may_solicit(const struct kame_nd_link *link)
{
	struct inet6_dev *idev;
	struct net_device *dev;
	bool may;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(link->ns->net, link->ifindex);
	idev = dev ? __in6_dev_get(dev) : NULL;
	may = idev && ipv6_accept_ra(idev);
	rcu_read_unlock();
	return may;
}

/* Whether a router solicitation was sent. */
static bool solicit_all(const struct kame_nd_link *link)
{
	struct net_device *dev = get_dev(link);
	struct in6_addr source;
	struct sk_buff *skb;
	bool sent = false;

	if (!dev)
		return false;
	if (can_send(dev) && !ipv6_dev_get_saddr(link->ns->net, dev, &in6addr_linklocal_allrouters,
						 0, &source)) {
		skb = rs_create(dev, &source);
		if (skb) {
			local_bh_disable();
			ndisc_send_skb(skb, &in6addr_linklocal_allrouters, &source);
			local_bh_enable();
			sent = true;
		}
	}
	dev_put(dev);
	return sent;
}

/* Whether a solicitation was sent. One that can't be, for the moment, proves nothing. */
static bool solicit(const struct kame_nd_router *router)
{
	struct kame_nd_link *link = router->link;
	struct net_device *dev = get_dev(link);
	struct in6_addr source;
	struct sk_buff *skb;
	bool sent = false;

	if (!dev)
		return false;
	if (can_send(dev) &&
	    !ipv6_dev_get_saddr(link->ns->net, dev, &router->addr, 0, &source)) {
		skb = ndisc_ns_create(dev, &router->addr, &source, 0);
		if (skb) {
			local_bh_disable();
			ndisc_send_skb(skb, &router->addr, &source);
			local_bh_enable();
			sent = true;
		}
	}
	dev_put(dev);
	return sent;
}

/* What can't be done at the moment proves nothing. */
static void put_off(struct kame_nd_router *router, u64 now)
{
	router->probe_at = now + RETRY;
	if (++router->probe_delays < RETRIES_MAX)
		return;
	kame_nd_probe_stop(router);
	kame_nd_router_set_reach(router, router->was);
}

/* Without a carrier no answer was to be had; all are asked anew when it is back. */
static void give_up(struct kame_nd_router *router, u64 now)
{
	struct net_device *dev = get_dev(router->link);
	bool could_answer = dev && can_send(dev);

	dev_put(dev);
	if (!could_answer) {
		put_off(router, now);
		return;
	}
	kame_nd_mib_inc(router->link->ns, KAME_ND_MIB_PROBE_FAILED);
	kame_nd_probe_failed(router);
	fail_neighbour(router);
}

/* Sends the next solicitation, or gives the router up. */
static void probe_next(struct kame_nd_router *router, u64 now)
{
	struct kame_nd_link *link = router->link;

	if (!router->probes_left) {
		give_up(router, now);
		return;
	}
	if (!take_token(link, now)) {
		router->probe_at = now + DIV_ROUND_UP(MSEC_PER_SEC, link->set.probe_rate);
		return;
	}
	if (solicit(router)) {
		kame_nd_mib_inc(link->ns, KAME_ND_MIB_PROBE_SENT);
		if (router->probes_left < link->set.probes)
			look_for_others(link);
		router->probes_left--;
		router->probe_at = now + (router->probes_left ? link->set.interval :
					  last_wait(link));
		return;
	}
	put_off(router, now);
}

/* Sends the router solicitation that is due; returns when to try again. */
static u64 solicit_due(struct kame_nd_link *link, u64 now)
{
	if (!link->solicit_at)
		return KAME_ND_FOREVER;
	if (link->solicit_at > now)
		return link->solicit_at;
	if (!may_solicit(link)) {
		link->solicit_at = 0;
		return KAME_ND_FOREVER;
	}
	link->solicit_at = now + RETRY;
	if (take_token(link, now)) {
		if (solicit_all(link)) {
			kame_nd_mib_inc(link->ns, KAME_ND_MIB_ROUTERS_SOLICITED);
			link->solicited = now;
			link->unheard++;
			link->solicit_at = 0;
		} else if (++link->solicit_delays >= RETRIES_MAX) {
			link->solicit_at = 0;
		}
	}
	return link->solicit_at ? link->solicit_at : KAME_ND_FOREVER;
}

static u64 probe_due(struct kame_nd_link *link, u64 now)
{
	u64 first = solicit_due(link, now);
	struct kame_nd_router *router, *next;

	list_for_each_entry_safe(router, next, &link->probing, probe) {
		if (router->probe_at <= now)
			probe_next(router, now);
		if (!list_empty(&router->probe))
			first = min(first, router->probe_at);
	}
	return first;
}

/* Sends the solicitations that are due, and sees who has not answered. */
void kame_nd_probe_work(struct work_struct *work)
{
	struct kame_nd_ns *ns = container_of(to_delayed_work(work), struct kame_nd_ns, probe_work);
	u64 now = kame_nd_now(), first = KAME_ND_FOREVER;
	struct kame_nd_link *link;

	mutex_lock(&ns->lock);
	ns->probe_at = KAME_ND_FOREVER;
	list_for_each_entry(link, &ns->links, list)
		first = min(first, probe_due(link, now));
	kame_nd_settle(ns, KAME_ND_CAUSE_NEIGHBOUR);
	if (!ns->dead)
		run_at(ns, first);
	mutex_unlock(&ns->lock);
}

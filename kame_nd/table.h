/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_ND_TABLE_H
#define _KAME_ND_TABLE_H

#include <linux/in6.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <uapi/linux/kame_nd.h>

#include "ra.h"
#include "state.h"

struct kame_nd_ns;
struct kame_nd_source;

/**
 * struct kame_nd_settings - settings of a device; see specs/kame_nd.yaml
 */
struct kame_nd_settings {
	bool enabled;
	u32 probes;
	u32 interval;
	u32 hold_down;
	u32 probe_rate;
	u32 max_prefixes;
	u32 max_routers;
	u32 left_out;
	bool rule_5_5;
	bool source_router;
};

/**
 * struct kame_nd_compared - the prefixes that are compared with each other
 * @prefixes: prefixes that have a router which is not unreachable
 * @bare: routers that are not unreachable and advertise no prefix
 */
struct kame_nd_compared {
	unsigned int prefixes;
	unsigned int bare;
};

/**
 * struct kame_nd_link - a device on which routers were heard, or that was set
 * @list: in the namespace's list
 * @ns: the namespace
 * @ifindex: the device
 * @set: its settings
 * @scope: this link's share of what is compared
 * @prefixes: its prefixes with a live router, the one heard longest ago first
 * @orphans: its prefixes without one, likewise
 * @routers: its routers, the one heard longest ago first
 * @unreachable: those of its routers that are unreachable, likewise
 * @n_prefixes: length of @prefixes and @orphans
 * @n_routers: length of @routers and @unreachable
 * @n_unreachable: length of @unreachable
 * @probing: routers that are being probed
 * @tokens: solicitations that may be sent now, in thousandths
 * @tokens_at: when @tokens was right
 * @trouble_at: when routers were last asked because a neighbour failed
 * @solicit_at: when to send a router solicitation, or 0
 * @solicit_delays: times that none could be sent
 * @solicited: when the last one was sent, or 0 where this is a new link since
 * @unheard: those sent since an advertisement was heard
 * @n_sources: prefixes that have a struct kame_nd_source
 * @source_dirty: what they should have is to be seen to
 * @source_flushed: the kernel may have removed the routes of the device
 * @chosen: the next hop of packets without a route of their own, when last seen to
 *
 * Everything is protected by the namespace's lock.
 */
struct kame_nd_link {
	struct list_head list;
	struct kame_nd_ns *ns;
	int ifindex;
	struct kame_nd_settings set;
	struct kame_nd_compared scope;
	struct list_head prefixes;
	struct list_head orphans;
	struct list_head routers;
	struct list_head unreachable;
	unsigned int n_prefixes;
	unsigned int n_routers;
	unsigned int n_unreachable;
	struct list_head probing;
	u64 tokens;
	u64 tokens_at;
	u64 trouble_at;
	u64 solicit_at;
	unsigned int solicit_delays;
	u64 solicited;
	unsigned int unheard;
	unsigned int n_sources;
	bool source_dirty;
	bool source_flushed;
	struct in6_addr chosen;
};

/**
 * struct kame_nd_router - a router on a link
 * @hnode: in the namespace's table; readers under RCU
 * @list: in the link's list, of routers or of unreachable ones
 * @dirty: in the namespace's list of routers to settle, or empty
 * @link: the link
 * @ifindex: its device, for readers under RCU
 * @addr: its link-local address
 * @lladdr_len: length of @lladdr; 0 where it never was advertised
 * @lladdr: its link-layer address
 * @reach: enum kame_nd_reach; readers under RCU use READ_ONCE()
 * @was: @reach before it was probed
 * @nud: state that its neighbour entry told last (NUD_*), or 0; under RCU, by READ_ONCE() and
 *	the like
 * @preference: as default router
 * @managed: flag M
 * @other: flag O
 * @expires: when its lifetime ends
 * @heard: when its last advertisement came
 * @failed: when it became unreachable
 * @edges: prefixes that it advertises (struct kame_nd_edge.of_router)
 * @n_edges: length of @edges
 * @generation: counts its advertisements
 * @omitted_at: when advertisements without some prefix were last counted
 * @probe: in the link's list of routers that are being probed, or empty
 * @probes_left: solicitations to send
 * @probe_at: when to send the next, or to give up
 * @probe_delays: times that no solicitation could be sent
 * @dead: whether its default route was taken out of use
 * @rcu: frees it
 */
struct kame_nd_router {
	struct hlist_node hnode;
	struct list_head list;
	struct list_head dirty;
	struct kame_nd_link *link;
	int ifindex;
	struct in6_addr addr;
	u8 lladdr_len;
	u8 lladdr[KAME_ND_LLADDR_MAX];
	enum kame_nd_reach reach;
	enum kame_nd_reach was;
	unsigned int nud;
	s8 preference;
	bool managed;
	bool other;
	u64 expires;
	u64 heard;
	u64 failed;
	struct list_head edges;
	unsigned int n_edges;
	u32 generation;
	u64 omitted_at;
	struct list_head probe;
	unsigned int probes_left;
	u64 probe_at;
	unsigned int probe_delays;
	bool dead;
	struct rcu_head rcu;
};

/**
 * struct kame_nd_prefix - a prefix on a link
 * @hnode: in the namespace's table
 * @list: in the link's list
 * @dirty: in the namespace's list of prefixes to settle, or empty
 * @link: the link
 * @addr: the prefix
 * @len: its length
 * @on_link: flag L, as last advertised
 * @autonomous: flag A, as last advertised
 * @pin: what a request said
 * @verdict: its state and reason
 * @since: when its state last changed
 * @valid: when its valid lifetime ends
 * @preferred: when its preferred lifetime ends
 * @heard: when it was last advertised
 * @edges: its list of routers (struct kame_nd_edge.of_prefix)
 * @n_edges: length of @edges
 * @live: those of @edges whose router is not unreachable
 * @fresh: those of @live that have not left it out
 * @announced: whether listeners were told of it
 * @applied: state that routes and addresses were given
 * @addrs: addresses that were deprecated (struct kame_nd_avoided)
 * @source: what was given to rtnetlink for it, or NULL
 */
struct kame_nd_prefix {
	struct hlist_node hnode;
	struct list_head list;
	struct list_head dirty;
	struct kame_nd_link *link;
	struct in6_addr addr;
	u8 len;
	bool on_link;
	bool autonomous;
	enum kame_nd_pin pin;
	struct kame_nd_verdict verdict;
	u64 since;
	u64 valid;
	u64 preferred;
	u64 heard;
	struct list_head edges;
	unsigned int n_edges;
	unsigned int live;
	unsigned int fresh;
	bool announced;
	enum kame_nd_state applied;
	struct list_head addrs;
	struct kame_nd_source *source;
};

/**
 * struct kame_nd_edge - a router in the list of a prefix
 * @hnode: in the namespace's table
 * @of_prefix: in the prefix's list
 * @of_router: in the router's list
 * @prefix: the prefix
 * @router: the router
 * @expires: when the valid lifetime ends that this router advertised
 * @generation: the router's, when it last advertised the prefix
 * @left_out: advertisements in a row in which it did not
 * @dropped: whether that were too many
 */
struct kame_nd_edge {
	struct hlist_node hnode;
	struct list_head of_prefix;
	struct list_head of_router;
	struct kame_nd_prefix *prefix;
	struct kame_nd_router *router;
	u64 expires;
	u32 generation;
	unsigned int left_out;
	bool dropped;
};

/* One that is being probed is what it was before. */
static inline bool kame_nd_router_live(const struct kame_nd_router *router)
{
	enum kame_nd_reach reach = router->reach;

	if (reach == KAME_ND_REACH_PROBING)
		reach = router->was;
	return reach != KAME_ND_REACH_UNREACHABLE;
}

u64 kame_nd_now(void);

void kame_nd_listed(struct kame_nd_ns *ns);
void kame_nd_list_last(struct kame_nd_ns *ns, struct list_head *entry, struct list_head *list);

struct kame_nd_link *kame_nd_link_find(struct kame_nd_ns *ns, int ifindex);
struct kame_nd_link *kame_nd_link_get(struct kame_nd_ns *ns, int ifindex);
void kame_nd_link_free(struct kame_nd_link *link, enum kame_nd_cause cause);
void kame_nd_link_flush_prefixes(struct kame_nd_link *link, enum kame_nd_cause cause);
void kame_nd_link_flush_routers(struct kame_nd_link *link, enum kame_nd_cause cause);
void kame_nd_link_touch(struct kame_nd_link *link);

struct kame_nd_router *kame_nd_router_find(struct kame_nd_ns *ns, int ifindex,
					   const struct in6_addr *addr);
struct kame_nd_router *kame_nd_router_add(struct kame_nd_link *link, const struct in6_addr *addr);
void kame_nd_router_del(struct kame_nd_router *router, enum kame_nd_cause cause);
void kame_nd_router_touch(struct kame_nd_router *router);
void kame_nd_router_set_reach(struct kame_nd_router *router, enum kame_nd_reach reach);

struct kame_nd_prefix *kame_nd_prefix_find(struct kame_nd_ns *ns, int ifindex,
					   const struct in6_addr *addr, u8 len);
struct kame_nd_prefix *kame_nd_prefix_add(struct kame_nd_link *link, const struct in6_addr *addr,
					  u8 len);
void kame_nd_prefix_del(struct kame_nd_prefix *prefix, enum kame_nd_cause cause);
void kame_nd_prefix_touch(struct kame_nd_prefix *prefix);

struct kame_nd_edge *kame_nd_edge_find(struct kame_nd_prefix *prefix,
				       struct kame_nd_router *router);
struct kame_nd_edge *kame_nd_edge_add(struct kame_nd_prefix *prefix,
				      struct kame_nd_router *router);
void kame_nd_edge_del(struct kame_nd_edge *edge);
void kame_nd_edge_set_dropped(struct kame_nd_edge *edge, bool dropped);

void kame_nd_settle(struct kame_nd_ns *ns, enum kame_nd_cause cause);
void kame_nd_table_init(struct kame_nd_ns *ns);
void kame_nd_table_uninit(struct kame_nd_ns *ns);

#endif /* _KAME_ND_TABLE_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of kame_tunnel share: the device, its settings, the outer
 * route and the namespace.
 */
#ifndef _KAME_TUNNEL_H
#define _KAME_TUNNEL_H

#include <linux/netdevice.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <net/gro_cells.h>
#include <net/ip6_route.h>
#include <net/ip_tunnels.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include <linux/kame_tunnel.h>
#include <linux/kame_tunnel_link.h>
#include <linux/kame_tunnel_mib.h>

#include <kame/compat.h>

#include "maker.h"

#define KAME_TUNNEL_KIND		"kame_tunnel"

#define KAME_TUNNEL_MAX_DEPTH		8
#define KAME_TUNNEL_DEFAULT_DEPTH	4
#define KAME_TUNNEL_MAX_NESTING		16
#define KAME_TUNNEL_DEFAULT_NESTING	8

/* Size of the destination options header that holds an encapsulation limit. */
#define KAME_TUNNEL_LIMIT_HLEN		8

struct kame_tunnel;

/**
 * struct kame_tunnel_key - the endpoints that a received packet is matched by
 * @local: outer address of this end; :: or ::ffff:0.0.0.0 is any
 * @remote: outer address of the other end
 *
 * IPv4 addresses are kept IPv4-mapped (RFC 4291, section 2.5.5.2). Such an
 * address is refused for an IPv6 tunnel, so it also tells the family.
 */
struct kame_tunnel_key {
	struct in6_addr local;
	struct in6_addr remote;
};

/**
 * struct kame_tunnel_route - the way to the other end, kept from packet to packet
 * @dst: the route, a reference held; packets borrow it under RCU
 * @saddr: outer source address that goes with it, IPv4-mapped for IPv4
 * @cookie: what dst_check() wants to see
 * @generation: kame_tunnel_net.generation when it was looked up
 * @mark: the mark that it was looked up with
 * @headroom: link-layer and IPsec headers that will be put before the outer one
 * @dsfield: the traffic class that it was looked up with, without ECN
 * @rcu: frees it
 */
struct kame_tunnel_route {
	struct dst_entry *dst;
	struct in6_addr saddr;
	u32 cookie;
	u32 generation;
	u32 mark;
	u16 headroom;
	u8 dsfield;
	struct rcu_head rcu;
};

/**
 * struct kame_tunnel_cfg - the settings of a device
 * @node: link in kame_tunnel_net.table
 * @t: the tunnel
 * @key: the endpoints
 * @link: device that outer packets leave by, 0 for any
 * @fwmark: mark that the outer route is looked up with
 * @flowlabel: flow label of the outer header
 * @hoplimit: hop limit of the outer header, 0 to copy the inner one
 * @dsfield: traffic class of the outer header, ECN bits 0
 * @encap_limit: encapsulation limit, or -1 for none
 * @max_depth: most nested kame_tunnel devices, 0 for the namespace's setting
 * @max_nesting: most tunnel headers in a packet, 0 for the namespace's setting
 * @ipv6: the outer header is IPv6; @flowlabel_auto is only set then
 * @dsfield_inherit: copy the traffic class of the inner header
 * @flowlabel_auto: make a flow label for each flow
 * @flowlabel_inherit: copy the flow label of an inner IPv6 header
 * @fwmark_inherit: look up the outer route with the mark of the inner packet
 * @pmtudisc: discover the path MTU of the outer path
 * @ecn: normal mode of RFC 6040, else compatibility mode
 * @ingress: accept packets only from where a route leads back
 * @route: the way to the other end for inner IPv4 and for inner IPv6, which an
 *	IPsec policy may tell apart; or NULL. Written under kame_tunnel.lock
 * @ingress_ok: device that the ingress filter found good last (low half), and the
 *	stamp of that (high half), see route.c
 * @rcu: frees it
 *
 * Everything above @route is constant once the settings are published, so that
 * a change is seen as a whole or not at all: it makes a new copy.
 */
struct kame_tunnel_cfg {
	struct rhash_head node;
	struct kame_tunnel *t;
	struct kame_tunnel_key key;
	u32 link;
	u32 fwmark;
	__be32 flowlabel;
	u8 hoplimit;
	u8 dsfield;
	s16 encap_limit;
	u8 max_depth;
	u8 max_nesting;
	bool ipv6:1;
	bool dsfield_inherit:1;
	bool flowlabel_auto:1;
	bool flowlabel_inherit:1;
	bool fwmark_inherit:1;
	bool pmtudisc:1;
	bool ecn:1;
	bool ingress:1;

	struct kame_tunnel_route __rcu *route[2];
	u64 ingress_ok;
	struct rcu_head rcu;
};

/* Bits of kame_tunnel.flags */
#define KAME_TUNNEL_LOOPS	0

/**
 * struct kame_tunnel - a device
 * @dev: the device
 * @net: namespace of the outer packets: where the device was made, wherever it
 *	has been moved to since. The device does not outlive it.
 * @kn: what this module keeps for @net
 * @cfg: the settings; written under RTNL
 * @lock: protects the writing of kame_tunnel_cfg.route
 * @gro_cells: queues of received packets, for GRO
 * @aggregated: when a TCP packet last came with segments joined already, in jiffies
 * @list: link in kame_tunnel_net.tunnels
 * @flags: KAME_TUNNEL_LOOPS, what the route check found last
 * @refused: datagrams of which a fragment was refused lately, see maker.c
 * @mib: counters, indexed by enum kame_tunnel_mib
 */
struct kame_tunnel {
	struct net_device *dev;
	struct net *net;
	struct kame_tunnel_net *kn;
	struct kame_tunnel_cfg __rcu *cfg;
	spinlock_t lock;
	struct gro_cells gro_cells;
	unsigned long aggregated;
	struct list_head list;
	unsigned long flags;
	u32 refused[KAME_TUNNEL_REFUSED];
	atomic64_t mib[__KAME_TUNNEL_MIB_MAX];
};

/**
 * struct kame_tunnel_net - a namespace
 * @net: the namespace
 * @table: settings of the tunnels with their outer packets here, by endpoints
 * @any_local: number of them without a local address; written under RTNL
 * @generation: raised before a route, rule or nexthop of the namespace changes, where
 *	the kernel tells of it
 * @max_depth: most nested kame_tunnel devices
 * @max_nesting: most tunnel headers in a packet
 * @tunnels: the tunnels with their outer packets here; written under RTNL, read
 *	under RTNL or RCU
 * @fib_nb: hears of changes of routes
 * @nexthop_nb: hears of changes of nexthop objects
 * @check_work: runs the route check after them
 * @event_rs: rate limit of events
 * @event_missed: number of events held back since the last
 * @mib: counters, indexed by enum kame_tunnel_mib
 */
struct kame_tunnel_net {
	struct net *net;
	struct rhashtable table;
	unsigned int any_local;
	u32 generation;
	u8 max_depth;
	u8 max_nesting;
	struct list_head tunnels;
	struct notifier_block fib_nb;
	struct notifier_block nexthop_nb;
	struct delayed_work check_work;
	struct ratelimit_state event_rs;
	atomic_t event_missed;
	atomic64_t mib[__KAME_TUNNEL_MIB_MAX];
};

extern unsigned int kame_tunnel_net_id;
extern u32 kame_tunnel_hash_seed;

static inline struct kame_tunnel_net *kame_tunnel_pernet(const struct net *net)
{
	return net_generic(net, kame_tunnel_net_id);
}

/* Length of what is put before an inner packet, with a limit option or not. */
static inline unsigned int kame_tunnel_hlen(const struct kame_tunnel_cfg *cfg, bool limit)
{
	if (!cfg->ipv6)
		return sizeof(struct iphdr);
	return sizeof(struct ipv6hdr) + (limit ? KAME_TUNNEL_LIMIT_HLEN : 0);
}

/* mib.c */
void kame_tunnel_mib_inc(struct kame_tunnel *t, enum kame_tunnel_mib which);
void kame_tunnel_mib_drop(struct kame_tunnel *t, struct sk_buff *skb,
			  enum kame_tunnel_mib which);
void kame_tunnel_mib_read(const atomic64_t *mib, u64 *out);

/* table.c */
int kame_tunnel_table_init(struct kame_tunnel_net *kn);
void kame_tunnel_table_uninit(struct kame_tunnel_net *kn);
struct kame_tunnel_cfg *kame_tunnel_table_find(struct kame_tunnel_net *kn,
					       const struct kame_tunnel_key *key);
struct kame_tunnel_cfg *kame_tunnel_table_match(struct kame_tunnel_net *kn,
						struct kame_tunnel_key *key);
int kame_tunnel_table_add(struct kame_tunnel_net *kn, struct kame_tunnel_cfg *cfg);
int kame_tunnel_table_replace(struct kame_tunnel_net *kn, struct kame_tunnel_cfg *old,
			      struct kame_tunnel_cfg *cfg);
void kame_tunnel_table_del(struct kame_tunnel_net *kn, struct kame_tunnel_cfg *cfg);

/* cfg.c */
int kame_tunnel_cfg_parse(struct kame_tunnel_cfg *cfg, struct nlattr *data[], struct net *net,
			  struct netlink_ext_ack *extack);
int kame_tunnel_cfg_fill(struct sk_buff *skb, const struct kame_tunnel *t,
			 const struct kame_tunnel_cfg *cfg);
size_t kame_tunnel_cfg_size(void);
void kame_tunnel_cfg_put(struct kame_tunnel_cfg *cfg);

/* route.c */
struct kame_tunnel_route *kame_tunnel_route_get(struct kame_tunnel *t, struct kame_tunnel_cfg *cfg,
						u8 proto, u8 dsfield, u32 mark,
						struct kame_tunnel_route *own);
struct dst_entry *kame_tunnel_route_lookup(const struct kame_tunnel *t,
					   const struct kame_tunnel_cfg *cfg,
					   u8 proto, u8 dsfield, u32 mark,
					   struct in6_addr *saddr);
void kame_tunnel_route_drop(struct kame_tunnel_cfg *cfg);
bool kame_tunnel_route_back(struct kame_tunnel *t, struct kame_tunnel_cfg *cfg, int ifindex);

/* output.c */
netdev_tx_t kame_tunnel_output_xmit(struct sk_buff *skb, struct net_device *dev);

/* input.c */
int kame_tunnel_input_init(void);
void kame_tunnel_input_uninit(void);

/* icmp.c */
int kame_tunnel_icmp4_err(struct sk_buff *skb, u32 info);
int kame_tunnel_icmp6_err(struct sk_buff *skb, u8 proto, u8 type, u8 code, int offset, __be32 info);

/* check.c */
#define KAME_TUNNEL_PATH_MAX 32

/**
 * struct kame_tunnel_path - a walk from a tunnel along the routes
 * @end: how it ended
 * @len: number of entries in @dev
 * @dev: the devices, in order; valid for as long as the RCU read side that the
 *	walk was made in
 */
struct kame_tunnel_path {
	enum kame_tunnel_path_end end;
	unsigned int len;
	const struct net_device *dev[KAME_TUNNEL_PATH_MAX];
};

bool kame_tunnel_check_is_tunnel(const struct net_device *dev);
void kame_tunnel_check_walk(struct kame_tunnel *t, struct kame_tunnel_path *path);
bool kame_tunnel_check_now(struct kame_tunnel *t);
void kame_tunnel_check_schedule(struct kame_tunnel_net *kn);
int kame_tunnel_check_init(struct kame_tunnel_net *kn);
void kame_tunnel_check_uninit(struct kame_tunnel_net *kn);

/* dev.c */
void kame_tunnel_dev_setup(struct net_device *dev);
bool kame_tunnel_dev_is(const struct net_device *dev);
void kame_tunnel_dev_adjust(struct kame_tunnel *t, const struct kame_tunnel_cfg *cfg,
			    bool set_mtu);

/* link.c */
extern struct rtnl_link_ops kame_tunnel_link_ops;

/* netns.c */
int kame_tunnel_netns_init(void);
void kame_tunnel_netns_uninit(void);

/* genl.c */
int kame_tunnel_genl_init(void);
void kame_tunnel_genl_uninit(void);
int kame_tunnel_genl_put_hop(struct sk_buff *skb, struct net *net, const struct net_device *dev);
extern struct genl_family kame_tunnel_genl_family;

#endif /* _KAME_TUNNEL_H */

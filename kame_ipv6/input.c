// SPDX-License-Identifier: GPL-2.0-only
/*
 * A packet's way from the driver to its route:
 *
 *	receive handler -> packet type -> sanity -> hop-by-hop options ->
 *	PRE_ROUTING -> VRF -> route -> deliver.c
 *
 * in the order of the stock input, which never sees the packet.
 */
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/dst_metadata.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6_stubs.h>
#include <net/l3mdev.h>
#include <net/tcp.h>

#include <uapi/linux/kame_ipv6.h>

#include "cache.h"
#include "deliver.h"
#include "demux.h"
#include "dev.h"
#include "input.h"
#include "mib.h"
#include "options.h"
#include "walk.h"

/**
 * struct input_sum - what packets add to the SNMP counters of input
 * @packets: packets
 * @octets: their bytes from the IPv6 header on
 * @ect: segments by their ECN field, RFC 3168
 */
struct input_sum {
	u32 packets;
	u32 octets;
	u32 ect[INET_ECN_MASK + 1];
};

/* The receive handler's mark for the packet type: who took this packet. */
struct input_cb {
	const struct kame_ipv6_dev *owner;
};

#define INPUT_CB(skb) ((struct input_cb *)(skb)->cb)

/* Told without a call for all but a few packets. */
static bool may_have_hop_by_hop(const struct sk_buff *skb)
{
	const struct ipv6hdr *hdr = (const struct ipv6hdr *)skb->data;

	return skb_headlen(skb) < sizeof(*hdr) || hdr->nexthdr == NEXTHDR_HOP;
}

static noinline bool is_for_stock(const struct sk_buff *skb)
{
	const struct inet6_dev *idev = __in6_dev_get(skb->dev);

	return kame_ipv6_options_kernel_only(skb, idev && READ_ONCE(idev->cnf.ioam6_enabled));
}

/**
 * kame_ipv6_input_rx_handler - keep the stock input from an IPv6 packet
 * @pskb: a packet behind taps and tc
 *
 * Return: RX_HANDLER_EXACT has the stack give the packet only to packet types
 * that are bound to this device, as ours is.
 */
rx_handler_result_t kame_ipv6_input_rx_handler(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	const struct kame_ipv6_dev *kdev;

	if (skb->protocol != htons(ETH_P_IPV6))
		return RX_HANDLER_PASS;
	kdev = rcu_dereference(skb->dev->rx_handler_data);
	if (unlikely(may_have_hop_by_hop(skb) && is_for_stock(skb))) {
		kame_ipv6_mib_inc(kdev->mib, KAME_IPV6_MIB_HANDED_OVER);
		return RX_HANDLER_PASS;
	}
	INPUT_CB(skb)->owner = kdev;
	return RX_HANDLER_EXACT;
}

/* Whether the packet came by our receive handler on the device of the packet
 * type. Those that didn't are the stock input's: ones that were on their way
 * when the device was attached, or a VLAN's.
 */
static bool input_owns(const struct kame_ipv6_dev *kdev, const struct sk_buff *skb)
{
	return skb->dev == kdev->dev && INPUT_CB(skb)->owner == kdev;
}

/* Neither the loopback or unspecified address nor a group, whatever else it is. */
static bool address_is_plain(const struct in6_addr *addr)
{
	return (u8)(addr->s6_addr[0] + 1) > 1;
}

/* Addresses that must not come in from outside, RFC 4291 */
static noinline bool addresses_allowed(const struct sk_buff *skb, const struct ipv6hdr *hdr)
{
	const struct net_device *dev = skb->dev;
	bool looped = dev->flags & IFF_LOOPBACK;

	/* Section 2.5.3: the loopback address never leaves a node. */
	if ((ipv6_addr_loopback(&hdr->saddr) || ipv6_addr_loopback(&hdr->daddr)) &&
	    !looped && !netif_is_l3_master(dev))
		return false;
	/* Section 2.7: a group is no source. */
	if (ipv6_addr_is_multicast(&hdr->saddr))
		return false;
	if (!ipv6_addr_is_multicast(&hdr->daddr))
		return true;
	switch (IPV6_ADDR_MC_SCOPE(&hdr->daddr)) {
	case 0:
		/* Section 2.7: reserved */
		return false;
	case IPV6_ADDR_SCOPE_NODELOCAL:
		/* Erratum 3480: interface-local scope spans one interface of one node. */
		return skb->pkt_type == PACKET_LOOPBACK || looped;
	default:
		return true;
	}
}

static bool addresses_valid(const struct sk_buff *skb, const struct ipv6hdr *hdr)
{
	return likely(address_is_plain(&hdr->saddr) && address_is_plain(&hdr->daddr)) ||
	       addresses_allowed(skb, hdr);
}

/* A unicast packet in a link-layer group is an attack on wireless links. */
static bool hides_in_group(const struct sk_buff *skb, const struct ipv6hdr *hdr,
			   const struct inet6_dev *idev)
{
	return (skb->pkt_type == PACKET_BROADCAST || skb->pkt_type == PACKET_MULTICAST) &&
	       READ_ONCE(idev->cnf.drop_unicast_in_l2_multicast) &&
	       !ipv6_addr_is_multicast(&hdr->daddr);
}

/* Payload length in bytes. GRO makes TCP packets that are longer than the field holds. */
static u32 payload_len(const struct sk_buff *skb, const struct ipv6hdr *hdr)
{
	u32 len = ntohs(hdr->payload_len);

	if (len || !skb_is_gso(skb) || !skb_is_gso_tcp(skb))
		return len;
	return skb->len - sizeof(*hdr);
}

/* Cut what the link layer padded. Return: false where the packet is too short. */
static bool payload_fits(struct kame_ipv6_walk *w)
{
	const struct ipv6hdr *hdr = ipv6_hdr(w->skb);
	u32 len = payload_len(w->skb, hdr);

	/* The length may be in a Jumbo Payload option. */
	if (!len && hdr->nexthdr == NEXTHDR_HOP)
		return true;
	if (len + sizeof(*hdr) > w->skb->len) {
		kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_PAYLOAD, IPSTATS_MIB_INTRUNCATEDPKTS);
		return false;
	}
	if (pskb_trim_rcsum(w->skb, len + sizeof(*hdr))) {
		kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_NO_MEMORY, IPSTATS_MIB_INHDRERRORS);
		return false;
	}
	return true;
}

static __always_inline void count_ect(const struct sk_buff *skb, struct input_sum *sum)
{
	sum->ect[ipv6_get_dsfield((const struct ipv6hdr *)skb->data) & INET_ECN_MASK] +=
		max_t(unsigned short, 1, skb_shinfo(skb)->gso_segs);
}

/* The IPv6 header, RFC 8200 section 3 */
static bool ipv6_header(struct kame_ipv6_walk *w, struct input_sum *sum)
{
	struct sk_buff *skb = w->skb;
	const struct ipv6hdr *hdr;

	skb_reset_transport_header(skb);
	if (!kame_ipv6_walk_need(w, sizeof(*hdr)))
		return false;
	hdr = ipv6_hdr(skb);
	if (hdr->version != 6) {
		kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_VERSION, IPSTATS_MIB_INHDRERRORS);
		return false;
	}
	count_ect(skb, sum);
	if (!addresses_valid(skb, hdr)) {
		kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_ADDRESS, IPSTATS_MIB_INHDRERRORS);
		return false;
	}
	if (unlikely(hides_in_group(skb, hdr, w->idev))) {
		kame_ipv6_walk_drop(w, KAME_IPV6_MIB_DROP_L2_MULTICAST,
				    IPSTATS_MIB_INHDRERRORS);
		return false;
	}
	IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
	skb_set_transport_header(skb, sizeof(*hdr));
	return payload_fits(w);
}

/* The packet is ours alone, and its control block is filled as in stock: sockets
 * read it for RFC 3542 ancillary data.
 */
static __always_inline void input_begin(struct sk_buff *skb)
{
	memset(IP6CB(skb), 0, sizeof(struct inet6_skb_parm));
	/* A packet of our own to an address of our own comes in by the loopback
	 * device, and belongs to the link of its address.
	 */
	IP6CB(skb)->iif = skb_valid_dst(skb) ? ip6_dst_idev(skb_dst(skb))->dev->ifindex :
					       skb->dev->ifindex;
}

/* Count what was summed up. */
static void input_count(const struct kame_ipv6_origin *from, struct inet6_dev *idev,
			const struct input_sum *sum)
{
	unsigned int i;

	kame_ipv6_mib_count(from->mib, KAME_IPV6_MIB_IN, sum->packets);
	__IP6_ADD_STATS(from->net, idev, IPSTATS_MIB_INPKTS, sum->packets);
	__IP6_ADD_STATS(from->net, idev, IPSTATS_MIB_INOCTETS, sum->octets);
	for (i = 0; i < ARRAY_SIZE(sum->ect); i++)
		if (sum->ect[i])
			__IP6_ADD_STATS(from->net, idev, IPSTATS_MIB_NOECTPKTS + i, sum->ect[i]);
}

/* All checks, for packets that need more than a look. Return: NULL where the packet is gone. */
static noinline struct sk_buff *input_check(const struct kame_ipv6_origin *from,
					    struct inet6_dev *idev, struct sk_buff *skb,
					    struct input_sum *sum)
{
	struct kame_ipv6_walk w;

	if (unlikely(skb->pkt_type == PACKET_OTHERHOST)) {
		kame_ipv6_mib_inc(from->mib, KAME_IPV6_MIB_IN);
		dev_core_stats_rx_otherhost_dropped_inc(skb->dev);
		kame_ipv6_drop(from->mib, skb, KAME_IPV6_MIB_DROP_OTHERHOST);
		return NULL;
	}
	sum->packets++;
	sum->octets += skb->len;
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (unlikely(!skb)) {
		__IP6_INC_STATS(from->net, idev, IPSTATS_MIB_INDISCARDS);
		kame_ipv6_mib_inc(from->mib, KAME_IPV6_MIB_DROP_NO_MEMORY);
		return NULL;
	}
	if (unlikely(!idev || READ_ONCE(idev->cnf.disable_ipv6))) {
		__IP6_INC_STATS(from->net, idev, IPSTATS_MIB_INDISCARDS);
		kame_ipv6_drop(from->mib, skb, KAME_IPV6_MIB_DROP_DISABLED);
		return NULL;
	}
	input_begin(skb);
	/* What only extension headers need comes with the first of them. */
	w.skb = skb;
	w.net = from->net;
	w.idev = idev;
	w.mib = from->mib;
	w.contiguity = from->contiguity;
	if (unlikely(!ipv6_header(&w, sum)))
		return NULL;
	if (ipv6_hdr(skb)->nexthdr == NEXTHDR_HOP) {
		kame_ipv6_walk_init(&w, skb, from->net, from->mib, from->contiguity);
		if (!kame_ipv6_walk_enter(&w, NEXTHDR_HOP) || kame_ipv6_exthdrs_hop_by_hop(&w) < 0)
			return NULL;
	}
	return skb;
}

/* Nearly every packet: input_check() would find nothing to refuse, to cut or to read. */
static __always_inline bool is_common(const struct sk_buff *skb, const struct inet6_dev *idev)
{
	const struct ipv6hdr *hdr = (const struct ipv6hdr *)skb->data;

	return skb->pkt_type == PACKET_HOST && !skb_shared(skb) && idev &&
	       !READ_ONCE(idev->cnf.disable_ipv6) && skb_headlen(skb) >= sizeof(*hdr) &&
	       hdr->version == 6 && hdr->nexthdr != NEXTHDR_HOP &&
	       ntohs(hdr->payload_len) + sizeof(*hdr) == skb->len &&
	       address_is_plain(&hdr->saddr) && address_is_plain(&hdr->daddr);
}

/* From the packet type to PRE_ROUTING. Return: NULL where the packet is gone. */
static __always_inline struct sk_buff *input_core(const struct kame_ipv6_origin *from,
						  struct inet6_dev *idev, struct sk_buff *skb,
						  struct input_sum *sum)
{
	if (likely(is_common(skb, idev))) {
		sum->packets++;
		sum->octets += skb->len;
		input_begin(skb);
		IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
		skb_set_transport_header(skb, sizeof(struct ipv6hdr));
		count_ect(skb, sum);
	} else {
		skb = input_check(from, idev, skb, sum);
		if (!skb)
			return NULL;
	}
	/* A socket that TPROXY assigned stays; one of a sender on this host goes. */
	if (!skb_sk_is_prefetched(skb))
		skb_orphan(skb);
	return skb;
}

/**
 * struct input_last - the route of the last packet of a list
 * @dst: the route, NULL where it serves that packet alone
 * @path: what is known of it
 * @daddr: its destination
 */
struct input_last {
	struct dst_entry *dst;
	struct kame_ipv6_path path;
	struct in6_addr daddr;
};

/* Whether the route of one packet serves for the next one to the same address. */
static bool route_is_shared(const struct net *net, const struct sk_buff *skb)
{
	return skb_dst_is_noref(skb) && !fib6_routes_require_src(net) &&
	       !fib6_has_custom_rules(net) && !(IP6CB(skb)->flags & IP6SKB_MULTIPATH);
}

static __always_inline void input_route(struct net *net, struct sk_buff *skb,
					struct input_last *last)
{
	const struct in6_addr *daddr = &ipv6_hdr(skb)->daddr;

	if (skb_valid_dst(skb)) {
		last->dst = NULL;
		last->path.kind = KAME_IPV6_PATH_OTHER;
	} else if (last->dst && !skb_dst(skb) && ipv6_addr_equal(&last->daddr, daddr)) {
		skb_dst_set_noref(skb, last->dst);
	} else {
		kame_ipv6_cache_route(skb, net, &last->path);
		last->dst = route_is_shared(net, skb) ? skb_dst(skb) : NULL;
		last->daddr = *daddr;
	}
}

/* From the end of PRE_ROUTING to the end. In a list for one destination each call on this
 * way counts: stock, too, searches once for all of it.
 */
static __always_inline int input_deliver(const struct kame_ipv6_origin *from, struct sk_buff *skb,
					 struct input_last *last)
{
	bool searched;

	skb = l3mdev_ip6_rcv(skb);
	if (!skb)
		return NET_RX_SUCCESS;
	searched = !skb_dst(skb);
	input_route(from->net, skb, last);
	/* What came with a route, as from this host itself, gets no socket in stock either. */
	if (searched)
		kame_ipv6_demux(from->net, skb);
	return kame_ipv6_deliver(from, skb, &last->path);
}

/* The same for a packet that the hook has held for a while. */
static int input_finish(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct kame_ipv6_origin from = { .net = net };
	struct input_last last = {};
	int ret;

	rcu_read_lock();
	from.mib = kame_ipv6_dev_mib(skb, &from.contiguity);
	ret = input_deliver(&from, skb, &last);
	rcu_read_unlock();
	return ret;
}

static __always_inline int input_packet(const struct kame_ipv6_origin *from, struct sk_buff *skb,
					struct input_last *last)
{
	int ret = nf_hook(NFPROTO_IPV6, NF_INET_PRE_ROUTING, from->net, NULL, skb, skb->dev,
			  NULL, input_finish);

	return ret == 1 ? input_deliver(from, skb, last) : ret;
}

static struct kame_ipv6_origin origin_of(const struct kame_ipv6_dev *kdev)
{
	return (struct kame_ipv6_origin) {
		.net = dev_net(kdev->dev),
		.mib = kdev->mib,
		.contiguity = READ_ONCE(kdev->contiguity),
	};
}

/**
 * kame_ipv6_input_rcv - input of one packet
 * @skb: the packet; gone on return
 * @dev: the device it came in on
 * @type: the packet type of an attachment
 * @orig_dev: unused
 *
 * Context: rcu_read_lock(), bottom halves off.
 * Return: NET_RX_*.
 */
int kame_ipv6_input_rcv(struct sk_buff *skb, struct net_device *dev,
			struct packet_type *type, struct net_device *orig_dev)
{
	struct kame_ipv6_dev *kdev = container_of(type, struct kame_ipv6_dev, type);
	const struct kame_ipv6_origin from = origin_of(kdev);
	struct inet6_dev *idev = __in6_dev_get(dev);
	struct input_sum sum = {};
	struct input_last last;

	if (unlikely(!input_owns(kdev, skb))) {
		consume_skb(skb);
		return NET_RX_SUCCESS;
	}
	skb = input_core(&from, idev, skb, &sum);
	input_count(&from, idev, &sum);
	if (!skb)
		return NET_RX_DROP;
	last.dst = NULL;
	return input_packet(&from, skb, &last);
}

static const struct in6_addr *destination(const struct sk_buff *skb)
{
	return &((const struct ipv6hdr *)skb->data)->daddr;
}

/* Whether the route of one packet of a list says nothing of the next one's. */
static bool goes_elsewhere(const struct sk_buff *next, const struct sk_buff *skb)
{
	return skb_headlen(next) >= sizeof(struct ipv6hdr) &&
	       skb_headlen(skb) >= sizeof(struct ipv6hdr) &&
	       !ipv6_addr_equal(destination(next), destination(skb));
}

/**
 * kame_ipv6_input_list_rcv - input of a list of packets, as NAPI drivers deliver them
 * @head: the packets; gone on return
 * @type: the packet type of an attachment
 * @orig_dev: unused
 *
 * Context: rcu_read_lock(), bottom halves off.
 */
void kame_ipv6_input_list_rcv(struct list_head *head, struct packet_type *type,
			      struct net_device *orig_dev)
{
	struct kame_ipv6_dev *kdev = container_of(type, struct kame_ipv6_dev, type);
	const struct kame_ipv6_origin from = origin_of(kdev);
	struct inet6_dev *idev = __in6_dev_get(kdev->dev);
	struct sk_buff *skb, *next;
	struct input_last last;
	struct input_sum sum = {};

	last.dst = NULL;
	list_for_each_entry_safe(skb, next, head, list) {
		skb_list_del_init(skb);
		if (!list_empty(head) && goes_elsewhere(next, skb))
			kame_ipv6_cache_prefetch(next->dev, destination(next));
		if (unlikely(!input_owns(kdev, skb))) {
			consume_skb(skb);
			continue;
		}
		skb = input_core(&from, idev, skb, &sum);
		if (skb)
			input_packet(&from, skb, &last);
	}
	input_count(&from, idev, &sum);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Input: what a policy wants protected must come in protected, by a state that fits.
 *
 *	decrypted packet -> PRE_ROUTING, other hooks -> arrive -> route -> verify
 *	any packet       -> LOCAL_IN or FORWARD, other hooks -> check
 *
 * The kernel's own policies have their say between the two, and refuse a packet from
 * a tunnel that none of them knows. Those that a policy here vouches for are excepted
 * from that, so that verification comes first.
 */
#include <linux/inetdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <net/dst.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/ip6_route.h>
#include <net/ipv6_stubs.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/udp.h>
#include <net/xfrm.h>

#include <kame/compat.h>

#include "cache.h"
#include "flow.h"
#include "icmp.h"
#include "input.h"
#include "netns.h"
#include "offload.h"
#include "policy.h"
#include "state.h"

/**
 * struct in - a packet on its way in
 * @ns: the namespace
 * @skb: the packet
 * @family: AF_INET or AF_INET6
 * @dir: KAME_IPSEC_DIR_IN or KAME_IPSEC_DIR_FWD
 */
struct in {
	struct kame_ipsec_ns *ns;
	struct sk_buff *skb;
	u8 family;
	u8 dir;
};

static unsigned int drop(const struct in *in, const struct kame_ipsec_policy *pol,
			 enum kame_ipsec_mib cause)
{
	return kame_ipsec_drop(in->ns, pol, in->skb, cause, -EACCES);
}

/* The packet as policies see it. Where a source route leads it on, its next stop is written into
 * it only behind FORWARD.
 */
static bool read_flow(const struct in *in, struct kame_ipsec_flow *flow, unsigned int fields)
{
	const struct ip_options *opt = &IPCB(in->skb)->opt;

	if (!kame_ipsec_flow_get(flow, in->skb, in->family, in->dir, 0, fields))
		return false;
	if (in->family == AF_INET && in->dir == KAME_IPSEC_DIR_FWD && unlikely(opt->srr_is_hit))
		flow->dst.a4 = opt->nexthop;
	return true;
}

/* The ends that a state must have. In transport mode those are the packet's own, of
 * which a NAT on the way may have altered the source.
 */
static bool ends_fit(const struct kame_ipsec_tmpl *tmpl, const struct xfrm_state *x,
		     const struct kame_ipsec_flow *flow)
{
	if (tmpl->mode != XFRM_MODE_TRANSPORT)
		return xfrm_addr_equal(&x->id.daddr, &tmpl->dst, tmpl->family) &&
		       xfrm_addr_equal(&x->props.saddr, &tmpl->src, tmpl->family);
	return !flow || (xfrm_addr_equal(&x->id.daddr, &flow->dst, flow->family) &&
			 (x->encap ||
			  xfrm_addr_equal(&x->props.saddr, &flow->src, flow->family)));
}

/**
 * kame_ipsec_input_state_fits - whether a state is what a policy demands on input
 * @pol: the policy, of action protect
 * @x: the state
 * @flow: the packet, or NULL where its addresses don't count
 */
bool kame_ipsec_input_state_fits(const struct kame_ipsec_policy *pol, const struct xfrm_state *x,
				 const struct kame_ipsec_flow *flow)
{
	const struct kame_ipsec_tmpl *tmpl = &pol->tmpl;

	return x->id.proto == tmpl->proto && x->props.mode == tmpl->mode &&
	       x->props.family == tmpl->family &&
	       (!tmpl->spi || x->id.spi == tmpl->spi) &&
	       (!tmpl->reqid || x->props.reqid == tmpl->reqid) && ends_fit(tmpl, x, flow);
}

/* Whether the states that a packet came through are what a policy demands: one that
 * fits, and no tunnel beside it. @flow is NULL where the packet's own addresses don't
 * count.
 */
static bool states_fit(const struct kame_ipsec_policy *pol, const struct sec_path *sp,
		       const struct kame_ipsec_flow *flow)
{
	bool found = false;
	int i;

	for (i = 0; i < sp->len; i++) {
		const struct xfrm_state *x = sp->xvec[i];

		if (flow && !kame_ipsec_state_takes(x, flow))
			return false;
		if (!found && kame_ipsec_input_state_fits(pol, x, flow))
			found = true;
		else if (x->props.mode != XFRM_MODE_TRANSPORT)
			return false;
	}
	return found;
}

/* A datagram that was put together is what its fragments are: one that came in clear must
 * not be let in by the first one, which did not.
 */
static bool fragments_fit(const struct kame_ipsec_policy *pol, struct sk_buff *skb,
			  const struct kame_ipsec_flow *flow)
{
	const struct sec_path *sp;
	struct sk_buff *frag;

	if (likely(!skb_has_frag_list(skb)) || skb_is_gso(skb))
		return true;
	skb_walk_frags(skb, frag) {
		sp = skb_sec_path(frag);
		if (!sp || !states_fit(pol, sp, flow))
			return false;
	}
	return true;
}

static bool has_tunnel(const struct sec_path *sp)
{
	int i;

	for (i = 0; i < sp->len; i++)
		if (sp->xvec[i]->props.mode != XFRM_MODE_TRANSPORT)
			return true;
	return false;
}

static u16 verified_flag(u8 dir)
{
	return dir == KAME_IPSEC_DIR_FWD ? KAME_IPSEC_CB_VERIFIED_FWD : KAME_IPSEC_CB_VERIFIED_IN;
}

static void set_flag(struct sk_buff *skb, u8 family, u16 flag)
{
	if (family == AF_INET)
		IPCB(skb)->flags |= flag;
	else
		IP6CB(skb)->flags |= flag;
}

/* The kernel's own check asks for a policy of its own unless it's told not to: IPv4 has
 * a flag for that. IPv6 has none for one packet, so it is made to forget the states.
 * What is protected once more inside has its own check later, for which this layer is
 * done with.
 */
static void mark_verified(const struct in *in, u8 proto)
{
	struct sk_buff *skb = in->skb;

	set_flag(skb, in->family, verified_flag(in->dir));
	if (in->family == AF_INET) {
		IPCB(skb)->flags |= IPSKB_NOPOLICY;
		if (proto == IPPROTO_ESP || proto == IPPROTO_AH)
			secpath_reset(skb);
	} else if (has_tunnel(skb_sec_path(skb))) {
		secpath_reset(skb);
	}
}

static unsigned int accept_verified(const struct in *in, const struct kame_ipsec_policy *pol,
				    u8 proto)
{
	struct kame_ipsec_pcpu *stats;

	kame_ipsec_mib_inc(in->ns->mib, KAME_IPSEC_MIB_IN_VERIFIED);
	local_bh_disable();
	stats = this_cpu_ptr(pol->pcpu);
	stats->count[KAME_IPSEC_STAT_PROTECTED]++;
	stats->count[KAME_IPSEC_STAT_BYTES] += in->skb->len;
	local_bh_enable();
	/* Where the packet has forgotten its states, nothing else keeps its flow back. */
	kame_ipsec_offload_forbid(in->ns->net, in->skb, in->family);
	mark_verified(in, proto);
	return NF_ACCEPT;
}

/* The policy of an ICMP error that came through a tunnel, by the flow that it quotes
 * (RFC 4301 section 6.2). Return: NULL where that has none either.
 */
static struct kame_ipsec_policy *icmp_policy(const struct in *in,
					     const struct kame_ipsec_flow *flow)
{
	struct kame_ipsec_icmp quote;
	struct kame_ipsec_flow answers;
	struct kame_ipsec_policy *pol;

	if (flow->flags & KAME_IPSEC_FLOW_CONTROL ||
	    !kame_ipsec_icmp_quote(in->skb, in->family, &quote))
		return NULL;
	kame_ipsec_icmp_reverse(&answers, &quote.flow, flow);
	pol = kame_ipsec_spd_lookup(&in->ns->spd, &answers);
	return pol && pol->action == KAME_IPSEC_ACTION_PROTECT ? pol : NULL;
}

/* A packet that came in protected */
static unsigned int verify(const struct in *in)
{
	struct sk_buff *skb = in->skb;
	struct kame_ipsec_policy *pol;
	struct kame_ipsec_flow flow;
	bool icmp = false;

	if (!read_flow(in, &flow, KAME_IPSEC_FIELD_ALL))
		return drop(in, NULL, KAME_IPSEC_MIB_DROP_MALFORMED);
	pol = kame_ipsec_spd_lookup(&in->ns->spd, &flow);
	if (!pol) {
		pol = icmp_policy(in, &flow);
		icmp = pol;
	}
	/* The kernel's own policies are asked about it. */
	if (!pol)
		return NF_ACCEPT;
	kame_ipsec_policy_use(pol);
	if (pol->action == KAME_IPSEC_ACTION_BYPASS) {
		kame_ipsec_mib_inc(in->ns->mib, KAME_IPSEC_MIB_IN_BYPASS);
		return NF_ACCEPT;
	}
	if (pol->action == KAME_IPSEC_ACTION_DISCARD)
		return drop(in, pol, KAME_IPSEC_MIB_DROP_IN_DISCARD);
	if (!states_fit(pol, skb_sec_path(skb), icmp ? NULL : &flow) ||
	    !fragments_fit(pol, skb, icmp ? NULL : &flow))
		return drop(in, pol, KAME_IPSEC_MIB_DROP_IN_MISMATCH);
	if (icmp)
		kame_ipsec_mib_inc(in->ns->mib, KAME_IPSEC_MIB_IN_ICMP);
	return accept_verified(in, pol, flow.proto);
}

static bool routed(struct sk_buff *skb, u8 family)
{
	if (skb_valid_dst(skb))
		return true;
	if (family == AF_INET)
		ip_route_input_noref(skb, ip_hdr(skb)->daddr, ip_hdr(skb)->saddr,
				     ip_hdr(skb)->tos, skb->dev);
	else
		ipv6_stub->ipv6_route_input(skb);
	return skb_valid_dst(skb);
}

static bool to_group(const struct sk_buff *skb, u8 family)
{
	return family == AF_INET ? skb_rtable(skb)->rt_flags & RTCF_MULTICAST :
				   ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr);
}

static bool for_us(const struct sk_buff *skb, u8 family)
{
	if (to_group(skb, family))
		return true;
	if (family == AF_INET)
		return skb_rtable(skb)->rt_flags & (RTCF_LOCAL | RTCF_BROADCAST);
	return dst_rt6_info(skb_dst(skb))->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST);
}

/* What goes to a group may be forwarded as well as delivered, and may have forgotten its
 * states by then.
 */
static void verify_group(struct in in)
{
	const struct kame_ipsec_policy *pol;
	struct kame_ipsec_flow flow;

	in.dir = KAME_IPSEC_DIR_FWD;
	if (!read_flow(&in, &flow, KAME_IPSEC_FIELD_ALL))
		return;
	pol = kame_ipsec_spd_lookup(&in.ns->spd, &flow);
	if (pol && pol->action == KAME_IPSEC_ACTION_PROTECT &&
	    states_fit(pol, skb_sec_path(in.skb), &flow) && fragments_fit(pol, in.skb, &flow))
		set_flag(in.skb, in.family, verified_flag(in.dir));
}

static bool disables_policy(const struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);

	return in_dev && IN_DEV_ORCONF(in_dev, NOPOLICY);
}

static bool user_excepts(const struct in *in)
{
	const struct sk_buff *skb = in->skb;

	if (skb->dev->flags & IFF_LOOPBACK)
		return true;
	if (in->family == AF_INET6)
		return skb_dst(skb) && skb_dst(skb)->flags & DST_NOPOLICY;
	/* What was verified for another direction has the flag from mark_verified(). */
	return IPCB(skb)->flags & IPSKB_NOPOLICY &&
	       (!(IPCB(skb)->flags & KAME_IPSEC_CB_VERIFIED_ANY) || disables_policy(skb->dev));
}

/* ESP in UDP (RFC 3948), which is unwrapped by its socket */
static bool is_udp_encap(const struct sock *sk, const struct sk_buff *skb, int off)
{
	__be32 buf;
	const __be32 *marker = skb_header_pointer(skb, off + sizeof(struct udphdr), sizeof(buf),
						  &buf);

	return READ_ONCE(udp_sk(sk)->encap_type) == UDP_ENCAP_ESPINUDP && (!marker || *marker);
}

/* A socket of a key manager, which excepts itself */
static bool socket_bypasses(const struct in *in, const struct sock *sk)
{
	struct kame_ipsec_flow flow;

	return rcu_access_pointer(sk->sk_policy[XFRM_POLICY_IN]) &&
	       kame_ipsec_flow_get(&flow, in->skb, in->family, in->dir, 0, KAME_IPSEC_FIELD_ALL) &&
	       kame_ipsec_state_none_for(sk, XFRM_POLICY_IN, &flow);
}

#if IS_ENABLED(CONFIG_NF_SOCKET_IPV4) || IS_ENABLED(CONFIG_NF_TPROXY_IPV4)
static struct sock *lookup4(struct net *net, const struct sk_buff *skb, const struct udphdr *uh)
{
	return udp4_lib_lookup(net, ip_hdr(skb)->saddr, uh->source, ip_hdr(skb)->daddr, uh->dest,
			       skb->dev->ifindex);
}
#else
static struct sock *lookup4(struct net *net, const struct sk_buff *skb, const struct udphdr *uh)
{
	return NULL;
}
#endif

#if IS_ENABLED(CONFIG_NF_SOCKET_IPV6) || IS_ENABLED(CONFIG_NF_TPROXY_IPV6)
static struct sock *lookup6(struct net *net, const struct sk_buff *skb, const struct udphdr *uh)
{
	return udp6_lib_lookup(net, &ipv6_hdr(skb)->saddr, uh->source, &ipv6_hdr(skb)->daddr,
			       uh->dest, skb->dev->ifindex);
}
#else
static struct sock *lookup6(struct net *net, const struct sk_buff *skb, const struct udphdr *uh)
{
	return NULL;
}
#endif

/* The lookups are there for modules where netfilter can match sockets. Without them a
 * key manager's port needs a policy of action bypass.
 */
static bool socket_excepts(const struct in *in)
{
	struct kame_ipsec_upper up;
	struct udphdr buf, *uh;
	struct sock *sk;
	bool ok;

	if (in->dir != KAME_IPSEC_DIR_IN || !kame_ipsec_flow_upper(in->skb, in->family, &up) ||
	    up.proto != IPPROTO_UDP || up.fragment)
		return false;
	uh = skb_header_pointer(in->skb, up.off, sizeof(buf), &buf);
	if (!uh)
		return false;
	sk = in->family == AF_INET ? lookup4(in->ns->net, in->skb, uh) :
				     lookup6(in->ns->net, in->skb, uh);
	if (!sk)
		return false;
	ok = socket_bypasses(in, sk) || is_udp_encap(sk, in->skb, up.off);
	sock_put(sk);
	return ok;
}

static unsigned int check_clear(const struct in *in, const struct kame_ipsec_policy *pol)
{
	if (!kame_ipsec_policy_required(pol) || socket_excepts(in))
		return NF_ACCEPT;
	return drop(in, pol, KAME_IPSEC_MIB_DROP_IN_CLEAR);
}

static unsigned int check_policy(const struct in *in, const struct kame_ipsec_policy *pol)
{
	if (!pol)
		return NF_ACCEPT;
	/* Transport mode on a path that arrive() isn't on, or policies that changed. */
	if (secpath_exists(in->skb) && skb_sec_path(in->skb)->len)
		return verify(in);
	kame_ipsec_policy_use(pol);
	switch (pol->action) {
	case KAME_IPSEC_ACTION_PROTECT:
		return check_clear(in, pol);
	case KAME_IPSEC_ACTION_BYPASS:
		kame_ipsec_mib_inc(in->ns->mib, KAME_IPSEC_MIB_IN_BYPASS);
		return NF_ACCEPT;
	default:
		return drop(in, pol, KAME_IPSEC_MIB_DROP_IN_DISCARD);
	}
}

/* A transform's own header is what states are for; nothing is let in by that. */
static bool is_transform(u8 proto)
{
	return proto == IPPROTO_ESP || proto == IPPROTO_AH || proto == IPPROTO_COMP;
}

static bool is_own(const struct sk_buff *skb, struct net *net, const struct in6_addr *addr)
{
	struct flowi6 fl6 = {
		.flowi6_iif = skb->dev->ifindex,
		.daddr = *addr,
	};
	struct dst_entry *dst = ip6_route_lookup(net, &fl6, skb, 0);
	bool own = !dst->error && dst_rt6_info(dst)->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST);

	dst_release(dst);
	return own;
}

/* Whether a routing header leads on to another address of this node, where no hook sees the
 * packet again. @final is filled in.
 */
static bool leads_on(const struct in *in, const struct kame_ipsec_flow *flow,
		     struct kame_ipsec_flow *final)
{
	if (in->dir != KAME_IPSEC_DIR_IN || in->family != AF_INET6)
		return false;
	*final = *flow;
	kame_ipsec_flow_final(final, in->skb);
	return !xfrm_addr_equal(&final->dst, &flow->dst, AF_INET6) &&
	       is_own(in->skb, in->ns->net, &final->dst.in6);
}

/* What the policy of where it leads demands must be fulfilled here, as well as what that of the
 * first stop does, which is @pol.
 */
static unsigned int check_final(const struct in *in, const struct kame_ipsec_flow *final,
				const struct kame_ipsec_policy *pol)
{
	const struct kame_ipsec_policy *last = kame_ipsec_spd_lookup(&in->ns->spd, final);
	const struct sec_path *sp = skb_sec_path(in->skb);

	if (!last || last == pol)
		return NF_ACCEPT;
	if (last->action == KAME_IPSEC_ACTION_DISCARD)
		return drop(in, last, KAME_IPSEC_MIB_DROP_IN_DISCARD);
	if (!kame_ipsec_policy_required(last))
		return NF_ACCEPT;
	if (!sp || !sp->len)
		return drop(in, last, kame_ipsec_input_decrypted(in->skb, AF_INET6) ?
				      KAME_IPSEC_MIB_DROP_IN_MISMATCH :
				      KAME_IPSEC_MIB_DROP_IN_CLEAR);
	return states_fit(last, sp, final) ? NF_ACCEPT :
					     drop(in, last, KAME_IPSEC_MIB_DROP_IN_MISMATCH);
}

/* The same for a packet whose first policy is content */
static unsigned int check_verified(const struct in *in)
{
	struct kame_ipsec_flow flow, final;

	if (in->dir != KAME_IPSEC_DIR_IN || in->family != AF_INET6 ||
	    !kame_ipsec_flow_special(in->skb, AF_INET6))
		return NF_ACCEPT;
	if (!kame_ipsec_flow_get(&flow, in->skb, AF_INET6, in->dir, 0, KAME_IPSEC_FIELD_ALL))
		return drop(in, NULL, KAME_IPSEC_MIB_DROP_MALFORMED);
	if (is_transform(flow.proto) || !leads_on(in, &flow, &final))
		return NF_ACCEPT;
	return check_final(in, &final, kame_ipsec_spd_lookup(&in->ns->spd, &flow));
}

static unsigned int check_special(const struct in *in)
{
	struct kame_ipsec_policy *pol;
	struct kame_ipsec_flow flow, final;
	struct kame_ipsec_icmp quote;
	unsigned int verdict;

	if (!read_flow(in, &flow, KAME_IPSEC_FIELD_ALL))
		return drop(in, NULL, KAME_IPSEC_MIB_DROP_MALFORMED);
	if (in->dir == KAME_IPSEC_DIR_IN && is_transform(flow.proto))
		return NF_ACCEPT;
	pol = kame_ipsec_spd_lookup(&in->ns->spd, &flow);
	if (leads_on(in, &flow, &final)) {
		verdict = check_final(in, &final, pol);
		if (verdict != NF_ACCEPT)
			return verdict;
	}
	if (pol && kame_ipsec_policy_required(pol) && !secpath_exists(in->skb) &&
	    in->dir == KAME_IPSEC_DIR_IN &&
	    kame_ipsec_icmp_quote(in->skb, in->family, &quote) &&
	    kame_ipsec_icmp_about_state(in->ns->net, in->skb, &quote)) {
		kame_ipsec_mib_inc(in->ns->mib, KAME_IPSEC_MIB_IN_ICMP);
		return NF_ACCEPT;
	}
	return check_policy(in, pol);
}

static unsigned int check(const struct in *in)
{
	struct kame_ipsec_cached *c;
	struct kame_ipsec_flow flow;
	unsigned int fields;

	if (kame_ipsec_flow_special(in->skb, in->family))
		return check_special(in);
	fields = kame_ipsec_spd_fields(&in->ns->spd, in->dir, in->family);
	if (!read_flow(in, &flow, fields))
		return drop(in, NULL, KAME_IPSEC_MIB_DROP_MALFORMED);
	c = kame_ipsec_cache_find(in->ns, &flow, fields);
	return likely(c) ? check_policy(in, c->pol) : check_special(in);
}

/* A bridge may have its frames come by: they are forwarded by no router. */
static bool is_bridged(const struct sk_buff *skb)
{
	return skb_dst(skb) && skb_dst(skb)->flags & DST_FAKE_RTABLE;
}

static unsigned int check_hook(struct kame_ipsec_ns *ns, struct sk_buff *skb,
			       const struct nf_hook_state *state, u8 family)
{
	const struct in in = {
		.ns = ns,
		.skb = skb,
		.family = family,
		.dir = state->hook == NF_INET_FORWARD ? KAME_IPSEC_DIR_FWD : KAME_IPSEC_DIR_IN,
	};
	u16 flags = family == AF_INET ? IPCB(skb)->flags : IP6CB(skb)->flags;
	unsigned int verdict;
	bool verified;

	if (is_bridged(skb))
		return NF_ACCEPT;
	verified = flags & verified_flag(in.dir);
	if (!verified && user_excepts(&in))
		return NF_ACCEPT;
	local_bh_disable();
	verdict = verified ? check_verified(&in) : check(&in);
	local_bh_enable();
	return verdict;
}

/* Whether the packet may have a router alert. Options of IPv4 are looked at only later. */
static bool may_alert(const struct sk_buff *skb, u8 family)
{
	return family == AF_INET ? ip_hdr(skb)->ihl > sizeof(struct iphdr) / 4 :
				   IP6CB(skb)->flags & IP6SKB_ROUTERALERT;
}

/* One that is forwarded is shown to who listens for alerts before it comes to FORWARD. */
static unsigned int arrive_clear(struct in *in)
{
	unsigned int verdict;

	if (for_us(in->skb, in->family) || user_excepts(in))
		return NF_ACCEPT;
	in->dir = KAME_IPSEC_DIR_FWD;
	local_bh_disable();
	verdict = check(in);
	local_bh_enable();
	return verdict;
}

/* A packet that came through states is routed here rather than a moment later: whether
 * it is delivered or forwarded must be known for its policy. A VRF has its packets
 * come by again as those of its own device.
 */
static unsigned int arrive(struct kame_ipsec_ns *ns, struct sk_buff *skb, u8 family)
{
	const struct sec_path *sp = skb_sec_path(skb);
	struct in in = { .ns = ns, .skb = skb, .family = family };
	bool clear = !sp || !sp->len;

	if (likely(clear && !may_alert(skb, family)))
		return NF_ACCEPT;
	/* Whether a frame of a bridge is for this node is not known yet. */
	if (clear && nf_bridge_in_prerouting(skb))
		return NF_ACCEPT;
	/* Without a route the packet ends where it always does. */
	if (netif_is_l3_slave(skb->dev) || !routed(skb, family))
		return NF_ACCEPT;
	if (clear)
		return arrive_clear(&in);
	in.dir = for_us(skb, family) ? KAME_IPSEC_DIR_IN : KAME_IPSEC_DIR_FWD;
	if (to_group(skb, family))
		verify_group(in);
	return verify(&in);
}

/**
 * kame_ipsec_input_arrive4 - PRE_ROUTING of IPv4
 * @priv: the namespace
 * @skb: a packet
 * @state: where it is
 *
 * Return: NF_ACCEPT, or NF_STOLEN where the packet is dropped.
 */
unsigned int kame_ipsec_input_arrive4(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	return arrive(priv, skb, AF_INET);
}

/**
 * kame_ipsec_input_arrive6 - PRE_ROUTING of IPv6
 * @priv: the namespace
 * @skb: a packet
 * @state: where it is
 *
 * Return: NF_ACCEPT, or NF_STOLEN where the packet is dropped.
 */
unsigned int kame_ipsec_input_arrive6(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	return arrive(priv, skb, AF_INET6);
}

/**
 * kame_ipsec_input_check4 - LOCAL_IN and FORWARD of IPv4
 * @priv: the namespace
 * @skb: a packet
 * @state: where it is
 *
 * Return: NF_ACCEPT, or NF_STOLEN where the packet is dropped.
 */
unsigned int kame_ipsec_input_check4(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	return check_hook(priv, skb, state, AF_INET);
}

/**
 * kame_ipsec_input_check6 - LOCAL_IN and FORWARD of IPv6
 * @priv: the namespace
 * @skb: a packet
 * @state: where it is
 *
 * Return: NF_ACCEPT, or NF_STOLEN where the packet is dropped.
 */
unsigned int kame_ipsec_input_check6(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	return check_hook(priv, skb, state, AF_INET6);
}

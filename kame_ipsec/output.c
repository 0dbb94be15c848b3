// SPDX-License-Identifier: GPL-2.0-only
/*
 * The output routine. It is called at POST_ROUTING, for packets made here and for
 * forwarded ones alike, once for each (INET'99 paper, section 3.3):
 *
 *	NAT, other hooks -> this one -> policy -> bundle -> path MTU -> the state
 *
 * It is the last of the hooks, whatever the order in which they were registered, so
 * that it sees addresses as NAT leaves them, and connection tracking knows the packet
 * before the packet changes.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/dst.h>
#include <net/inet_connection_sock.h>
#include <net/ip.h>
#include <net/ipv6_stubs.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/xfrm.h>

#include <kame/compat.h>

#include "again.h"
#include "bundle.h"
#include "cache.h"
#include "hold.h"
#include "icmp.h"
#include "input.h"
#include "offload.h"
#include "output.h"
#include "pmtu.h"
#include "room.h"
#include "start.h"
#include "state.h"

/**
 * struct kame_ipsec_under_way - a packet whose transform is up the chain of calls
 * @skb: the packet, which may be gone: to compare with only
 * @sk: its socket, likewise
 * @up: the next one up, or NULL
 *
 * Bottom halves are off while there are any: a chain of calls stays on its CPU, and no
 * other one comes between.
 */
struct kame_ipsec_under_way {
	const struct sk_buff *skb;
	const struct sock *sk;
	const struct kame_ipsec_under_way *up;
};

static unsigned int stolen(int err)
{
	/* NET_XMIT_DROP of a queue; other positive values are no errors. */
	if (err == NET_XMIT_DROP)
		err = -ENOBUFS;
	return NF_STOLEN | (err < 0 ? (unsigned int)-err << NF_VERDICT_QBITS : 0);
}

static unsigned int drop(const struct kame_ipsec_out *out, const struct kame_ipsec_policy *pol,
			 enum kame_ipsec_mib cause, int err)
{
	return kame_ipsec_drop(out->ns, pol, out->skb, cause, err);
}

/* What most packets get by with is written to be one function: a call of each part is a
 * good deal of what the part costs.
 */

/* Give the packet to the state of its bundle, which it has for a route. */
static __always_inline int transform(struct kame_ipsec_ns *ns, struct kame_ipsec_policy *pol,
				     struct kame_ipsec_pcpu *stats, struct sock *sk,
				     struct sk_buff *skb)
{
	struct kame_ipsec_counters *mine = this_cpu_ptr(ns->mib);
	struct dst_entry *dst = skb_dst(skb);
	const struct kame_ipsec_under_way here = {
		.skb = skb,
		.sk = skb->sk,
		.up = mine->under_way,
	};
	int err;

	mine->count[KAME_IPSEC_MIB_OUT_PROTECTED]++;
	stats->count[KAME_IPSEC_STAT_PROTECTED]++;
	stats->count[KAME_IPSEC_STAT_BYTES] += skb->len;
	if (kame_ipsec_bundle(dst)->again) {
		kame_ipsec_mib_inc(ns->mib, KAME_IPSEC_MIB_SECOND_PASS);
		stats->count[KAME_IPSEC_STAT_SECOND_PASS]++;
	}
	kame_ipsec_room_make(skb, dst->header_len + LL_RESERVED_SPACE(dst->dev),
			     dst->trailer_len);
	mine->under_way = &here;
	err = kame_ipsec_start(sk, skb);
	mine->under_way = here.up;
	if (unlikely(err == NET_XMIT_DROP))
		err = -ENOBUFS;
	if (unlikely(err < 0)) {
		/* The packet is gone: nothing is left to trace. */
		kame_ipsec_mib_inc(ns->mib, KAME_IPSEC_MIB_DROP_TRANSFORM);
		kame_ipsec_policy_count(pol, KAME_IPSEC_STAT_ERRORS);
	}
	return err;
}

/* The policy of the packet that is being cut to fit */
static DEFINE_PER_CPU(struct kame_ipsec_policy *, cutting);

static int transform_fragment(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct kame_ipsec_policy *pol = __this_cpu_read(cutting);

	/* A socket may have had it cut to what the device takes, which is more than what fits:
	 * the rest is done behind the transform.
	 */
	skb->ignore_df = 1;
	return transform(kame_ipsec_ns(net), pol, this_cpu_ptr(pol->pcpu), sk, skb);
}

static noinline int transform_cut(const struct kame_ipsec_out *out, struct kame_ipsec_policy *pol)
{
	struct kame_ipsec_policy *before = __this_cpu_read(cutting);
	int err;

	__this_cpu_write(cutting, pol);
	err = ipv6_stub->ipv6_fragment(out->ns->net, out->sk, out->skb, transform_fragment);
	__this_cpu_write(cutting, before);
	return err;
}

/* @dst is a bundle; @noref if somebody else's reference keeps it until the end of RCU */
static __always_inline unsigned int send(const struct kame_ipsec_out *out,
					 struct kame_ipsec_policy *pol,
					 struct kame_ipsec_pcpu *stats, struct dst_entry *dst,
					 bool noref)
{
	struct kame_ipsec_bundle *b = kame_ipsec_bundle(dst);
	enum kame_ipsec_fit fit = KAME_IPSEC_FIT_YES;
	struct sk_buff *skb = out->skb;
	bool small = kame_ipsec_pmtu_is_small(skb, b);

	if (unlikely(!small))
		fit = kame_ipsec_pmtu_fit(out, b);
	if (unlikely(fit == KAME_IPSEC_FIT_NO)) {
		kame_ipsec_pmtu_tell(out, b);
		if (!noref)
			dst_release(dst);
		return drop(out, pol, KAME_IPSEC_MIB_DROP_TOO_BIG, -EMSGSIZE);
	}
	if (kame_ipsec_out_local(out) && !(small && kame_ipsec_pmtu_is_datagram(skb)))
		kame_ipsec_pmtu_learn(out, b);
	skb_dst_drop(skb);
	if (noref)
		skb_dst_set_noref(skb, dst);
	else
		skb_dst_set(skb, dst);
	if (unlikely(fit == KAME_IPSEC_FIT_CUT)) {
		/* Each fragment takes a reference, and a cipher may keep it for long. */
		if (!skb_dst_force(skb))
			return drop(out, pol, KAME_IPSEC_MIB_DROP_NO_ROUTE, -EHOSTUNREACH);
		return stolen(transform_cut(out, pol));
	}
	return stolen(transform(out->ns, pol, stats, out->sk, skb));
}

static bool to_group(const struct sk_buff *skb, u8 family)
{
	if (family == AF_INET6)
		return ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr);
	return ipv4_is_multicast(ip_hdr(skb)->daddr) ||
	       skb_rtable(skb)->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST);
}

static unsigned int no_bundle(const struct kame_ipsec_out *out, struct kame_ipsec_policy *pol,
			      const struct kame_ipsec_flow *flow, int err)
{
	switch (err) {
	case -ENOKEY:
		return kame_ipsec_hold_no_state(out, pol, flow);
	case -EACCES:
		return drop(out, pol, KAME_IPSEC_MIB_DROP_SELECTOR, -EACCES);
	case -ENOMEM:
		return drop(out, pol, KAME_IPSEC_MIB_DROP_NO_MEMORY, -ENOMEM);
	default:
		return drop(out, pol, KAME_IPSEC_MIB_DROP_NO_ROUTE, -EHOSTUNREACH);
	}
}

/* A socket whose stream may be made of packets of others: ESP in TCP, RFC 8229 */
static bool is_carrier(struct sock *sk)
{
	return sk && sk_fullsock(sk) && sk_is_tcp(sk) && inet_csk_has_ulp(sk);
}

/* Whether what can't be looked into may be one of the packets that are under way. A queue
 * on the way may send somebody else's, which has another socket.
 */
static bool may_be_under_way(const struct kame_ipsec_out *out)
{
	const struct kame_ipsec_under_way *u = this_cpu_ptr(out->ns->mib)->under_way;
	const struct sk_buff *skb = out->skb;
	bool unknown = !skb->sk || is_carrier(skb->sk);

	for (; u; u = u->up)
		if (unknown || u->skb == skb || u->sk == skb->sk)
			return true;
	return false;
}

/* A packet that a tunnel device made from a packet of ours must not be protected
 * again. One that lost no more than its mark is sent as it is.
 */
static bool refused(const struct kame_ipsec_out *out, struct kame_ipsec_policy *pol,
		    unsigned int *verdict)
{
	switch (kame_ipsec_again_seen(out->ns->net, out->skb, out->family)) {
	case KAME_IPSEC_SEEN_ITSELF:
		kame_ipsec_mib_inc(out->ns->mib, KAME_IPSEC_MIB_SECOND_PASS);
		kame_ipsec_policy_count(pol, KAME_IPSEC_STAT_SECOND_PASS);
		*verdict = NF_ACCEPT;
		return true;
	case KAME_IPSEC_SEEN_INSIDE:
		kame_ipsec_policy_count(pol, KAME_IPSEC_STAT_SECOND_PASS);
		*verdict = drop(out, pol, KAME_IPSEC_MIB_DROP_LOOP, -ELOOP);
		return true;
	case KAME_IPSEC_SEEN_NEVER:
		if (!is_carrier(out->skb->sk))
			return false;
		break;
	case KAME_IPSEC_SEEN_UNKNOWN:
		break;
	}
	if (!may_be_under_way(out))
		return false;
	kame_ipsec_policy_count(pol, KAME_IPSEC_STAT_SECOND_PASS);
	*verdict = drop(out, pol, KAME_IPSEC_MIB_DROP_LOOP, -ELOOP);
	return true;
}

/* A packet from a state that uses UDP looks like any other to the same port. */
static bool may_be_ours(const struct dst_entry *dst, const struct kame_ipsec_flow *flow)
{
	const struct xfrm_state *x = dst->xfrm;

	return container_of(dst, struct kame_ipsec_bundle, xdst.u.dst)->encap &&
	       x->props.family == flow->family &&
	       xfrm_addr_equal(&x->id.daddr, &flow->dst, flow->family) &&
	       xfrm_addr_equal(&x->props.saddr, &flow->src, flow->family);
}

/* No bundle at hand: find or build it. @c is the cache entry to keep it in, or NULL. */
static noinline unsigned int protect_slow(const struct kame_ipsec_out *out,
					  struct kame_ipsec_policy *pol,
					  const struct kame_ipsec_flow *sender,
					  struct kame_ipsec_cached *c)
{
	struct sk_buff *skb = out->skb;
	struct kame_ipsec_flow flow;
	struct kame_ipsec_bundle *b;
	struct dst_entry *dst;
	unsigned int verdict;

	if (to_group(skb, out->family))
		return drop(out, pol, KAME_IPSEC_MIB_DROP_MULTICAST, -EACCES);
	if (sender)
		flow = *sender;
	else if (!kame_ipsec_flow_get(&flow, skb, out->family, KAME_IPSEC_DIR_OUT,
				      skb_dst(skb)->dev->ifindex, KAME_IPSEC_FIELD_ALL))
		return drop(out, pol, KAME_IPSEC_MIB_DROP_MALFORMED, -EINVAL);
	dst = kame_ipsec_bundle_get(out->ns, pol, skb, &flow);
	if (IS_ERR(dst))
		return no_bundle(out, pol, &flow, PTR_ERR(dst));
	b = kame_ipsec_bundle(dst);
	if (unlikely(may_be_ours(dst, &flow))) {
		if (refused(out, pol, &verdict)) {
			dst_release(dst);
			return verdict;
		}
	} else if (c && !b->narrow) {
		kame_ipsec_bundle_keep(&c->dst, dst);
	}
	return send(out, pol, this_cpu_ptr(pol->pcpu), dst, false);
}

/* The part of the routine that most packets get by with: flow, cached policy, cached
 * bundle.
 */
static __always_inline unsigned int protect(const struct kame_ipsec_out *out,
					    struct kame_ipsec_policy *pol,
					    struct kame_ipsec_cached *c)
{
	struct dst_entry *dst;
	struct kame_ipsec_bundle *b;

	if (unlikely(this_cpu_ptr(out->ns->mib)->under_way)) {
		unsigned int verdict;

		if (refused(out, pol, &verdict))
			return verdict;
	}
	dst = READ_ONCE(c->dst);
	if (unlikely(!dst))
		return protect_slow(out, pol, NULL, c);
	b = kame_ipsec_bundle(dst);
	if (unlikely(!kame_ipsec_bundle_current(b) || !kame_ipsec_bundle_fits(b, out->skb)))
		return protect_slow(out, pol, NULL, c);
	return send(out, pol, c->stats, dst, true);
}

static unsigned int bypass(const struct kame_ipsec_out *out)
{
	kame_ipsec_mib_inc(out->ns->mib, KAME_IPSEC_MIB_OUT_BYPASS);
	return NF_ACCEPT;
}

static __always_inline unsigned int output_cached(const struct kame_ipsec_out *out,
						  struct kame_ipsec_cached *c)
{
	struct kame_ipsec_policy *pol = c->pol;

	if (!pol)
		return NF_ACCEPT;
	kame_ipsec_policy_use_bh(c->stats);
	if (c->action == KAME_IPSEC_ACTION_BYPASS)
		return bypass(out);
	if (unlikely(c->action == KAME_IPSEC_ACTION_DISCARD))
		return drop(out, pol, KAME_IPSEC_MIB_DROP_DISCARD, -EACCES);
	kame_ipsec_offload_forbid(out->ns->net, out->skb, out->family);
	return protect(out, pol, c);
}

/* The policy of an ICMP error is that of the flow that it quotes, if its own addresses
 * have none (RFC 4301 section 6.2).
 */
static struct kame_ipsec_policy *icmp_policy(const struct kame_ipsec_out *out,
					     const struct kame_ipsec_icmp *quote,
					     const struct kame_ipsec_flow *flow,
					     struct kame_ipsec_flow *sender)
{
	struct kame_ipsec_policy *pol;

	kame_ipsec_icmp_reverse(sender, &quote->flow, flow);
	pol = kame_ipsec_spd_lookup(&out->ns->spd, sender);
	/* In transport mode there is no state between the one who says it and its reader. */
	if (!pol || pol->action != KAME_IPSEC_ACTION_PROTECT ||
	    pol->tmpl.mode != XFRM_MODE_TUNNEL)
		return NULL;
	return pol;
}

/* An error that this node made must not show what it decrypted. */
static bool quote_leaks(const struct kame_ipsec_out *out, const struct kame_ipsec_icmp *quote,
			const struct kame_ipsec_policy *pol)
{
	if (!kame_ipsec_out_local(out) || out->skb->dev->flags & IFF_LOOPBACK ||
	    !kame_ipsec_icmp_quotes_decrypted(out->ns, out->skb, quote))
		return false;
	/* One of level use may let it go in clear. */
	return READ_ONCE(out->ns->quote) == KAME_IPSEC_QUOTE_NEVER ||
	       !pol || !kame_ipsec_policy_required(pol);
}

/* ICMP, packets in packets, extension headers: read all there is. */
static noinline unsigned int output_special(const struct kame_ipsec_out *out)
{
	struct sk_buff *skb = out->skb;
	struct kame_ipsec_flow flow, sender;
	struct kame_ipsec_icmp quote;
	struct kame_ipsec_policy *pol;
	unsigned int verdict;
	bool error;

	if (!kame_ipsec_flow_get(&flow, skb, out->family, KAME_IPSEC_DIR_OUT,
				 skb_dst(skb)->dev->ifindex, KAME_IPSEC_FIELD_ALL))
		return drop(out, NULL, KAME_IPSEC_MIB_DROP_MALFORMED, -EINVAL);
	if (kame_ipsec_out_local(out))
		kame_ipsec_flow_final(&flow, skb);
	sender = flow;
	pol = kame_ipsec_spd_lookup(&out->ns->spd, &flow);
	error = kame_ipsec_icmp_quote(skb, out->family, &quote);
	if (error && !pol && !(flow.flags & KAME_IPSEC_FLOW_CONTROL))
		pol = icmp_policy(out, &quote, &flow, &sender);
	if (error && quote_leaks(out, &quote, pol))
		return drop(out, pol, KAME_IPSEC_MIB_DROP_ICMP_QUOTE, -EACCES);
	if (!pol)
		return NF_ACCEPT;
	kame_ipsec_policy_use(pol);
	if (pol->action == KAME_IPSEC_ACTION_BYPASS)
		return bypass(out);
	if (pol->action == KAME_IPSEC_ACTION_DISCARD)
		return drop(out, pol, KAME_IPSEC_MIB_DROP_DISCARD, -EACCES);
	kame_ipsec_offload_forbid(out->ns->net, skb, out->family);
	if (refused(out, pol, &verdict))
		return verdict;
	return protect_slow(out, pol, &sender, NULL);
}

/* The socket is the one that the output acts for: a packet that a tunnel device made still
 * belongs to the socket of the packet inside.
 */
static __always_inline bool socket_has_policy(const struct kame_ipsec_out *out)
{
	const struct sock *sk = sk_to_full_sk(out->sk);

	return sk && sk_fullsock(sk) && rcu_access_pointer(sk->sk_policy[XFRM_POLICY_OUT]);
}

static noinline bool socket_excepts(const struct kame_ipsec_out *out)
{
	struct kame_ipsec_flow flow;

	return kame_ipsec_flow_get(&flow, out->skb, out->family, KAME_IPSEC_DIR_OUT,
				   skb_dst(out->skb)->dev->ifindex, KAME_IPSEC_FIELD_ALL) &&
	       kame_ipsec_state_none_for(sk_to_full_sk(out->sk), XFRM_POLICY_OUT, &flow);
}

static __always_inline unsigned int output(const struct kame_ipsec_out *out, u8 family)
{
	struct kame_ipsec_flow flow __uninitialized;
	struct sk_buff *skb = out->skb;
	struct kame_ipsec_cached *c;
	unsigned int fields;

	if (unlikely(socket_has_policy(out)) && socket_excepts(out)) {
		kame_ipsec_mib_inc(out->ns->mib, KAME_IPSEC_MIB_OUT_SOCKET);
		return NF_ACCEPT;
	}
	if (unlikely(kame_ipsec_flow_special(skb, family)))
		return output_special(out);
	fields = READ_ONCE(out->ns->out_fields[family == AF_INET6]);
	if (unlikely(!kame_ipsec_flow_read(&flow, skb, family, KAME_IPSEC_DIR_OUT,
					   skb_dst(skb)->dev->ifindex, fields)))
		return drop(out, NULL, KAME_IPSEC_MIB_DROP_MALFORMED, -EINVAL);
	c = kame_ipsec_cache_find(out->ns, &flow, fields);
	return likely(c) ? output_cached(out, c) : output_special(out);
}

/* Packets that are none of our business: on their way through a state already, bridged,
 * within this node, of a device that the user excepted, and those that a VRF has still
 * to route.
 */
static __always_inline bool leave_alone(const struct sk_buff *skb, u8 family)
{
	u16 flags = family == AF_INET ? IPCB(skb)->flags : IP6CB(skb)->flags;
	const struct dst_entry *dst = skb_dst(skb);

	BUILD_BUG_ON(IPSKB_XFRM_TRANSFORMED & KAME_IPSEC_CB_VERIFIED_ANY);
	if (flags & (family == AF_INET ? IPSKB_XFRM_TRANSFORMED : IP6SKB_XFRM_TRANSFORMED))
		return true;
	return !dst || dst->xfrm || dst->flags & (DST_NOXFRM | DST_FAKE_RTABLE) ||
	       dst->dev->flags & IFF_LOOPBACK || netif_is_l3_master(dst->dev);
}

static __always_inline unsigned int output_bh(const struct kame_ipsec_out *out, u8 family)
{
	unsigned int verdict;

	local_bh_disable();
	verdict = output(out, family);
	local_bh_enable();
	return verdict;
}

/* The same where a call more is nothing */
static noinline unsigned int output_seldom(const struct kame_ipsec_out *out)
{
	return output_bh(out, out->family);
}

/**
 * kame_ipsec_output_resume - output of a packet that was held or queued
 * @net: the namespace
 * @sk: socket that the output acts for, or NULL
 * @skb: the packet; gone on return
 * @family: AF_INET or AF_INET6
 *
 * Return: 0 or a negative errno.
 */
int kame_ipsec_output_resume(struct net *net, struct sock *sk, struct sk_buff *skb, u8 family)
{
	const struct kame_ipsec_out out = {
		.ns = kame_ipsec_ns(net),
		.skb = skb,
		.sk = sk,
		.family = family,
	};
	unsigned int verdict = NF_ACCEPT;
	int err;

	rcu_read_lock();
	/* The route may have gone meanwhile, and nobody would count what becomes of the packet. */
	if (skb_dst(skb) && skb_dst(skb)->obsolete == DST_OBSOLETE_DEAD)
		verdict = drop(&out, NULL, KAME_IPSEC_MIB_DROP_NO_ROUTE, -EHOSTUNREACH);
	else if (!leave_alone(skb, family))
		verdict = output_seldom(&out);
	err = NF_DROP_GETERR(verdict);
	if (verdict == NF_ACCEPT) {
		/* The hooks have had it. */
		if (family == AF_INET)
			IPCB(skb)->flags |= IPSKB_REROUTED;
		else
			IP6CB(skb)->flags |= IP6SKB_REROUTED;
		err = dst_output(net, sk, skb);
	}
	rcu_read_unlock();
	return err;
}

static int resume4(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return kame_ipsec_output_resume(net, sk, skb, AF_INET);
}

static int resume6(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return kame_ipsec_output_resume(net, sk, skb, AF_INET6);
}

/* Return: the place of a hook, or -1 where it isn't. */
static int place_of(const struct nf_hook_entries *e, const void *priv)
{
	int i;

	for (i = 0; e && i < e->num_hook_entries; i++)
		if (e->hooks[i].priv == priv)
			return i;
	return -1;
}

/* Hooks of the same priority that were registered before this one come after it. Have
 * them run first. Should one of them queue the packet, its way leads back here.
 * Return: 1, or what netfilter made of the packet.
 */
static int run_others(const struct nf_hook_entries *e, unsigned int first, struct sk_buff *skb,
		      const struct nf_hook_state *state, u8 family)
{
	struct nf_hook_state others = *state;

	others.okfn = family == AF_INET ? resume4 : resume6;
	return nf_hook_slow(skb, &others, e, first);
}

static __always_inline unsigned int output_hook(struct kame_ipsec_ns *ns, struct sk_buff *skb,
						const struct nf_hook_state *state, u8 family)
{
	const struct kame_ipsec_out out = {
		.ns = ns,
		.skb = skb,
		.sk = state->sk,
		.family = family,
		.direct = true,
	};
	const struct nf_hook_entries *e;
	unsigned int verdict;
	int ret, i;

	/* What leaves by a VRF comes by here for the VRF first, and for its device then. */
	if (leave_alone(skb, family) || netif_is_l3_master(state->out))
		return NF_ACCEPT;
	e = kame_ipsec_netns_post_routing(state->net, family);
	if (likely(e && e->hooks[e->num_hook_entries - 1].priv == ns))
		return output_bh(&out, family);
	i = place_of(e, ns);
	/* The last policy goes, and the hook is gone already: who called it sees to what follows. */
	if (i < 0)
		return output_seldom(&out);
	ret = run_others(e, i + 1, skb, state, family);
	if (ret != 1)
		return stolen(ret);
	verdict = output_seldom(&out);
	return verdict == NF_ACCEPT ? stolen(state->okfn(state->net, state->sk, skb)) : verdict;
}

/**
 * kame_ipsec_output_hook4 - POST_ROUTING of IPv4
 * @priv: the namespace
 * @skb: a packet
 * @state: where it is
 *
 * Return: NF_ACCEPT, or NF_STOLEN with an errno for the sender.
 */
unsigned int kame_ipsec_output_hook4(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	return output_hook(priv, skb, state, AF_INET);
}

/**
 * kame_ipsec_output_hook6 - POST_ROUTING of IPv6
 * @priv: the namespace
 * @skb: a packet
 * @state: where it is
 *
 * Return: NF_ACCEPT, or NF_STOLEN with an errno for the sender.
 */
unsigned int kame_ipsec_output_hook6(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	return output_hook(priv, skb, state, AF_INET6);
}

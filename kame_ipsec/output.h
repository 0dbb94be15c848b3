/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_OUTPUT_H
#define _KAME_IPSEC_OUTPUT_H

#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "flow.h"
#include "netns.h"
#include "policy.h"

/**
 * struct kame_ipsec_out - a packet on its way out
 * @ns: the namespace
 * @skb: the packet
 * @sk: socket that the output acts for, or NULL
 * @family: AF_INET or AF_INET6
 * @direct: the sender is up the chain of calls: it was not queued in between
 */
struct kame_ipsec_out {
	struct kame_ipsec_ns *ns;
	struct sk_buff *skb;
	struct sock *sk;
	u8 family;
	bool direct;
};

/* Made on this node, not forwarded */
static inline bool kame_ipsec_out_local(const struct kame_ipsec_out *out)
{
	return !out->skb->skb_iif;
}

unsigned int kame_ipsec_output_hook4(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state);
unsigned int kame_ipsec_output_hook6(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state);
int kame_ipsec_output_resume(struct net *net, struct sock *sk, struct sk_buff *skb, u8 family);

#endif /* _KAME_IPSEC_OUTPUT_H */

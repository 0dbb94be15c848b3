/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KAME_IPSEC_ICMP_H
#define _KAME_IPSEC_ICMP_H

#include "netns.h"

/**
 * struct kame_ipsec_icmp - what an ICMP error quotes
 * @off: offset of the quoted IP header from skb->data
 * @flow: the quoted packet; its direction and devices are not filled in
 * @cut: the quote ends before the upper-layer header, which is not known
 */
struct kame_ipsec_icmp {
	int off;
	struct kame_ipsec_flow flow;
	bool cut;
};

bool kame_ipsec_icmp_quote(const struct sk_buff *skb, u8 family, struct kame_ipsec_icmp *quote);
void kame_ipsec_icmp_reverse(struct kame_ipsec_flow *to, const struct kame_ipsec_flow *quoted,
			     const struct kame_ipsec_flow *error);
bool kame_ipsec_icmp_quotes_decrypted(struct kame_ipsec_ns *ns, const struct sk_buff *skb,
				      const struct kame_ipsec_icmp *quote);
bool kame_ipsec_icmp_about_state(struct net *net, const struct sk_buff *skb,
				 const struct kame_ipsec_icmp *quote);

#endif /* _KAME_IPSEC_ICMP_H */

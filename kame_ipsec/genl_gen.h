/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	specs/kame_ipsec.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_KAME_IPSEC_GEN_H
#define _LINUX_KAME_IPSEC_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/kame_ipsec.h>

extern const struct nla_policy kame_ipsec_policy_get_nl_policy[KAME_IPSEC_A_POLICY_INDEX + 1];

extern const struct nla_policy kame_ipsec_policy_add_nl_policy[KAME_IPSEC_A_POLICY_CHECK + 1];

extern const struct nla_policy kame_ipsec_policy_del_nl_policy[KAME_IPSEC_A_POLICY_INDEX + 1];

extern const struct nla_policy kame_ipsec_policy_flush_nl_policy[KAME_IPSEC_A_POLICY_DIR + 1];

extern const struct nla_policy kame_ipsec_explain_nl_policy[KAME_IPSEC_A_FLOW_DSCP + 1];

extern const struct nla_policy kame_ipsec_ns_get_nl_policy[KAME_IPSEC_A_NS_ABI + 1];

extern const struct nla_policy kame_ipsec_ns_set_nl_policy[KAME_IPSEC_A_NS_QUOTE + 1];

/* Ops table for kame_ipsec */
extern const struct genl_ops kame_ipsec_nl_ops[7];

int kame_ipsec_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info);
int kame_ipsec_nl_policy_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb);
int kame_ipsec_nl_policy_add_doit(struct sk_buff *skb, struct genl_info *info);
int kame_ipsec_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info);
int kame_ipsec_nl_policy_flush_doit(struct sk_buff *skb,
				    struct genl_info *info);
int kame_ipsec_nl_explain_doit(struct sk_buff *skb, struct genl_info *info);
int kame_ipsec_nl_ns_get_doit(struct sk_buff *skb, struct genl_info *info);
int kame_ipsec_nl_ns_set_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	KAME_IPSEC_NLGRP_MGMT,
	KAME_IPSEC_NLGRP_STATE,
};

extern const struct genl_multicast_group kame_ipsec_nl_mcgrps[2];

#endif /* _LINUX_KAME_IPSEC_GEN_H */

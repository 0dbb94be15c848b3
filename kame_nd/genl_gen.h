/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	specs/kame_nd.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_KAME_ND_GEN_H
#define _LINUX_KAME_ND_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/kame_nd.h>

extern const struct nla_policy kame_nd_ns_get_nl_policy[KAME_ND_A_NS_ABI + 1];

extern const struct nla_policy kame_nd_ns_set_nl_policy[KAME_ND_A_NS_SCOPE + 1];

extern const struct nla_policy kame_nd_link_get_nl_policy[KAME_ND_A_LINK_IFINDEX + 1];

extern const struct nla_policy kame_nd_link_set_nl_policy[KAME_ND_A_LINK_SOURCE_ROUTER + 1];

extern const struct nla_policy kame_nd_prefix_get_nl_policy[KAME_ND_A_PREFIX_LENGTH + 1];

extern const struct nla_policy kame_nd_prefix_pin_nl_policy[KAME_ND_A_PREFIX_PIN + 1];

extern const struct nla_policy kame_nd_prefix_flush_nl_policy[KAME_ND_A_PREFIX_IFINDEX + 1];

extern const struct nla_policy kame_nd_router_get_nl_policy[KAME_ND_A_ROUTER_ADDRESS + 1];

extern const struct nla_policy kame_nd_router_flush_nl_policy[KAME_ND_A_ROUTER_IFINDEX + 1];

extern const struct nla_policy kame_nd_router_probe_nl_policy[KAME_ND_A_ROUTER_IFINDEX + 1];

/* Ops table for kame_nd */
extern const struct genl_ops kame_nd_nl_ops[10];

int kame_nd_nl_ns_get_doit(struct sk_buff *skb, struct genl_info *info);
int kame_nd_nl_ns_set_doit(struct sk_buff *skb, struct genl_info *info);
int kame_nd_nl_link_get_doit(struct sk_buff *skb, struct genl_info *info);
int kame_nd_nl_link_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int kame_nd_nl_link_set_doit(struct sk_buff *skb, struct genl_info *info);
int kame_nd_nl_prefix_get_doit(struct sk_buff *skb, struct genl_info *info);
int kame_nd_nl_prefix_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int kame_nd_nl_prefix_pin_doit(struct sk_buff *skb, struct genl_info *info);
int kame_nd_nl_prefix_flush_doit(struct sk_buff *skb, struct genl_info *info);
int kame_nd_nl_router_get_doit(struct sk_buff *skb, struct genl_info *info);
int kame_nd_nl_router_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int kame_nd_nl_router_flush_doit(struct sk_buff *skb, struct genl_info *info);
int kame_nd_nl_router_probe_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	KAME_ND_NLGRP_MGMT,
};

extern const struct genl_multicast_group kame_nd_nl_mcgrps[1];

#endif /* _LINUX_KAME_ND_GEN_H */

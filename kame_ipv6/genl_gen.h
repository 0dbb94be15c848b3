/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	specs/kame_ipv6.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_KAME_IPV6_GEN_H
#define _LINUX_KAME_IPV6_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/kame_ipv6.h>

extern const struct nla_policy kame_ipv6_dev_get_nl_policy[KAME_IPV6_A_DEV_IFINDEX + 1];

extern const struct nla_policy kame_ipv6_dev_attach_nl_policy[KAME_IPV6_A_DEV_CONTIGUITY + 1];

extern const struct nla_policy kame_ipv6_dev_detach_nl_policy[KAME_IPV6_A_DEV_IFINDEX + 1];

extern const struct nla_policy kame_ipv6_dev_set_nl_policy[KAME_IPV6_A_DEV_CONTIGUITY + 1];

extern const struct nla_policy kame_ipv6_ns_get_nl_policy[KAME_IPV6_A_NS_ABI + 1];

extern const struct nla_policy kame_ipv6_ns_set_nl_policy[KAME_IPV6_A_NS_MAX_HEADER_BYTES + 1];

/* Ops table for kame_ipv6 */
extern const struct genl_ops kame_ipv6_nl_ops[6];

int kame_ipv6_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info);
int kame_ipv6_nl_dev_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int kame_ipv6_nl_dev_attach_doit(struct sk_buff *skb, struct genl_info *info);
int kame_ipv6_nl_dev_detach_doit(struct sk_buff *skb, struct genl_info *info);
int kame_ipv6_nl_dev_set_doit(struct sk_buff *skb, struct genl_info *info);
int kame_ipv6_nl_ns_get_doit(struct sk_buff *skb, struct genl_info *info);
int kame_ipv6_nl_ns_set_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	KAME_IPV6_NLGRP_MGMT,
};

extern const struct genl_multicast_group kame_ipv6_nl_mcgrps[1];

#endif /* _LINUX_KAME_IPV6_GEN_H */

/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	specs/kame_tunnel.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_KAME_TUNNEL_GEN_H
#define _LINUX_KAME_TUNNEL_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/kame_tunnel.h>

extern const struct nla_policy kame_tunnel_ns_get_nl_policy[KAME_TUNNEL_A_NS_ABI + 1];

extern const struct nla_policy kame_tunnel_ns_set_nl_policy[KAME_TUNNEL_A_NS_MAX_NESTING + 1];

extern const struct nla_policy kame_tunnel_dev_get_nl_policy[KAME_TUNNEL_A_DEV_IFINDEX + 1];

extern const struct nla_policy kame_tunnel_check_nl_policy[KAME_TUNNEL_A_LOOP_IFINDEX + 1];

/* Ops table for kame_tunnel */
extern const struct genl_ops kame_tunnel_nl_ops[4];

int kame_tunnel_nl_ns_get_doit(struct sk_buff *skb, struct genl_info *info);
int kame_tunnel_nl_ns_set_doit(struct sk_buff *skb, struct genl_info *info);
int kame_tunnel_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info);
int kame_tunnel_nl_dev_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int kame_tunnel_nl_check_doit(struct sk_buff *skb, struct genl_info *info);
int kame_tunnel_nl_check_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);

enum {
	KAME_TUNNEL_NLGRP_LOOP,
};

extern const struct genl_multicast_group kame_tunnel_nl_mcgrps[1];

#endif /* _LINUX_KAME_TUNNEL_GEN_H */

// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	specs/kame_tunnel.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "genl_gen.h"

#include <uapi/linux/kame_tunnel.h>

/* KAME_TUNNEL_CMD_NS_GET - do */
const struct nla_policy kame_tunnel_ns_get_nl_policy[KAME_TUNNEL_A_NS_ABI + 1] = {
	[KAME_TUNNEL_A_NS_ABI] = { .type = NLA_U32, },
};

/* KAME_TUNNEL_CMD_NS_SET - do */
const struct nla_policy kame_tunnel_ns_set_nl_policy[KAME_TUNNEL_A_NS_MAX_NESTING + 1] = {
	[KAME_TUNNEL_A_NS_MAX_DEPTH] = NLA_POLICY_RANGE(NLA_U8, 1, 8),
	[KAME_TUNNEL_A_NS_MAX_NESTING] = NLA_POLICY_RANGE(NLA_U8, 1, 16),
};

/* KAME_TUNNEL_CMD_DEV_GET - do */
const struct nla_policy kame_tunnel_dev_get_nl_policy[KAME_TUNNEL_A_DEV_IFINDEX + 1] = {
	[KAME_TUNNEL_A_DEV_IFINDEX] = { .type = NLA_U32, },
};

/* KAME_TUNNEL_CMD_CHECK - do */
const struct nla_policy kame_tunnel_check_nl_policy[KAME_TUNNEL_A_LOOP_IFINDEX + 1] = {
	[KAME_TUNNEL_A_LOOP_IFINDEX] = { .type = NLA_U32, },
};

/* Ops table for kame_tunnel */
const struct genl_ops kame_tunnel_nl_ops[4] = {
	{
		.cmd		= KAME_TUNNEL_CMD_NS_GET,
		.doit		= kame_tunnel_nl_ns_get_doit,
		.policy		= kame_tunnel_ns_get_nl_policy,
		.maxattr	= KAME_TUNNEL_A_NS_ABI,
	},
	{
		.cmd		= KAME_TUNNEL_CMD_NS_SET,
		.doit		= kame_tunnel_nl_ns_set_doit,
		.policy		= kame_tunnel_ns_set_nl_policy,
		.maxattr	= KAME_TUNNEL_A_NS_MAX_NESTING,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KAME_TUNNEL_CMD_DEV_GET,
		.doit		= kame_tunnel_nl_dev_get_doit,
		.dumpit		= kame_tunnel_nl_dev_get_dumpit,
		.policy		= kame_tunnel_dev_get_nl_policy,
		.maxattr	= KAME_TUNNEL_A_DEV_IFINDEX,
	},
	{
		.cmd		= KAME_TUNNEL_CMD_CHECK,
		.doit		= kame_tunnel_nl_check_doit,
		.dumpit		= kame_tunnel_nl_check_dumpit,
		.policy		= kame_tunnel_check_nl_policy,
		.maxattr	= KAME_TUNNEL_A_LOOP_IFINDEX,
	},
};

const struct genl_multicast_group kame_tunnel_nl_mcgrps[1] = {
	[KAME_TUNNEL_NLGRP_LOOP] = { "loop", .flags = GENL_MCAST_CAP_NET_ADMIN, },
};

// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	specs/kame_ipsec.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "genl_gen.h"

#include <uapi/linux/kame_ipsec.h>

/* KAME_IPSEC_CMD_POLICY_GET - do */
const struct nla_policy kame_ipsec_policy_get_nl_policy[KAME_IPSEC_A_POLICY_INDEX + 1] = {
	[KAME_IPSEC_A_POLICY_INDEX] = { .type = NLA_U32, },
};

/* KAME_IPSEC_CMD_POLICY_ADD - do */
const struct nla_policy kame_ipsec_policy_add_nl_policy[KAME_IPSEC_A_POLICY_CHECK + 1] = {
	[KAME_IPSEC_A_POLICY_INDEX] = { .type = NLA_U32, },
	[KAME_IPSEC_A_POLICY_DIR] = NLA_POLICY_MAX(NLA_U32, 2),
	[KAME_IPSEC_A_POLICY_PRIORITY] = { .type = NLA_U32, },
	[KAME_IPSEC_A_POLICY_ACTION] = NLA_POLICY_MAX(NLA_U32, 2),
	[KAME_IPSEC_A_POLICY_FAMILY] = { .type = NLA_U8, },
	[KAME_IPSEC_A_POLICY_SRC] = { .type = NLA_BINARY, },
	[KAME_IPSEC_A_POLICY_SRC_LEN] = { .type = NLA_U8, },
	[KAME_IPSEC_A_POLICY_DST] = { .type = NLA_BINARY, },
	[KAME_IPSEC_A_POLICY_DST_LEN] = { .type = NLA_U8, },
	[KAME_IPSEC_A_POLICY_PROTO] = { .type = NLA_U8, },
	[KAME_IPSEC_A_POLICY_SPORT_MIN] = { .type = NLA_U16, },
	[KAME_IPSEC_A_POLICY_SPORT_MAX] = { .type = NLA_U16, },
	[KAME_IPSEC_A_POLICY_DPORT_MIN] = { .type = NLA_U16, },
	[KAME_IPSEC_A_POLICY_DPORT_MAX] = { .type = NLA_U16, },
	[KAME_IPSEC_A_POLICY_ICMP_TYPE] = { .type = NLA_U8, },
	[KAME_IPSEC_A_POLICY_ICMP_CODE] = { .type = NLA_U8, },
	[KAME_IPSEC_A_POLICY_IIF] = { .type = NLA_U32, },
	[KAME_IPSEC_A_POLICY_OIF] = { .type = NLA_U32, },
	[KAME_IPSEC_A_POLICY_MARK] = { .type = NLA_U32, },
	[KAME_IPSEC_A_POLICY_MARK_MASK] = { .type = NLA_U32, },
	[KAME_IPSEC_A_POLICY_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[KAME_IPSEC_A_POLICY_TRANSFORM] = { .type = NLA_U8, },
	[KAME_IPSEC_A_POLICY_MODE] = NLA_POLICY_MAX(NLA_U32, 1),
	[KAME_IPSEC_A_POLICY_OUTER_SRC] = { .type = NLA_BINARY, },
	[KAME_IPSEC_A_POLICY_OUTER_DST] = { .type = NLA_BINARY, },
	[KAME_IPSEC_A_POLICY_REQID] = { .type = NLA_U32, },
	[KAME_IPSEC_A_POLICY_SPI] = { .type = NLA_U32, },
	[KAME_IPSEC_A_POLICY_LEVEL] = NLA_POLICY_MAX(NLA_U32, 2),
	[KAME_IPSEC_A_POLICY_REPLACE] = { .type = NLA_FLAG, },
	[KAME_IPSEC_A_POLICY_CHECK] = { .type = NLA_FLAG, },
};

/* KAME_IPSEC_CMD_POLICY_DEL - do */
const struct nla_policy kame_ipsec_policy_del_nl_policy[KAME_IPSEC_A_POLICY_INDEX + 1] = {
	[KAME_IPSEC_A_POLICY_INDEX] = { .type = NLA_U32, },
};

/* KAME_IPSEC_CMD_POLICY_FLUSH - do */
const struct nla_policy kame_ipsec_policy_flush_nl_policy[KAME_IPSEC_A_POLICY_DIR + 1] = {
	[KAME_IPSEC_A_POLICY_DIR] = NLA_POLICY_MAX(NLA_U32, 2),
};

/* KAME_IPSEC_CMD_EXPLAIN - do */
const struct nla_policy kame_ipsec_explain_nl_policy[KAME_IPSEC_A_FLOW_DSCP + 1] = {
	[KAME_IPSEC_A_FLOW_DIR] = NLA_POLICY_MAX(NLA_U32, 2),
	[KAME_IPSEC_A_FLOW_FAMILY] = { .type = NLA_U8, },
	[KAME_IPSEC_A_FLOW_SRC] = { .type = NLA_BINARY, },
	[KAME_IPSEC_A_FLOW_DST] = { .type = NLA_BINARY, },
	[KAME_IPSEC_A_FLOW_PROTO] = { .type = NLA_U8, },
	[KAME_IPSEC_A_FLOW_SPORT] = { .type = NLA_U16, },
	[KAME_IPSEC_A_FLOW_DPORT] = { .type = NLA_U16, },
	[KAME_IPSEC_A_FLOW_IIF] = { .type = NLA_U32, },
	[KAME_IPSEC_A_FLOW_OIF] = { .type = NLA_U32, },
	[KAME_IPSEC_A_FLOW_MARK] = { .type = NLA_U32, },
	[KAME_IPSEC_A_FLOW_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
};

/* KAME_IPSEC_CMD_NS_GET - do */
const struct nla_policy kame_ipsec_ns_get_nl_policy[KAME_IPSEC_A_NS_ABI + 1] = {
	[KAME_IPSEC_A_NS_ABI] = { .type = NLA_U32, },
};

/* KAME_IPSEC_CMD_NS_SET - do */
const struct nla_policy kame_ipsec_ns_set_nl_policy[KAME_IPSEC_A_NS_QUOTE + 1] = {
	[KAME_IPSEC_A_NS_HOLD_MAX] = NLA_POLICY_MAX(NLA_U32, 1024),
	[KAME_IPSEC_A_NS_HOLD_MS] = NLA_POLICY_MAX(NLA_U32, 30000),
	[KAME_IPSEC_A_NS_QUOTE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* Ops table for kame_ipsec */
const struct genl_ops kame_ipsec_nl_ops[7] = {
	{
		.cmd		= KAME_IPSEC_CMD_POLICY_GET,
		.doit		= kame_ipsec_nl_policy_get_doit,
		.dumpit		= kame_ipsec_nl_policy_get_dumpit,
		.policy		= kame_ipsec_policy_get_nl_policy,
		.maxattr	= KAME_IPSEC_A_POLICY_INDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KAME_IPSEC_CMD_POLICY_ADD,
		.doit		= kame_ipsec_nl_policy_add_doit,
		.policy		= kame_ipsec_policy_add_nl_policy,
		.maxattr	= KAME_IPSEC_A_POLICY_CHECK,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KAME_IPSEC_CMD_POLICY_DEL,
		.doit		= kame_ipsec_nl_policy_del_doit,
		.policy		= kame_ipsec_policy_del_nl_policy,
		.maxattr	= KAME_IPSEC_A_POLICY_INDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KAME_IPSEC_CMD_POLICY_FLUSH,
		.doit		= kame_ipsec_nl_policy_flush_doit,
		.policy		= kame_ipsec_policy_flush_nl_policy,
		.maxattr	= KAME_IPSEC_A_POLICY_DIR,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KAME_IPSEC_CMD_EXPLAIN,
		.doit		= kame_ipsec_nl_explain_doit,
		.policy		= kame_ipsec_explain_nl_policy,
		.maxattr	= KAME_IPSEC_A_FLOW_DSCP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KAME_IPSEC_CMD_NS_GET,
		.doit		= kame_ipsec_nl_ns_get_doit,
		.policy		= kame_ipsec_ns_get_nl_policy,
		.maxattr	= KAME_IPSEC_A_NS_ABI,
	},
	{
		.cmd		= KAME_IPSEC_CMD_NS_SET,
		.doit		= kame_ipsec_nl_ns_set_doit,
		.policy		= kame_ipsec_ns_set_nl_policy,
		.maxattr	= KAME_IPSEC_A_NS_QUOTE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

const struct genl_multicast_group kame_ipsec_nl_mcgrps[2] = {
	[KAME_IPSEC_NLGRP_MGMT] = { "mgmt", .flags = GENL_MCAST_CAP_NET_ADMIN, },
	[KAME_IPSEC_NLGRP_STATE] = { "state", .flags = GENL_MCAST_CAP_NET_ADMIN, },
};

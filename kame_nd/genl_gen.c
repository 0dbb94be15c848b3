// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	specs/kame_nd.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "genl_gen.h"

#include <uapi/linux/kame_nd.h>

/* Integer value ranges */
static struct netlink_range_validation kame_nd_a_link_hold_down_range = {
	.max	= 600000ULL,
};

static struct netlink_range_validation kame_nd_a_link_max_prefixes_range = {
	.min	= 1ULL,
	.max	= 65536ULL,
};

static struct netlink_range_validation kame_nd_a_link_max_routers_range = {
	.min	= 1ULL,
	.max	= 65536ULL,
};

/* KAME_ND_CMD_NS_GET - do */
const struct nla_policy kame_nd_ns_get_nl_policy[KAME_ND_A_NS_ABI + 1] = {
	[KAME_ND_A_NS_ABI] = { .type = NLA_U32, },
};

/* KAME_ND_CMD_NS_SET - do */
const struct nla_policy kame_nd_ns_set_nl_policy[KAME_ND_A_NS_SCOPE + 1] = {
	[KAME_ND_A_NS_SCOPE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* KAME_ND_CMD_LINK_GET - do */
const struct nla_policy kame_nd_link_get_nl_policy[KAME_ND_A_LINK_IFINDEX + 1] = {
	[KAME_ND_A_LINK_IFINDEX] = { .type = NLA_U32, },
};

/* KAME_ND_CMD_LINK_SET - do */
const struct nla_policy kame_nd_link_set_nl_policy[KAME_ND_A_LINK_SOURCE_ROUTER + 1] = {
	[KAME_ND_A_LINK_IFINDEX] = { .type = NLA_U32, },
	[KAME_ND_A_LINK_ENABLED] = NLA_POLICY_MAX(NLA_U8, 1),
	[KAME_ND_A_LINK_PROBES] = NLA_POLICY_RANGE(NLA_U32, 1, 10),
	[KAME_ND_A_LINK_INTERVAL] = NLA_POLICY_RANGE(NLA_U32, 20, 10000),
	[KAME_ND_A_LINK_HOLD_DOWN] = NLA_POLICY_FULL_RANGE(NLA_U32, &kame_nd_a_link_hold_down_range),
	[KAME_ND_A_LINK_PROBE_RATE] = NLA_POLICY_RANGE(NLA_U32, 1, 1000),
	[KAME_ND_A_LINK_MAX_PREFIXES] = NLA_POLICY_FULL_RANGE(NLA_U32, &kame_nd_a_link_max_prefixes_range),
	[KAME_ND_A_LINK_MAX_ROUTERS] = NLA_POLICY_FULL_RANGE(NLA_U32, &kame_nd_a_link_max_routers_range),
	[KAME_ND_A_LINK_LEFT_OUT] = NLA_POLICY_MAX(NLA_U32, 100),
	[KAME_ND_A_LINK_RULE_5_5] = NLA_POLICY_MAX(NLA_U8, 1),
	[KAME_ND_A_LINK_SOURCE_ROUTER] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* KAME_ND_CMD_PREFIX_GET - do */
const struct nla_policy kame_nd_prefix_get_nl_policy[KAME_ND_A_PREFIX_LENGTH + 1] = {
	[KAME_ND_A_PREFIX_IFINDEX] = { .type = NLA_U32, },
	[KAME_ND_A_PREFIX_PREFIX] = NLA_POLICY_EXACT_LEN(16),
	[KAME_ND_A_PREFIX_LENGTH] = NLA_POLICY_MAX(NLA_U32, 128),
};

/* KAME_ND_CMD_PREFIX_PIN - do */
const struct nla_policy kame_nd_prefix_pin_nl_policy[KAME_ND_A_PREFIX_PIN + 1] = {
	[KAME_ND_A_PREFIX_IFINDEX] = { .type = NLA_U32, },
	[KAME_ND_A_PREFIX_PREFIX] = NLA_POLICY_EXACT_LEN(16),
	[KAME_ND_A_PREFIX_LENGTH] = NLA_POLICY_MAX(NLA_U32, 128),
	[KAME_ND_A_PREFIX_PIN] = NLA_POLICY_MAX(NLA_U32, 2),
};

/* KAME_ND_CMD_PREFIX_FLUSH - do */
const struct nla_policy kame_nd_prefix_flush_nl_policy[KAME_ND_A_PREFIX_IFINDEX + 1] = {
	[KAME_ND_A_PREFIX_IFINDEX] = { .type = NLA_U32, },
};

/* KAME_ND_CMD_ROUTER_GET - do */
const struct nla_policy kame_nd_router_get_nl_policy[KAME_ND_A_ROUTER_ADDRESS + 1] = {
	[KAME_ND_A_ROUTER_IFINDEX] = { .type = NLA_U32, },
	[KAME_ND_A_ROUTER_ADDRESS] = NLA_POLICY_EXACT_LEN(16),
};

/* KAME_ND_CMD_ROUTER_FLUSH - do */
const struct nla_policy kame_nd_router_flush_nl_policy[KAME_ND_A_ROUTER_IFINDEX + 1] = {
	[KAME_ND_A_ROUTER_IFINDEX] = { .type = NLA_U32, },
};

/* KAME_ND_CMD_ROUTER_PROBE - do */
const struct nla_policy kame_nd_router_probe_nl_policy[KAME_ND_A_ROUTER_IFINDEX + 1] = {
	[KAME_ND_A_ROUTER_IFINDEX] = { .type = NLA_U32, },
};

/* Ops table for kame_nd */
const struct genl_ops kame_nd_nl_ops[10] = {
	{
		.cmd		= KAME_ND_CMD_NS_GET,
		.doit		= kame_nd_nl_ns_get_doit,
		.policy		= kame_nd_ns_get_nl_policy,
		.maxattr	= KAME_ND_A_NS_ABI,
	},
	{
		.cmd		= KAME_ND_CMD_NS_SET,
		.doit		= kame_nd_nl_ns_set_doit,
		.policy		= kame_nd_ns_set_nl_policy,
		.maxattr	= KAME_ND_A_NS_SCOPE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KAME_ND_CMD_LINK_GET,
		.doit		= kame_nd_nl_link_get_doit,
		.dumpit		= kame_nd_nl_link_get_dumpit,
		.policy		= kame_nd_link_get_nl_policy,
		.maxattr	= KAME_ND_A_LINK_IFINDEX,
	},
	{
		.cmd		= KAME_ND_CMD_LINK_SET,
		.doit		= kame_nd_nl_link_set_doit,
		.policy		= kame_nd_link_set_nl_policy,
		.maxattr	= KAME_ND_A_LINK_SOURCE_ROUTER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KAME_ND_CMD_PREFIX_GET,
		.doit		= kame_nd_nl_prefix_get_doit,
		.dumpit		= kame_nd_nl_prefix_get_dumpit,
		.policy		= kame_nd_prefix_get_nl_policy,
		.maxattr	= KAME_ND_A_PREFIX_LENGTH,
	},
	{
		.cmd		= KAME_ND_CMD_PREFIX_PIN,
		.doit		= kame_nd_nl_prefix_pin_doit,
		.policy		= kame_nd_prefix_pin_nl_policy,
		.maxattr	= KAME_ND_A_PREFIX_PIN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KAME_ND_CMD_PREFIX_FLUSH,
		.doit		= kame_nd_nl_prefix_flush_doit,
		.policy		= kame_nd_prefix_flush_nl_policy,
		.maxattr	= KAME_ND_A_PREFIX_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KAME_ND_CMD_ROUTER_GET,
		.doit		= kame_nd_nl_router_get_doit,
		.dumpit		= kame_nd_nl_router_get_dumpit,
		.policy		= kame_nd_router_get_nl_policy,
		.maxattr	= KAME_ND_A_ROUTER_ADDRESS,
	},
	{
		.cmd		= KAME_ND_CMD_ROUTER_FLUSH,
		.doit		= kame_nd_nl_router_flush_doit,
		.policy		= kame_nd_router_flush_nl_policy,
		.maxattr	= KAME_ND_A_ROUTER_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KAME_ND_CMD_ROUTER_PROBE,
		.doit		= kame_nd_nl_router_probe_doit,
		.policy		= kame_nd_router_probe_nl_policy,
		.maxattr	= KAME_ND_A_ROUTER_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

const struct genl_multicast_group kame_nd_nl_mcgrps[1] = {
	[KAME_ND_NLGRP_MGMT] = { "mgmt", },
};

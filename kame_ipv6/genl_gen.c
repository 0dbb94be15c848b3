// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	specs/kame_ipv6.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "genl_gen.h"

#include <uapi/linux/kame_ipv6.h>

/* Integer value ranges */
static struct netlink_range_validation kame_ipv6_a_ns_max_header_bytes_range = {
	.max	= 65535ULL,
};

/* KAME_IPV6_CMD_DEV_GET - do */
const struct nla_policy kame_ipv6_dev_get_nl_policy[KAME_IPV6_A_DEV_IFINDEX + 1] = {
	[KAME_IPV6_A_DEV_IFINDEX] = { .type = NLA_U32, },
};

/* KAME_IPV6_CMD_DEV_ATTACH - do */
const struct nla_policy kame_ipv6_dev_attach_nl_policy[KAME_IPV6_A_DEV_CONTIGUITY + 1] = {
	[KAME_IPV6_A_DEV_IFINDEX] = { .type = NLA_U32, },
	[KAME_IPV6_A_DEV_CONTIGUITY] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* KAME_IPV6_CMD_DEV_DETACH - do */
const struct nla_policy kame_ipv6_dev_detach_nl_policy[KAME_IPV6_A_DEV_IFINDEX + 1] = {
	[KAME_IPV6_A_DEV_IFINDEX] = { .type = NLA_U32, },
};

/* KAME_IPV6_CMD_DEV_SET - do */
const struct nla_policy kame_ipv6_dev_set_nl_policy[KAME_IPV6_A_DEV_CONTIGUITY + 1] = {
	[KAME_IPV6_A_DEV_IFINDEX] = { .type = NLA_U32, },
	[KAME_IPV6_A_DEV_CONTIGUITY] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* KAME_IPV6_CMD_NS_GET - do */
const struct nla_policy kame_ipv6_ns_get_nl_policy[KAME_IPV6_A_NS_ABI + 1] = {
	[KAME_IPV6_A_NS_ABI] = { .type = NLA_U32, },
};

/* KAME_IPV6_CMD_NS_SET - do */
const struct nla_policy kame_ipv6_ns_set_nl_policy[KAME_IPV6_A_NS_MAX_HEADER_BYTES + 1] = {
	[KAME_IPV6_A_NS_MAX_HEADERS] = NLA_POLICY_MAX(NLA_U32, 255),
	[KAME_IPV6_A_NS_ORDER] = NLA_POLICY_MAX(NLA_U32, 1),
	[KAME_IPV6_A_NS_MAX_OPTIONS] = NLA_POLICY_MAX(NLA_U32, 255),
	[KAME_IPV6_A_NS_MAX_HEADER_BYTES] = NLA_POLICY_FULL_RANGE(NLA_U32, &kame_ipv6_a_ns_max_header_bytes_range),
};

/* Ops table for kame_ipv6 */
const struct genl_ops kame_ipv6_nl_ops[6] = {
	{
		.cmd		= KAME_IPV6_CMD_DEV_GET,
		.doit		= kame_ipv6_nl_dev_get_doit,
		.dumpit		= kame_ipv6_nl_dev_get_dumpit,
		.policy		= kame_ipv6_dev_get_nl_policy,
		.maxattr	= KAME_IPV6_A_DEV_IFINDEX,
	},
	{
		.cmd		= KAME_IPV6_CMD_DEV_ATTACH,
		.doit		= kame_ipv6_nl_dev_attach_doit,
		.policy		= kame_ipv6_dev_attach_nl_policy,
		.maxattr	= KAME_IPV6_A_DEV_CONTIGUITY,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KAME_IPV6_CMD_DEV_DETACH,
		.doit		= kame_ipv6_nl_dev_detach_doit,
		.policy		= kame_ipv6_dev_detach_nl_policy,
		.maxattr	= KAME_IPV6_A_DEV_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KAME_IPV6_CMD_DEV_SET,
		.doit		= kame_ipv6_nl_dev_set_doit,
		.policy		= kame_ipv6_dev_set_nl_policy,
		.maxattr	= KAME_IPV6_A_DEV_CONTIGUITY,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= KAME_IPV6_CMD_NS_GET,
		.doit		= kame_ipv6_nl_ns_get_doit,
		.policy		= kame_ipv6_ns_get_nl_policy,
		.maxattr	= KAME_IPV6_A_NS_ABI,
	},
	{
		.cmd		= KAME_IPV6_CMD_NS_SET,
		.doit		= kame_ipv6_nl_ns_set_doit,
		.policy		= kame_ipv6_ns_set_nl_policy,
		.maxattr	= KAME_IPV6_A_NS_MAX_HEADER_BYTES,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

const struct genl_multicast_group kame_ipv6_nl_mcgrps[1] = {
	[KAME_IPV6_NLGRP_MGMT] = { "mgmt", },
};

/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	specs/kame_nd.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_KAME_ND_H
#define _UAPI_LINUX_KAME_ND_H

#define KAME_ND_FAMILY_NAME	"kame_nd"
#define KAME_ND_FAMILY_VERSION	1

#define KAME_ND_ABI	1

/**
 * enum kame_nd_state - State of a prefix.
 * @KAME_ND_STATE_ATTACHED: On-link as advertised; its addresses are source
 *   addresses.
 * @KAME_ND_STATE_DEPRECATED: On-link as advertised, but its addresses are
 *   chosen as source only where no other is left.
 * @KAME_ND_STATE_DETACHED: Not on-link, and its addresses as with deprecated.
 */
enum kame_nd_state {
	KAME_ND_STATE_ATTACHED,
	KAME_ND_STATE_DEPRECATED,
	KAME_ND_STATE_DETACHED,
};

/**
 * enum kame_nd_reason - Why a prefix is in its state.
 * @KAME_ND_REASON_ROUTER: attached - a router that advertises it is not
 *   unreachable
 * @KAME_ND_REASON_NO_ROUTER: attached - no prefix of the scope has a router,
 *   so nothing says that we moved
 * @KAME_ND_REASON_PINNED: attached or detached - by request
 * @KAME_ND_REASON_OTHER_ROUTER: detached - only other prefixes of the scope
 *   have a router
 * @KAME_ND_REASON_BARE_ROUTER: detached - the routers of the scope that are
 *   left advertise no prefix
 * @KAME_ND_REASON_LEFT_OUT: deprecated - its own routers have left it out of
 *   several advertisements in a row (RFC 8978)
 * @KAME_ND_REASON_DISABLED: attached - kame_nd leaves this device alone
 */
enum kame_nd_reason {
	KAME_ND_REASON_ROUTER,
	KAME_ND_REASON_NO_ROUTER,
	KAME_ND_REASON_PINNED,
	KAME_ND_REASON_OTHER_ROUTER,
	KAME_ND_REASON_BARE_ROUTER,
	KAME_ND_REASON_LEFT_OUT,
	KAME_ND_REASON_DISABLED,
};

/**
 * enum kame_nd_reach - Reachability of a router.
 * @KAME_ND_REACH_UNKNOWN: Nothing speaks against it; the neighbour table may
 *   have forgotten it.
 * @KAME_ND_REACH_REACHABLE: It answered.
 * @KAME_ND_REACH_PROBING: It was asked and has not answered yet.
 * @KAME_ND_REACH_UNREACHABLE: It was asked and has not answered.
 */
enum kame_nd_reach {
	KAME_ND_REACH_UNKNOWN,
	KAME_ND_REACH_REACHABLE,
	KAME_ND_REACH_PROBING,
	KAME_ND_REACH_UNREACHABLE,
};

/**
 * enum kame_nd_pin - State that a request gave a prefix for good.
 */
enum kame_nd_pin {
	KAME_ND_PIN_NONE,
	KAME_ND_PIN_ATTACHED,
	KAME_ND_PIN_DETACHED,
};

/**
 * enum kame_nd_scope - Which prefixes are compared.
 * @KAME_ND_SCOPE_LINK: Those of the same link.
 * @KAME_ND_SCOPE_HOST: Those of all links of the namespace, as in the paper.
 */
enum kame_nd_scope {
	KAME_ND_SCOPE_LINK,
	KAME_ND_SCOPE_HOST,
};

/**
 * enum kame_nd_cause - What an event comes from.
 * @KAME_ND_CAUSE_ADVERTISEMENT: a router advertisement
 * @KAME_ND_CAUSE_EXPIRY: a lifetime ran out
 * @KAME_ND_CAUSE_NEIGHBOUR: the neighbour table or a probe
 * @KAME_ND_CAUSE_REQUEST: a netlink request
 * @KAME_ND_CAUSE_DEVICE: a change of the device
 * @KAME_ND_CAUSE_BOUND: a bound on the number of prefixes or routers
 */
enum kame_nd_cause {
	KAME_ND_CAUSE_ADVERTISEMENT,
	KAME_ND_CAUSE_EXPIRY,
	KAME_ND_CAUSE_NEIGHBOUR,
	KAME_ND_CAUSE_REQUEST,
	KAME_ND_CAUSE_DEVICE,
	KAME_ND_CAUSE_BOUND,
};

enum {
	KAME_ND_A_LINK_IFINDEX = 1,
	KAME_ND_A_LINK_IFNAME,
	KAME_ND_A_LINK_ENABLED,
	KAME_ND_A_LINK_PROBES,
	KAME_ND_A_LINK_INTERVAL,
	KAME_ND_A_LINK_HOLD_DOWN,
	KAME_ND_A_LINK_PROBE_RATE,
	KAME_ND_A_LINK_MAX_PREFIXES,
	KAME_ND_A_LINK_MAX_ROUTERS,
	KAME_ND_A_LINK_LEFT_OUT,
	KAME_ND_A_LINK_PREFIXES,
	KAME_ND_A_LINK_ROUTERS,
	KAME_ND_A_LINK_RULE_5_5,
	KAME_ND_A_LINK_SOURCE_ROUTER,

	__KAME_ND_A_LINK_MAX
};
#define KAME_ND_A_LINK_MAX (__KAME_ND_A_LINK_MAX - 1)

enum {
	KAME_ND_A_PREFIX_IFINDEX = 1,
	KAME_ND_A_PREFIX_IFNAME,
	KAME_ND_A_PREFIX_PREFIX,
	KAME_ND_A_PREFIX_LENGTH,
	KAME_ND_A_PREFIX_ON_LINK,
	KAME_ND_A_PREFIX_AUTONOMOUS,
	KAME_ND_A_PREFIX_STATE,
	KAME_ND_A_PREFIX_REASON,
	KAME_ND_A_PREFIX_CAUSE,
	KAME_ND_A_PREFIX_PIN,
	KAME_ND_A_PREFIX_VALID,
	KAME_ND_A_PREFIX_PREFERRED,
	KAME_ND_A_PREFIX_SINCE,
	KAME_ND_A_PREFIX_ROUTER,
	KAME_ND_A_PREFIX_ROUTERS,
	KAME_ND_A_PREFIX_GONE,
	KAME_ND_A_PREFIX_PAD,

	__KAME_ND_A_PREFIX_MAX
};
#define KAME_ND_A_PREFIX_MAX (__KAME_ND_A_PREFIX_MAX - 1)

enum {
	KAME_ND_A_ROUTER_IFINDEX = 1,
	KAME_ND_A_ROUTER_IFNAME,
	KAME_ND_A_ROUTER_ADDRESS,
	KAME_ND_A_ROUTER_LLADDR,
	KAME_ND_A_ROUTER_REACH,
	KAME_ND_A_ROUTER_MANAGED,
	KAME_ND_A_ROUTER_OTHER,
	KAME_ND_A_ROUTER_PREFERENCE,
	KAME_ND_A_ROUTER_LIFETIME,
	KAME_ND_A_ROUTER_HEARD,
	KAME_ND_A_ROUTER_PREFIXES,
	KAME_ND_A_ROUTER_CAUSE,
	KAME_ND_A_ROUTER_GONE,
	KAME_ND_A_ROUTER_PAD,

	__KAME_ND_A_ROUTER_MAX
};
#define KAME_ND_A_ROUTER_MAX (__KAME_ND_A_ROUTER_MAX - 1)

enum {
	KAME_ND_A_MEMBER_ADDRESS = 1,
	KAME_ND_A_MEMBER_REACH,
	KAME_ND_A_MEMBER_LEFT_OUT,

	__KAME_ND_A_MEMBER_MAX
};
#define KAME_ND_A_MEMBER_MAX (__KAME_ND_A_MEMBER_MAX - 1)

enum {
	KAME_ND_A_NS_ABI = 1,
	KAME_ND_A_NS_VERSION,
	KAME_ND_A_NS_SCOPE,
	KAME_ND_A_NS_MIB,
	KAME_ND_A_NS_PAD,

	__KAME_ND_A_NS_MAX
};
#define KAME_ND_A_NS_MAX (__KAME_ND_A_NS_MAX - 1)

enum {
	KAME_ND_CMD_NS_GET = 1,
	KAME_ND_CMD_NS_SET,
	KAME_ND_CMD_LINK_GET,
	KAME_ND_CMD_LINK_SET,
	KAME_ND_CMD_PREFIX_GET,
	KAME_ND_CMD_PREFIX_PIN,
	KAME_ND_CMD_PREFIX_FLUSH,
	KAME_ND_CMD_ROUTER_GET,
	KAME_ND_CMD_ROUTER_FLUSH,
	KAME_ND_CMD_ROUTER_PROBE,
	KAME_ND_CMD_PREFIX_NTF,
	KAME_ND_CMD_ROUTER_NTF,

	__KAME_ND_CMD_MAX
};
#define KAME_ND_CMD_MAX (__KAME_ND_CMD_MAX - 1)

#define KAME_ND_MCGRP_MGMT	"mgmt"

#endif /* _UAPI_LINUX_KAME_ND_H */

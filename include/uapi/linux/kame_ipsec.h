/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	specs/kame_ipsec.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_KAME_IPSEC_H
#define _UAPI_LINUX_KAME_IPSEC_H

#define KAME_IPSEC_FAMILY_NAME		"kame_ipsec"
#define KAME_IPSEC_FAMILY_VERSION	1

#define KAME_IPSEC_ABI	1

/**
 * enum kame_ipsec_dir - Which packets a policy is asked for.
 * @KAME_IPSEC_DIR_IN: Delivered to this node.
 * @KAME_IPSEC_DIR_OUT: Sent, whether made here or forwarded.
 * @KAME_IPSEC_DIR_FWD: Received and forwarded, as they come in.
 */
enum kame_ipsec_dir {
	KAME_IPSEC_DIR_IN,
	KAME_IPSEC_DIR_OUT,
	KAME_IPSEC_DIR_FWD,
};

/**
 * enum kame_ipsec_action - What a policy does.
 * @KAME_IPSEC_ACTION_PROTECT: Demand the protection of the template.
 * @KAME_IPSEC_ACTION_BYPASS: Let the packet pass in clear.
 * @KAME_IPSEC_ACTION_DISCARD: Drop the packet.
 */
enum kame_ipsec_action {
	KAME_IPSEC_ACTION_PROTECT,
	KAME_IPSEC_ACTION_BYPASS,
	KAME_IPSEC_ACTION_DISCARD,
};

/**
 * enum kame_ipsec_mode - What is put around a packet.
 * @KAME_IPSEC_MODE_TRANSPORT: The header of the transform behind the packet's
 *   own IP header.
 * @KAME_IPSEC_MODE_TUNNEL: A whole outer IP header.
 */
enum kame_ipsec_mode {
	KAME_IPSEC_MODE_TRANSPORT,
	KAME_IPSEC_MODE_TUNNEL,
};

/**
 * enum kame_ipsec_level - What happens without a state.
 * @KAME_IPSEC_LEVEL_REQUIRE: Drop, and ask the key managers for a state.
 * @KAME_IPSEC_LEVEL_USE: Pass in clear, and ask the key managers for a state.
 * @KAME_IPSEC_LEVEL_UNIQUE: As require; and no other policy may use the same
 *   states.
 */
enum kame_ipsec_level {
	KAME_IPSEC_LEVEL_REQUIRE,
	KAME_IPSEC_LEVEL_USE,
	KAME_IPSEC_LEVEL_UNIQUE,
};

/**
 * enum kame_ipsec_quote - ICMP errors of this node that quote a packet which
 *   was decrypted.
 * @KAME_IPSEC_QUOTE_NEVER: Dropped, as KAME does.
 * @KAME_IPSEC_QUOTE_PROTECTED: Sent where a policy protects them too (RFC 4301
 *   section 6.2).
 */
enum kame_ipsec_quote {
	KAME_IPSEC_QUOTE_NEVER,
	KAME_IPSEC_QUOTE_PROTECTED,
};

/**
 * enum kame_ipsec_verdict - What becomes of a packet.
 * @KAME_IPSEC_VERDICT_CLEAR: No policy matches; sent in clear.
 * @KAME_IPSEC_VERDICT_BYPASS: A policy sends it in clear.
 * @KAME_IPSEC_VERDICT_DISCARD: A policy drops it.
 * @KAME_IPSEC_VERDICT_PROTECT: A state protects it.
 * @KAME_IPSEC_VERDICT_NO_STATE: No state; dropped or held, as the level says.
 * @KAME_IPSEC_VERDICT_UNPROTECTED: No state, and a policy of level use sends
 *   it in clear.
 * @KAME_IPSEC_VERDICT_NO_ROUTE: No route to it, or to the peer.
 * @KAME_IPSEC_VERDICT_OUTSIDE: There are states, but none that takes the
 *   packet: it is outside their selectors. Dropped whatever the level; on
 *   input, where it comes by one of them.
 * @KAME_IPSEC_VERDICT_GROUP: A policy protects it, and no state does what goes
 *   to a group or is broadcast; dropped whatever the level.
 * @KAME_IPSEC_VERDICT_LOCAL: Left alone, it stays within this node.
 * @KAME_IPSEC_VERDICT_EXCEPTED: Left alone, its route leaves by a device with
 *   disable_xfrm.
 * @KAME_IPSEC_VERDICT_VRF: Left alone, its route leads to a VRF, which routes
 *   it anew.
 * @KAME_IPSEC_VERDICT_ENCAP: Left alone, its route makes another packet of it
 *   (encap of ip route), which is looked at in its place.
 */
enum kame_ipsec_verdict {
	KAME_IPSEC_VERDICT_CLEAR,
	KAME_IPSEC_VERDICT_BYPASS,
	KAME_IPSEC_VERDICT_DISCARD,
	KAME_IPSEC_VERDICT_PROTECT,
	KAME_IPSEC_VERDICT_NO_STATE,
	KAME_IPSEC_VERDICT_UNPROTECTED,
	KAME_IPSEC_VERDICT_NO_ROUTE,
	KAME_IPSEC_VERDICT_OUTSIDE,
	KAME_IPSEC_VERDICT_GROUP,
	KAME_IPSEC_VERDICT_LOCAL,
	KAME_IPSEC_VERDICT_EXCEPTED,
	KAME_IPSEC_VERDICT_VRF,
	KAME_IPSEC_VERDICT_ENCAP,
};

/**
 * enum kame_ipsec_again - How a packet would meet a policy a second time.
 * @KAME_IPSEC_AGAIN_NONE: It would not.
 * @KAME_IPSEC_AGAIN_ITSELF: The protected packet matches a policy. It is sent
 *   as it is (INET'99 paper, figure 3).
 * @KAME_IPSEC_AGAIN_DEVICE: The route to the peer leads into a tunnel device.
 *   If the packet that the device makes matches a policy it is dropped with
 *   ELOOP.
 */
enum kame_ipsec_again {
	KAME_IPSEC_AGAIN_NONE,
	KAME_IPSEC_AGAIN_ITSELF,
	KAME_IPSEC_AGAIN_DEVICE,
};

enum {
	KAME_IPSEC_A_POLICY_INDEX = 1,
	KAME_IPSEC_A_POLICY_DIR,
	KAME_IPSEC_A_POLICY_PRIORITY,
	KAME_IPSEC_A_POLICY_ACTION,
	KAME_IPSEC_A_POLICY_FAMILY,
	KAME_IPSEC_A_POLICY_SRC,
	KAME_IPSEC_A_POLICY_SRC_LEN,
	KAME_IPSEC_A_POLICY_DST,
	KAME_IPSEC_A_POLICY_DST_LEN,
	KAME_IPSEC_A_POLICY_PROTO,
	KAME_IPSEC_A_POLICY_SPORT_MIN,
	KAME_IPSEC_A_POLICY_SPORT_MAX,
	KAME_IPSEC_A_POLICY_DPORT_MIN,
	KAME_IPSEC_A_POLICY_DPORT_MAX,
	KAME_IPSEC_A_POLICY_ICMP_TYPE,
	KAME_IPSEC_A_POLICY_ICMP_CODE,
	KAME_IPSEC_A_POLICY_IIF,
	KAME_IPSEC_A_POLICY_OIF,
	KAME_IPSEC_A_POLICY_MARK,
	KAME_IPSEC_A_POLICY_MARK_MASK,
	KAME_IPSEC_A_POLICY_DSCP,
	KAME_IPSEC_A_POLICY_TRANSFORM,
	KAME_IPSEC_A_POLICY_MODE,
	KAME_IPSEC_A_POLICY_OUTER_SRC,
	KAME_IPSEC_A_POLICY_OUTER_DST,
	KAME_IPSEC_A_POLICY_REQID,
	KAME_IPSEC_A_POLICY_SPI,
	KAME_IPSEC_A_POLICY_LEVEL,
	KAME_IPSEC_A_POLICY_REPLACE,
	KAME_IPSEC_A_POLICY_STATS,
	KAME_IPSEC_A_POLICY_LAST_USE,
	KAME_IPSEC_A_POLICY_HELD,
	KAME_IPSEC_A_POLICY_PAD,
	KAME_IPSEC_A_POLICY_CHECK,

	__KAME_IPSEC_A_POLICY_MAX
};
#define KAME_IPSEC_A_POLICY_MAX (__KAME_IPSEC_A_POLICY_MAX - 1)

enum {
	KAME_IPSEC_A_FLOW_DIR = 1,
	KAME_IPSEC_A_FLOW_FAMILY,
	KAME_IPSEC_A_FLOW_SRC,
	KAME_IPSEC_A_FLOW_DST,
	KAME_IPSEC_A_FLOW_PROTO,
	KAME_IPSEC_A_FLOW_SPORT,
	KAME_IPSEC_A_FLOW_DPORT,
	KAME_IPSEC_A_FLOW_IIF,
	KAME_IPSEC_A_FLOW_OIF,
	KAME_IPSEC_A_FLOW_MARK,
	KAME_IPSEC_A_FLOW_DSCP,
	KAME_IPSEC_A_FLOW_VERDICT,
	KAME_IPSEC_A_FLOW_POLICY,
	KAME_IPSEC_A_FLOW_TRANSFORM,
	KAME_IPSEC_A_FLOW_MODE,
	KAME_IPSEC_A_FLOW_SPI,
	KAME_IPSEC_A_FLOW_REQID,
	KAME_IPSEC_A_FLOW_OUTER_SRC,
	KAME_IPSEC_A_FLOW_OUTER_DST,
	KAME_IPSEC_A_FLOW_OUTER_OIF,
	KAME_IPSEC_A_FLOW_MTU,
	KAME_IPSEC_A_FLOW_AGAIN,
	KAME_IPSEC_A_FLOW_AGAIN_POLICY,
	KAME_IPSEC_A_FLOW_ENCAP,

	__KAME_IPSEC_A_FLOW_MAX
};
#define KAME_IPSEC_A_FLOW_MAX (__KAME_IPSEC_A_FLOW_MAX - 1)

enum {
	KAME_IPSEC_A_NS_ABI = 1,
	KAME_IPSEC_A_NS_VERSION,
	KAME_IPSEC_A_NS_MIB,
	KAME_IPSEC_A_NS_HOLD_MAX,
	KAME_IPSEC_A_NS_HOLD_MS,
	KAME_IPSEC_A_NS_QUOTE,
	KAME_IPSEC_A_NS_POLICIES,
	KAME_IPSEC_A_NS_PAD,

	__KAME_IPSEC_A_NS_MAX
};
#define KAME_IPSEC_A_NS_MAX (__KAME_IPSEC_A_NS_MAX - 1)

enum {
	KAME_IPSEC_CMD_POLICY_GET = 1,
	KAME_IPSEC_CMD_POLICY_ADD,
	KAME_IPSEC_CMD_POLICY_DEL,
	KAME_IPSEC_CMD_POLICY_FLUSH,
	KAME_IPSEC_CMD_POLICY_NTF,
	KAME_IPSEC_CMD_POLICY_DEL_NTF,
	KAME_IPSEC_CMD_EXPLAIN,
	KAME_IPSEC_CMD_NO_STATE_NTF,
	KAME_IPSEC_CMD_NS_GET,
	KAME_IPSEC_CMD_NS_SET,

	__KAME_IPSEC_CMD_MAX
};
#define KAME_IPSEC_CMD_MAX (__KAME_IPSEC_CMD_MAX - 1)

#define KAME_IPSEC_MCGRP_MGMT	"mgmt"
#define KAME_IPSEC_MCGRP_STATE	"state"

#endif /* _UAPI_LINUX_KAME_IPSEC_H */

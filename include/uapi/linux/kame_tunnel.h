/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	specs/kame_tunnel.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_KAME_TUNNEL_H
#define _UAPI_LINUX_KAME_TUNNEL_H

#define KAME_TUNNEL_FAMILY_NAME		"kame_tunnel"
#define KAME_TUNNEL_FAMILY_VERSION	1

#define KAME_TUNNEL_ABI	1

/**
 * enum kame_tunnel_loop_reason - How a loop was noticed.
 * @KAME_TUNNEL_LOOP_REASON_DEPTH: More devices nested in one transmission than
 *   max-depth.
 * @KAME_TUNNEL_LOOP_REASON_SELF: The route to the other end leads straight
 *   into the device itself.
 * @KAME_TUNNEL_LOOP_REASON_NESTING: The packet carried max-nesting tunnel
 *   headers already.
 * @KAME_TUNNEL_LOOP_REASON_LIMIT: The packet's encapsulation limit was 0.
 * @KAME_TUNNEL_LOOP_REASON_FRAGMENT: Too big, made by a tunnel of this host
 *   and on its way into another.
 * @KAME_TUNNEL_LOOP_REASON_REMOTE: A router on the outer path reports that the
 *   encapsulation limit ran out.
 * @KAME_TUNNEL_LOOP_REASON_AGAIN: The packet came back into the device by way
 *   of another kind of tunnel.
 * @KAME_TUNNEL_LOOP_REASON_ROUTE: The route check found that the tunnel leads
 *   back into itself.
 */
enum kame_tunnel_loop_reason {
	KAME_TUNNEL_LOOP_REASON_DEPTH,
	KAME_TUNNEL_LOOP_REASON_SELF,
	KAME_TUNNEL_LOOP_REASON_NESTING,
	KAME_TUNNEL_LOOP_REASON_LIMIT,
	KAME_TUNNEL_LOOP_REASON_FRAGMENT,
	KAME_TUNNEL_LOOP_REASON_REMOTE,
	KAME_TUNNEL_LOOP_REASON_AGAIN,
	KAME_TUNNEL_LOOP_REASON_ROUTE,
};

/**
 * enum kame_tunnel_path_end - Where the walk from a tunnel's remote address
 *   ends.
 * @KAME_TUNNEL_PATH_END_OUT: On a device that is no tunnel.
 * @KAME_TUNNEL_PATH_END_LOOP: Back in a kame_tunnel device of the path.
 * @KAME_TUNNEL_PATH_END_UNREACHABLE: There is no route to the last address of
 *   the path.
 * @KAME_TUNNEL_PATH_END_OPAQUE: In a tunnel device of another kind whose other
 *   end isn't known.
 * @KAME_TUNNEL_PATH_END_TOO_LONG: Nowhere within 32 tunnels.
 */
enum kame_tunnel_path_end {
	KAME_TUNNEL_PATH_END_OUT,
	KAME_TUNNEL_PATH_END_LOOP,
	KAME_TUNNEL_PATH_END_UNREACHABLE,
	KAME_TUNNEL_PATH_END_OPAQUE,
	KAME_TUNNEL_PATH_END_TOO_LONG,
};

enum {
	KAME_TUNNEL_A_HOP_IFINDEX = 1,
	KAME_TUNNEL_A_HOP_IFNAME,
	KAME_TUNNEL_A_HOP_NETNSID,
	KAME_TUNNEL_A_HOP_KIND,

	__KAME_TUNNEL_A_HOP_MAX
};
#define KAME_TUNNEL_A_HOP_MAX (__KAME_TUNNEL_A_HOP_MAX - 1)

enum {
	KAME_TUNNEL_A_LOOP_IFINDEX = 1,
	KAME_TUNNEL_A_LOOP_IFNAME,
	KAME_TUNNEL_A_LOOP_REASON,
	KAME_TUNNEL_A_LOOP_LIMIT,
	KAME_TUNNEL_A_LOOP_HOPS,
	KAME_TUNNEL_A_LOOP_SUPPRESSED,
	KAME_TUNNEL_A_LOOP_PATH_END,
	KAME_TUNNEL_A_LOOP_SOURCE,
	KAME_TUNNEL_A_LOOP_DESTINATION,

	__KAME_TUNNEL_A_LOOP_MAX
};
#define KAME_TUNNEL_A_LOOP_MAX (__KAME_TUNNEL_A_LOOP_MAX - 1)

enum {
	KAME_TUNNEL_A_DEV_IFINDEX = 1,
	KAME_TUNNEL_A_DEV_IFNAME,
	KAME_TUNNEL_A_DEV_MIB,
	KAME_TUNNEL_A_DEV_PAD,

	__KAME_TUNNEL_A_DEV_MAX
};
#define KAME_TUNNEL_A_DEV_MAX (__KAME_TUNNEL_A_DEV_MAX - 1)

enum {
	KAME_TUNNEL_A_NS_ABI = 1,
	KAME_TUNNEL_A_NS_VERSION,
	KAME_TUNNEL_A_NS_MAX_DEPTH,
	KAME_TUNNEL_A_NS_MAX_NESTING,
	KAME_TUNNEL_A_NS_MIB,
	KAME_TUNNEL_A_NS_PAD,

	__KAME_TUNNEL_A_NS_MAX
};
#define KAME_TUNNEL_A_NS_MAX (__KAME_TUNNEL_A_NS_MAX - 1)

enum {
	KAME_TUNNEL_CMD_NS_GET = 1,
	KAME_TUNNEL_CMD_NS_SET,
	KAME_TUNNEL_CMD_DEV_GET,
	KAME_TUNNEL_CMD_CHECK,
	KAME_TUNNEL_CMD_LOOP_NTF,

	__KAME_TUNNEL_CMD_MAX
};
#define KAME_TUNNEL_CMD_MAX (__KAME_TUNNEL_CMD_MAX - 1)

#define KAME_TUNNEL_MCGRP_LOOP	"loop"

#endif /* _UAPI_LINUX_KAME_TUNNEL_H */

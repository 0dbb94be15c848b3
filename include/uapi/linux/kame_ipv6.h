/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	specs/kame_ipv6.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_KAME_IPV6_H
#define _UAPI_LINUX_KAME_IPV6_H

#define KAME_IPV6_FAMILY_NAME		"kame_ipv6"
#define KAME_IPV6_FAMILY_VERSION	1

#define KAME_IPV6_ABI	1

/**
 * enum kame_ipv6_contiguity - What happens to a packet whose headers do not
 *   lie in one piece of memory.
 * @KAME_IPV6_CONTIGUITY_PULLUP: Gather the whole chain of headers into the
 *   linear area once, at entry.
 * @KAME_IPV6_CONTIGUITY_STRICT: Drop the packet and count it (INET'99 paper,
 *   section 3.1).
 */
enum kame_ipv6_contiguity {
	KAME_IPV6_CONTIGUITY_PULLUP,
	KAME_IPV6_CONTIGUITY_STRICT,
};

/**
 * enum kame_ipv6_order - Order and number of extension headers (RFC 8200
 *   section 4.1).
 * @KAME_IPV6_ORDER_LENIENT: Any order, and each as often as max-headers
 *   allows, as stock.
 * @KAME_IPV6_ORDER_STRICT: Drop a packet with a repeated or misordered
 *   extension header. The destination options header may come twice, before
 *   the routing header and last.
 */
enum kame_ipv6_order {
	KAME_IPV6_ORDER_LENIENT,
	KAME_IPV6_ORDER_STRICT,
};

enum {
	KAME_IPV6_A_DEV_IFINDEX = 1,
	KAME_IPV6_A_DEV_IFNAME,
	KAME_IPV6_A_DEV_ATTACHED,
	KAME_IPV6_A_DEV_OBSTACLE,
	KAME_IPV6_A_DEV_CONTIGUITY,
	KAME_IPV6_A_DEV_BY_HAND,
	KAME_IPV6_A_DEV_MIB,
	KAME_IPV6_A_DEV_PAD,

	__KAME_IPV6_A_DEV_MAX
};
#define KAME_IPV6_A_DEV_MAX (__KAME_IPV6_A_DEV_MAX - 1)

enum {
	KAME_IPV6_A_NS_ABI = 1,
	KAME_IPV6_A_NS_AUTO,
	KAME_IPV6_A_NS_VERSION,
	KAME_IPV6_A_NS_MIB,
	KAME_IPV6_A_NS_PAD,
	KAME_IPV6_A_NS_MAX_HEADERS,
	KAME_IPV6_A_NS_ORDER,
	KAME_IPV6_A_NS_MAX_OPTIONS,
	KAME_IPV6_A_NS_MAX_HEADER_BYTES,

	__KAME_IPV6_A_NS_MAX
};
#define KAME_IPV6_A_NS_MAX (__KAME_IPV6_A_NS_MAX - 1)

enum {
	KAME_IPV6_CMD_DEV_GET = 1,
	KAME_IPV6_CMD_DEV_ATTACH,
	KAME_IPV6_CMD_DEV_DETACH,
	KAME_IPV6_CMD_DEV_SET,
	KAME_IPV6_CMD_NS_GET,
	KAME_IPV6_CMD_NS_SET,
	KAME_IPV6_CMD_DEV_NTF,

	__KAME_IPV6_CMD_MAX
};
#define KAME_IPV6_CMD_MAX (__KAME_IPV6_CMD_MAX - 1)

#define KAME_IPV6_MCGRP_MGMT	"mgmt"

#endif /* _UAPI_LINUX_KAME_IPV6_H */

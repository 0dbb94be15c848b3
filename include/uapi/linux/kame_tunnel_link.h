/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * Attributes of a kame_tunnel device, nested in IFLA_INFO_DATA of RTM_NEWLINK
 * and RTM_GETLINK with IFLA_INFO_KIND "kame_tunnel".
 */
#ifndef _UAPI_LINUX_KAME_TUNNEL_LINK_H
#define _UAPI_LINUX_KAME_TUNNEL_LINK_H

/**
 * enum - attributes of IFLA_INFO_DATA
 * @IFLA_KAME_TUNNEL_LOCAL: outer address of this end, struct in_addr or struct
 *	in6_addr. Absent: any address of this host.
 * @IFLA_KAME_TUNNEL_REMOTE: outer address of the other end, of the same family;
 *	needed to create a tunnel.
 * @IFLA_KAME_TUNNEL_LINK: u32, index of the device that outer packets leave by;
 *	0 leaves it to routing.
 * @IFLA_KAME_TUNNEL_HOPLIMIT: u8, hop limit or TTL of the outer header; 0 copies
 *	that of the inner header.
 * @IFLA_KAME_TUNNEL_TCLASS: u16, traffic class or TOS of the outer header, its
 *	two ECN bits 0; KAME_TUNNEL_TCLASS_INHERIT copies that of the inner header.
 * @IFLA_KAME_TUNNEL_FLOWLABEL: u32, flow label of an outer IPv6 header,
 *	KAME_TUNNEL_FLOWLABEL_AUTO or KAME_TUNNEL_FLOWLABEL_INHERIT.
 * @IFLA_KAME_TUNNEL_PMTUDISC: u8, 1 if path MTU discovery is done on the outer
 *	path; 0 sets the outer DF bit only where the inner one is set.
 * @IFLA_KAME_TUNNEL_ENCAPLIMIT: u16, encapsulation limit (RFC 2473, section 4.1.1)
 *	put into an outer IPv6 header, or KAME_TUNNEL_ENCAPLIMIT_NONE.
 * @IFLA_KAME_TUNNEL_FWMARK: u32, mark that the outer route is looked up with.
 * @IFLA_KAME_TUNNEL_FWMARK_INHERIT: u8, 1 if the mark of the inner packet is used
 *	instead.
 * @IFLA_KAME_TUNNEL_ECN: u8, 1 for the normal mode of RFC 6040, 0 for its
 *	compatibility mode, where the outer header is never ECN-capable.
 * @IFLA_KAME_TUNNEL_INGRESS: u8, 1 if a packet must arrive on a device that a
 *	route back to the other end leaves by.
 * @IFLA_KAME_TUNNEL_MAX_DEPTH: u8, most kame_tunnel devices that may be nested in
 *	one transmission, 1 to 8; 0 uses the setting of the namespace.
 * @IFLA_KAME_TUNNEL_MAX_NESTING: u8, most tunnel headers that a packet may carry
 *	when it is to get another, 1 to 16; 0 uses the setting of the namespace.
 * @IFLA_KAME_TUNNEL_LOOPS: u8, read only: 1 if the route to the other end leads
 *	back into this device.
 * @IFLA_KAME_TUNNEL_MIB: read only: array of u64, indexed by enum kame_tunnel_mib
 *	(linux/kame_tunnel_mib.h).
 * @IFLA_KAME_TUNNEL_PAD: padding
 */
enum {
	IFLA_KAME_TUNNEL_UNSPEC,
	IFLA_KAME_TUNNEL_LOCAL,
	IFLA_KAME_TUNNEL_REMOTE,
	IFLA_KAME_TUNNEL_LINK,
	IFLA_KAME_TUNNEL_HOPLIMIT,
	IFLA_KAME_TUNNEL_TCLASS,
	IFLA_KAME_TUNNEL_FLOWLABEL,
	IFLA_KAME_TUNNEL_PMTUDISC,
	IFLA_KAME_TUNNEL_ENCAPLIMIT,
	IFLA_KAME_TUNNEL_FWMARK,
	IFLA_KAME_TUNNEL_FWMARK_INHERIT,
	IFLA_KAME_TUNNEL_ECN,
	IFLA_KAME_TUNNEL_INGRESS,
	IFLA_KAME_TUNNEL_MAX_DEPTH,
	IFLA_KAME_TUNNEL_MAX_NESTING,
	IFLA_KAME_TUNNEL_LOOPS,
	IFLA_KAME_TUNNEL_MIB,
	IFLA_KAME_TUNNEL_PAD,

	__IFLA_KAME_TUNNEL_MAX
};
#define IFLA_KAME_TUNNEL_MAX (__IFLA_KAME_TUNNEL_MAX - 1)

#define KAME_TUNNEL_TCLASS_INHERIT	0x100
#define KAME_TUNNEL_ENCAPLIMIT_NONE	0x100
#define KAME_TUNNEL_FLOWLABEL_AUTO	0x100000
#define KAME_TUNNEL_FLOWLABEL_INHERIT	0x100001

#define KAME_TUNNEL_DEFAULT_HOPLIMIT	64
#define KAME_TUNNEL_DEFAULT_ENCAPLIMIT	4

#endif /* _UAPI_LINUX_KAME_TUNNEL_LINK_H */

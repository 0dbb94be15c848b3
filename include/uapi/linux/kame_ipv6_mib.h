/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * Counters of kame_ipv6: one list that makes the index of each counter, its
 * name and its explanation. Counters are only ever added, at the end.
 */
#ifndef _UAPI_LINUX_KAME_IPV6_MIB_H
#define _UAPI_LINUX_KAME_IPV6_MIB_H

/* X(symbol, name, explanation); names of drops begin with "drop_" */
#define KAME_IPV6_MIB_LIST(X) \
	X(IN, "in", \
	  "packets taken over from the stock input") \
	X(ACCEPTED, "accepted", \
	  "packets that the routing table accepted for this node") \
	X(FORWARDED, "forwarded", \
	  "packets that the routing table passed to forwarding") \
	X(MULTICAST, "multicast", \
	  "packets to a multicast group, given to multicast input") \
	X(NO_ROUTE, "no_route", \
	  "packets whose route says unreachable, prohibit, blackhole or none") \
	X(HANDED_OVER, "handed_over", \
	  "packets that stock input reads on: a header that only it knows, or a raw socket") \
	X(PULLED_UP, "pulled_up", \
	  "packets whose headers were gathered into one piece (contiguity pullup)") \
	X(HDR_HBH, "hdr_hbh", \
	  "hop-by-hop options headers walked") \
	X(HDR_DSTOPTS, "hdr_dstopts", \
	  "destination options headers walked") \
	X(HDR_ROUTING, "hdr_routing", \
	  "routing headers walked") \
	X(HDR_FRAGMENT, "hdr_fragment", \
	  "fragment headers walked") \
	X(HDR_ESP, "hdr_esp", \
	  "ESP headers reached") \
	X(HDR_AH, "hdr_ah", \
	  "AH headers reached") \
	X(HDR_NONE, "hdr_none", \
	  "packets that end in no-next-header") \
	X(HDR_ICMPV6, "hdr_icmpv6", \
	  "packets with ICMPv6 as the upper layer") \
	X(HDR_UDP, "hdr_udp", \
	  "packets with UDP as the upper layer") \
	X(HDR_TCP, "hdr_tcp", \
	  "packets with TCP as the upper layer") \
	X(HDR_OTHER, "hdr_other", \
	  "packets with another upper layer") \
	X(DROP_NOT_CONTIGUOUS, "drop_not_contiguous", \
	  "dropped: a header lies outside the linear area (contiguity strict)") \
	X(DROP_TRUNCATED, "drop_truncated", \
	  "dropped: the packet ends within a header") \
	X(DROP_OTHERHOST, "drop_otherhost", \
	  "dropped: the link-layer address is another host's") \
	X(DROP_DISABLED, "drop_disabled", \
	  "dropped: IPv6 is disabled on the device") \
	X(DROP_NO_MEMORY, "drop_no_memory", \
	  "dropped: no memory") \
	X(DROP_VERSION, "drop_version", \
	  "dropped: the version field is not 6") \
	X(DROP_ADDRESS, "drop_address", \
	  "dropped: an address that must not be on the wire (RFC 4291 2.5.3 and 2.7)") \
	X(DROP_PAYLOAD, "drop_payload", \
	  "dropped: shorter than its payload length says") \
	X(DROP_TOO_MANY_HEADERS, "drop_too_many_headers", \
	  "dropped: more extension headers than max-headers") \
	X(DROP_OPTION_HEADER, "drop_option_header", \
	  "dropped: an options header that is malformed, badly padded or over a limit") \
	X(DROP_OPTION_UNKNOWN, "drop_option_unknown", \
	  "dropped: an unknown option whose type says drop (RFC 8200 4.2)") \
	X(DROP_ROUTING_TYPE, "drop_routing_type", \
	  "dropped: a routing header of unknown type or type 0, with segments left") \
	X(DROP_ORDER, "drop_order", \
	  "dropped: a repeated or misordered header (order strict, RFC 8200 4.1)") \
	X(DROP_ROUTING_ADDRESS, "drop_routing_address", \
	  "dropped: a routing header in a packet that was not sent to us alone") \
	X(DROP_L2_MULTICAST, "drop_l2_multicast", \
	  "dropped: unicast in a link-layer multicast (drop_unicast_in_l2_multicast)") \
	X(DROP_HEADER_BYTES, "drop_header_bytes", \
	  "dropped: more bytes of extension headers than max-header-bytes") \
	X(CHAIN_8, "chain_8", \
	  "accepted packets with 8 bytes of extension headers, reassembled ones as a whole") \
	X(CHAIN_16, "chain_16", "accepted packets with up to 16 bytes of extension headers") \
	X(CHAIN_32, "chain_32", "accepted packets with up to 32 bytes of extension headers") \
	X(CHAIN_64, "chain_64", "accepted packets with up to 64 bytes of extension headers") \
	X(CHAIN_128, "chain_128", "accepted packets with up to 128 bytes of extension headers") \
	X(CHAIN_256, "chain_256", "accepted packets with up to 256 bytes of extension headers") \
	X(CHAIN_LONGER, "chain_longer", \
	  "accepted packets with more than 256 bytes of extension headers") \
	X(LINEAR_ALL, "linear_all", \
	  "of these, packets with all of their extension headers in the linear area") \
	X(LINEAR_PART, "linear_part", \
	  "of these, packets with a part of their extension headers in the linear area") \
	X(LINEAR_NONE, "linear_none", \
	  "of these, packets with none of their extension headers in the linear area") \
	X(DROP_TENTATIVE, "drop_tentative", \
	  "dropped: to an address that duplicate address detection has not passed")

#define KAME_IPV6_MIB_ENUM(symbol, name, help) KAME_IPV6_MIB_##symbol,
enum kame_ipv6_mib {
	KAME_IPV6_MIB_LIST(KAME_IPV6_MIB_ENUM)
	__KAME_IPV6_MIB_MAX
};

#undef KAME_IPV6_MIB_ENUM

#endif /* _UAPI_LINUX_KAME_IPV6_MIB_H */

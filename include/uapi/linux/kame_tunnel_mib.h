/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * Counters of kame_tunnel: one list that makes the index of each counter, its
 * name and its explanation. Counters are only ever added, at the end.
 */
#ifndef _UAPI_LINUX_KAME_TUNNEL_MIB_H
#define _UAPI_LINUX_KAME_TUNNEL_MIB_H

/* X(symbol, name, explanation); names of drops begin with "drop_" */
#define KAME_TUNNEL_MIB_LIST(X) \
X(ELOOP, "eloop", "packets whose sender was told ELOOP, by this device or one below it") \
X(DROP_LOOP_DEPTH, "drop_loop_depth", \
  "dropped: more kame_tunnel devices nested in one transmission than max-depth") \
X(DROP_LOOP_SELF, "drop_loop_self", \
  "dropped: the route to the other end leads straight into the device itself") \
X(DROP_LOOP_NESTING, "drop_loop_nesting", \
  "dropped: the packet carries max-nesting tunnel headers already") \
X(DROP_LOOP_LIMIT, "drop_loop_limit", \
  "dropped: the packet's encapsulation limit is 0 (RFC 2473 section 4.1.1)") \
X(DROP_LOOP_FRAGMENT, "drop_loop_fragment", \
  "dropped: too big, made by a tunnel of this host and on its way into another") \
X(DROP_LOOP_AGAIN, "drop_loop_again", \
  "dropped: the packet came back into the device by way of another kind of tunnel") \
X(DROP_TX_DOWN, "drop_tx_down", "dropped: the tunnel is being removed") \
X(DROP_TX_PROTOCOL, "drop_tx_protocol", "dropped: to be sent, but neither IPv4 nor IPv6") \
X(DROP_TX_TRUNCATED, "drop_tx_truncated", "dropped: to be sent, but shorter than its header") \
X(DROP_TX_NO_ROUTE, "drop_tx_no_route", "dropped: no route to the other end") \
X(DROP_TX_SOURCE, "drop_tx_source", \
  "dropped: the local address of the tunnel is no usable address of this host") \
X(DROP_TX_TOO_BIG, "drop_tx_too_big", \
  "dropped: larger than the path MTU; the inner source was told") \
X(DROP_TX_NO_MEMORY, "drop_tx_no_memory", "dropped: to be sent, but no memory") \
X(DROP_TX_OUTPUT, "drop_tx_output", \
  "dropped: the outer packet was refused further down (filter, queue, neighbour)") \
X(DROP_RX_POLICY, "drop_rx_policy", "dropped: received against the IPsec policy") \
X(DROP_RX_INGRESS, "drop_rx_ingress", \
  "dropped: received on a device that no route back to the other end leaves by") \
X(DROP_RX_TRUNCATED, "drop_rx_truncated", "dropped: received without a whole inner header") \
X(DROP_RX_VERSION, "drop_rx_version", "dropped: received with a wrong inner version field") \
X(DROP_RX_MARTIAN, "drop_rx_martian", \
  "dropped: received with an inner address that must not be on the wire") \
X(DROP_RX_ECN, "drop_rx_ecn", \
  "dropped: congestion experienced outside, not ECN-capable inside (RFC 6040 section 4.2)") \
X(DROP_RX_NO_MEMORY, "drop_rx_no_memory", "dropped: received, but no memory") \
X(ICMP_TOO_BIG, "icmp_too_big", "path MTU reports from the outer path") \
X(ICMP_UNREACHABLE, "icmp_unreachable", "destination unreachable reports from the outer path") \
X(ICMP_TIME_EXCEEDED, "icmp_time_exceeded", \
  "hop limit exceeded reports from the outer path: hop limit too small, or a loop") \
X(ICMP_LIMIT, "icmp_limit", \
  "reports from the outer path of an encapsulation limit that ran out: a loop") \
X(ICMP_OTHER, "icmp_other", "other ICMP errors from the outer path") \
X(ICMP_RELAYED, "icmp_relayed", "errors of the outer path passed on to the inner source")

#define KAME_TUNNEL_MIB_ENUM(symbol, name, help) KAME_TUNNEL_MIB_##symbol,
enum kame_tunnel_mib {
	KAME_TUNNEL_MIB_LIST(KAME_TUNNEL_MIB_ENUM)
	__KAME_TUNNEL_MIB_MAX
};

#undef KAME_TUNNEL_MIB_ENUM

#endif /* _UAPI_LINUX_KAME_TUNNEL_MIB_H */

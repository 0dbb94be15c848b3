/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * Counters of kame_nd: one list that makes the index of each counter, its name
 * and its explanation. Counters are only ever added, at the end.
 */
#ifndef _UAPI_LINUX_KAME_ND_MIB_H
#define _UAPI_LINUX_KAME_ND_MIB_H

/* X(symbol, name, explanation) */
#define KAME_ND_MIB_LIST(X) \
X(RA_IN, "ra_in", "router advertisements seen") \
X(RA_LEARNED, "ra_learned", "router advertisements learned from") \
X(RA_HOP_LIMIT, "ra_hop_limit", "ignored: the hop limit is not 255, so it may come from off the link") \
X(RA_SOURCE, "ra_source", "ignored: the source is not a link-local address, or is an own one") \
X(RA_FRAGMENTED, "ra_fragmented", "ignored: it came in a fragment, or in several (RFC 6980)") \
X(RA_CHECKSUM, "ra_checksum", "ignored: the checksum is wrong") \
X(RA_MALFORMED, "ra_malformed", "ignored: code, length or an option is malformed (RFC 4861 section 6.1.2)") \
X(RA_QUEUE_FULL, "ra_queue_full", "ignored: advertisements come faster than they can be learned from") \
X(RA_NO_MEMORY, "ra_no_memory", "ignored, as a whole or in part: no memory") \
X(PREFIX_INVALID, "prefix_invalid", \
  "prefix options ignored: link-local, multicast, too long, or preferred longer than valid") \
X(PREFIX_LEARNED, "prefix_learned", "prefixes learned") \
X(PREFIX_EXPIRED, "prefix_expired", "prefixes forgotten because their valid lifetime ended") \
X(PREFIX_BOUND, "prefix_bound", "prefixes refused or forgotten for max-prefixes") \
X(ROUTER_LEARNED, "router_learned", "routers learned") \
X(ROUTER_EXPIRED, "router_expired", "routers forgotten because their lifetime ended or was advertised as 0") \
X(ROUTER_BOUND, "router_bound", "routers refused or forgotten for max-routers") \
X(ROUTER_REPLACED, "router_replaced", \
  "routers whose link-layer address changed, which are taken for other ones") \
X(ROUTER_UNREACHABLE, "router_unreachable", "times that a router became unreachable") \
X(ROUTER_REACHABLE, "router_reachable", "times that an unreachable router was reachable again") \
X(ATTACHED, "attached", "times that a prefix became attached") \
X(DETACHED, "detached", "times that a prefix became detached") \
X(LEFT_OUT, "left_out", "times that a prefix was deprecated because its routers left it out") \
X(PROBE_START, "probe_start", "probes of a router begun") \
X(PROBE_SENT, "probe_sent", "neighbour solicitations sent to routers") \
X(PROBE_LIMITED, "probe_limited", "neighbour solicitations put off for probe-rate") \
X(PROBE_ANSWERED, "probe_answered", "probes that the router answered") \
X(PROBE_FAILED, "probe_failed", "probes that the router did not answer") \
X(ROUTE_DETACHED, "route_detached", "prefix routes taken out of use") \
X(ROUTE_RESTORED, "route_restored", "prefix routes put back to use") \
X(ADDRESS_AVOIDED, "address_avoided", "addresses deprecated for the state of their prefix") \
X(ADDRESS_RESTORED, "address_restored", "addresses given back their preferred lifetime") \
X(BY_HAND, "by_hand", "routes and addresses left as someone else set them meanwhile") \
X(EVENT_LOST, "event_lost", "changes of neighbours not noted: no memory, or too many") \
X(ROUTERS_SOLICITED, "routers_solicited", "router solicitations sent, where we may have moved") \
X(DEFAULT_DEAD, "default_dead", "default routes by unreachable routers taken out of use") \
X(DEFAULT_RESTORED, "default_restored", "default routes put back to use") \
X(LABEL_SET, "label_set", "prefixes of routers that were not chosen given a label (RFC 6724 rule 5.5)") \
X(LABEL_REMOVED, "label_removed", "such labels removed") \
X(SOURCE_ROUTE_SET, "source_route_set", "default routes set for the source's router (RFC 8028)") \
X(SOURCE_ROUTE_REMOVED, "source_route_removed", "such routes removed") \
X(SOURCE_REFUSED, "source_refused", "labels and routes that were refused: mostly, as one was there") \
X(SOURCE_REROUTED, "source_rerouted", "packets sent by the router of the source that was chosen for them") \
X(RA_HEADERS, "ra_headers", \
  "ignored: behind a routing header, destination options or AH, which are seen to later")

#define KAME_ND_MIB_ENUM(symbol, name, help) KAME_ND_MIB_##symbol,
enum kame_nd_mib {
	KAME_ND_MIB_LIST(KAME_ND_MIB_ENUM)
	__KAME_ND_MIB_MAX
};

#undef KAME_ND_MIB_ENUM

#endif /* _UAPI_LINUX_KAME_ND_MIB_H */

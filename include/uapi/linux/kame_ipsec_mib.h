/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * Counters of kame_ipsec: two lists that make the index of each counter, its
 * name and its explanation. Counters are only ever added, at the end.
 */
#ifndef _UAPI_LINUX_KAME_IPSEC_MIB_H
#define _UAPI_LINUX_KAME_IPSEC_MIB_H

/* Of a namespace. X(symbol, name, explanation); names of drops begin with "drop_" */
#define KAME_IPSEC_MIB_LIST(X) \
X(OUT_PROTECTED, "out_protected", "packets given to a state for output") \
X(OUT_BYPASS, "out_bypass", "packets that a policy sends in clear") \
X(OUT_CLEAR, "out_clear", "packets sent in clear by a policy of level use that had no state") \
X(OUT_SOCKET, "out_socket", "packets whose socket has a policy of its own: left to the kernel") \
X(OUT_HELD, "out_held", "packets held until a state arrives") \
X(OUT_RELEASED, "out_released", "held packets sent on when their state arrived") \
X(SECOND_PASS, "second_pass", \
  "protected packets that match a policy again: sent as they are (INET'99 paper, figure 3)") \
X(FLOW_MISS, "flow_miss", "lookups in the policy database: flows not in this CPU's cache") \
X(BUNDLE_BUILT, "bundle_built", "bundles built: the first one, or the cached one was out of date") \
X(ACQUIRE, "acquire", "acquires that a key manager took") \
X(ACQUIRE_UNHEARD, "acquire_unheard", "acquires that no key manager listened for") \
X(PMTU, "pmtu", "senders told of the path MTU inside a tunnel before they ran into it") \
X(IN_VERIFIED, "in_verified", "packets that came in protected as their policy demands") \
X(IN_BYPASS, "in_bypass", "packets that a policy lets in in clear") \
X(IN_ICMP, "in_icmp", \
  "ICMP errors let in for the flow that they quote (RFC 4301 section 6)") \
X(DROP_DISCARD, "drop_discard", "dropped: a policy says discard") \
X(DROP_NO_STATE, "drop_no_state", "dropped: no state for a policy that requires one") \
X(DROP_HOLD_EXPIRED, "drop_hold_expired", "dropped: held, and no state arrived in time, or its policy or device went") \
X(DROP_LOOP, "drop_loop", \
  "dropped: a packet that came round again with a protected packet inside, or inside its own output") \
X(DROP_TOO_BIG, "drop_too_big", "dropped: too big for the path, and the sender was told") \
X(DROP_MULTICAST, "drop_multicast", \
  "dropped: multicast or broadcast that a policy would protect, for which a state of two ends is no use") \
X(DROP_MALFORMED, "drop_malformed", "dropped: headers that can't be read") \
X(DROP_SELECTOR, "drop_selector", "dropped: outside the selector of the state") \
X(DROP_NO_ROUTE, "drop_no_route", "dropped: no route to the peer") \
X(DROP_NO_MEMORY, "drop_no_memory", "dropped: no memory") \
X(DROP_TRANSFORM, "drop_transform", "dropped: the transform or the output behind it failed") \
X(DROP_ICMP_QUOTE, "drop_icmp_quote", \
  "dropped: an ICMP error of our own that quotes a packet which was decrypted") \
X(DROP_IN_CLEAR, "drop_in_clear", "dropped: came in clear, and a policy demands protection") \
X(DROP_IN_MISMATCH, "drop_in_mismatch", \
  "dropped: came in protected, but not as its policy demands") \
X(DROP_IN_DISCARD, "drop_in_discard", "dropped: a policy of input says discard")

/* Of a policy */
#define KAME_IPSEC_STAT_LIST(X) \
X(MATCHED, "matched", "packets that the selector took") \
X(PROTECTED, "protected", "packets protected, or verified on input") \
X(BYTES, "bytes", "bytes of those, as they were in clear") \
X(NO_STATE, "no_state", "packets that found no state") \
X(SECOND_PASS, "second_pass", "protected packets that came round again and were refused a second header") \
X(ERRORS, "errors", "packets dropped by an error or as the policy says")

#define KAME_IPSEC_MIB_ENUM(symbol, name, help) KAME_IPSEC_MIB_##symbol,
enum kame_ipsec_mib {
	KAME_IPSEC_MIB_LIST(KAME_IPSEC_MIB_ENUM)
	__KAME_IPSEC_MIB_MAX
};

#undef KAME_IPSEC_MIB_ENUM

#define KAME_IPSEC_STAT_ENUM(symbol, name, help) KAME_IPSEC_STAT_##symbol,
enum kame_ipsec_stat {
	KAME_IPSEC_STAT_LIST(KAME_IPSEC_STAT_ENUM)
	__KAME_IPSEC_STAT_MAX
};

#undef KAME_IPSEC_STAT_ENUM

#endif /* _UAPI_LINUX_KAME_IPSEC_MIB_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kame_ipv6

#if !defined(_KAME_IPV6_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _KAME_IPV6_TRACE_H

#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/tracepoint.h>
#include <uapi/linux/kame_ipv6_mib.h>

#ifndef KAME_IPV6_TRACE_NAME
#define KAME_IPV6_TRACE_NAME(symbol, name, help) { KAME_IPV6_MIB_##symbol, name },
/* __print_symbolic() wants no comma behind the last pair. */
#define KAME_IPV6_TRACE_NAMES KAME_IPV6_MIB_LIST(KAME_IPV6_TRACE_NAME) { -1, "?" }
#endif

/* A packet that kame_ipv6 refuses. @header is the offset of the header that
 * was being read, from the IPv6 header.
 */
TRACE_EVENT(kame_ipv6_drop,
	TP_PROTO(const struct sk_buff *skb, int cause),
	TP_ARGS(skb, cause),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(int, ifindex)
		__field(int, cause)
		__field(unsigned int, len)
		__field(unsigned int, headlen)
		__field(int, header)
	),
	TP_fast_assign(
		__entry->skbaddr = skb;
		__entry->ifindex = skb->dev ? skb->dev->ifindex : 0;
		__entry->cause = cause;
		__entry->len = skb->len;
		__entry->headlen = skb_headlen(skb);
		__entry->header = skb_transport_header_was_set(skb) ?
			skb_network_header_len(skb) : 0;
	),
	TP_printk("skbaddr=%p ifindex=%d cause=%s len=%u headlen=%u header=%d",
		  __entry->skbaddr, __entry->ifindex,
		  __print_symbolic(__entry->cause, KAME_IPV6_TRACE_NAMES),
		  __entry->len, __entry->headlen, __entry->header)
);

#endif /* _KAME_IPV6_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

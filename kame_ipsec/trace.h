/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kame_ipsec

#if !defined(_KAME_IPSEC_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _KAME_IPSEC_TRACE_H

#include <linux/netdevice.h>
#include <linux/tracepoint.h>
#include <uapi/linux/kame_ipsec_mib.h>

#ifndef KAME_IPSEC_TRACE_NAMES
#define KAME_IPSEC_TRACE_NAME(symbol, name, help) { KAME_IPSEC_MIB_##symbol, name },
/* __print_symbolic() wants no comma behind the last pair. */
#define KAME_IPSEC_TRACE_NAMES KAME_IPSEC_MIB_LIST(KAME_IPSEC_TRACE_NAME) { -1, "?" }
#endif

/* A packet that kame_ipsec refuses, and the policy that it met, 0 for none */
TRACE_EVENT(kame_ipsec_drop,
	TP_PROTO(const struct sk_buff *skb, int cause, u32 policy),
	TP_ARGS(skb, cause, policy),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(int, ifindex)
		__field(int, cause)
		__field(unsigned int, len)
		__field(u32, policy)
	),
	TP_fast_assign(
		__entry->skbaddr = skb;
		__entry->ifindex = skb->dev ? skb->dev->ifindex : 0;
		__entry->cause = cause;
		__entry->len = skb->len;
		__entry->policy = policy;
	),
	TP_printk("skbaddr=%p ifindex=%d cause=%s len=%u policy=%u",
		  __entry->skbaddr, __entry->ifindex,
		  __print_symbolic(__entry->cause, KAME_IPSEC_TRACE_NAMES),
		  __entry->len, __entry->policy)
);

#endif /* _KAME_IPSEC_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

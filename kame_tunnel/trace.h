/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kame_tunnel

#if !defined(_KAME_TUNNEL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _KAME_TUNNEL_TRACE_H

#include <linux/netdevice.h>
#include <linux/tracepoint.h>
#include <linux/kame_tunnel_mib.h>

/* The names are those of the counters. */
#define KAME_TUNNEL_TRACE_NAME(symbol, name, help) { KAME_TUNNEL_MIB_##symbol, name },

TRACE_EVENT(kame_tunnel_drop,
	TP_PROTO(const struct net_device *dev, const struct sk_buff *skb, int which),
	TP_ARGS(dev, skb, which),
	TP_STRUCT__entry(
		__field(const void *, skb)
		__field(int, ifindex)
		__field(int, which)
	),
	TP_fast_assign(
		__entry->skb = skb;
		__entry->ifindex = dev->ifindex;
		__entry->which = which;
	),
	TP_printk("ifindex=%d skb=%p %s", __entry->ifindex, __entry->skb,
		  __print_symbolic(__entry->which,
				   KAME_TUNNEL_MIB_LIST(KAME_TUNNEL_TRACE_NAME) { -1, NULL }))
);

#endif /* _KAME_TUNNEL_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

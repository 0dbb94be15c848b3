// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters, and the one way in which a packet is dropped.
 */
#include "kame_tunnel.h"
#include "trace.h"

/**
 * kame_tunnel_mib_inc() - count
 * @t: the tunnel
 * @which: the counter, raised for the device and for the namespace it is in
 *
 * What is counted here is rare, so one counter for all CPUs will do. Packets
 * and bytes have the per-CPU counters of the device.
 */
void kame_tunnel_mib_inc(struct kame_tunnel *t, enum kame_tunnel_mib which)
{
	atomic64_inc(&t->mib[which]);
	atomic64_inc(&kame_tunnel_pernet(dev_net(t->dev))->mib[which]);
}

static enum skb_drop_reason core_reason(enum kame_tunnel_mib which)
{
	switch (which) {
	case KAME_TUNNEL_MIB_DROP_TX_NO_ROUTE:
		return SKB_DROP_REASON_IP_OUTNOROUTES;
	case KAME_TUNNEL_MIB_DROP_TX_TOO_BIG:
		return SKB_DROP_REASON_PKT_TOO_BIG;
	case KAME_TUNNEL_MIB_DROP_TX_NO_MEMORY:
	case KAME_TUNNEL_MIB_DROP_RX_NO_MEMORY:
		return SKB_DROP_REASON_NOMEM;
	case KAME_TUNNEL_MIB_DROP_RX_POLICY:
		return SKB_DROP_REASON_XFRM_POLICY;
	case KAME_TUNNEL_MIB_DROP_RX_INGRESS:
		return SKB_DROP_REASON_IP_RPFILTER;
	case KAME_TUNNEL_MIB_DROP_RX_TRUNCATED:
	case KAME_TUNNEL_MIB_DROP_TX_TRUNCATED:
		return SKB_DROP_REASON_PKT_TOO_SMALL;
	case KAME_TUNNEL_MIB_DROP_RX_VERSION:
	case KAME_TUNNEL_MIB_DROP_RX_MARTIAN:
		return SKB_DROP_REASON_IP_INHDR;
	default:
		return SKB_DROP_REASON_NOT_SPECIFIED;
	}
}

/* Which statistics of the device a drop belongs to. */
static void count_dev(struct net_device *dev, enum kame_tunnel_mib which)
{
	switch (which) {
	case KAME_TUNNEL_MIB_DROP_LOOP_DEPTH:
	case KAME_TUNNEL_MIB_DROP_LOOP_SELF:
	case KAME_TUNNEL_MIB_DROP_LOOP_NESTING:
	case KAME_TUNNEL_MIB_DROP_LOOP_LIMIT:
	case KAME_TUNNEL_MIB_DROP_LOOP_FRAGMENT:
	case KAME_TUNNEL_MIB_DROP_LOOP_AGAIN:
		DEV_STATS_INC(dev, collisions);
		DEV_STATS_INC(dev, tx_errors);
		break;
	case KAME_TUNNEL_MIB_DROP_TX_NO_ROUTE:
	case KAME_TUNNEL_MIB_DROP_TX_SOURCE:
		DEV_STATS_INC(dev, tx_carrier_errors);
		DEV_STATS_INC(dev, tx_errors);
		break;
	case KAME_TUNNEL_MIB_DROP_TX_DOWN:
	case KAME_TUNNEL_MIB_DROP_TX_PROTOCOL:
	case KAME_TUNNEL_MIB_DROP_TX_TRUNCATED:
	case KAME_TUNNEL_MIB_DROP_TX_TOO_BIG:
	case KAME_TUNNEL_MIB_DROP_TX_NO_MEMORY:
	case KAME_TUNNEL_MIB_DROP_TX_OUTPUT:
		DEV_STATS_INC(dev, tx_dropped);
		break;
	case KAME_TUNNEL_MIB_DROP_RX_TRUNCATED:
		DEV_STATS_INC(dev, rx_length_errors);
		DEV_STATS_INC(dev, rx_errors);
		break;
	case KAME_TUNNEL_MIB_DROP_RX_VERSION:
	case KAME_TUNNEL_MIB_DROP_RX_MARTIAN:
	case KAME_TUNNEL_MIB_DROP_RX_ECN:
		DEV_STATS_INC(dev, rx_frame_errors);
		DEV_STATS_INC(dev, rx_errors);
		break;
	default:
		DEV_STATS_INC(dev, rx_dropped);
		break;
	}
}

/**
 * kame_tunnel_mib_drop() - drop a packet
 * @t: the tunnel
 * @skb: the packet, or NULL where somebody else freed it
 * @which: why
 */
void kame_tunnel_mib_drop(struct kame_tunnel *t, struct sk_buff *skb,
			  enum kame_tunnel_mib which)
{
	kame_tunnel_mib_inc(t, which);
	count_dev(t->dev, which);
	trace_kame_tunnel_drop(t->dev, skb, which);
	kfree_skb_reason(skb, core_reason(which));
}

/**
 * kame_tunnel_mib_read() - copy counters
 * @mib: the counters
 * @out: where to, __KAME_TUNNEL_MIB_MAX entries
 */
void kame_tunnel_mib_read(const atomic64_t *mib, u64 *out)
{
	int i;

	for (i = 0; i < __KAME_TUNNEL_MIB_MAX; i++)
		out[i] = atomic64_read(&mib[i]);
}

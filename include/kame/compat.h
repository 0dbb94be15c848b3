/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels that kame builds for. The code is written
 * for the newest of them; an older one is brought up to it here and nowhere
 * else. Stable kernels backport, so features are probed (probe.mk), versions
 * are not.
 */
#ifndef _KAME_COMPAT_H
#define _KAME_COMPAT_H

#ifdef KAME_HAVE_LINUX_UNALIGNED_H
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/inet_sock.h>
#ifdef KAME_HAVE_NET_GSO_H
#include <net/gso.h>
#endif

struct net;

/* Exported to modules, but declared only in the kernel's own nf_internals.h. */
void nf_queue_nf_hook_drop(struct net *net);

/* A device that locks its transmission itself was marked by a feature bit once. */
static inline void kame_netdev_set_lltx(struct net_device *dev)
{
#ifdef NETIF_F_LLTX
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
}

/* Errors in netlink were constant sentences once: say less then. */
#ifdef NL_SET_ERR_MSG_FMT
#define KAME_NL_SET_ERR_MSG_FMT(extack, plain, fmt, args...) \
	NL_SET_ERR_MSG_FMT(extack, fmt, ##args)
#else
#define KAME_NL_SET_ERR_MSG_FMT(extack, plain, fmt, args...) NL_SET_ERR_MSG(extack, plain)
#endif

#ifdef KAME_HAVE_DST_ALLOC_REF
#define kame_dst_alloc(ops, dev, obsolete, flags) dst_alloc(ops, dev, 1, obsolete, flags)
#else
#define kame_dst_alloc(ops, dev, obsolete, flags) dst_alloc(ops, dev, obsolete, flags)
#endif

/* Bits of a socket were a field each once. */
#ifdef inet_test_bit
#define kame_sock_hdrincl(sk) inet_test_bit(HDRINCL, sk)
#else
#define kame_sock_hdrincl(sk) (inet_sk(sk)->hdrincl)
#endif

/* A namespace may have a table of UDP sockets of its own. Macros, as their users include
 * what they need.
 */
#ifdef KAME_HAVE_NETNS_UDP_TABLE
#define kame_udp_table(net) ((net)->ipv4.udp_table)
#else
#define kame_udp_table(net) ((void)(net), &udp_table)
#endif

/* A lifetime that does not end; its name was addrconf.c's own once. */
#ifndef INFINITY_LIFE_TIME
#define INFINITY_LIFE_TIME 0xffffffff
#endif

/* A state may be for one direction only. */
#ifdef KAME_HAVE_XFRM_STATE_DIR
#define kame_xfrm_state_may_send(x) (!(x)->dir || (x)->dir == XFRM_SA_DIR_OUT)
#define kame_xfrm_state_may_receive(x) (!(x)->dir || (x)->dir == XFRM_SA_DIR_IN)
#else
#define kame_xfrm_state_may_send(x) ((void)(x), true)
#define kame_xfrm_state_may_receive(x) ((void)(x), true)
#endif

/* A device may do more than the cipher. */
#ifdef KAME_HAVE_XFRM_OFFLOAD_PACKET
#define kame_xfrm_state_offload_packet(x) ((x)->xso.type == XFRM_DEV_OFFLOAD_PACKET)
#else
#define kame_xfrm_state_offload_packet(x) ((void)(x), false)
#endif

/* What forwarding counts, and when: what leaves was counted by the output function
 * only later, so that forwarding counted its bytes itself, behind the FORWARD hook.
 * Macros, since what they need is included by few.
 */
#ifdef KAME_HAVE_OUTREQUESTS
#define kame_ip6_count_forwarding(net, idev) \
	__IP6_INC_STATS(net, idev, IPSTATS_MIB_OUTFORWDATAGRAMS)
#define kame_ip6_count_forwarded(net, idev, len) do { } while (0)
#define kame_ip6_count_out(net, idev, len) __IP6_UPD_PO_STATS(net, idev, IPSTATS_MIB_OUT, len)
#define kame_ip_count_request(net) __IP_INC_STATS(net, IPSTATS_MIB_OUTREQUESTS)
#else
#define kame_ip6_count_forwarding(net, idev) do { } while (0)
#define kame_ip6_count_forwarded(net, idev, len)				\
	do {									\
		__IP6_INC_STATS(net, idev, IPSTATS_MIB_OUTFORWDATAGRAMS);	\
		__IP6_ADD_STATS(net, idev, IPSTATS_MIB_OUTOCTETS, len);		\
	} while (0)
#define kame_ip6_count_out(net, idev, len) do { } while (0)
#define kame_ip_count_request(net) do { } while (0)
#endif
#define kame_ip_count_out(net, len) __IP_UPD_PO_STATS(net, IPSTATS_MIB_OUT, len)

#endif /* _KAME_COMPAT_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells rtnetlink's listeners of an address that is in use again, as the kernel does
 * where duplicate address detection ends, which is not always to be run.
 */
#include <linux/jiffies.h>
#include <linux/rtnetlink.h>
#include <net/if_inet6.h>
#include <net/netlink.h>
#include <net/sock.h>
#include <kame/compat.h>

#include "effect.h"

/* More than such a message takes */
#define SIZE 256

static u32 left(u32 lifetime, unsigned long since)
{
	unsigned long passed = (jiffies - since) / HZ;

	if (lifetime == INFINITY_LIFE_TIME)
		return lifetime;
	return lifetime > passed ? lifetime - passed : 0;
}

/* Hundredths of a second since boot */
static u32 stamp(unsigned long when)
{
	return (when - INITIAL_JIFFIES) * 100 / HZ;
}

static int put_cacheinfo(struct sk_buff *msg, const struct inet6_ifaddr *ifp)
{
	const struct ifa_cacheinfo info = {
		.ifa_prefered = left(ifp->prefered_lft, ifp->tstamp),
		.ifa_valid = left(ifp->valid_lft, ifp->tstamp),
		.cstamp = stamp(ifp->cstamp),
		.tstamp = stamp(ifp->tstamp),
	};

	return nla_put(msg, IFA_CACHEINFO, sizeof(info), &info);
}

static int put_addresses(struct sk_buff *msg, const struct inet6_ifaddr *ifp)
{
	if (ipv6_addr_any(&ifp->peer_addr))
		return nla_put_in6_addr(msg, IFA_ADDRESS, &ifp->addr);
	return nla_put_in6_addr(msg, IFA_LOCAL, &ifp->addr) ?:
		nla_put_in6_addr(msg, IFA_ADDRESS, &ifp->peer_addr);
}

static int fill(struct sk_buff *msg, const struct inet6_ifaddr *ifp)
{
	struct nlmsghdr *nlh = nlmsg_put(msg, 0, 0, RTM_NEWADDR, sizeof(struct ifaddrmsg), 0);
	struct ifaddrmsg *ifm;

	if (!nlh)
		return -EMSGSIZE;
	ifm = nlmsg_data(nlh);
	ifm->ifa_family = AF_INET6;
	ifm->ifa_prefixlen = ifp->prefix_len;
	ifm->ifa_flags = ifp->flags;
	ifm->ifa_scope = ifp->scope & IFA_SITE ? RT_SCOPE_SITE : RT_SCOPE_UNIVERSE;
	ifm->ifa_index = ifp->idev->dev->ifindex;
	if (put_addresses(msg, ifp) || put_cacheinfo(msg, ifp) ||
	    nla_put_u32(msg, IFA_FLAGS, ifp->flags) ||
	    (ifp->rt_priority && nla_put_u32(msg, IFA_RT_PRIORITY, ifp->rt_priority)) ||
	    (ifp->ifa_proto && nla_put_u8(msg, IFA_PROTO, ifp->ifa_proto)))
		return -EMSGSIZE;
	nlmsg_end(msg, nlh);
	return 0;
}

/**
 * kame_nd_effect_notify - tell listeners of an address as it is now
 * @ifp: the address, not a link-local one; its lock is held
 *
 * Context: any.
 */
void kame_nd_effect_notify(const struct inet6_ifaddr *ifp)
{
	struct net *net = dev_net(ifp->idev->dev);
	struct sk_buff *msg;
	int err = -ENOBUFS;

	lockdep_assert_held(&ifp->lock);
	msg = nlmsg_new(SIZE, GFP_ATOMIC);
	if (msg)
		err = fill(msg, ifp);
	if (!err) {
		rtnl_notify(msg, net, 0, RTNLGRP_IPV6_IFADDR, NULL, GFP_ATOMIC);
		return;
	}
	nlmsg_free(msg);
	/* They learn that they have missed something. */
	rtnl_set_sk_err(net, RTNLGRP_IPV6_IFADDR, err);
}

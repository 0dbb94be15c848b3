// SPDX-License-Identifier: GPL-2.0-only
/*
 * Routes and address labels that are set in the way in which everyone else sets
 * them, by requests to rtnetlink: the kernel exports no function for either, and so
 * listeners see them, and "ip" shows and removes them. Changes of addresses and routes are
 * heard in the same way: the kernel's notifiers don't tell of all.
 */
#include <linux/if_addrlabel.h>
#include <linux/net.h>
#include <linux/rtnetlink.h>
#include <linux/socket.h>
#include <net/ip6_route.h>
#include <net/netlink.h>

#include "rtnl.h"
#include "source.h"

/* What no other label is: none of RFC 6724's, and none that a person would choose */
#define LABEL 0x6b616d65
/* As much as a request of ours, or the answer that quotes it, takes */
#define SIZE 256

union answer {
	struct nlmsghdr head;
	u8 room[NLMSG_ALIGN(sizeof(struct nlmsghdr)) + sizeof(struct nlmsgerr) + SIZE];
};

/* Sends the request, takes the first answer. */
static int talk(struct socket *sock, struct sk_buff *request, union answer *answer)
{
	struct kvec out = { .iov_base = request->data, .iov_len = request->len };
	struct kvec in = { .iov_base = answer, .iov_len = sizeof(*answer) };
	/* Addressed to the kernel: without an address, netlink asks who opened the
	 * socket's file, and this one has none.
	 */
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = { .msg_name = &kernel, .msg_namelen = sizeof(kernel) };
	int len;

	/* The request is handled before this returns. */
	len = kernel_sendmsg(sock, &msg, &out, 1, out.iov_len);
	if (len >= 0) {
		memset(&msg, 0, sizeof(msg));
		len = kernel_recvmsg(sock, &msg, &in, 1, in.iov_len, MSG_DONTWAIT);
	}
	if (len < 0)
		return len;
	if (!NLMSG_OK(&answer->head, len))
		return -EPROTO;
	if (answer->head.nlmsg_type != NLMSG_ERROR)
		return 0;
	if (nlmsg_len(&answer->head) < (int)sizeof(struct nlmsgerr))
		return -EPROTO;
	return ((struct nlmsgerr *)nlmsg_data(&answer->head))->error;
}

/* Sends the request, unless there was no room for all of it, and frees it. */
static int send_request(struct net *net, struct sk_buff *request, bool no_room, union answer *answer)
{
	struct socket *sock;
	int err = -EMSGSIZE;

	if (no_room)
		goto out;
	nlmsg_end(request, nlmsg_hdr(request));
	err = sock_create_kern(net, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, &sock);
	if (err)
		goto out;
	err = talk(sock, request, answer);
	sock_release(sock);
out:
	nlmsg_free(request);
	return err;
}

static struct sk_buff *new_request(int type, int flags, unsigned int size, void **head)
{
	struct sk_buff *msg = nlmsg_new(SIZE, GFP_KERNEL);
	struct nlmsghdr *nlh;

	if (!msg)
		return NULL;
	nlh = nlmsg_put(msg, 0, 0, type, size, NLM_F_REQUEST | flags);
	*head = nlmsg_data(nlh);
	memset(*head, 0, size);
	return msg;
}

/* "default from PREFIX via ROUTER dev DEV proto ra metric 1024" */
static int route(struct net *net, const struct kame_nd_source *s, int type, int flags)
{
	union answer answer;
	struct sk_buff *msg;
	struct rtmsg *rtm;
	bool no_room;

	msg = new_request(type, NLM_F_ACK | flags, sizeof(*rtm), (void **)&rtm);
	if (!msg)
		return -ENOMEM;
	rtm->rtm_family = AF_INET6;
	rtm->rtm_src_len = s->len;
	rtm->rtm_table = s->table < 256 ? s->table : RT_TABLE_COMPAT;
	rtm->rtm_protocol = RTPROT_RA;
	rtm->rtm_scope = RT_SCOPE_UNIVERSE;
	rtm->rtm_type = RTN_UNICAST;
	no_room = nla_put_in6_addr(msg, RTA_SRC, &s->prefix) ||
		nla_put_in6_addr(msg, RTA_GATEWAY, &s->router) ||
		nla_put_u32(msg, RTA_OIF, s->ifindex) ||
		nla_put_u32(msg, RTA_TABLE, s->table) ||
		nla_put_u32(msg, RTA_PRIORITY, IP6_RT_PRIO_USER);
	return send_request(net, msg, no_room, &answer);
}

static int label(struct net *net, const struct kame_nd_source *s, int type, int flags)
{
	struct ifaddrlblmsg *ifal;
	union answer answer;
	struct sk_buff *msg;
	bool no_room;

	msg = new_request(type, NLM_F_ACK | flags, sizeof(*ifal), (void **)&ifal);
	if (!msg)
		return -ENOMEM;
	ifal->ifal_family = AF_INET6;
	ifal->ifal_prefixlen = s->len;
	ifal->ifal_index = s->ifindex;
	no_room = nla_put_in6_addr(msg, IFAL_ADDRESS, &s->prefix) ||
		nla_put_u32(msg, IFAL_LABEL, LABEL);
	return send_request(net, msg, no_room, &answer);
}

/* A label, as rtnetlink tells it */
struct told {
	unsigned int len;
	int ifindex;
	u32 label;
};

/* The label that addresses of the prefix have now. */
static bool get_label(struct net *net, const struct kame_nd_source *s, struct told *told)
{
	const struct ifaddrlblmsg *has;
	const struct nlattr *label;
	struct ifaddrlblmsg *ifal;
	union answer answer;
	struct sk_buff *msg;
	bool no_room;

	msg = new_request(RTM_GETADDRLABEL, 0, sizeof(*ifal), (void **)&ifal);
	if (!msg)
		return false;
	ifal->ifal_family = AF_INET6;
	ifal->ifal_prefixlen = 128;
	ifal->ifal_index = s->ifindex;
	no_room = nla_put_in6_addr(msg, IFAL_ADDRESS, &s->prefix);
	if (send_request(net, msg, no_room, &answer) || answer.head.nlmsg_type != RTM_NEWADDRLABEL ||
	    nlmsg_len(&answer.head) < (int)sizeof(*has))
		return false;
	has = nlmsg_data(&answer.head);
	label = nlmsg_find_attr(&answer.head, sizeof(*has), IFAL_LABEL);
	if (!label || nla_len(label) != sizeof(u32))
		return false;
	*told = (struct told){ has->ifal_prefixlen, has->ifal_index, nla_get_u32(label) };
	return true;
}

/* Whether the prefix itself has a label that somebody else gave it. */
static bool has_other_label(struct net *net, const struct kame_nd_source *s)
{
	struct told told;

	return get_label(net, s, &told) && told.len == s->len && told.ifindex == s->ifindex &&
		told.label != LABEL;
}

/* Whether somebody has labelled it as closely as we would, be it for all devices: ours, for
 * one, would go first.
 */
static bool is_labelled(struct net *net, const struct kame_nd_source *s)
{
	struct told told;

	return get_label(net, s, &told) && told.len >= s->len &&
		!(told.len == s->len && told.ifindex == s->ifindex && told.label == LABEL);
}

/**
 * kame_nd_rtnl_route_add - set a default route for packets from a prefix
 * @net: the namespace
 * @source: prefix, router, device and table
 *
 * Context: may sleep; takes RTNL.
 * Return: 0, -EEXIST where there is one already, or what rtnetlink says.
 */
int kame_nd_rtnl_route_add(struct net *net, const struct kame_nd_source *source)
{
	return route(net, source, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
}

/**
 * kame_nd_rtnl_route_del - remove such a route
 * @net: the namespace
 * @source: prefix, router, device and table
 *
 * Context: may sleep; takes RTNL.
 * Return: 0, -ESRCH where it is gone, or what rtnetlink says.
 */
int kame_nd_rtnl_route_del(struct net *net, const struct kame_nd_source *source)
{
	return route(net, source, RTM_DELROUTE, 0);
}

/**
 * kame_nd_rtnl_label_add - give a prefix the label that matches no destination's
 * @net: the namespace
 * @source: prefix and device
 *
 * Context: may sleep; takes RTNL.
 * Return: 0, -EEXIST where it has a label, of its length or a longer one, or what rtnetlink says.
 */
int kame_nd_rtnl_label_add(struct net *net, const struct kame_nd_source *source)
{
	if (is_labelled(net, source))
		return -EEXIST;
	return label(net, source, RTM_NEWADDRLABEL, NLM_F_CREATE | NLM_F_EXCL);
}

/**
 * kame_nd_rtnl_label_del - take that label from a prefix
 * @net: the namespace
 * @source: prefix and device
 *
 * Context: may sleep; takes RTNL.
 * Return: 0, -ESRCH where it is gone, -EBUSY where somebody has set another one since,
 * or what rtnetlink says.
 */
int kame_nd_rtnl_label_del(struct net *net, const struct kame_nd_source *source)
{
	if (has_other_label(net, source))
		return -EBUSY;
	return label(net, source, RTM_DELADDRLABEL, 0);
}

/* Once a message was lost, for want of memory, netlink gives a socket no more of them until
 * its owner has been told, by an error that only reading returns. We take messages out of the
 * queue ourselves, and see from the count of those that were lost.
 */
static int dont_report_loss(struct socket *sock)
{
	int on = 1;

	return sock->ops->setsockopt(sock, SOL_NETLINK, NETLINK_NO_ENOBUFS, KERNEL_SOCKPTR(&on),
				     sizeof(on));
}

/**
 * kame_nd_rtnl_listen - hear of each change of an IPv6 address or route
 * @net: the namespace
 * @changed: called with @data for each, in any context
 * @data: what it is called with
 *
 * Context: may sleep.
 * Return: for kame_nd_rtnl_unlisten(), or an ERR_PTR.
 */
struct socket *kame_nd_rtnl_listen(struct net *net, void (*changed)(struct sock *sk), void *data)
{
	struct sockaddr_nl group = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1 << (RTNLGRP_IPV6_IFADDR - 1) | 1 << (RTNLGRP_IPV6_ROUTE - 1),
	};
	struct socket *sock;
	int err;

	err = sock_create_kern(net, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, &sock);
	if (err)
		return ERR_PTR(err);
	sock->sk->sk_user_data = data;
	sock->sk->sk_data_ready = changed;
	err = dont_report_loss(sock) ?: kernel_bind(sock, (struct sockaddr *)&group, sizeof(group));
	if (err) {
		sock_release(sock);
		return ERR_PTR(err);
	}
	return sock;
}

/* Context: may sleep; @changed isn't running any more on return. */
void kame_nd_rtnl_unlisten(struct socket *sock)
{
	sock_release(sock);
}

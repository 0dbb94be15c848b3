// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of TCP streams: a listening socket whose connections are read empty as
 * data arrives, in the softirq. With a sender inside the kernel, too (send.c), no
 * process has to run but the sender: what programs' turns on the CPU add to a
 * stream differs from one to the next by more than what is to be measured.
 */
#include <linux/net.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "bench.h"

static int discard(read_descriptor_t *desc, struct sk_buff *skb, unsigned int offset, size_t len)
{
	return len;
}

/* Connections inherit this from the listening socket; nobody accepts them. */
static void read_empty(struct sock *sk)
{
	read_descriptor_t desc = { .count = 1 };

	if (sk->sk_state != TCP_LISTEN)
		tcp_read_sock(sk, &desc, discard);
}

/**
 * kame_bench_stream_open() - take TCP streams over IPv6 and IPv4
 * @net: the namespace, borrowed from the open file
 * @port: TCP port, network byte order
 *
 * Context: process, may sleep.
 * Return: the socket, which sock_release() closes with all connections, or an
 * ERR_PTR: -ENOMEM, -EADDRINUSE or another errno of bind().
 */
struct socket *kame_bench_stream_open(struct net *net, __be16 port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = port };
	struct socket *sock;
	int err;

	err = sock_create_kern(net, AF_INET6, SOCK_STREAM, IPPROTO_TCP, &sock);
	if (err)
		return ERR_PTR(err);
	WRITE_ONCE(sock->sk->sk_data_ready, read_empty);
	err = kernel_bind(sock, (struct sockaddr *)&any, sizeof(any)) ?:
	      kernel_listen(sock, SOMAXCONN);
	if (err) {
		sock_release(sock);
		return ERR_PTR(err);
	}
	return sock;
}

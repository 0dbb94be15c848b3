// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sink: a UDP socket that consumes what arrives at it in the softirq, by
 * encap_rcv. A run ends there at a fixed small cost; a queue would fill, and its
 * reader would be timed as well.
 */
#include <linux/delay.h>
#include <linux/net.h>
#include <linux/percpu.h>
#include <linux/udp.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "bench.h"

struct sink {
	u64 __percpu *packets;
};

static int sink_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct sink *sink = rcu_dereference_sk_user_data(sk);

	if (sink)
		this_cpu_inc(*sink->packets);
	consume_skb(skb);
	return 0;
}

static u64 sink_packets(const struct sink *sink)
{
	u64 packets = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		packets += *per_cpu_ptr(sink->packets, cpu);
	return packets;
}

static int sink_setup(struct socket *sock, struct sink *sink, __be16 port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = port };
	/* A kind of encapsulation that the socket code does not look into. */
	int encap = UDP_ENCAP_L2TPINUDP;
	int err;

	rcu_assign_sk_user_data(sock->sk, sink);
	err = kernel_bind(sock, (struct sockaddr *)&any, sizeof(any));
	if (err)
		return err;
	WRITE_ONCE(udp_sk(sock->sk)->encap_rcv, sink_rcv);
	return sock->ops->setsockopt(sock, SOL_UDP, UDP_ENCAP, KERNEL_SOCKPTR(&encap),
				     sizeof(encap));
}

static void sink_release(struct socket *sock, struct sink *sink)
{
	/* Receivers hold sk_user_data under RCU. */
	sock_release(sock);
	synchronize_rcu();
	free_percpu(sink->packets);
	kfree(sink);
}

/**
 * kame_bench_sink_open() - a sink for IPv6 and IPv4
 * @net: its namespace
 * @port: UDP port, network byte order
 *
 * Context: process, may sleep.
 * Return: the sink's socket, or an ERR_PTR: -ENOMEM, -EADDRINUSE or another errno
 * of bind().
 */
struct socket *kame_bench_sink_open(struct net *net, __be16 port)
{
	struct socket *sock;
	struct sink *sink;
	int err;

	sink = kzalloc(sizeof(*sink), GFP_KERNEL);
	if (!sink)
		return ERR_PTR(-ENOMEM);
	sink->packets = alloc_percpu(u64);
	if (!sink->packets) {
		kfree(sink);
		return ERR_PTR(-ENOMEM);
	}
	err = sock_create_kern(net, AF_INET6, SOCK_DGRAM, IPPROTO_UDP, &sock);
	if (err) {
		free_percpu(sink->packets);
		kfree(sink);
		return ERR_PTR(err);
	}
	err = sink_setup(sock, sink, port);
	if (err) {
		sink_release(sock, sink);
		return ERR_PTR(err);
	}
	return sock;
}

/**
 * kame_bench_sink_close() - wait for the last packets, and close
 * @sock: of kame_bench_sink_open()
 * @wanted: packets to wait for, a second at most
 *
 * Context: process, may sleep.
 * Return: number of packets that arrived.
 */
u64 kame_bench_sink_close(struct socket *sock, u64 wanted)
{
	struct sink *sink = rcu_dereference_protected(__sk_user_data(sock->sk), true);
	unsigned int ms;
	u64 packets;

	for (ms = 0; ms < 1000 && sink_packets(sink) < wanted; ms += 20)
		msleep(20);
	packets = sink_packets(sink);
	sink_release(sock, sink);
	return packets;
}

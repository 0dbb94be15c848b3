// SPDX-License-Identifier: GPL-2.0-only
/*
 * connect() of TCP into a loop. TCP takes a SYN that can't be transmitted for a
 * lost one and keeps trying for two minutes; only -ECONNREFUSED would reach the
 * caller, and would be a lie. But the packet says whose it is, and a connection
 * that is not there yet can be ended with any error, from process context.
 */
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "connect.h"

/**
 * struct attempt - a connection attempt that went into a loop
 * @work: ends it
 * @sk: the socket, a reference held
 * @seq: what the socket would send next, which tells the attempt from a later one
 */
struct attempt {
	struct work_struct work;
	struct sock *sk;
	u32 seq;
};

static struct workqueue_struct *wq;

static bool is_same(const struct attempt *a)
{
	return a->sk->sk_state == TCP_SYN_SENT && tcp_sk(a->sk)->write_seq == a->seq;
}

/*
 * tcp_abort() takes the lock of the socket itself, and ends whatever it finds then: a
 * connection that was set up meanwhile, too. So this does for an attempt what an ICMP
 * error would. Nothing was received yet that would be answered by a reset.
 */
static void end(struct work_struct *work)
{
	struct attempt *a = container_of(work, struct attempt, work);
	struct sock *sk = a->sk;

	lock_sock(sk);
	local_bh_disable();
	bh_lock_sock(sk);
	if (is_same(a)) {
		WRITE_ONCE(sk->sk_err, ELOOP);
		/* Whoever polls must not see the end without its reason. */
		smp_wmb();
		if (!sock_flag(sk, SOCK_DEAD))
			sk_error_report(sk);
		tcp_done(sk);
	}
	bh_unlock_sock(sk);
	local_bh_enable();
	release_sock(sk);
	sock_put(sk);
	kfree(a);
}

/**
 * kame_tunnel_connect_end() - end the connection attempt that sent a packet
 * @skb: a packet that went into a loop, of whatever kind
 *
 * connect() returns -ELOOP then, and poll() tells of it. Established connections
 * go on: the loop may end before they do.
 *
 * Context: any; @skb, where it has a socket, keeps that alive.
 */
void kame_tunnel_connect_end(const struct sk_buff *skb)
{
	struct sock *sk = skb->sk;
	struct attempt *a;

	if (!sk || !sk_fullsock(sk) || sk->sk_type != SOCK_STREAM ||
	    sk->sk_protocol != IPPROTO_TCP || inet_sk_state_load(sk) != TCP_SYN_SENT)
		return;
	/* Without memory this one is left to TCP's patience. */
	a = kmalloc(sizeof(*a), GFP_ATOMIC | __GFP_NOWARN);
	if (!a)
		return;
	if (!refcount_inc_not_zero(&sk->sk_refcnt)) {
		kfree(a);
		return;
	}
	a->sk = sk;
	a->seq = READ_ONCE(tcp_sk(sk)->write_seq);
	INIT_WORK(&a->work, end);
	queue_work(wq, &a->work);
}

/**
 * kame_tunnel_connect_init() - begin
 *
 * Return: 0 or -ENOMEM.
 */
int kame_tunnel_connect_init(void)
{
	wq = alloc_workqueue("kame_tunnel", WQ_UNBOUND, 0);
	return wq ? 0 : -ENOMEM;
}

/** kame_tunnel_connect_uninit() - wait for what is to be done; no device is left */
void kame_tunnel_connect_uninit(void)
{
	destroy_workqueue(wq);
}

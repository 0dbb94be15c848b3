// SPDX-License-Identifier: GPL-2.0-only
/*
 * Local output: sends from inside the kernel, by UDP or as a TCP stream, so that
 * neither system calls nor a program's copying is timed. What the devices do within
 * the call counts.
 */
#include <linux/net.h>
#include <linux/timekeeping.h>
#include <net/sock.h>

#include "bench.h"

static int address_len(const struct kame_bench_config *config)
{
	return config->to.sa.sa_family == AF_INET ? sizeof(config->to.in) : sizeof(config->to.in6);
}

static int open_socket(const struct kame_bench_config *config, struct socket **sock)
{
	int err = sock_create_kern(config->net, config->to.sa.sa_family,
				   config->stream ? SOCK_STREAM : SOCK_DGRAM,
				   config->stream ? IPPROTO_TCP : IPPROTO_UDP, sock);

	if (err || config->sendto)
		return err;
	err = kernel_connect(*sock, (struct sockaddr *)&config->to.sa, address_len(config), 0);
	if (err)
		sock_release(*sock);
	return err;
}

static void send_chunk(const struct kame_bench_config *config, struct socket *sock, void *data,
		       u32 packets, struct kame_bench_result *result)
{
	void *to = config->sendto ? (void *)&config->to.sa : NULL;
	int to_len = to ? address_len(config) : 0;
	u32 len = config->len;
	u64 start = ktime_get_ns();
	u32 sent = 0, n;

	for (n = 0; n < packets; n++) {
		struct kvec vec = { .iov_base = data, .iov_len = len };
		struct msghdr msg = {
			.msg_name = to,
			.msg_namelen = to_len,
			.msg_flags = config->stream ? 0 : MSG_DONTWAIT,
		};
		int ret = kernel_sendmsg(sock, &msg, &vec, 1, len);

		if (ret < 0) {
			result->errors++;
			result->error = -ret;
		} else {
			sent++;
		}
	}
	kame_bench_result_add(result, ktime_get_ns() - start, sent);
}

/**
 * kame_bench_send() - send UDP packets or pieces of a TCP stream, and time it
 * @config: the run
 * @result: zeroed; released by kame_bench_result_uninit(), whatever is returned
 *
 * A send that fails is counted and doesn't end the run.
 *
 * Context: process, may sleep.
 * Return: 0, -ENOMEM, -EINTR, or the errno of connect().
 */
int kame_bench_send(const struct kame_bench_config *config, struct kame_bench_result *result)
{
	struct socket *sock;
	u32 first, packets;
	void *data;
	int err;

	err = kame_bench_result_init(result, config->count, KAME_BENCH_POLL);
	if (err)
		return err;
	data = kzalloc(config->len, GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	err = open_socket(config, &sock);
	if (err)
		goto out_data;
	for (first = 0; first < config->count; first += packets) {
		packets = min_t(u32, KAME_BENCH_POLL, config->count - first);
		send_chunk(config, sock, data, packets, result);
		cond_resched();
		if (signal_pending(current)) {
			err = -EINTR;
			break;
		}
	}
	sock_release(sock);
out_data:
	kfree(data);
	return err;
}

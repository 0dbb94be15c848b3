/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kame_bench: a packet generator inside the kernel. What crosses its files.
 */
#ifndef _KAME_BENCH_H
#define _KAME_BENCH_H

#include <linux/in6.h>
#include <linux/netdevice.h>
#include <linux/socket.h>
#include <linux/types.h>
#include <net/net_namespace.h>

/* Packets that a driver hands up in one go: NAPI's budget. */
#define KAME_BENCH_POLL		64
#define KAME_BENCH_MAX_BATCH	1024
#define KAME_BENCH_MAX_COUNT	(16 * 1024 * 1024)
/* With the rest of the line, what fits into one write of a shell. */
#define KAME_BENCH_MAX_PACKET	1800
#define KAME_BENCH_MAX_LINE	4096
/* What a send can be given. */
#define KAME_BENCH_MAX_SEND	65536

/**
 * enum kame_bench_lookup - how to find out whether a packet is for this node
 * @KAME_BENCH_LOOKUP_NONE: not a run of this kind
 * @KAME_BENCH_LOOKUP_LIST: compare its destination with each address of the node, then
 *	find the route of what is for others
 * @KAME_BENCH_LOOKUP_HASH: look for its destination in a hash table, then the same
 * @KAME_BENCH_LOOKUP_FIB: find its route, whose type says it
 */
enum kame_bench_lookup {
	KAME_BENCH_LOOKUP_NONE,
	KAME_BENCH_LOOKUP_LIST,
	KAME_BENCH_LOOKUP_HASH,
	KAME_BENCH_LOOKUP_FIB,
};

/**
 * struct kame_bench_config - one run, as asked for by a line of words
 * @net:	namespace of the writer, borrowed from the open file
 * @send:	true to send through a socket, false to inject into @dev
 * @stream:	send by TCP, not by UDP
 * @sendto:	name @to with each packet instead of connecting the socket to it
 * @listen:	TCP port to take streams at for as long as the file is open, and
 *		nothing else; network byte order
 * @dev:	device that the packets seem to come in by
 * @count:	packets of the run
 * @batch:	1 for netif_receive_skb(), else the length of the lists given to
 *		netif_receive_skb_list()
 * @packet:	template, from the network header on
 * @len:	bytes of @packet, or of payload where @send
 * @proto:	ethertype, network byte order
 * @vary_at:	offset in @packet of a 32-bit number that differs between packets
 * @vary:	number of values that it takes
 * @csum_at:	offset of an internet checksum to be mended with it; 0 for none
 * @drain:	time what is left to softirq, too
 * @verify:	leave checksums to be verified by the stack
 * @sink:	UDP port to consume packets at, network byte order; 0 for none
 * @lookup:	only look destinations up, in this way
 * @own:	first address of the node, where @lookup
 * @owns:	number of them, which differ in their last 32 bits
 * @ms:		end a run of lookups after so many milliseconds; 0 for when @count is reached
 * @to:		where @send sends to
 */
struct kame_bench_config {
	struct net *net;
	bool send;
	bool stream;
	bool sendto;
	__be16 listen;
	char dev[IFNAMSIZ];
	u32 count;
	u32 batch;
	u8 packet[KAME_BENCH_MAX_PACKET];
	u32 len;
	__be16 proto;
	u32 vary_at;
	u32 vary;
	u32 csum_at;
	bool drain;
	bool verify;
	__be16 sink;
	enum kame_bench_lookup lookup;
	struct in6_addr own;
	u32 owns;
	u32 ms;
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} to;
};

/**
 * struct kame_bench_result - what a run found
 * @chunks:	nanoseconds that each chunk of packets took
 * @n_chunks:	number of entries used in @chunks
 * @per_chunk:	packets in each chunk but the last
 * @packets:	packets injected, or sends that succeeded
 * @total:	nanoseconds of all chunks
 * @errors:	sends that failed
 * @error:	errno of the last of them
 * @refused:	packets for which netif_receive_skb() returned NET_RX_DROP
 * @sunk:	packets that arrived at the sink, or that a lookup found to be for this node
 */
struct kame_bench_result {
	u32 *chunks;
	u32 n_chunks;
	u32 per_chunk;
	u32 packets;
	u64 total;
	u32 errors;
	int error;
	u32 refused;
	u64 sunk;
};

/*
 * Which value packet @n of a run has: every one once in a round, but no neighbour after
 * another: a prime greater than any distance that a prefetcher follows.
 */
static inline u32 kame_bench_nth_value(const struct kame_bench_config *config, u32 n)
{
	return (u64)(n % config->vary) * 7919 % config->vary;
}

/* config.c */
int kame_bench_config_parse(struct kame_bench_config *config, char *line);

/* result.c */
int kame_bench_result_init(struct kame_bench_result *result, u32 count, u32 per_chunk);
void kame_bench_result_add(struct kame_bench_result *result, u64 ns, u32 packets);
int kame_bench_result_print(struct kame_bench_result *result, char *buf, size_t size);
void kame_bench_result_uninit(struct kame_bench_result *result);

/* inject.c, send.c */
int kame_bench_inject(const struct kame_bench_config *config, struct kame_bench_result *result);
int kame_bench_send(const struct kame_bench_config *config, struct kame_bench_result *result);

/* lookup.c */
int kame_bench_lookup(const struct kame_bench_config *config, struct kame_bench_result *result);

/* sink.c */
struct socket *kame_bench_sink_open(struct net *net, __be16 port);
u64 kame_bench_sink_close(struct socket *sock, u64 wanted);

/* stream.c */
struct socket *kame_bench_stream_open(struct net *net, __be16 port);

#endif /* _KAME_BENCH_H */

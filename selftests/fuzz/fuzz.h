/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The packet fuzzer of ipv6_fuzz.sh: sends the same packets to two namespaces
 * that are alike, but for who has the IPv6 input, and compares what becomes of
 * each packet.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A Jumbo Payload, and what is around it. */
#define PACKET_MAX 70000
#define PIECES_MAX 6

/* Who hears a packet: UDP at this port, and a raw socket of this protocol. */
#define FUZZ_PORT 7777
#define FUZZ_PROTOCOL 253

struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *r)
{
	/* splitmix64 */
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static inline unsigned int below(struct rng *r, unsigned int n)
{
	return rng_next(r) % n;
}

static inline bool one_in(struct rng *r, unsigned int n)
{
	return below(r, n) == 0;
}

/**
 * struct packet - a packet to send, a function of the seed and its number
 * @data: from its IPv6 header on
 * @len: bytes in @data
 * @headers: its extension headers and, of a fragment, those of the whole, at most
 * @frames: it goes by the tap device, else by the tun device
 * @to: last byte of the link-layer address (tap), see enum packet_to
 * @pieces: number of pieces of memory that the kernel gets it in (tap)
 * @piece: bytes in each but the last
 */
struct packet {
	uint8_t data[PACKET_MAX];
	unsigned int len;
	unsigned int headers;
	bool frames;
	unsigned int to;
	unsigned int pieces;
	unsigned int piece[PIECES_MAX];
};

enum packet_to { TO_HOST, TO_OTHER, TO_BROADCAST, TO_GROUP };

void packet_make(struct packet *p, uint64_t seed, uint64_t number);
void packet_print(const struct packet *p);
uint16_t packet_checksum(const uint8_t *src, const uint8_t *dst, uint8_t protocol,
			 const uint8_t *data, unsigned int len);

/* What was seen of one packet: records, one after the other */
struct seen {
	uint8_t *data;
	size_t len;
	unsigned int records;
};

enum channel { CH_TUN, CH_TAP, CH_OUT, CH_UDP, CH_RAW, CH_ICMP, CH_COUNT };

struct record {
	uint32_t channel;
	uint32_t len;
	uint8_t data[];
};

/* A namespace: its devices and sockets. */
struct side {
	const char *ns;
	int fd[CH_COUNT];
	struct seen seen;
	int snmp[8];
};

void side_open(struct side *s, const char *ns);
void side_quiet(struct side *s);
bool side_send(struct side *s, const struct packet *p);
void side_collect(struct side *s);
void side_forget(struct side *s);
bool seen_same(const struct seen *a, const struct seen *b);
void seen_print(const struct seen *seen);
void seen_summary(const struct seen *seen, char *text, size_t size);

/* SNMP counters of a namespace and of its devices */
#define SNMP_MAX 512
struct snmp {
	unsigned int count;
	char name[SNMP_MAX][48];
	uint64_t value[SNMP_MAX];
};

void snmp_open(struct side *s);
void snmp_read(const struct side *s, struct snmp *snmp);
bool snmp_same(const struct snmp *a0, const struct snmp *a1, const struct snmp *b0,
	       const struct snmp *b1, bool print);

void die(const char *what);

#endif /* FUZZ_H */

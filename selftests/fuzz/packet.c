// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets: chains of headers that are valid for the most part, mutations of
 * them, and noise. Each is a function of the seed and its number, so that one can
 * be made again.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

enum {
	HBH = 0, TCP = 6, UDP = 17, IPV6 = 41, ROUTING = 43, FRAGMENT = 44, ESP = 50, AH = 51,
	ICMPV6 = 58, NONE = 59, DSTOPTS = 60, MOBILITY = 135, UNKNOWN = 200,
};

/* ipv6_fuzz.sh says what these are to the node. The first are the likeliest. */
static const char *const destinations[] = {
	"2001:db8:1::ff", "2001:db8:2::5", "2001:db8:5::ff", "2001:db8:2::7", "fe80::ff",
	"2001:db8:99::1", "2001:db8:2::", "2001:db8:3::1", "2001:db8:4::1", "2001:db8:a::77",
	"2001:db8:b::1", "2001:db8:c::1", "2001:db8:d::1", "2001:db8:e::1", "ff02::1",
	"ff02::2", "ff05::1:3", "ff01::1", "ff0e::1234", "ff00::1", "ff02::1:ff00:ff", "::1", "::",
	"::ffff:10.0.0.1", "fe80::77", "2001:db8:f::1",
};

static const char *const sources[] = {
	"2001:db8:1::1", "2001:db8:5::1", "2001:db8:7::1", "2001:db8:1::ff", "fe80::1", "::", "::1",
	"ff02::1", "::ffff:10.0.0.2", "2001:db8:d::9",
};

/* A bias to the first of a list */
static const char *pick(struct rng *r, const char *const *list, unsigned int n)
{
	return list[below(r, 3) ? below(r, n < 4 ? n : 4) : below(r, n)];
}

/* A packet while it grows */
struct build {
	struct rng *r;
	uint8_t *data;
	unsigned int len;
	unsigned int next_at;
};

static uint8_t *put(struct build *b, unsigned int len)
{
	uint8_t *at = b->data + b->len;

	memset(at, 0, len);
	b->len += len;
	return at;
}

/* Begin a header: what names it is the byte that the one before it left. */
static uint8_t *put_header(struct build *b, uint8_t protocol, unsigned int len)
{
	b->data[b->next_at] = protocol;
	b->next_at = b->len;
	return put(b, len);
}

static void fill(struct build *b, uint8_t *at, unsigned int len)
{
	while (len--)
		*at++ = rng_next(b->r);
}

/* One option at @at, of @left bytes at most. Return: its length. */
static unsigned int option(struct build *b, uint8_t *at, unsigned int left, bool hop_by_hop)
{
	static const uint8_t skipped[] = { 0x1e, 0x04, 0x3e };
	struct { uint8_t type, len; } o;

	switch (below(b->r, one_in(b->r, 3) ? 13 : 5)) {
	case 0:
		at[0] = 0;
		return 1;
	case 1:
	case 2:
		o.type = 1;
		o.len = below(b->r, one_in(b->r, 8) ? 10 : 5);
		break;
	case 3:
		o.type = skipped[below(b->r, 3)];
		o.len = o.type == 4 ? 1 : below(b->r, 6);
		break;
	case 4:
		o.type = hop_by_hop ? 5 : 4;
		o.len = hop_by_hop ? 2 : 1;
		break;
	case 5:
		o.type = 0x5e;
		o.len = below(b->r, 6);
		break;
	case 6:
		o.type = 0x9e;
		o.len = below(b->r, 6);
		break;
	case 7:
		o.type = 0xde;
		o.len = below(b->r, 6);
		break;
	case 8:
		o.type = 0xc2;
		o.len = 4;
		break;
	case 9:
		o.type = 0xc9;
		o.len = 16;
		break;
	case 10:
		o.type = one_in(b->r, 2) ? 0x31 : 0x07;
		o.len = below(b->r, 20);
		break;
	case 11:
		o.type = 5;
		o.len = below(b->r, 4);
		break;
	default:
		o.type = rng_next(b->r);
		o.len = below(b->r, 12);
	}
	if (o.len + 2u > left) {
		at[0] = 0;
		return 1;
	}
	at[0] = o.type;
	at[1] = o.len;
	if (o.type != 1 || one_in(b->r, 30))
		fill(b, at + 2, o.len);
	if (o.type == 0x31 && o.len > 2)
		at[3] = 0;
	return o.len + 2;
}

static void put_options(struct build *b, uint8_t protocol)
{
	unsigned int len = 8 * (1 + (one_in(b->r, 3) ? below(b->r, 5) : 0));
	uint8_t *at = put_header(b, protocol, len), *end = at + len;

	at[1] = len / 8 - 1;
	at += 2;
	/* Many are a single PadN: chains that are valid to their end. */
	if (!one_in(b->r, 3)) {
		for (; end - at > 8; at += 8) {
			at[0] = 0x1e;
			at[1] = 6;
		}
		at[0] = 1;
		at[1] = end - at - 2;
		return;
	}
	while (at < end)
		at += option(b, at, end - at, protocol == HBH);
}

static void put_routing(struct build *b)
{
	static const uint8_t types[] = { 77, 0, 2, 3, 4, 253 };
	uint8_t type = types[below(b->r, sizeof(types))];
	unsigned int addresses = type == 77 ? 0 : type == 2 ? 1 : below(b->r, 4);
	uint8_t *at = put_header(b, ROUTING, 8 + 16 * addresses);
	unsigned int i;

	at[1] = 2 * addresses;
	at[2] = type;
	at[3] = one_in(b->r, 2) ? 0 : below(b->r, addresses + 2);
	if (type == 4)
		at[4] = addresses ? addresses - 1 : 0;
	else if (one_in(b->r, 4))
		fill(b, at + 4, 4);
	for (i = 0; i < addresses; i++)
		inet_pton(AF_INET6, pick(b->r, destinations, 14), at + 8 + 16 * i);
	if (one_in(b->r, 10))
		at[1] = rng_next(b->r);
}

static void put_fragment(struct build *b)
{
	uint8_t *at = put_header(b, FRAGMENT, 8);

	if (one_in(b->r, 4)) {
		at[2] = below(b->r, 2);
		at[3] = rng_next(b->r);
	}
	/* few identifiers, so that few datagrams wait */
	at[7] = below(b->r, 8);
}

uint16_t packet_checksum(const uint8_t *src, const uint8_t *dst, uint8_t protocol,
			 const uint8_t *data, unsigned int len)
{
	uint32_t sum = protocol + (len >> 16) + (len & 0xffff);
	unsigned int i;

	for (i = 0; i < 16; i += 2)
		sum += (src[i] << 8 | src[i + 1]) + (dst[i] << 8 | dst[i + 1]);
	for (i = 0; i + 1 < len; i += 2)
		sum += data[i] << 8 | data[i + 1];
	if (len & 1)
		sum += data[len - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* Write a checksum, or now and then a wrong one. */
static void put_checksum(struct build *b, uint8_t protocol, uint8_t *at, unsigned int offset,
			 unsigned int len)
{
	uint16_t sum = packet_checksum(b->data + 8, b->data + 24, protocol, at, len);

	if (!sum && protocol == UDP)
		sum = 0xffff;
	if (one_in(b->r, 20))
		sum ^= 1;
	at[offset] = sum >> 8;
	at[offset + 1] = sum;
}

/* Neighbour and multicast listener discovery have timers: they would make the two
 * sides differ by chance.
 */
static uint8_t icmpv6_type(struct rng *r)
{
	static const uint8_t types[] = { 128, 128, 128, 129, 1, 2, 3, 4, 0, 100, 139, 200 };

	return types[below(r, sizeof(types))];
}

static unsigned int payload_length(struct rng *r)
{
	switch (below(r, 16)) {
	case 0:
		return below(r, 1400);
	case 1:
		return one_in(r, 8) ? 4000 + below(r, 4000) : 1200 + below(r, 200);
	default:
		return below(r, 64);
	}
}

static void put_upper(struct build *b)
{
	static const uint8_t protocols[] = {
		UDP, UDP, UDP, UDP, TCP, ICMPV6, ICMPV6, NONE, FUZZ_PROTOCOL, UNKNOWN, ESP, AH,
		MOBILITY, IPV6, 4, 132, 33,
	};
	uint8_t protocol = protocols[below(b->r, one_in(b->r, 3) ? sizeof(protocols) : 7)];
	unsigned int len = payload_length(b->r);
	uint8_t *at;

	switch (protocol) {
	case UDP:
		at = put_header(b, UDP, 8 + len);
		fill(b, at + 8, len);
		at[0] = 0x1e;
		at[1] = rng_next(b->r);
		at[2] = FUZZ_PORT >> 8;
		at[3] = (FUZZ_PORT & 0xff) ^ one_in(b->r, 6);
		at[4] = (8 + len) >> 8;
		at[5] = 8 + len;
		put_checksum(b, UDP, at, 6, 8 + len);
		break;
	case TCP:
		at = put_header(b, TCP, 20 + len);
		fill(b, at, 12);
		at[12] = 5 << 4;
		at[13] = one_in(b->r, 2) ? 2 : rng_next(b->r);
		put_checksum(b, TCP, at, 16, 20 + len);
		break;
	case ICMPV6:
		at = put_header(b, ICMPV6, 8 + len);
		fill(b, at + 4, 4 + len);
		at[0] = icmpv6_type(b->r);
		put_checksum(b, ICMPV6, at, 2, 8 + len);
		break;
	case NONE:
		put_header(b, NONE, one_in(b->r, 2) ? 0 : len);
		break;
	default:
		at = put_header(b, protocol, len);
		fill(b, at, len);
	}
}

/* Headers that say nothing: a chain of any length that is valid to its end */
static void put_plain(struct build *b)
{
	unsigned int headers = below(b->r, 22);

	while (headers--) {
		if (one_in(b->r, 6)) {
			put_header(b, ROUTING, 8)[2] = 77;
		} else {
			uint8_t *at = put_header(b, DSTOPTS, 8);

			at[2] = 1;
			at[3] = 4;
		}
	}
	put_upper(b);
}

/* A chain of headers */
static void make_chain(struct build *b)
{
	static const unsigned int lengths[] = { 0, 1, 1, 2, 2, 3, 4, 7, 15, 18 };
	unsigned int headers = lengths[below(b->r, one_in(b->r, 4) ? 10 : 6)];

	if (one_in(b->r, 12)) {
		put_plain(b);
		return;
	}
	if (one_in(b->r, 4))
		put_options(b, HBH);
	while (headers--) {
		switch (below(b->r, 8)) {
		case 0:
		case 1:
			put_routing(b);
			break;
		case 2:
			if (one_in(b->r, 2))
				put_fragment(b);
			else
				put_options(b, one_in(b->r, 20) ? HBH : DSTOPTS);
			break;
		default:
			put_options(b, DSTOPTS);
		}
	}
	put_upper(b);
}

static void make_valid(struct packet *p, struct rng *r)
{
	struct build b = { .r = r, .data = p->data, .next_at = 6 };
	uint8_t *hdr = put(&b, 40);

	hdr[0] = 0x60 | (one_in(r, 4) ? below(r, 16) : 0);
	if (one_in(r, 4))
		fill(&b, hdr + 1, 3);
	hdr[7] = one_in(r, 16) ? below(r, 3) : 64;
	inet_pton(AF_INET6, pick(r, sources, 10), hdr + 8);
	inet_pton(AF_INET6, pick(r, destinations, 26), hdr + 24);
	if (one_in(r, 16))
		fill(&b, hdr + 32, 8);
	make_chain(&b);
	p->len = b.len;
	hdr[4] = (p->len - 40) >> 8;
	hdr[5] = p->len - 40;
}

/* The Jumbo Payload option, for a payload that is long enough, or nearly */
static void make_jumbo(struct packet *p, struct rng *r)
{
	struct build b = { .r = r, .data = p->data, .next_at = 6 };
	unsigned int said, len = 65500 + below(r, 200);
	uint8_t *hdr = put(&b, 40), *at;

	hdr[0] = 0x60;
	hdr[7] = 64;
	inet_pton(AF_INET6, sources[0], hdr + 8);
	inet_pton(AF_INET6, destinations[one_in(r, 2)], hdr + 24);
	at = put_header(&b, HBH, 8);
	at[2] = 0xc2;
	at[3] = 4;
	said = 8 + 8 + len + (one_in(r, 4) ? below(r, 5) - 2 : 0);
	said = htonl(said);
	memcpy(at + 4, &said, 4);
	at = put_header(&b, UDP, 8 + len);
	at[0] = 0x1e;
	at[1] = 0x61;
	at[2] = FUZZ_PORT >> 8;
	at[3] = FUZZ_PORT & 0xff;
	put_checksum(&b, UDP, at, 6, 8 + len);
	p->len = b.len;
	if (one_in(r, 8))
		hdr[5] = 1;
}

static void mutate(struct packet *p, struct rng *r)
{
	unsigned int n = 1 + below(r, 4);

	while (n--) {
		/* Most that matters is at the front. */
		unsigned int at = below(r, one_in(r, 4) || p->len < 120 ? p->len : 120);

		switch (below(r, 6)) {
		case 0:
			p->data[at] ^= 1 << below(r, 8);
			break;
		case 1:
			p->data[at] = rng_next(r);
			break;
		case 2:
			p->data[at] = one_in(r, 2) ? 0 : 0xff;
			break;
		case 3:
			/* shorter than it says */
			if (one_in(r, 2))
				p->len = 1 + below(r, p->len);
			break;
		case 4:
			/* longer than it says */
			p->len += below(r, 16);
			break;
		default:
			p->data[4 + below(r, 4)] ^= 1 << below(r, 8);
		}
	}
}

/* Fragment @piece of the packet, of @pieces; some lack one, or overlap. */
static void cut(struct packet *p, struct rng *r, unsigned int piece, unsigned int pieces,
		uint32_t id)
{
	unsigned int per = ((p->len - 40) / pieces + 7) & ~7u, from = piece * per, len;
	uint8_t first = p->data[6];

	if (from >= p->len - 40)
		from = 0;
	len = piece == pieces - 1 || from + per > p->len - 40 ? p->len - 40 - from : per;
	if (one_in(r, 12))
		from ^= 8;
	memmove(p->data + 48, p->data + 40 + (from + len <= p->len - 40 ? from : 0), len);
	p->data[6] = FRAGMENT;
	p->data[40] = first;
	p->data[41] = 0;
	p->data[42] = from >> 8;
	p->data[43] = (from & 0xf8) | (piece < pieces - 1);
	memcpy(p->data + 44, &id, 4);
	p->len = 48 + len;
	p->data[4] = (p->len - 40) >> 8;
	p->data[5] = p->len - 40;
}

/* Where the memory of the packet is broken: mostly among its headers. */
static void lay_out(struct packet *p, struct rng *r)
{
	unsigned int left = p->len, n;

	p->frames = one_in(r, 2) && p->len < 60000;
	p->to = one_in(r, 12) ? below(r, 4) : TO_HOST;
	p->pieces = 1;
	if (!one_in(r, 2))
		return;
	for (n = below(r, PIECES_MAX); n && left > 1; n--) {
		unsigned int len = below(r, 3) ? 1 + below(r, left < 100 ? left : 100) :
						 left < 40 ? left : 40;

		if (len >= left)
			break;
		p->piece[p->pieces++ - 1] = len;
		left -= len;
	}
}

/* Extension headers in a packet, as far as it has them */
static unsigned int packet_headers(const struct packet *p)
{
	unsigned int headers = 0, at = 40;
	uint8_t next = p->data[6];

	while (at + 8 <= p->len && (next == HBH || next == DSTOPTS || next == ROUTING ||
				    next == FRAGMENT)) {
		headers++;
		next = p->data[at];
		at += p->data[at + 1] && next != FRAGMENT ? 8 * (p->data[at + 1] + 1) : 8;
	}
	return headers;
}

/**
 * packet_make - make the packet of a number
 * @p: the packet
 * @seed: of the run
 * @number: of the packet in it
 */
void packet_make(struct packet *p, uint64_t seed, uint64_t number)
{
	struct rng r = { seed ^ number * 0xd1342543de82ef95 };
	/* Some groups of four packets are the fragments of one. */
	struct rng group = { seed ^ ~(number / 4) * 0xd1342543de82ef95 };

	unsigned int whole = 0;

	p->len = 0;
	rng_next(&r);
	if (one_in(&group, 12)) {
		make_valid(p, &group);
		whole = packet_headers(p);
		cut(p, &r, number % 4, 2 + below(&group, 3), 100 + below(&group, 8));
	} else if (one_in(&r, 4000)) {
		make_jumbo(p, &r);
	} else if (one_in(&r, 16)) {
		struct build b = { .r = &r, .data = p->data };

		p->len = 1 + below(&r, 200);
		fill(&b, p->data, p->len);
		p->data[0] = 0x60 | (p->data[0] & 0xf);
	} else {
		make_valid(p, &r);
		if (one_in(&r, 3))
			mutate(p, &r);
	}
	p->headers = packet_headers(p) + whole;
	lay_out(p, &r);
}

void packet_print(const struct packet *p)
{
	unsigned int i;

	printf("#   %s, %u bytes, to %u, in %u pieces:", p->frames ? "tap" : "tun", p->len, p->to,
	       p->pieces);
	for (i = 0; i + 1 < p->pieces; i++)
		printf(" %u", p->piece[i]);
	for (i = 0; i < p->len && i < 320; i++)
		printf("%s%02x", i % 32 ? i % 8 ? "" : " " : "\n#   ", p->data[i]);
	printf("\n");
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A namespace: packets go in by a tun and a tap device, and what becomes of them is
 * seen at the devices and at sockets.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuzz.h"

#define SEEN_MAX (1 << 20)

static const char *const channels[CH_COUNT] = {
	"back by tun", "back by tap", "forwarded", "UDP socket", "raw socket", "ICMPv6 socket",
};

static int open_device(const char *name, short flags)
{
	struct ifreq ifr = { .ifr_flags = flags | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	if (fd < 0)
		die("/dev/net/tun");
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &ifr))
		die("TUNSETIFF");
	return fd;
}

/* A socket that is told all that RFC 3542 lets it ask for */
static int open_socket(int type, int protocol)
{
	static const int wanted[] = {
		IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS, IPV6_RECVHOPOPTS,
		IPV6_RECVDSTOPTS, IPV6_RECVRTHDR, 11 /* IPV6_FLOWINFO */, IPV6_RECVORIGDSTADDR,
		IPV6_RECVFRAGSIZE,
	};
	int fd = socket(AF_INET6, type | SOCK_NONBLOCK, protocol), one = 1, size = 1 << 22;
	unsigned int i;

	if (fd < 0)
		die("socket");
	for (i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (setsockopt(fd, IPPROTO_IPV6, wanted[i], &one, sizeof(one)))
			die("setsockopt");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

/* A packet that a node seems to send to itself has it redirect itself, as often as
 * its timers allow.
 */
static void ignore_redirects(int fd)
{
	struct icmp6_filter filter;

	ICMP6_FILTER_SETPASSALL(&filter);
	ICMP6_FILTER_SETBLOCK(ND_REDIRECT, &filter);
	if (setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter)))
		die("ICMP6_FILTER");
}

/**
 * side_open - open the devices and sockets of a namespace
 * @s: the side
 * @ns: name of the namespace
 */
void side_open(struct side *s, const char *ns)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_port = htons(FUZZ_PORT) };
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
	s->ns = ns;
	s->seen.data = malloc(SEEN_MAX);
	if (!s->seen.data)
		die("malloc");
	s->fd[CH_TUN] = open_device("in0", IFF_TUN);
	s->fd[CH_TAP] = open_device("in1", IFF_TAP | IFF_NAPI | IFF_NAPI_FRAGS);
	s->fd[CH_OUT] = open_device("out0", IFF_TUN);
	s->fd[CH_UDP] = open_socket(SOCK_DGRAM, 0);
	s->fd[CH_RAW] = open_socket(SOCK_RAW, FUZZ_PROTOCOL);
	s->fd[CH_ICMP] = open_socket(SOCK_RAW, IPPROTO_ICMPV6);
	ignore_redirects(s->fd[CH_ICMP]);
	if (bind(s->fd[CH_UDP], (struct sockaddr *)&at, sizeof(at)))
		die("bind");
	snmp_open(s);
}

/* Groups are joined by device, which must be up. */
static void join(const struct side *s, const char *dev, const char *group)
{
	struct ipv6_mreq mreq;
	struct ifreq ifr = {};

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	if (ioctl(s->fd[CH_UDP], SIOCGIFINDEX, &ifr))
		die(dev);
	mreq.ipv6mr_interface = ifr.ifr_ifindex;
	inet_pton(AF_INET6, group, &mreq.ipv6mr_multiaddr);
	if (setsockopt(s->fd[CH_UDP], IPPROTO_IPV6, IPV6_JOIN_GROUP, &mreq, sizeof(mreq)))
		die(group);
}

/**
 * side_quiet - join groups, and wait until the devices have said all that they
 * say when they go up
 * @s: the side
 */
void side_quiet(struct side *s)
{
	unsigned int quiet;

	join(s, "in0", "ff0e::1234");
	join(s, "in1", "ff0e::1234");
	for (quiet = 0; quiet < 12; quiet++) {
		usleep(50000);
		side_collect(s);
		if (s->seen.records)
			quiet = 0;
		side_forget(s);
	}
}

bool side_send(struct side *s, const struct packet *p)
{
	uint8_t frame[14] = { 2, 0, 0, 0, 0, 0xff, 2, 0, 0, 0, 0, 1, 0x86, 0xdd };
	struct iovec iov[PIECES_MAX + 1];
	uint8_t first[14 + 65536];
	unsigned int i, at = 0;

	if (!p->frames)
		return write(s->fd[CH_TUN], p->data, p->len) == (ssize_t)p->len;
	if (p->to == TO_OTHER)
		frame[5] = 0xfe;
	else if (p->to == TO_BROADCAST)
		memset(frame, 0xff, 6);
	else if (p->to == TO_GROUP)
		memcpy(frame, "\x33\x33\0\0\0\1", 6);
	/* The kernel wants the frame's header in the first piece. */
	for (i = 0; i < p->pieces; i++) {
		unsigned int len = i < p->pieces - 1 ? p->piece[i] : p->len - at;

		iov[i].iov_base = (void *)(p->data + at);
		iov[i].iov_len = len;
		/* A piece of memory is a page at most. */
		if (i && len > 4096) {
			len = 4096;
			iov[i].iov_len = len;
		}
		at += len;
	}
	memcpy(first, frame, 14);
	memcpy(first + 14, iov[0].iov_base, iov[0].iov_len);
	iov[0].iov_base = first;
	iov[0].iov_len += 14;
	return writev(s->fd[CH_TAP], iov, p->pieces) >= 0;
}

/* What a host says of its own, when its timers say so: multicast listener reports,
 * solicitations and redirects, which are limited by time.
 */
static bool by_timer(const uint8_t *packet, ssize_t len)
{
	unsigned int at = 40;

	if (len >= 48 && packet[6] == 0)
		at = 48;
	return len > (ssize_t)at && packet[at == 48 ? 40 : 6] == 58 &&
	       ((packet[at] >= 130 && packet[at] <= 137) || packet[at] == 143);
}

/* The identifier of a fragment that this node made is a random one: of an answer that is
 * too long, and of a packet that was put together and is sent on by its routing header.
 */
static void mask_identifier(uint8_t *packet, ssize_t len)
{
	ssize_t at = 40;
	uint8_t next = packet[6];

	while (at + 8 <= len && (next == 0 || next == 43 || next == 60)) {
		next = packet[at];
		at += 8 * (packet[at + 1] + 1);
	}
	if (at + 8 <= len && next == 44)
		memset(packet + at + 4, 0, 4);
}

static ssize_t receive(const struct side *s, unsigned int channel, uint8_t *data, size_t size)
{
	struct sockaddr_in6 from = {};
	uint8_t control[2048];
	struct iovec iov = { data + 4 + sizeof(from) + sizeof(control), 65536 + 5000 };
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	ssize_t len, head;

	if (channel <= CH_OUT) {
		len = read(s->fd[channel], data, size);
		if (len >= 14 && channel == CH_TAP) {
			len -= 14;
			memmove(data, data + 14, len);
		}
		return len;
	}
	memset(control, 0, sizeof(control));
	len = recvmsg(s->fd[channel], &msg, 0);
	if (len < 0)
		return -1;
	/* Errors of ICMPv6 come by themselves, too: compare all that there is. */
	memcpy(data, &msg.msg_flags, 4);
	memcpy(data + 4, &from, sizeof(from));
	memcpy(data + 4 + sizeof(from), control, msg.msg_controllen);
	head = 4 + sizeof(from) + msg.msg_controllen;
	memmove(data + head, iov.iov_base, len);
	return head + len;
}

static void read_channel(struct side *s, unsigned int channel)
{
	for (;;) {
		struct record *record = (void *)(s->seen.data + s->seen.len);
		size_t left = SEEN_MAX - s->seen.len - sizeof(*record);
		ssize_t len;

		if (left < 80000)
			return;
		len = receive(s, channel, record->data, 70000);
		if (len < 0) {
			if (errno == EAGAIN)
				return;
			/* what an error told the socket, RFC 3542 */
			record->channel = channel | 0x100;
			record->len = sizeof(errno);
			memcpy(record->data, &errno, sizeof(errno));
		} else {
			if (channel <= CH_OUT && by_timer(record->data, len))
				continue;
			if (channel <= CH_OUT && len >= 40)
				mask_identifier(record->data, len);
			record->channel = channel;
			record->len = len;
		}
		s->seen.len += (sizeof(*record) + record->len + 7) & ~7u;
		s->seen.records++;
	}
}

/**
 * side_collect - take what is to be seen now
 * @s: the side; side.seen grows
 */
void side_collect(struct side *s)
{
	struct pollfd polls[CH_COUNT];
	unsigned int i;

	for (i = 0; i < CH_COUNT; i++)
		polls[i] = (struct pollfd){ .fd = s->fd[i], .events = POLLIN };
	if (poll(polls, CH_COUNT, 0) <= 0)
		return;
	for (i = 0; i < CH_COUNT; i++)
		if (polls[i].revents)
			read_channel(s, i);
}

void side_forget(struct side *s)
{
	s->seen.len = 0;
	s->seen.records = 0;
}

static const struct record *next_record(const struct record *r)
{
	return (const void *)((const uint8_t *)r + ((sizeof(*r) + r->len + 7) & ~7u));
}

/* Whether the same was seen, in whatever order */
bool seen_same(const struct seen *a, const struct seen *b)
{
	const struct record *ra = (const void *)a->data;
	uint64_t taken = 0;
	unsigned int i, j;

	if (a->records != b->records || a->len != b->len || a->records > 64)
		return false;
	for (i = 0; i < a->records; i++, ra = next_record(ra)) {
		const struct record *rb = (const void *)b->data;

		for (j = 0; j < b->records; j++, rb = next_record(rb))
			if (!(taken & 1ull << j) && ra->channel == rb->channel &&
			    ra->len == rb->len && !memcmp(ra->data, rb->data, ra->len))
				break;
		if (j == b->records)
			return false;
		taken |= 1ull << j;
	}
	return true;
}

/* In words: forwarded, delivered, dropped, or an ICMPv6 error with code and pointer */
void seen_summary(const struct seen *seen, char *text, size_t size)
{
	const struct record *r = (const void *)seen->data;
	size_t at = 0;
	unsigned int i;

	if (!seen->records)
		snprintf(text, size, "dropped");
	for (i = 0; i < seen->records && at < size; i++, r = next_record(r)) {
		const uint8_t *d = r->data;

		at += snprintf(text + at, size - at, "%s%s", i ? ", " : "",
			       r->channel & 0x100 ? "socket error" : channels[r->channel]);
		if (at < size && r->channel <= CH_OUT && r->len >= 48 && d[6] == 58)
			at += snprintf(text + at, size - at, " ICMPv6 type %u code %u pointer %u",
				       d[40], d[41],
				       (unsigned int)d[44] << 24 | d[45] << 16 | d[46] << 8 | d[47]);
	}
}

void seen_print(const struct seen *seen)
{
	const struct record *r = (const void *)seen->data;
	unsigned int i, j;

	for (i = 0; i < seen->records; i++, r = next_record(r)) {
		printf("#     %s, %u bytes",
		       r->channel & 0x100 ? "socket error" : channels[r->channel], r->len);
		for (j = 0; j < r->len && j < 160; j++)
			printf("%s%02x", j % 32 ? j % 8 ? "" : " " : "\n#       ", r->data[j]);
		printf("\n");
	}
}

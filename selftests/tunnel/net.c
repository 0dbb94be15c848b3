// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tests of kame_tunnel send and receive. A script would do, were it not for
 * the seconds that an interpreter takes to start on an emulated machine, each time.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define DISCARD_PORT	9
#define STREAM_PORT	5001

/* An attempt to connect that ends later than this was ended by nobody but TCP. */
#define SOON_SECONDS	5

static const char usage[] =
"Usage: tunnel_net udp ADDR SIZE COUNT [connect]\n"
"       tunnel_net echo ADDR\n"
"       tunnel_net flood ADDR\n"
"       tunnel_net outer ADDR...\n"
"       tunnel_net connect ADDR\n"
"       tunnel_net receive ADDR\n"
"       tunnel_net send ADDR BYTES\n"
"       tunnel_net segments ADDR SIZE COUNT\n"
"       tunnel_net datagrams ADDR COUNT [PORT]\n"
"\n"
"udp      send COUNT datagrams; print OK or the last error\n"
"echo     send an echo request as ping does; print OK or the error\n"
"flood    send datagrams, some thousand a second, until killed\n"
"outer    send outer packets of tunnels to each, until killed\n"
"connect  connect by TCP; print OK, the error, late or timeout\n"
"receive  take one TCP stream; print ready, then bytes and sum of what came\n"
"send     send a TCP stream; print bytes and sum, once the other end has it all\n"
"segments send COUNT datagrams in one go, for the device to cut up\n"
"datagrams take COUNT of them; print ready, then the bytes that came\n";

struct addr {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
	socklen_t len;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static struct addr parse(const char *text, uint16_t port)
{
	struct addr a;

	memset(&a, 0, sizeof(a));
	if (inet_pton(AF_INET, text, &a.in.sin_addr) == 1) {
		a.in.sin_family = AF_INET;
		a.in.sin_port = htons(port);
		a.len = sizeof(a.in);
	} else if (inet_pton(AF_INET6, text, &a.in6.sin6_addr) == 1) {
		a.in6.sin6_family = AF_INET6;
		a.in6.sin6_port = htons(port);
		a.len = sizeof(a.in6);
	} else {
		fprintf(stderr, "tunnel_net: '%s' is no address\n", text);
		exit(2);
	}
	return a;
}

static int new_socket(const struct addr *a, int type)
{
	int s = socket(a->sa.sa_family, type | SOCK_CLOEXEC, 0);

	if (s < 0)
		die("socket");
	return s;
}

static const char *name_of(int err)
{
	const char *name = err ? strerrorname_np(err) : "OK";

	return name ? name : "unknown";
}

static int udp(const char *to, size_t size, unsigned long count, int connected)
{
	struct addr a = parse(to, DISCARD_PORT);
	char *data = calloc(1, size ? size : 1);
	int s = new_socket(&a, SOCK_DGRAM), last = 0;
	ssize_t n;

	if (!data)
		die("calloc");
	while (count--) {
		if (connected) {
			if (connect(s, &a.sa, a.len)) {
				last = errno;
				continue;
			}
			n = send(s, data, size, 0);
		} else {
			n = sendto(s, data, size, 0, &a.sa, a.len);
		}
		if (n < 0)
			last = errno;
	}
	puts(name_of(last));
	free(data);
	return 0;
}

/* Debian 12's ping does not print every error that it gets. */
static int echo(const char *to)
{
	struct addr a = parse(to, 0);
	int ipv4 = a.sa.sa_family == AF_INET;
	int s = socket(a.sa.sa_family, SOCK_RAW | SOCK_CLOEXEC,
		       ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	/* The kernel fills in ICMPv6's checksum; ICMP's is that of these bytes. */
	const unsigned char request[8] = { ipv4 ? 8 : 128, 0, 0xf7, 0xff };

	if (s < 0)
		die("socket");
	puts(name_of(sendto(s, request, sizeof(request), 0, &a.sa, a.len) < 0 ? errno : 0));
	return 0;
}

static _Noreturn void flood(const char *to)
{
	/* The commands that a flood is to meet need the CPU as well. */
	const struct timespec pause = { .tv_nsec = 2000000 };
	struct addr a = parse(to, DISCARD_PORT);
	int s = new_socket(&a, SOCK_DGRAM);
	static const char data[400];
	int i;

	for (;;) {
		for (i = 0; i < 50; i++)
			sendto(s, data, sizeof(data), 0, &a.sa, a.len);
		nanosleep(&pause, NULL);
	}
}

/* Like those of a tunnel that carries IPv4, to any number of hosts in turn */
static _Noreturn void flood_outer(char **to, int n)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	/* An IPv4 header, from and to nowhere in particular */
	const unsigned char inner[20] = { 0x45, [3] = 20, [8] = 64, [9] = IPPROTO_UDP, 0, 0,
					  192, 0, 2, 1, 192, 0, 2, 2 };
	struct addr a = parse(to[0], 0);
	int s = socket(a.sa.sa_family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_IPIP), i;

	if (s < 0)
		die("socket");
	for (;;) {
		for (i = 0; i < n; i++) {
			a = parse(to[i], 0);
			sendto(s, inner, sizeof(inner), 0, &a.sa, a.len);
		}
		nanosleep(&pause, NULL);
	}
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int try_connect(const char *to)
{
	struct addr a = parse(to, DISCARD_PORT);
	const struct timeval limit = { .tv_sec = 4 * SOON_SECONDS };
	int s = new_socket(&a, SOCK_STREAM), err;
	double start = now();

	/* It bounds connect(), too. */
	if (setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)))
		die("SO_SNDTIMEO");
	err = connect(s, &a.sa, a.len) ? errno : 0;
	if (err == EINPROGRESS || err == EAGAIN)
		puts("timeout");
	else
		puts(now() - start < SOON_SECONDS ? name_of(err) : "late");
	return 0;
}

/* FNV-1a, 64 bits */
static uint64_t add_to_sum(uint64_t sum, const uint8_t *data, size_t len)
{
	while (len--)
		sum = (sum ^ *data++) * 0x100000001b3;
	return sum;
}

#define SUM_OF_NOTHING	0xcbf29ce484222325

static int receive(const char *at)
{
	struct addr a = parse(at, STREAM_PORT);
	uint64_t sum = SUM_OF_NOTHING;
	unsigned long long bytes = 0;
	static uint8_t data[1 << 16];
	int s = new_socket(&a, SOCK_STREAM), c, on = 1;
	ssize_t n;

	if (setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(s, &a.sa, a.len) || listen(s, 1))
		die("listen");
	puts("ready");
	fflush(stdout);
	c = accept(s, NULL, NULL);
	if (c < 0)
		die("accept");
	while ((n = recv(c, data, sizeof(data), 0)) > 0) {
		sum = add_to_sum(sum, data, n);
		bytes += n;
	}
	if (n < 0)
		die("recv");
	printf("%llu %016llx\n", bytes, (unsigned long long)sum);
	return 0;
}

static int send_stream(const char *to, unsigned long long bytes)
{
	struct addr a = parse(to, STREAM_PORT);
	const struct timeval limit = { .tv_sec = 30 };
	uint64_t sum = SUM_OF_NOTHING, random = 1;
	static uint8_t data[1 << 16];
	unsigned long long left = bytes;
	int s = new_socket(&a, SOCK_STREAM);
	size_t i;

	if (setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) ||
	    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		die("SO_SNDTIMEO");
	if (connect(s, &a.sa, a.len))
		die("connect");
	while (left) {
		size_t want = left < sizeof(data) ? left : sizeof(data), sent = 0;

		for (i = 0; i < want; i++) {
			random = random * 6364136223846793005 + 1442695040888963407;
			data[i] = random >> 56;
		}
		while (sent < want) {
			ssize_t n = send(s, data + sent, want - sent, 0);

			if (n < 0)
				die("send");
			sent += n;
		}
		sum = add_to_sum(sum, data, want);
		left -= want;
	}
	if (shutdown(s, SHUT_WR) || recv(s, data, 1, 0) < 0)
		die("shutdown");
	printf("%llu %016llx\n", bytes, (unsigned long long)sum);
	return 0;
}

static int send_segments(const char *to, int size, int count)
{
	struct addr a = parse(to, STREAM_PORT);
	static char data[1 << 16];
	int s = new_socket(&a, SOCK_DGRAM);

	if (size < 1 || count < 1 || (size_t)size * count > sizeof(data))
		return 2;
	if (setsockopt(s, SOL_UDP, UDP_SEGMENT, &size, sizeof(size)))
		die("UDP_SEGMENT");
	if (sendto(s, data, size * count, 0, &a.sa, a.len) != size * count)
		die("sendto");
	return 0;
}

static int take_datagrams(const char *at, int count, int port)
{
	struct addr a = parse(at, port);
	static char data[1 << 16];
	int s = new_socket(&a, SOCK_DGRAM);
	long bytes = 0;

	if (bind(s, &a.sa, a.len))
		die("bind");
	puts("ready");
	fflush(stdout);
	while (count--) {
		ssize_t n = recv(s, data, sizeof(data), 0);

		if (n < 0)
			die("recv");
		bytes += n;
	}
	printf("%ld\n", bytes);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";

	if (!strcmp(what, "udp") && argc >= 5)
		return udp(argv[2], strtoul(argv[3], NULL, 0), strtoul(argv[4], NULL, 0),
			   argc > 5 && !strcmp(argv[5], "connect"));
	if (!strcmp(what, "echo"))
		return echo(argv[2]);
	if (!strcmp(what, "flood"))
		flood(argv[2]);
	if (!strcmp(what, "outer"))
		flood_outer(argv + 2, argc - 2);
	if (!strcmp(what, "connect"))
		return try_connect(argv[2]);
	if (!strcmp(what, "receive"))
		return receive(argv[2]);
	if (!strcmp(what, "send") && argc == 4)
		return send_stream(argv[2], strtoull(argv[3], NULL, 0));
	if (!strcmp(what, "segments") && argc == 5)
		return send_segments(argv[2], atoi(argv[3]), atoi(argv[4]));
	if (!strcmp(what, "datagrams") && argc >= 4)
		return take_datagrams(argv[2], atoi(argv[3]), argc > 4 ? atoi(argv[4]) : STREAM_PORT);
	fputs(usage, stderr);
	return 2;
}

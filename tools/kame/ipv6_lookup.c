// SPDX-License-Identifier: GPL-2.0-only
/*
 * kame ipv6 lookup-bench: the INET'99 paper's section 3.2 as an experiment. In a network
 * namespace of its own that has more and more addresses, kame_bench.ko finds out of packets
 * whether they are for this node, in the ways that the paper compares, and where
 * they go if not.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd.h"
#include "ipv6.h"
#include "out.h"

#define DEBUGFS "/sys/kernel/debug"
#define GENERATOR DEBUGFS "/kame_bench/run"

/* What a run of few milliseconds may do at most */
#define LOOKUPS 1000000

/* Lines that an "ip -batch" is given */
#define BATCH 10000

/* Addresses differ in their last 32 bits, from the one with 1 there. */
#define OWN "2001:db8:5::"
#define OWN_HEX "20010db8000500000000000000000001"
#define OTHERS_HEX "20010db8000600000000000000000001"

extern char **environ;

static const char *const ways[] = { "list", "hash", "fib" };

#define N_WAYS (sizeof(ways) / sizeof(*ways))

/* Tenths of nanoseconds for each packet */
struct row {
	uint32_t addresses;
	bool accepted;
	uint64_t tenths[N_WAYS];
};

static bool load_module(void)
{
	char program[] = "modprobe", quiet[] = "-q", name[] = "kame_bench";
	char *const argv[] = { program, quiet, name, NULL };
	int status = -1;
	pid_t pid;

	if (posix_spawnp(&pid, program, NULL, NULL, argv, environ))
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return !status;
}

/* Opens the door of kame_bench.ko: a descriptor, or -1 after a report. */
static int open_generator(void)
{
	int fd = open(GENERATOR, O_RDWR | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 && errno == ENOENT && load_module())
		fd = open(GENERATOR, O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		cmd_error("cannot open %s: %s", GENERATOR, strerror(errno));
	else if (statfs(DEBUGFS, &fs) || fs.f_type != DEBUGFS_MAGIC)
		cmd_error("debugfs is not mounted at " DEBUGFS);
	else
		cmd_error("the module kame_bench is not loaded. It is a test's, and not installed: "
			  "insmod build/*/selftests/bench/kame_bench.ko in the source tree");
	return -1;
}

/* Ends "ip -batch", which acts in the namespace that we are in. */
static int close_ip(FILE *ip)
{
	int status = ip ? pclose(ip) : -1;

	if (!status)
		return CMD_OK;
	cmd_error("\"ip -batch\" failed");
	return CMD_FAILED;
}

static int set_up(void)
{
	int fd = open("/proc/sys/net/ipv6/conf/all/forwarding", O_WRONLY | O_CLOEXEC);
	bool forwards = fd >= 0 && write(fd, "1", 1) == 1;
	FILE *ip;

	if (fd >= 0)
		close(fd);
	if (!forwards) {
		cmd_error("cannot have the namespace forward: %s", strerror(errno));
		return CMD_FAILED;
	}
	ip = popen("ip -batch -", "w");
	if (ip)
		fputs("link add in type dummy\nlink add out type dummy\nlink set lo up\n"
		      "link set in up\nlink set out up\nroute add default dev out\n", ip);
	return close_ip(ip);
}

/* The local routes that addresses make. Linux looks through all addresses for each that is
 * added, which takes minutes for 100,000.
 */
static int add_some(uint32_t first, uint32_t last)
{
	FILE *ip = popen("ip -batch -", "w");
	uint32_t i;

	for (i = first; ip && i <= last; i++)
		fprintf(ip, "route add local " OWN "%x:%x dev lo\n", i >> 16, i & 0xffff);
	return close_ip(ip);
}

/* A part at a time: "ip -batch" needs the more memory the longer it runs. */
static int add_addresses(uint32_t first, uint32_t last)
{
	int err = CMD_OK;

	for (; !err && first <= last; first += BATCH)
		err = add_some(first, last - first < BATCH ? last : first + BATCH - 1);
	return err;
}

/* The number that a result has for @key */
static const char *result_of(const char *result, const char *key)
{
	const char *at = strstr(result, key);

	return at ? at + strlen(key) : "";
}

/* Has the lookups done, and sees to it that each found what it had to. */
static int measure(int fd, const char *way, uint32_t ms, struct row *row, uint64_t *tenths)
{
	uint64_t packets, accepted;
	unsigned int tenth;
	char line[512];
	ssize_t len;

	/* IPv6 header: no payload, no next header, 64 hops */
	len = snprintf(line, sizeof(line), "dev=in count=%d ms=%u lookup=%s own=" OWN "1,%u vary=36:%u "
		       "packet=6000000000003b4020010db8000100000000000000000001%s", LOOKUPS, ms, way,
		       row->addresses, row->accepted ? row->addresses : 1 << 16,
		       row->accepted ? OWN_HEX : OTHERS_HEX);
	if (write(fd, line, len) != len) {
		cmd_error("kame_bench refuses a run: %s", strerror(errno));
		return CMD_FAILED;
	}
	len = pread(fd, line, sizeof(line) - 1, 0);
	line[len > 0 ? len : 0] = '\0';
	packets = strtoull(result_of(line, " packets="), NULL, 10);
	accepted = strtoull(result_of(line, " sunk="), NULL, 10);
	if (sscanf(line, "ns=%" SCNu64 ".%u", tenths, &tenth) != 2 || !packets ||
	    accepted != (row->accepted ? packets : 0)) {
		cmd_error("lookup by %s: %" PRIu64 " of %" PRIu64 " packets were found to be for this "
			  "node", way, accepted, packets);
		return CMD_FAILED;
	}
	*tenths = 10 * *tenths + tenth;
	return CMD_OK;
}

static void print_row(const struct row *row)
{
	static const char *const titles[] = { "LIST", "HASH", "FIB" };
	unsigned int i;

	out_row_open();
	out_cell("ADDRESSES", OUT_RIGHT);
	out_uint("addresses", row->addresses);
	out_cell("PACKETS", OUT_LEFT);
	out_string("packets", row->accepted ? "accepted" : "forwarded");
	for (i = 0; i < N_WAYS; i++) {
		out_cell(titles[i], OUT_RIGHT);
		out_tenths(ways[i], row->tenths[i]);
	}
	out_row_close();
}

static int measure_all(int fd, uint32_t max, uint32_t ms)
{
	struct row row = { .addresses = 0 };
	uint32_t addresses;
	unsigned int i;
	int err, side;

	err = set_up();
	for (addresses = 1; !err && addresses <= max; addresses *= 10) {
		err = add_addresses(row.addresses + 1, addresses);
		row.addresses = addresses;
		for (side = 0; !err && side < 2; side++) {
			row.accepted = !side;
			for (i = 0; !err && i < N_WAYS; i++)
				err = measure(fd, ways[i], ms, &row, &row.tenths[i]);
			if (!err)
				print_row(&row);
		}
	}
	return err;
}

/* In a namespace of our own; other commands of a batch stay where they are. */
static int in_new_namespace(int fd, uint32_t max, uint32_t ms)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), err;

	if (home < 0 || unshare(CLONE_NEWNET)) {
		cmd_error("cannot make a network namespace: %s", strerror(errno));
		err = CMD_FAILED;
	} else {
		err = measure_all(fd, max, ms);
		if (setns(home, CLONE_NEWNET)) {
			cmd_error("cannot go back to the network namespace: %s", strerror(errno));
			exit(CMD_FAILED);
		}
	}
	if (home >= 0)
		close(home);
	return err;
}

int ipv6_lookup_bench(struct args *args)
{
	static const char *const words[] = { "max", "time", NULL };
	uint32_t max = 100000, ms = 50;
	int err = CMD_OK, fd;

	while (!err && args_more(args)) {
		switch (args_keyword(args, words)) {
		case 0:
			err = args_u32(args, 1, 1000000, &max);
			break;
		case 1:
			err = args_u32(args, 1, 60000, &ms);
			break;
		default:
			err = CMD_USAGE;
		}
	}
	if (err)
		return err;
	fd = open_generator();
	if (fd < 0)
		return CMD_FAILED;
	out_table_open(NULL);
	/* An "ip" that fails is told by its status. */
	signal(SIGPIPE, SIG_IGN);
	err = in_new_namespace(fd, max, ms);
	signal(SIGPIPE, SIG_DFL);
	if (!err)
		out_table_close();
	close(fd);
	return err;
}

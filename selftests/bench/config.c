// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line of words that asks for a run: KEY=VALUE, separated by blanks.
 */
#include <linux/if_ether.h>
#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "bench.h"

static int parse_number(const char *value, u32 least, u32 most, u32 *number)
{
	int err = kstrtou32(value, 0, number);

	if (err)
		return err;
	return *number >= least && *number <= most ? 0 : -ERANGE;
}

static int parse_port(const char *value, __be16 *port)
{
	u32 number;
	int err = parse_number(value, 1, U16_MAX, &number);

	if (!err)
		*port = htons(number);
	return err;
}

static int parse_packet(struct kame_bench_config *config, const char *value)
{
	size_t digits = strlen(value);

	if (!digits || digits % 2)
		return -EINVAL;
	if (digits / 2 > sizeof(config->packet))
		return -EMSGSIZE;
	config->len = digits / 2;
	return hex2bin(config->packet, value, config->len);
}

/* OFFSET:VALUES */
static int parse_vary(struct kame_bench_config *config, char *value)
{
	char *at = strsep(&value, ":");
	int err;

	if (!value)
		return -EINVAL;
	err = parse_number(at, 0, KAME_BENCH_MAX_PACKET, &config->vary_at);
	return err ?: parse_number(value, 1, 1 << 24, &config->vary);
}

/* ADDRESS,PORT */
static int parse_to(struct kame_bench_config *config, char *value)
{
	char *address = strsep(&value, ",");
	__be16 port;
	int err;

	if (!value)
		return -EINVAL;
	err = parse_port(value, &port);
	if (err)
		return err;
	config->send = true;
	if (in4_pton(address, -1, (u8 *)&config->to.in.sin_addr, -1, NULL)) {
		config->to.in.sin_family = AF_INET;
		config->to.in.sin_port = port;
		return 0;
	}
	if (!in6_pton(address, -1, (u8 *)&config->to.in6.sin6_addr, -1, NULL))
		return -EINVAL;
	config->to.in6.sin6_family = AF_INET6;
	config->to.in6.sin6_port = port;
	return 0;
}

static int parse_dev(struct kame_bench_config *config, const char *value)
{
	return strscpy(config->dev, value, sizeof(config->dev)) > 0 ? 0 : -EINVAL;
}

static int parse_lookup(struct kame_bench_config *config, const char *value)
{
	static const char * const ways[] = {
		[KAME_BENCH_LOOKUP_LIST] = "list",
		[KAME_BENCH_LOOKUP_HASH] = "hash",
		[KAME_BENCH_LOOKUP_FIB] = "fib",
	};
	u32 way;

	for (way = KAME_BENCH_LOOKUP_LIST; way < ARRAY_SIZE(ways); way++) {
		if (!strcmp(value, ways[way])) {
			config->lookup = way;
			return 0;
		}
	}
	return -EINVAL;
}

/* ADDRESS,NUMBER */
static int parse_own(struct kame_bench_config *config, char *value)
{
	char *address = strsep(&value, ",");

	if (!value || !in6_pton(address, -1, config->own.s6_addr, -1, NULL))
		return -EINVAL;
	return parse_number(value, 1, 1 << 24, &config->owns);
}

static int parse_word(struct kame_bench_config *config, const char *key, char *value)
{
	u32 number;
	int err;

	if (!strcmp(key, "dev"))
		return parse_dev(config, value);
	if (!strcmp(key, "stream"))
		config->stream = true;
	if (!strcmp(key, "sendto"))
		config->sendto = true;
	if (!strcmp(key, "to") || !strcmp(key, "stream") || !strcmp(key, "sendto"))
		return parse_to(config, value);
	if (!strcmp(key, "listen"))
		return parse_port(value, &config->listen);
	if (!strcmp(key, "count"))
		return parse_number(value, 1, KAME_BENCH_MAX_COUNT, &config->count);
	if (!strcmp(key, "batch"))
		return parse_number(value, 1, KAME_BENCH_MAX_BATCH, &config->batch);
	if (!strcmp(key, "packet"))
		return parse_packet(config, value);
	if (!strcmp(key, "size"))
		return parse_number(value, 1, KAME_BENCH_MAX_SEND, &config->len);
	if (!strcmp(key, "vary"))
		return parse_vary(config, value);
	if (!strcmp(key, "csum_at"))
		return parse_number(value, 1, KAME_BENCH_MAX_PACKET, &config->csum_at);
	if (!strcmp(key, "sink"))
		return parse_port(value, &config->sink);
	if (!strcmp(key, "lookup"))
		return parse_lookup(config, value);
	if (!strcmp(key, "own"))
		return parse_own(config, value);
	if (!strcmp(key, "ms"))
		return parse_number(value, 1, 60000, &config->ms);
	if (strcmp(key, "verify") && strcmp(key, "drain") && strcmp(key, "proto"))
		return -EINVAL;

	err = parse_number(value, 0, U16_MAX, &number);
	if (err)
		return err;
	if (!strcmp(key, "verify"))
		config->verify = number;
	else if (!strcmp(key, "drain"))
		config->drain = number;
	else
		config->proto = htons(number);
	return 0;
}

/* What the words say together. */
static int check(struct kame_bench_config *config)
{
	if (config->listen)
		return config->count || config->len ? -EINVAL : 0;
	if (!config->count || !config->len)
		return -EINVAL;
	if (config->send)
		return config->dev[0] || config->vary || config->proto ? -EINVAL : 0;
	if (!config->dev[0])
		return -EINVAL;
	if (config->lookup && (config->len < sizeof(struct ipv6hdr) || !config->vary || !config->owns))
		return -EINVAL;
	if (config->len > sizeof(config->packet))
		return -ERANGE;
	if (config->vary && config->vary_at + sizeof(__be32) > config->len)
		return -ERANGE;
	if (config->csum_at && (!config->vary || config->csum_at + sizeof(__sum16) > config->len))
		return -ERANGE;
	if (config->proto)
		return 0;
	switch (config->packet[0] >> 4) {
	case 4:
		config->proto = htons(ETH_P_IP);
		return 0;
	case 6:
		config->proto = htons(ETH_P_IPV6);
		return 0;
	}
	return -EINVAL;
}

/**
 * kame_bench_config_parse() - read a line that asks for a run
 * @config: zeroed; what the line doesn't say stays
 * @line: the line, which is cut up
 *
 * Return: 0, -EINVAL for what makes no sense, -ERANGE for a number, -EMSGSIZE for
 * a packet that is too long.
 */
int kame_bench_config_parse(struct kame_bench_config *config, char *line)
{
	char *key, *value;
	int err;

	config->batch = 1;
	while ((value = strsep(&line, " \t\n"))) {
		if (!*value)
			continue;
		key = strsep(&value, "=");
		if (!value)
			return -EINVAL;
		err = parse_word(config, key, value);
		if (err) {
			pr_info("%s: not understood: error %d\n", key, err);
			return err;
		}
	}
	return check(config);
}

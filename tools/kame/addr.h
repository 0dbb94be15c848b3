/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses and prefixes of either family: from the command line, from attributes,
 * and printed.
 */
#ifndef KAME_ADDR_H
#define KAME_ADDR_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd.h"

struct addr {
	int family;		/* AF_INET, AF_INET6, or AF_UNSPEC: none */
	uint8_t bytes[16];	/* in network byte order */
};

struct prefix {
	struct addr addr;
	uint8_t len;
};

/*
 * Take the value of the keyword before. @family is the one that is wanted, or
 * AF_UNSPEC for either. A prefix without a length is that of one address.
 */
int args_addr(struct args *args, int family, struct addr *addr);
int args_prefix(struct args *args, int family, struct prefix *prefix);

/* 4, 16, or 0 for AF_UNSPEC */
size_t addr_size(int family);

/* From an attribute's payload of 4 or 16 bytes; false if it has another size. */
bool addr_from_attr(const struct nlattr *attr, struct addr *addr);

/* Fields of text and JSON (see out.h): "2001:db8::1", "2001:db8::/32" */
void out_addr(const char *key, const struct addr *addr);
void out_prefix(const char *key, const struct prefix *prefix);

#endif /* KAME_ADDR_H */

// SPDX-License-Identifier: GPL-2.0-only
/* Addresses and prefixes; see addr.h. */
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "out.h"

size_t addr_size(int family)
{
	return family == AF_INET6 ? 16 : family == AF_INET ? 4 : 0;
}

static const char *family_name(int family)
{
	return family == AF_INET6 ? "IPv6 " : family == AF_INET ? "IPv4 " : "";
}

static bool parse_addr(const char *text, int family, struct addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (family != AF_INET && inet_pton(AF_INET6, text, addr->bytes) == 1)
		addr->family = AF_INET6;
	else if (family != AF_INET6 && inet_pton(AF_INET, text, addr->bytes) == 1)
		addr->family = AF_INET;
	return addr->family != AF_UNSPEC;
}

/* A length in digits only, three of them at most */
static bool parse_len(const char *text, unsigned int max, uint8_t *len)
{
	size_t n = strlen(text);
	unsigned long value;

	if (!n || n > 3 || strspn(text, "0123456789") != n)
		return false;
	value = strtoul(text, NULL, 10);
	*len = value;
	return value <= max;
}

static bool parse_prefix(const char *text, int family, struct prefix *prefix)
{
	const char *slash = strchr(text, '/');
	char addr[INET6_ADDRSTRLEN];
	size_t n = slash ? (size_t)(slash - text) : strlen(text);

	if (n >= sizeof(addr))
		return false;
	memcpy(addr, text, n);
	addr[n] = '\0';
	if (!parse_addr(addr, family, &prefix->addr))
		return false;
	prefix->len = 8 * addr_size(prefix->addr.family);
	return !slash || parse_len(slash + 1, prefix->len, &prefix->len);
}

int args_addr(struct args *args, int family, struct addr *addr)
{
	const char *key = args->word[-1], *text;
	int err;

	err = args_string(args, &text);
	if (err || parse_addr(text, family, addr))
		return err;
	cmd_error("\"%s\" needs an %saddress, not \"%s\"", key, family_name(family), text);
	return CMD_USAGE;
}

int args_prefix(struct args *args, int family, struct prefix *prefix)
{
	const char *key = args->word[-1], *text;
	int err;

	err = args_string(args, &text);
	if (err || parse_prefix(text, family, prefix))
		return err;
	cmd_error("\"%s\" needs an %saddress or prefix, not \"%s\"", key, family_name(family),
		  text);
	return CMD_USAGE;
}

bool addr_from_attr(const struct nlattr *attr, struct addr *addr)
{
	size_t len = mnl_attr_get_payload_len(attr);

	memset(addr, 0, sizeof(*addr));
	if (len != 4 && len != 16)
		return false;
	addr->family = len == 4 ? AF_INET : AF_INET6;
	memcpy(addr->bytes, mnl_attr_get_payload(attr), len);
	return true;
}

static void addr_text(const struct addr *addr, char text[INET6_ADDRSTRLEN])
{
	if (!addr_size(addr->family) ||
	    !inet_ntop(addr->family, addr->bytes, text, INET6_ADDRSTRLEN))
		strcpy(text, "none");
}

void out_addr(const char *key, const struct addr *addr)
{
	char text[INET6_ADDRSTRLEN];

	addr_text(addr, text);
	out_string(key, text);
}

void out_prefix(const char *key, const struct prefix *prefix)
{
	char text[INET6_ADDRSTRLEN + 4];

	addr_text(&prefix->addr, text);
	snprintf(text + strlen(text), 5, "/%u", prefix->len);
	out_string(key, text);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Attributes: put into requests, and read from replies with their lengths checked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "nl.h"

void nl_put(struct nl_req *req, uint16_t type, const void *data, size_t len)
{
	if (!mnl_attr_put_check(req->nlh, sizeof(req->buf), type, len, data))
		req->overflow = true;
}

void nl_put_u8(struct nl_req *req, uint16_t type, uint8_t value)
{
	nl_put(req, type, &value, sizeof(value));
}

void nl_put_u16(struct nl_req *req, uint16_t type, uint16_t value)
{
	nl_put(req, type, &value, sizeof(value));
}

void nl_put_u32(struct nl_req *req, uint16_t type, uint32_t value)
{
	nl_put(req, type, &value, sizeof(value));
}

void nl_put_u64(struct nl_req *req, uint16_t type, uint64_t value)
{
	nl_put(req, type, &value, sizeof(value));
}

void nl_put_string(struct nl_req *req, uint16_t type, const char *value)
{
	nl_put(req, type, value, strlen(value) + 1);
}

void nl_put_flag(struct nl_req *req, uint16_t type)
{
	nl_put(req, type, NULL, 0);
}

struct nlattr *nl_nest(struct nl_req *req, uint16_t type)
{
	struct nlattr *nest = mnl_attr_nest_start_check(req->nlh, sizeof(req->buf), type);

	if (!nest)
		req->overflow = true;
	return nest;
}

void nl_nest_end(struct nl_req *req, struct nlattr *nest)
{
	if (nest)
		mnl_attr_nest_end(req->nlh, nest);
}

struct parse {
	const struct nl_attrs *attrs;
	const struct nlattr **tb;
};

static int parse_one(const struct nlattr *attr, void *data)
{
	const struct parse *parse = data;
	uint16_t type = mnl_attr_get_type(attr);
	const struct nl_attr *known;

	/* A newer module may say more than this program knows. */
	if (type > parse->attrs->max)
		return MNL_CB_OK;
	known = &parse->attrs->attr[type];
	if (!known->name)
		return MNL_CB_OK;
	if (mnl_attr_validate(attr, known->type) < 0) {
		cmd_error("the kernel sent a malformed attribute (%s)", known->name);
		return MNL_CB_ERROR;
	}
	parse->tb[type] = attr;
	return MNL_CB_OK;
}

int nl_parse_behind(size_t header, const struct nl_attrs *attrs, const struct nlmsghdr *nlh,
		    const struct nlattr **tb)
{
	struct parse parse = { attrs, tb };

	if (attrs->max >= NL_ATTRS_MAX)
		abort();
	memset(tb, 0, (attrs->max + 1) * sizeof(*tb));
	if (mnl_nlmsg_get_payload_len(nlh) < header) {
		cmd_error("the kernel sent a message that is too short");
		return CMD_FAILED;
	}
	return mnl_attr_parse(nlh, header, parse_one, &parse) == MNL_CB_OK ?
		CMD_OK : CMD_FAILED;
}

int nl_parse(const struct nl_attrs *attrs, const struct nlmsghdr *nlh, const struct nlattr **tb)
{
	return nl_parse_behind(sizeof(struct genlmsghdr), attrs, nlh, tb);
}

int nl_parse_nested(const struct nl_attrs *attrs, const struct nlattr *nest,
		    const struct nlattr **tb)
{
	struct parse parse = { attrs, tb };

	memset(tb, 0, (attrs->max + 1) * sizeof(*tb));
	return mnl_attr_parse_nested(nest, parse_one, &parse) == MNL_CB_OK ? CMD_OK : CMD_FAILED;
}

/* Lengths were checked by parse_one(); mnl_attr_get_u64() copes with alignment. */

uint8_t nl_u8(const struct nlattr *attr, uint8_t absent)
{
	return attr ? mnl_attr_get_u8(attr) : absent;
}

uint16_t nl_u16(const struct nlattr *attr, uint16_t absent)
{
	return attr ? mnl_attr_get_u16(attr) : absent;
}

uint32_t nl_u32(const struct nlattr *attr, uint32_t absent)
{
	return attr ? mnl_attr_get_u32(attr) : absent;
}

uint64_t nl_u64(const struct nlattr *attr, uint64_t absent)
{
	return attr ? mnl_attr_get_u64(attr) : absent;
}

const char *nl_string(const struct nlattr *attr, const char *absent)
{
	return attr ? mnl_attr_get_str(attr) : absent;
}

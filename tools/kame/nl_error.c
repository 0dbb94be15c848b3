// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel found wrong, in words: its own sentence (extended ACK), the
 * attribute that it points at and the range that it would have taken.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "nl.h"

static const struct nl_attr ext_attr[] = {
	[NLMSGERR_ATTR_MSG] = { "msg", MNL_TYPE_NUL_STRING, NULL },
	[NLMSGERR_ATTR_OFFS] = { "offs", MNL_TYPE_U32, NULL },
	[NLMSGERR_ATTR_POLICY] = { "policy", MNL_TYPE_NESTED, NULL },
	[NLMSGERR_ATTR_MISS_TYPE] = { "miss-type", MNL_TYPE_U32, NULL },
	[NLMSGERR_ATTR_MISS_NEST] = { "miss-nest", MNL_TYPE_U32, NULL },
};

static const struct nl_attrs ext_attrs = { ext_attr, NLMSGERR_ATTR_MISS_NEST };

static const struct nl_attr policy_attr[] = {
	[NL_POLICY_TYPE_ATTR_MIN_VALUE_U] = { "min", MNL_TYPE_U64, NULL },
	[NL_POLICY_TYPE_ATTR_MAX_VALUE_U] = { "max", MNL_TYPE_U64, NULL },
};

static const struct nl_attrs policy_attrs = { policy_attr, NL_POLICY_TYPE_ATTR_MAX_VALUE_U };

/* Room for a path of nested attributes such as "policy.template.reqid" */
#define PATH_SIZE 128

static void add_name(char *path, const struct nl_attrs *attrs, uint16_t type)
{
	const char *name = attrs && type <= attrs->max ? attrs->attr[type].name : NULL;
	size_t used = strlen(path);

	if (name)
		snprintf(path + used, PATH_SIZE - used, "%s%s", used ? "." : "", name);
	else
		snprintf(path + used, PATH_SIZE - used, "%snumber %u", used ? "." : "", type);
}

/*
 * Names the attribute at @offset of the request, with the nests around it. @attrs
 * becomes the set within it.
 */
static void name_at(char *path, const struct nl_req *req, uint32_t offset,
		    const struct nl_attrs **attrs)
{
	const char *want = (const char *)req->nlh + offset;
	const struct nlattr *attr;
	const char *at = mnl_nlmsg_get_payload_offset(req->nlh, sizeof(struct genlmsghdr));
	const char *end = mnl_nlmsg_get_payload_tail(req->nlh);

	*path = '\0';
	*attrs = req->attrs;
	if (want < at || want >= end)
		return;
	while (at < end && mnl_attr_ok((const struct nlattr *)at, end - at)) {
		attr = (const struct nlattr *)at;
		at += MNL_ALIGN(attr->nla_len);
		if (want >= at)
			continue;
		add_name(path, *attrs, mnl_attr_get_type(attr));
		*attrs = *attrs && mnl_attr_get_type(attr) <= (*attrs)->max ?
			(*attrs)->attr[mnl_attr_get_type(attr)].nested : NULL;
		if (want <= (const char *)attr || !*attrs)
			return;
		end = at;
		at = mnl_attr_get_payload(attr);
	}
}

static void parse_ext(const struct nlmsghdr *nlh, const struct nlattr **tb)
{
	size_t skip = sizeof(int), len = mnl_nlmsg_get_payload_len(nlh);
	const char *payload = mnl_nlmsg_get_payload(nlh);
	const struct nlmsgerr *error;
	const struct nlattr *attr;

	memset(tb, 0, (ext_attrs.max + 1) * sizeof(*tb));
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		/* the request, or only its header (NLM_F_CAPPED), comes before them */
		if (len < sizeof(*error))
			return;
		error = (const struct nlmsgerr *)payload;
		skip = sizeof(*error);
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
			skip += MNL_ALIGN(error->msg.nlmsg_len) - sizeof(error->msg);
	}
	if (skip > len)
		return;
	for (attr = (const struct nlattr *)(payload + skip);
	     mnl_attr_ok(attr, payload + len - (const char *)attr); attr = mnl_attr_next(attr)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type <= ext_attrs.max && ext_attrs.attr[type].name &&
		    mnl_attr_validate(attr, ext_attrs.attr[type].type) >= 0)
			tb[type] = attr;
	}
}

static void print_range(const struct nlattr *policy)
{
	const struct nlattr *tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U + 1];

	if (nl_parse_nested(&policy_attrs, policy, tb) || !tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U])
		return;
	fprintf(stderr, ", %" PRIu64 " to %" PRIu64,
		nl_u64(tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U], 0),
		nl_u64(tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U], 0));
}

static void print_attr(const struct nl_req *req, const struct nlattr *const *ext)
{
	const struct nl_attrs *within;
	char path[PATH_SIZE] = "";

	if (ext[NLMSGERR_ATTR_MISS_TYPE]) {
		within = req->attrs;
		if (ext[NLMSGERR_ATTR_MISS_NEST])
			name_at(path, req, nl_u32(ext[NLMSGERR_ATTR_MISS_NEST], 0), &within);
		add_name(path, within, nl_u32(ext[NLMSGERR_ATTR_MISS_TYPE], 0));
		fprintf(stderr, " (missing attribute %s)", path);
	} else if (ext[NLMSGERR_ATTR_OFFS]) {
		name_at(path, req, nl_u32(ext[NLMSGERR_ATTR_OFFS], 0), &within);
		if (!*path)
			return;
		fprintf(stderr, " (attribute %s", path);
		if (ext[NLMSGERR_ATTR_POLICY])
			print_range(ext[NLMSGERR_ATTR_POLICY]);
		fputc(')', stderr);
	}
}

/* For errors that come without a sentence, or whose sentence doesn't tell the remedy */
static const char *explain(int err)
{
	switch (err) {
	case EPERM:
		return "not permitted: needs CAP_NET_ADMIN in the user namespace that owns the network namespace";
	case EMSGSIZE:
		return "the request is too long";
	case ENODEV:
		return "there is no such device";
	case EOPNOTSUPP:
		return "the module does not know this request";
	default:
		return strerror(err);
	}
}

int nl_report(const struct nl_req *req, int err, const struct nlmsghdr *error)
{
	const struct nlattr *ext[NLMSGERR_ATTR_MISS_NEST + 1] = { NULL };
	const char *sentence;

	if (error)
		parse_ext(error, ext);
	sentence = nl_string(ext[NLMSGERR_ATTR_MSG], NULL);
	fflush(stdout);
	fprintf(stderr, "Error: %s", sentence ? sentence : explain(err));
	if (sentence && err == EPERM)
		fprintf(stderr, "; %s", explain(err));
	print_attr(req, ext);
	fputc('\n', stderr);
	return CMD_FAILED;
}

void nl_report_warning(const struct nl_req *req, const struct nlmsghdr *ack)
{
	const struct nlattr *ext[NLMSGERR_ATTR_MISS_NEST + 1] = { NULL };

	if (ack)
		parse_ext(ack, ext);
	if (!ext[NLMSGERR_ATTR_MSG])
		return;
	fflush(stdout);
	fprintf(stderr, "Warning: %s", nl_string(ext[NLMSGERR_ATTR_MSG], ""));
	print_attr(req, ext);
	fputc('\n', stderr);
}

const char *nl_sentence(const struct nlmsghdr *last)
{
	const struct nlattr *ext[NLMSGERR_ATTR_MISS_NEST + 1] = { NULL };

	if (last)
		parse_ext(last, ext);
	return nl_string(ext[NLMSGERR_ATTR_MSG], NULL);
}

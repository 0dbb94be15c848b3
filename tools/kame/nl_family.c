// SPDX-License-Identifier: GPL-2.0-only
/* Which number a family has, and which version its module; see nl.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "nl.h"

static const struct nl_attr ctrl_attr[] = {
	[CTRL_ATTR_FAMILY_ID] = { "family-id", MNL_TYPE_U16, NULL },
	[CTRL_ATTR_FAMILY_NAME] = { "family-name", MNL_TYPE_NUL_STRING, NULL },
	[CTRL_ATTR_VERSION] = { "version", MNL_TYPE_U32, NULL },
	[CTRL_ATTR_MCAST_GROUPS] = { "mcast-groups", MNL_TYPE_NESTED, NULL },
};

const struct nl_attrs nl_ctrl_attrs = { ctrl_attr, CTRL_ATTR_MCAST_GROUPS };

static const struct nl_attr group_attr[] = {
	[CTRL_ATTR_MCAST_GRP_NAME] = { "name", MNL_TYPE_NUL_STRING, NULL },
	[CTRL_ATTR_MCAST_GRP_ID] = { "id", MNL_TYPE_U32, NULL },
};

static const struct nl_attrs group_attrs = { group_attr, CTRL_ATTR_MCAST_GRP_ID };

struct nl_family nl_ctrl = {
	.name = "nlctrl",
	.version = 2,
	.id = GENL_ID_CTRL,
};

static void fill_groups(struct nl_family *family, const struct nlattr *groups)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1], *group;

	family->groups = 0;
	if (!groups)
		return;
	mnl_attr_for_each_nested(group, groups) {
		if (family->groups == NL_GROUPS_MAX ||
		    mnl_attr_validate(group, MNL_TYPE_NESTED) < 0 ||
		    nl_parse_nested(&group_attrs, group, tb) ||
		    !tb[CTRL_ATTR_MCAST_GRP_NAME] || !tb[CTRL_ATTR_MCAST_GRP_ID])
			continue;
		snprintf(family->group[family->groups].name, GENL_NAMSIZ, "%s",
			 mnl_attr_get_str(tb[CTRL_ATTR_MCAST_GRP_NAME]));
		family->group[family->groups++].id =
			mnl_attr_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

static bool fill(struct nl_family *family, const struct nlattr *const *tb)
{
	if (strcmp(nl_string(tb[CTRL_ATTR_FAMILY_NAME], ""), family->name) ||
	    !tb[CTRL_ATTR_FAMILY_ID])
		return false;
	family->found = true;
	/* It may be another module than the one that was asked before. */
	family->checked = false;
	family->id = mnl_attr_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	fill_groups(family, tb[CTRL_ATTR_MCAST_GROUPS]);
	return true;
}

bool nl_family_fill(struct nl_family *family, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GROUPS + 1];

	return !nl_parse(&nl_ctrl_attrs, nlh, tb) && fill(family, tb);
}

static int found(const struct nlattr *const *tb, void *arg)
{
	fill(arg, tb);
	return CMD_OK;
}

void nl_family_forget(struct nl_family *family)
{
	family->found = false;
	family->id = 0;
	family->groups = 0;
	family->checked = false;
}

/* Asking for a family by its name makes the kernel load the module that has it. */
static int find_by_name(struct nl_family *family)
{
	struct nl_replies replies;
	struct nl_req req;
	int err;

	nl_prepare(&req, &nl_ctrl, &nl_ctrl_attrs, CTRL_CMD_GETFAMILY);
	nl_put_string(&req, CTRL_ATTR_FAMILY_NAME, family->name);
	err = nl_transact(&req, NLM_F_ACK, &replies);
	if (err == ENOENT) {
		cmd_error("%s is not loaded: modprobe %s", family->name, family->name);
		err = CMD_FAILED;
	} else if (err) {
		err = nl_report(&req, err, replies.error);
	} else if (!replies.len || !nl_family_fill(family, (struct nlmsghdr *)replies.buf)) {
		cmd_error("the kernel did not describe the netlink family %s", family->name);
		err = CMD_FAILED;
	}
	nl_replies_free(&replies);
	return err;
}

int nl_family_find(struct nl_family *family, bool load)
{
	struct nl_req req;

	if (family->found)
		return CMD_OK;
	if (load)
		return find_by_name(family);
	nl_prepare(&req, &nl_ctrl, &nl_ctrl_attrs, CTRL_CMD_GETFAMILY);
	return nl_dump(&req, found, family);
}

struct about {
	struct nl_family *family;
	uint32_t abi;
	char *version;
	size_t size;
};

static int about_reply(const struct nlattr *const *tb, void *arg)
{
	struct about *about = arg;

	about->abi = nl_u32(tb[about->family->about.abi], 0);
	snprintf(about->version, about->size, "%s",
		 nl_string(tb[about->family->about.version], "unknown"));
	return CMD_OK;
}

int nl_family_about(struct nl_family *family, uint32_t *abi, char *version, size_t size)
{
	struct about about = { family, 0, version, size };
	struct nl_req req;
	int err;

	snprintf(version, size, "unknown");
	nl_prepare(&req, family, family->about.attrs, family->about.cmd);
	err = nl_run(&req, about_reply, &about);
	*abi = about.abi;
	return err;
}

int nl_family_check(struct nl_family *family)
{
	char version[64];
	uint32_t abi;
	int err;

	/* The controller belongs to the kernel, which keeps its interfaces. */
	if (family->checked || family == &nl_ctrl)
		return CMD_OK;
	err = nl_family_about(family, &abi, version, sizeof(version));
	if (err)
		return err;
	if (abi != family->abi) {
		cmd_error("%s %s speaks version %u of its interface and this command version %u: "
			  "use both from one release",
			  family->name, version, abi, family->abi);
		return CMD_FAILED;
	}
	family->checked = true;
	return CMD_OK;
}

int nl_start(struct nl_req *req, struct nl_family *family, const struct nl_attrs *attrs,
	     uint8_t cmd)
{
	int err;

	err = nl_family_find(family, true);
	if (!err)
		err = nl_family_check(family);
	if (!err)
		nl_prepare(req, family, attrs, cmd);
	return err;
}

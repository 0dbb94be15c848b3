/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests to a generic netlink family, and what it says in return.
 *
 *	struct nl_req req;
 *
 *	err = nl_start(&req, &ipv6_family, &dev_attrs, KAME_IPV6_CMD_DEV_ATTACH);
 *	if (err)
 *		return err;
 *	nl_put_u32(&req, KAME_IPV6_A_DEV_IFINDEX, dev.ifindex);
 *	return nl_run(&req, NULL, NULL);
 *
 * nl_start() finds the family (the kernel loads the module that has it) and makes
 * sure that module and command speak the same version of the interface. Functions
 * that return int return a CMD_* status, after a report on stderr if it isn't CMD_OK.
 *
 * The attributes of a family are described by a table for each attribute set of the
 * spec: it validates what the kernel sends, and gives the name of the attribute
 * that the kernel finds fault with.
 */
#ifndef KAME_NL_H
#define KAME_NL_H

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdbool.h>
#include <stdint.h>

#define NL_REQUEST_SIZE 8192
#define NL_GROUPS_MAX 8
#define NL_ATTRS_MAX 128

struct nl_attrs;

struct nl_attr {
	const char *name;		/* as in the spec; NULL: not for this program */
	enum mnl_attr_data_type type;	/* strings: MNL_TYPE_NUL_STRING */
	const struct nl_attrs *nested;	/* the set within MNL_TYPE_NESTED */
};

struct nl_attrs {
	const struct nl_attr *attr;	/* indexed by attribute type */
	uint16_t max;			/* the highest type, below NL_ATTRS_MAX */
};

struct nl_family {
	const char *name;		/* of the family and of its module */
	uint8_t version;
	uint32_t abi;			/* the interface's version that this program speaks */
	/* The request that tells about the module, and the attributes of the reply */
	struct {
		uint8_t cmd;
		const struct nl_attrs *attrs;
		uint16_t abi;
		uint16_t version;
	} about;

	/* found by nl_family_find() */
	bool found;
	uint16_t id;			/* 0: not there */
	bool checked;			/* the interface's versions are the same */
	unsigned int groups;
	struct {
		char name[GENL_NAMSIZ];
		uint32_t id;
	} group[NL_GROUPS_MAX];
};

struct nl_req {
	struct nl_family *family;
	const struct nl_attrs *attrs;
	struct nlmsghdr *nlh;
	bool overflow;
	char buf[NL_REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/*
 * Handles one message of a reply. @tb has the valid attributes of the request's
 * attribute set, NULL for those that are absent.
 */
typedef int (*nl_reply_fn)(const struct nlattr *const *tb, void *arg);

int nl_start(struct nl_req *req, struct nl_family *family, const struct nl_attrs *attrs,
	     uint8_t cmd);
void nl_put(struct nl_req *req, uint16_t type, const void *data, size_t len);
void nl_put_u8(struct nl_req *req, uint16_t type, uint8_t value);
void nl_put_u16(struct nl_req *req, uint16_t type, uint16_t value);
void nl_put_u32(struct nl_req *req, uint16_t type, uint32_t value);
void nl_put_u64(struct nl_req *req, uint16_t type, uint64_t value);
void nl_put_string(struct nl_req *req, uint16_t type, const char *value);
void nl_put_flag(struct nl_req *req, uint16_t type);
struct nlattr *nl_nest(struct nl_req *req, uint16_t type);
void nl_nest_end(struct nl_req *req, struct nlattr *nest);

/* A "do" request; the reply's message goes to @reply, which may be NULL. */
int nl_run(struct nl_req *req, nl_reply_fn reply, void *arg);
/* A dump. @reply sees the messages only when all of them have come. */
int nl_dump(struct nl_req *req, nl_reply_fn reply, void *arg);

/* Attributes of a message or of a nest, as nl_reply_fn has them; @tb has max + 1. */
int nl_parse(const struct nl_attrs *attrs, const struct nlmsghdr *nlh, const struct nlattr **tb);
/* The same behind a header of another size than generic netlink's */
int nl_parse_behind(size_t header, const struct nl_attrs *attrs, const struct nlmsghdr *nlh,
		    const struct nlattr **tb);
int nl_parse_nested(const struct nl_attrs *attrs, const struct nlattr *nest,
		    const struct nlattr **tb);

/* The value of an attribute that may be absent */
uint8_t nl_u8(const struct nlattr *attr, uint8_t absent);
uint16_t nl_u16(const struct nlattr *attr, uint16_t absent);
uint32_t nl_u32(const struct nlattr *attr, uint32_t absent);
uint64_t nl_u64(const struct nlattr *attr, uint64_t absent);
const char *nl_string(const struct nlattr *attr, const char *absent);

/*
 * Finds the family's id and groups. With @load, the kernel may load its module, and a
 * family that isn't there is reported; without, family->id is 0 then.
 */
int nl_family_find(struct nl_family *family, bool load);
/* Forgets what was found: the module may have been loaded anew, with another id. */
void nl_family_forget(struct nl_family *family);
/* Fills in a family from a message of the controller; false if it names another one. */
bool nl_family_fill(struct nl_family *family, const struct nlmsghdr *nlh);
/* Makes sure, once, that module and program speak the same version of the interface. */
int nl_family_check(struct nl_family *family);
/* Version of the module as text, and of its interface. The family has been found. */
int nl_family_about(struct nl_family *family, uint32_t *abi, char *version, size_t size);

/* The controller, which knows all families; its groups tell of their coming and going. */
extern struct nl_family nl_ctrl;
extern const struct nl_attrs nl_ctrl_attrs;

/* Like mnl_nlmsg_ok(), which takes a length of 2 GB and more for a negative one */
static inline bool nl_msg_ok(const struct nlmsghdr *nlh, int len)
{
	return mnl_nlmsg_ok(nlh, len) && nlh->nlmsg_len <= (unsigned int)len;
}

/* A socket with extended errors on; of generic netlink, or of NETLINK_ROUTE for one */
struct mnl_socket *nl_socket(void);
struct mnl_socket *nl_open(int bus);

/* What nl_run() and nl_dump() are made of: collected replies, nothing reported */
struct nl_replies {
	char *buf;
	size_t len;
	size_t room;
	struct nlmsghdr *error;		/* the message that holds the error, or NULL */
	bool interrupted;		/* the dump is not of one moment */
};

/*
 * Sends a request, a dump again while it is interrupted. Returns 0 or an errno
 * (positive); the caller frees @replies either way.
 */
int nl_exchange(struct mnl_socket *nl, struct nlmsghdr *request, uint16_t flags,
		struct nl_replies *replies);
void nl_replies_free(struct nl_replies *replies);
void nl_warn_interrupted(const struct nl_replies *replies);

void nl_prepare(struct nl_req *req, struct nl_family *family, const struct nl_attrs *attrs,
		uint8_t cmd);
/* As nl_exchange() */
int nl_transact(struct nl_req *req, uint16_t flags, struct nl_replies *replies);
/* Reports the error that nl_transact() returned; CMD_FAILED. */
int nl_report(const struct nl_req *req, int err, const struct nlmsghdr *error);
/* Reports what a successful request was warned of, if anything. */
void nl_report_warning(const struct nl_req *req, const struct nlmsghdr *ack);
/* The kernel's sentence in the last message of a reply, which may be NULL; or NULL */
const char *nl_sentence(const struct nlmsghdr *last);

#endif /* KAME_NL_H */

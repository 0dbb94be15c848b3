/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects, their commands, and the words of the command line.
 *
 * How to add an object, say "kame tunnel":
 *
 *  1. tunnel.c: one `const struct cmd_object tunnel_object` with the name, one line
 *     of summary, its commands and its netlink family; declare it in objects.h and
 *     name it in the table in main.c. The Makefile takes every *.c of the directory.
 *     "help", abbreviations, "kame version", "kame monitor" and the completion
 *     of the shell follow from it.
 *  2. Each command is a `struct cmd`. Its run() takes words one at a time:
 *
 *	enum { W_DEV, W_LIMIT };
 *	static const char *const words[] = { "dev", "limit", NULL };
 *
 *	while (args_more(args)) {
 *		switch (args_keyword(args, words)) {
 *		case W_DEV:
 *			err = args_dev(args, &dev);
 *			break;
 *		case W_LIMIT:
 *			err = args_uint(args, 1, 8, &limit);
 *			break;
 *		default:
 *			return CMD_USAGE;
 *		}
 *		if (err)
 *			return err;
 *	}
 *
 *     then talks to the kernel with nl.h and prints with out.h, which explain
 *     themselves. Addresses and prefixes are in addr.h, counters in mib.h.
 *  3. If the family has multicast groups, a `struct cmd_event` prints a message of them.
 *  4. kame-tunnel.8 beside it is installed with the others.
 *
 * Whatever fails has been reported on stderr, by the function that noticed, when a
 * status other than CMD_OK is returned.
 */
#ifndef KAME_CMD_H
#define KAME_CMD_H

#include <linux/netlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nl_family;

/* Status of a command, and exit status of the program */
enum {
	CMD_OK,
	CMD_USAGE,	/* the command line is wrong, or names what isn't there */
	CMD_FAILED,	/* the kernel refused or reported an error */
};

struct args;

struct cmd {
	const char *name;
	int (*run)(struct args *args);
	const char *synopsis;	/* what follows the name: "dev DEV [ limit N ]" */
	const char *help;	/* sentences, each line ended by '\n' */
	const char *grammar;	/* NULL, or what follows the first word, in the form of the */
				/* synopsis; comes after the sentences */
};

struct cmd_event {
	uint8_t cmd;		/* of the message */
	const char *name;	/* as in the spec */
	/*
	 * Prints the message within an open JSON object, and as text in the line that
	 * begins with the object's name. The line's end is not its concern.
	 */
	int (*print)(const struct nlmsghdr *nlh);
};

struct cmd_object {
	const char *name;
	const char *summary;
	const struct cmd *cmds;		/* ends with one without a name; the first */
					/* is run when none is named */
	const struct cmd *only;		/* or: the object has no commands but is one */
	struct nl_family *family;	/* NULL if no module belongs to it */
	const struct cmd_event *events;	/* of the family's groups, ends with one without a */
					/* name; NULL if it has none */
};

/* Options that stand before the object */
struct cmd_options {
	bool details;
	bool statistics;
	bool timestamp;
	bool force;
};

extern struct cmd_options cmd_options;

/* The words of a command that are still to be read */
struct args {
	int left;
	char **word;
	const struct cmd_object *object;
	const struct cmd *cmd;
	const char *verb;	/* "add" of "ipsec policy add", or NULL */
	uint64_t seen;		/* keywords that args_keyword() has met */
};

bool args_more(const struct args *args);
/* The next word, or NULL; args_next() moves past it. */
const char *args_peek(const struct args *args);
const char *args_next(struct args *args);

/*
 * Takes a keyword, or an abbreviation that fits no other one: its index in @words
 * (which ends in NULL), or -1 after a report. A keyword can be given once.
 */
int args_keyword(struct args *args, const char *const *words);
/* As args_keyword(), where @meaning gives the index of the first word that says the same. */
int args_keyword_meaning(struct args *args, const char *const *words, int (*meaning)(int word));

/*
 * Decimal, or hexadecimal after "0x"; false if it is neither. @value is UINT64_MAX and
 * errno ERANGE if it is larger than that.
 */
bool args_number(const char *text, uint64_t *value);

/* Each takes the value of the keyword before it: CMD_OK, or CMD_USAGE after a report. */
int args_string(struct args *args, const char **value);
int args_uint(struct args *args, uint64_t min, uint64_t max, uint64_t *value);
int args_u32(struct args *args, uint32_t min, uint32_t max, uint32_t *value);
int args_choice(struct args *args, const char *const *choices, uint32_t *value);
int args_on_off(struct args *args, bool *value);

struct args_device {
	char name[IF_NAMESIZE];
	uint32_t ifindex;	/* 0: none given */
};

/* A device that exists in this network namespace */
int args_dev(struct args *args, struct args_device *dev);

/* Reports that the command lacks something: "a device: dev DEV". Returns CMD_USAGE. */
int args_missing(const struct args *args, const char *what);

/* "Error: ..." to stderr, the newline added */
void cmd_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void cmd_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void cmd_out_of_memory(void) __attribute__((noreturn));

/*
 * Index of the name that @word is or abbreviates, or -1 (none) or -2 (several), with
 * nothing reported. @name gives the i-th name, NULL past the last.
 */
int cmd_match(const char *word, const char *(*name)(const void *list, int i), const void *list);

/*
 * Prints what may follow the words of @args, which follow the command: the values of the
 * last one if it has some (DEV stands for each device), or else the words that may begin.
 */
void cmd_words(const struct cmd *cmd, struct args *args);

/* Runs the command that the words of @args name, "help" included. */
int cmd_run_object(const struct cmd_object *object, struct args *args);

#endif /* KAME_CMD_H */

// SPDX-License-Identifier: GPL-2.0-only
/* The words of a command line, one at a time; see cmd.h. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

bool args_more(const struct args *args)
{
	return args->left > 0;
}

const char *args_peek(const struct args *args)
{
	return args->left > 0 ? args->word[0] : NULL;
}

const char *args_next(struct args *args)
{
	if (args->left <= 0)
		return NULL;
	args->left--;
	return *args->word++;
}

/* "kame ipv6 attach help" */
static const char *help_command(const struct args *args)
{
	static char command[128];

	snprintf(command, sizeof(command), "kame %s%s%s help", args->object->name,
		 args->object->only ? "" : " ", args->object->only ? "" : args->cmd->name);
	return command;
}

static const char *list_name(const void *list, int i)
{
	return ((const char *const *)list)[i];
}

static int take_keyword(struct args *args, const char *const *words)
{
	const char *word = args_next(args);
	int i = cmd_match(word, list_name, words);

	if (i >= 0)
		return i;
	cmd_error("%s word \"%s\"; try \"%s\"", i == -1 ? "unknown" : "ambiguous", word,
		  help_command(args));
	return -1;
}

static int once(struct args *args, const char *const *words, int i)
{
	if (i < 0 || i >= 64)
		return i;
	if (args->seen & (UINT64_C(1) << i)) {
		cmd_error("\"%s\" is given twice", words[i]);
		return -1;
	}
	args->seen |= UINT64_C(1) << i;
	return i;
}

int args_keyword(struct args *args, const char *const *words)
{
	return once(args, words, take_keyword(args, words));
}

int args_keyword_meaning(struct args *args, const char *const *words, int (*meaning)(int word))
{
	return once(args, words, meaning(take_keyword(args, words)));
}

/* The word before the next one: the keyword whose value is being read */
static const char *keyword(const struct args *args)
{
	return args->word[-1];
}

int args_string(struct args *args, const char **value)
{
	const char *key = keyword(args);

	*value = args_next(args);
	if (*value && **value)
		return CMD_OK;
	cmd_error("\"%s\" needs a value; try \"%s\"", key, help_command(args));
	return CMD_USAGE;
}

bool args_number(const char *text, uint64_t *value)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *end;

	errno = 0;
	*value = strtoull(text, &end, hex ? 16 : 10);
	/* strtoull() takes blanks and signs */
	return isdigit((unsigned char)*text) && !*end;
}

int args_uint(struct args *args, uint64_t min, uint64_t max, uint64_t *value)
{
	const char *key = keyword(args), *word;
	uint64_t number;
	int err;

	err = args_string(args, &word);
	if (err)
		return err;
	if (!args_number(word, &number)) {
		cmd_error("\"%s\" needs a number, not \"%s\"", key, word);
		return CMD_USAGE;
	}
	if (errno || number < min || number > max) {
		cmd_error("\"%s\" needs a number from %" PRIu64 " to %" PRIu64 ", not %s", key, min,
			  max, word);
		return CMD_USAGE;
	}
	*value = number;
	return CMD_OK;
}

int args_u32(struct args *args, uint32_t min, uint32_t max, uint32_t *value)
{
	uint64_t number;
	int err;

	err = args_uint(args, min, max, &number);
	if (!err)
		*value = number;
	return err;
}

int args_choice(struct args *args, const char *const *choices, uint32_t *value)
{
	const char *key = keyword(args), *word;
	char list[256] = "";
	int err, i;

	err = args_string(args, &word);
	if (err)
		return err;
	i = cmd_match(word, list_name, choices);
	if (i >= 0) {
		*value = i;
		return CMD_OK;
	}
	for (i = 0; choices[i]; i++) {
		size_t used = strlen(list);

		snprintf(list + used, sizeof(list) - used, "%s%s",
			 !i ? "" : choices[i + 1] ? ", " : " or ", choices[i]);
	}
	cmd_error("\"%s\" is %s, not \"%s\"", key, list, word);
	return CMD_USAGE;
}

int args_on_off(struct args *args, bool *value)
{
	static const char *const choices[] = { "off", "on", NULL };
	uint32_t choice;
	int err;

	err = args_choice(args, choices, &choice);
	if (!err)
		*value = choice;
	return err;
}

int args_dev(struct args *args, struct args_device *dev)
{
	const char *name;
	int err;

	err = args_string(args, &name);
	if (err)
		return err;
	if (strlen(name) >= sizeof(dev->name)) {
		cmd_error("device name \"%s\" is longer than %zu characters", name,
			  sizeof(dev->name) - 1);
		return CMD_USAGE;
	}
	dev->ifindex = if_nametoindex(name);
	if (!dev->ifindex) {
		if (errno == ENODEV || errno == EINVAL)
			cmd_error("there is no device \"%s\" in this network namespace", name);
		else
			cmd_error("device \"%s\": %s", name, strerror(errno));
		return CMD_USAGE;
	}
	strcpy(dev->name, name);
	return CMD_OK;
}

int args_missing(const struct args *args, const char *what)
{
	cmd_error("\"%s %s%s%s\" needs %s; try \"%s\"", args->object->name, args->cmd->name,
		  args->verb ? " " : "", args->verb ? args->verb : "", what, help_command(args));
	return CMD_USAGE;
}

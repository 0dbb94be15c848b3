// SPDX-License-Identifier: GPL-2.0-only
/* Which command the words name, and the help on it; see cmd.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

struct cmd_options cmd_options;

static void message(const char *kind, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void message(const char *kind, const char *fmt, va_list ap)
{
	/* What was printed before it comes out before it. */
	fflush(stdout);
	fprintf(stderr, "%s: ", kind);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void cmd_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message("Error", fmt, ap);
	va_end(ap);
}

void cmd_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message("Warning", fmt, ap);
	va_end(ap);
}

void cmd_out_of_memory(void)
{
	cmd_error("out of memory");
	exit(CMD_FAILED);
}

int cmd_match(const char *word, const char *(*name)(const void *list, int i), const void *list)
{
	int i, found = -1;

	for (i = 0; name(list, i); i++) {
		if (!strcmp(name(list, i), word))
			return i;
		if (*word && !strncmp(name(list, i), word, strlen(word)))
			found = found == -1 ? i : -2;
	}
	return found;
}

static const char *cmd_name(const void *list, int i)
{
	return ((const struct cmd *)list)[i].name;
}

/* "kame ipv6 attach dev DEV" */
static void print_usage(const struct cmd_object *object, const struct cmd *cmd)
{
	printf("  kame %s", object->name);
	if (!object->only)
		printf(" %s", cmd->name);
	printf("%s%s\n", *cmd->synopsis ? " " : "", cmd->synopsis);
}

static void help_object(const struct cmd_object *object)
{
	const struct cmd *cmd;

	printf("kame %s - %s\n\nUsage:\n", object->name, object->summary);
	for (cmd = object->cmds; cmd->name; cmd++)
		print_usage(object, cmd);
	printf("\nkame %s COMMAND help says what a command does; see also kame-%s(8).\n",
	       object->name, object->name);
}

static void help_cmd(const struct cmd_object *object, const struct cmd *cmd)
{
	printf("Usage:\n");
	print_usage(object, cmd);
	printf("\n%s%s", cmd->help, cmd->grammar ? cmd->grammar : "");
}

/* As the completion of the shell asks for it: the words that may follow, one a line */
static void help_words(const struct cmd_object *object, const struct cmd *cmd, struct args *args)
{
	if (cmd) {
		cmd_words(cmd, args);
		return;
	}
	for (cmd = object->cmds; cmd->name; cmd++)
		puts(cmd->name);
	puts("help");
}

/* "help", or "help words" with the words that are there already */
static int help(const struct cmd_object *object, const struct cmd *cmd, struct args *args)
{
	const char *word = args_next(args);

	if (word && !strcmp(word, "words"))
		help_words(object, cmd, args);
	else if (word)
		return cmd_error("unknown word \"%s\" after \"help\"", word), CMD_USAGE;
	else if (cmd)
		help_cmd(object, cmd);
	else
		help_object(object);
	return CMD_OK;
}

static bool is_help(const char *word)
{
	return word && (!strcmp(word, "help") || !strcmp(word, "-h") || !strcmp(word, "--help"));
}

int cmd_run_object(const struct cmd_object *object, struct args *args)
{
	const char *word = args_peek(args);
	const struct cmd *cmd = object->cmds;
	int i;

	args->object = object;
	args->cmd = object->only;
	args->verb = NULL;
	args->seen = 0;
	if (is_help(word)) {
		args_next(args);
		return help(object, object->only, args);
	}
	if (object->only)
		return object->only->run(args);
	if (word) {
		i = cmd_match(word, cmd_name, object->cmds);
		if (i < 0) {
			cmd_error("%s word \"%s\"; try \"kame %s help\"",
				  i == -1 ? "unknown" : "ambiguous", word, object->name);
			return CMD_USAGE;
		}
		cmd = &object->cmds[i];
		args_next(args);
	}
	args->cmd = cmd;
	if (is_help(args_peek(args))) {
		args_next(args);
		return help(object, cmd, args);
	}
	return cmd->run(args);
}

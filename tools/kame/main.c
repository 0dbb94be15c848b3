// SPDX-License-Identifier: GPL-2.0-only
/*
 * kame: shows and changes what the kame modules do, in the manner of ip(8).
 *
 *	kame [ OPTIONS ] OBJECT { COMMAND | help }
 */
#include <fcntl.h>
#include <kame/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "cmd.h"
#include "netns.h"
#include "objects.h"
#include "out.h"

const struct cmd_object *const objects[] = {
	&ipv6_object,
	&tunnel_object,
	&ipsec_object,
	&nd_object,
	&monitor_object,
	&version_object,
	NULL,
};

static const char *object_name(const void *list, int i)
{
	const struct cmd_object *const *object = list;

	return object[i] ? object[i]->name : NULL;
}

int objects_match(const char *word)
{
	return cmd_match(word, object_name, objects);
}

enum option { O_BATCH, O_DETAILS, O_FORCE, O_HELP, O_JSON, O_NETNS, O_PRETTY, O_STATISTICS,
	      O_TIMESTAMP, O_VERSION };

/* In the order of enum option; no two begin with the same letter. */
static const char *const option_names[] = {
	"batch", "details", "force", "help", "json", "netns", "pretty", "statistics",
	"timestamp", "Version", NULL,
};

static const char *option_name(const void *list, int i)
{
	return ((const char *const *)list)[i];
}

static void usage(FILE *to)
{
	int i;

	fprintf(to, "Usage:\n"
		"  kame [ OPTIONS ] OBJECT { COMMAND | help }\n"
		"  kame [ -force ] -batch FILE\n\n"
		"Objects:\n");
	for (i = 0; objects[i]; i++)
		fprintf(to, "  %-10s  %s\n", objects[i]->name, objects[i]->summary);
	fprintf(to, "\nOptions, each of which may be abbreviated to its first letter:\n"
		"  -json           print JSON\n"
		"  -pretty         with -json: indented\n"
		"  -netns NAME     act in a network namespace, as of \"ip netns\"\n"
		"  -statistics     print counters too\n"
		"  -details        print more\n"
		"  -timestamp      print when an event came\n"
		"  -batch FILE     run the commands in FILE, one a line (\"-\": standard input)\n"
		"  -force          go on after a command of -batch that failed\n"
		"  -Version        print the version of this command\n"
		"  -help           print this\n\n"
		"Exit status: 0 done, 1 the command line was wrong, 2 the kernel reported an error.\n");
}

static bool json, pretty;
static const char *batch_file;

/* One option and its value; -1 to go on, or a status to end with */
static int take_option(struct args *args)
{
	const char *word = args_next(args), *name = word + 1 + (word[1] == '-');
	int option = cmd_match(name, option_name, option_names), err;

	if (option < 0) {
		cmd_error("unknown option \"%s\"; try \"kame help\"", word);
		return CMD_USAGE;
	}
	if ((option == O_BATCH || option == O_NETNS) && !args_more(args)) {
		cmd_error("option \"%s\" needs a value; try \"kame help\"", word);
		return CMD_USAGE;
	}
	switch ((enum option)option) {
	case O_BATCH:
		batch_file = args_next(args);
		break;
	case O_DETAILS:
		cmd_options.details = true;
		break;
	case O_FORCE:
		cmd_options.force = true;
		break;
	case O_HELP:
		usage(stdout);
		return out_end();
	case O_JSON:
		json = true;
		break;
	case O_NETNS:
		err = netns_enter(args_next(args));
		if (err)
			return err;
		break;
	case O_PRETTY:
		pretty = true;
		break;
	case O_STATISTICS:
		cmd_options.statistics = true;
		break;
	case O_TIMESTAMP:
		cmd_options.timestamp = true;
		break;
	case O_VERSION:
		puts("kame " KAME_VERSION);
		return out_end();
	}
	return -1;
}

/* "help" as an object; "help words" is for the completion of the shell */
static int help(struct args *args)
{
	int i;

	if (!args_more(args)) {
		usage(stdout);
		return CMD_OK;
	}
	if (strcmp(args_next(args), "words")) {
		cmd_error("unknown word \"%s\" after \"help\"", args->word[-1]);
		return CMD_USAGE;
	}
	for (i = 0; objects[i]; i++)
		puts(objects[i]->name);
	puts("help");
	for (i = 0; option_names[i]; i++)
		printf("-%s\n", option_names[i]);
	return CMD_OK;
}

/* One command, from the command line or a batch */
static int run(struct args *args)
{
	const char *word = args_next(args);
	int err, end, i;

	if (!strcmp(word, "help")) {
		err = help(args);
	} else {
		i = objects_match(word);
		if (i < 0) {
			cmd_error("%s object \"%s\"; try \"kame help\"",
				  i == -1 ? "unknown" : "ambiguous", word);
			return CMD_USAGE;
		}
		err = cmd_run_object(objects[i], args);
	}
	if (err)
		out_discard();
	end = out_end();
	return err ? err : end;
}

/*
 * A socket must not become the standard output because that is closed. What stands in for
 * it fails to be written to, as a closed one does, and the standard input to be read.
 */
static int open_standard_files(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* gets the lowest number that is free */
		if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return CMD_FAILED;
	}
	return CMD_OK;
}

int main(int argc, char **argv)
{
	struct args args = { .left = argc - 1, .word = argv + 1 };
	int err;

	err = open_standard_files();
	if (err)
		return err;
	while (args_more(&args) && *args_peek(&args) == '-') {
		err = take_option(&args);
		if (err >= 0)
			return err;
	}
	out_mode(json, pretty);
	if (batch_file) {
		if (args_more(&args)) {
			cmd_error("unknown word \"%s\" after -batch FILE", args_peek(&args));
			return CMD_USAGE;
		}
		return batch_run(batch_file, run);
	}
	if (!args_more(&args)) {
		usage(stderr);
		return CMD_USAGE;
	}
	return run(&args);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Commands from a file; see batch.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "cmd.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Moves one word to *@to, its quotes taken away; NULL if a quote is not closed. */
static char *take_word(char *from, char **to)
{
	char quote = '\0';

	for (; *from && (quote || !is_blank(*from)); from++) {
		if (quote ? *from == quote : *from == '"' || *from == '\'') {
			quote = quote ? '\0' : *from;
			continue;
		}
		if (*from == '\\' && from[1] && quote != '\'')
			from++;
		*(*to)++ = *from;
	}
	return quote ? NULL : from;
}

int batch_split(char *line, char ***word)
{
	char *to = line, *next;
	int n = 0;

	/* No line has more words than every other character. */
	*word = calloc(strlen(line) / 2 + 2, sizeof(**word));
	if (!*word)
		cmd_out_of_memory();
	for (;;) {
		while (is_blank(*line))
			line++;
		if (!*line || *line == '#')
			return n;
		(*word)[n++] = to;
		next = take_word(line, &to);
		if (!next) {
			free(*word);
			*word = NULL;
			return -1;
		}
		/* The end of the word may lie on what follows it. */
		line = *next ? next + 1 : next;
		*to++ = '\0';
	}
}

/* As batch_split() will find it */
static bool has_comment(const char *line, ssize_t len)
{
	bool begins = true;	/* a word */
	char quote = '\0';
	ssize_t i;

	for (i = 0; i < len; i++) {
		if (begins && line[i] == '#')
			return true;
		begins = !quote && is_blank(line[i]);
		if (quote ? line[i] == quote : line[i] == '"' || line[i] == '\'')
			quote = quote ? '\0' : line[i];
		else if (line[i] == '\\' && quote != '\'')
			i++;
	}
	return false;
}

/*
 * A line that ends in a backslash goes on in the next, unless that is quoted itself or
 * belongs to a comment.
 */
static bool goes_on(const char *line, ssize_t len)
{
	ssize_t n = 0;

	if (len < 2 || line[len - 1] != '\n')
		return false;
	while (n < len - 1 && line[len - 2 - n] == '\\')
		n++;
	return n % 2 && !has_comment(line, len);
}

/* Whatever ends the line in the file, it is '\n' here. */
static ssize_t get_line(FILE *in, char **line, size_t *room)
{
	ssize_t len = getline(line, room, in);

	if (len >= 2 && (*line)[len - 2] == '\r' && (*line)[len - 1] == '\n')
		strcpy(*line + --len - 1, "\n");
	return len;
}

static ssize_t read_line(FILE *in, char **line, size_t *room, unsigned int *number)
{
	static char *more;
	static size_t more_room;
	ssize_t len, n;

	len = get_line(in, line, room);
	if (len < 0)
		return len;
	++*number;
	while (goes_on(*line, len)) {
		n = get_line(in, &more, &more_room);
		if (n < 0)
			break;
		++*number;
		len -= 2;
		if (*room < (size_t)(len + n + 1)) {
			*room = len + n + 1;
			*line = realloc(*line, *room);
			if (!*line)
				cmd_out_of_memory();
		}
		memcpy(*line + len, more, n + 1);
		len += n;
	}
	return len;
}

static int run_line(char *line, size_t len, int (*run)(struct args *args))
{
	struct args args = { 0 };
	char **word;
	int err;

	if (strlen(line) != len) {
		cmd_error("the line has a NUL character");
		return CMD_USAGE;
	}
	args.left = batch_split(line, &word);
	if (args.left < 0) {
		cmd_error("a quote is not closed");
		return CMD_USAGE;
	}
	args.word = word;
	err = args.left ? run(&args) : CMD_OK;
	free(word);
	return err;
}

int batch_run(const char *file, int (*run)(struct args *args))
{
	FILE *in = strcmp(file, "-") ? fopen(file, "re") : stdin;
	int err, status = CMD_OK;
	unsigned int number = 0;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	if (!in) {
		cmd_error("cannot open \"%s\": %s", file, strerror(errno));
		return CMD_USAGE;
	}
	while ((len = read_line(in, &line, &room, &number)) >= 0) {
		err = run_line(line, len, run);
		if (!err)
			continue;
		fprintf(stderr, "Command failed %s:%u\n", file, number);
		if (!status)
			status = err;
		if (!cmd_options.force)
			break;
	}
	if (ferror(in)) {
		cmd_error("cannot read \"%s\": %s", file, strerror(errno));
		status = status ? status : CMD_USAGE;
	}
	free(line);
	if (in != stdin)
		fclose(in);
	return status;
}

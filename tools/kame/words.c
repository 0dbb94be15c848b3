// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words that may follow, for the completion of the shell; see cmd.h. They are read
 * from the synopsis of the command: words in lower case are literal, and what follows
 * one of them without a bracket between is its value: "mode transport|tunnel", "dev DEV".
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"

/* Moves to the next word of a synopsis: its length, or 0 at the end */
static size_t next_token(const char **at, size_t len)
{
	*at += len;
	while (isspace((unsigned char)**at))
		++*at;
	return strcspn(*at, " \t\n");
}

/* The literal ones of "in|out", and DEV, which stands for each device */
static void put_choices(const char *token, size_t len)
{
	const char *end = token + len;
	size_t n;

	for (; token < end; token += n + 1) {
		n = strcspn(token, "| \t\n");
		if (islower((unsigned char)*token) || (n == 3 && !strncmp(token, "DEV", n)))
			printf("%.*s\n", (int)n, token);
	}
}

/* False if @word is none that has a value */
static bool put_values(const char *synopsis, const char *word)
{
	bool found = false;
	size_t n = 0;

	while ((n = next_token(&synopsis, n))) {
		if (found && isalpha((unsigned char)*synopsis)) {
			put_choices(synopsis, n);
			return true;
		}
		found = n == strlen(word) && islower((unsigned char)*word) &&
			!strncmp(synopsis, word, n);
	}
	return false;
}

static void put_keywords(const char *synopsis)
{
	bool keyword = false;	/* the word before is one */
	size_t n = 0;

	while ((n = next_token(&synopsis, n))) {
		keyword = !keyword && islower((unsigned char)*synopsis);
		if (keyword)
			put_choices(synopsis, n);
	}
}

void cmd_words(const struct cmd *cmd, struct args *args)
{
	const char *word = NULL;

	while (args_more(args))
		word = args_next(args);
	if (word && ((cmd->grammar && put_values(cmd->grammar, word)) ||
		     put_values(cmd->synopsis, word)))
		return;
	put_keywords(word && cmd->grammar ? cmd->grammar : cmd->synopsis);
}

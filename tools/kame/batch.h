/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands from a file, one a line. */
#ifndef KAME_BATCH_H
#define KAME_BATCH_H

struct args;

/*
 * Splits @line in place into words as a shell does: blanks part them, quotes hold them
 * together, a backslash takes the next character as it is, # begins a comment. *word
 * is allocated. Returns the number of words, or -1 if a quote is not closed.
 */
int batch_split(char *line, char ***word);

/*
 * Runs each line of the file (standard input if it is "-") by @run, and stops at the
 * first that fails unless cmd_options.force. Returns the status of the first failure.
 */
int batch_run(const char *file, int (*run)(struct args *args));

#endif /* KAME_BATCH_H */

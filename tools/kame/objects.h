/* SPDX-License-Identifier: GPL-2.0-only */
/* The objects of the command, one per file; main.c has the table of them. */
#ifndef KAME_OBJECTS_H
#define KAME_OBJECTS_H

#include "cmd.h"

/* Ends in NULL; in the order of "kame help" */
extern const struct cmd_object *const objects[];

extern const struct cmd_object ipsec_object;
extern const struct cmd_object ipv6_object;
extern const struct cmd_object monitor_object;
extern const struct cmd_object nd_object;
extern const struct cmd_object tunnel_object;
extern const struct cmd_object version_object;

/* Index in objects[] of the object that @word is or abbreviates; else as cmd_match(). */
int objects_match(const char *word);

#endif /* KAME_OBJECTS_H */

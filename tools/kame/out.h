/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a command prints, as text and as JSON from the same calls.
 *
 * A field is printed by one call: out_uint("max_headers", 15) writes "15" where
 * text is wanted and "max_headers": 15 where JSON is. The words between
 * fields are text only (out_text()); objects and arrays are JSON only. JSON names
 * are those of the specs, with '_' for '-'. Every command makes one JSON value.
 *
 * Within a table, out_cell() begins a column, and what is printed then is text of
 * that cell until the next one; columns are aligned when the table is closed:
 *
 *	out_table_open(NULL);
 *	for each device:
 *		out_row_open();
 *		out_cell("DEVICE", OUT_LEFT);
 *		out_string("ifname", name);
 *		out_cell("PACKETS", OUT_RIGHT);
 *		out_uint("packets", packets);
 *		out_below();			(optional: lines below the row)
 *		out_text("    for example this\n");
 *		out_row_close();
 *	out_table_close();
 */
#ifndef KAME_OUT_H
#define KAME_OUT_H

#include <stdbool.h>
#include <stdint.h>

enum out_align { OUT_LEFT, OUT_RIGHT };

void out_mode(bool json, bool pretty);
bool out_is_json(void);

/* Ends what one command prints. Returns 0 or, if writing failed, CMD_FAILED. */
int out_end(void);
/* Forgets what a failed command has not printed yet. */
void out_discard(void);

/* The key is NULL within an array and for the command's outermost value. */
void out_open_object(const char *key);
void out_close_object(void);
void out_open_array(const char *key);
void out_close_array(void);

void out_table_open(const char *key);
void out_row_open(void);
void out_cell(const char *title, enum out_align align);
void out_below(void);
void out_row_close(void);
void out_table_close(void);

/* Fields, in both forms. Bytes that a terminal must not see are escaped. */
void out_string(const char *key, const char *value);
void out_uint(const char *key, uint64_t value);
/* A number with one decimal, given in tenths */
void out_tenths(const char *key, uint64_t tenths);
void out_bool(const char *key, bool value, const char *if_true, const char *if_false);

/* Text only */
void out_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* JSON only */
void out_json_string(const char *key, const char *value);
void out_json_uint(const char *key, uint64_t value);
void out_json_bool(const char *key, bool value);

#endif /* KAME_OUT_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text in aligned columns. Only out.c uses this: commands call out_cell() and its
 * kin, which also know about JSON. A table without rows prints nothing; an empty
 * cell is shown as "-", or not at all in the last column.
 */
#ifndef KAME_TABLE_H
#define KAME_TABLE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "out.h"

void table_open(void);
void table_row(void);
void table_cell(const char *title, enum out_align align);
void table_below(void);
void table_row_end(void);
void table_print(FILE *to);
void table_discard(void);

/* Add to the cell or the lines that are open; false if none is. */
bool table_vprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

#endif /* KAME_TABLE_H */

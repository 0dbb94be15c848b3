// SPDX-License-Identifier: GPL-2.0-only
/* Text in aligned columns; see table.h. */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "table.h"

#define COLUMNS_MAX 16
#define COLUMN_GAP 2

struct row {
	char *cell[COLUMNS_MAX];
	char *below;
};

static struct {
	bool open;
	int columns;
	struct {
		const char *title;
		enum out_align align;
		int width;
	} column[COLUMNS_MAX];
	struct row *row;
	size_t rows;
	size_t room;
	int cells;		/* of the row that is open */
	char **target;		/* what is being printed to */
} table;

void table_open(void)
{
	table_discard();
	table.open = true;
}

void table_row(void)
{
	if (table.rows == table.room) {
		table.room = table.room ? 2 * table.room : 16;
		table.row = reallocarray(table.row, table.room, sizeof(*table.row));
		if (!table.row)
			cmd_out_of_memory();
	}
	memset(&table.row[table.rows++], 0, sizeof(*table.row));
	table.cells = 0;
	table.target = NULL;
}

void table_cell(const char *title, enum out_align align)
{
	if (!table.rows || table.cells == COLUMNS_MAX)
		abort();
	table.target = &table.row[table.rows - 1].cell[table.cells];
	table.column[table.cells].title = title;
	table.column[table.cells].align = align;
	if (++table.cells > table.columns)
		table.columns = table.cells;
}

void table_below(void)
{
	table.target = &table.row[table.rows - 1].below;
}

void table_row_end(void)
{
	table.target = NULL;
}

bool table_vprintf(const char *fmt, va_list ap)
{
	char *more, *joined;

	if (!table.open)
		return false;
	if (!table.target)
		return true;
	if (vasprintf(&more, fmt, ap) < 0)
		cmd_out_of_memory();
	if (!*table.target) {
		*table.target = more;
		return true;
	}
	if (asprintf(&joined, "%s%s", *table.target, more) < 0)
		cmd_out_of_memory();
	free(more);
	free(*table.target);
	*table.target = joined;
	return true;
}

/* Characters of a UTF-8 string, one column each */
static int width(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

static const char *cell_text(const char *text, bool last)
{
	if (text && *text)
		return text;
	return last ? "" : "-";
}

static void print_cells(FILE *to, char *const *cell)
{
	int blanks = 0, i, pad;

	for (i = 0; i < table.columns; i++) {
		const char *text = cell_text(cell[i], i == table.columns - 1);

		pad = table.column[i].width - width(text);
		if (table.column[i].align == OUT_RIGHT)
			blanks += pad;
		/* Blanks are held back, so that no line ends in them. */
		if (*text)
			fprintf(to, "%*s%s", blanks, "", text);
		else
			pad += blanks;
		blanks = COLUMN_GAP + (table.column[i].align == OUT_LEFT ? pad : 0);
	}
	fputc('\n', to);
}

void table_print(FILE *to)
{
	char *titles[COLUMNS_MAX];
	size_t r;
	int i, w;

	for (i = 0; i < table.columns; i++) {
		titles[i] = (char *)table.column[i].title;
		table.column[i].width = width(titles[i]);
		for (r = 0; r < table.rows; r++) {
			w = width(cell_text(table.row[r].cell[i], i == table.columns - 1));
			if (w > table.column[i].width)
				table.column[i].width = w;
		}
	}
	if (table.rows)
		print_cells(to, titles);
	for (r = 0; r < table.rows; r++) {
		print_cells(to, table.row[r].cell);
		if (table.row[r].below)
			fputs(table.row[r].below, to);
	}
	table_discard();
}

void table_discard(void)
{
	size_t r;
	int i;

	for (r = 0; r < table.rows; r++) {
		for (i = 0; i < COLUMNS_MAX; i++)
			free(table.row[r].cell[i]);
		free(table.row[r].below);
	}
	free(table.row);
	memset(&table, 0, sizeof(table));
}

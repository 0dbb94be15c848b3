// SPDX-License-Identifier: GPL-2.0-only
/* Text and JSON from one call; see out.h. Tables are in table.c. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "out.h"
#include "table.h"

#define DEPTH_MAX 16

static struct {
	bool json;
	bool pretty;
	int depth;
	json_t *root;
	json_t *stack[DEPTH_MAX];
} out;

void out_mode(bool json, bool pretty)
{
	out.json = json;
	out.pretty = pretty;
}

bool out_is_json(void)
{
	return out.json;
}

static json_t *made(json_t *value)
{
	if (!value)
		cmd_out_of_memory();
	return value;
}

/* Put @value where the containers that are open say; takes the reference. */
static void json_place(const char *key, json_t *value)
{
	json_t *parent = out.depth ? out.stack[out.depth - 1] : NULL;
	int err = 0;

	if (!parent) {
		json_decref(out.root);
		out.root = value;
	} else if (json_is_array(parent)) {
		err = json_array_append_new(parent, value);
	} else {
		err = json_object_set_new(parent, key ? key : "", value);
	}
	if (err)
		cmd_out_of_memory();
}

static void json_open(const char *key, json_t *container)
{
	if (out.depth == DEPTH_MAX)
		abort();
	json_place(key, made(container));
	out.stack[out.depth++] = container;
}

static void json_close(void)
{
	if (!out.json)
		return;
	if (!out.depth)
		abort();
	out.depth--;
}

void out_open_object(const char *key)
{
	if (out.json)
		json_open(key, json_object());
}

void out_open_array(const char *key)
{
	if (out.json)
		json_open(key, json_array());
}

void out_close_object(void)
{
	json_close();
}

void out_close_array(void)
{
	json_close();
}

/* In UTF-8, the control characters of ISO 8859 are C2 80 to C2 9F. */
static bool is_control(const unsigned char *c)
{
	return *c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0);
}

/*
 * Interface names are bytes, not characters; JSON and terminals want characters, and
 * terminals obey some of them. The result is to be freed.
 */
static char *printable(const char *value)
{
	const unsigned char *c = (const unsigned char *)value;
	char *copy = malloc(4 * strlen(value) + 1), *to = copy;
	json_t *string = json_string(value);
	bool utf8 = string;

	json_decref(string);
	if (!copy)
		cmd_out_of_memory();
	for (; *c; c++) {
		if (!is_control(c) && (utf8 || *c < 0x80))
			*to++ = *c;
		else
			to += sprintf(to, "\\x%02x", *c);
		/* the second byte of a control character */
		if (utf8 && *c == 0xc2 && is_control(c))
			to += sprintf(to, "\\x%02x", *++c);
	}
	*to = '\0';
	return copy;
}

void out_json_string(const char *key, const char *value)
{
	json_t *string;
	char *copy;

	if (!out.json)
		return;
	string = json_string(value);
	if (!string) {
		copy = printable(value);
		string = made(json_string(copy));
		free(copy);
	}
	json_place(key, string);
}

void out_json_uint(const char *key, uint64_t value)
{
	if (!out.json)
		return;
	/* JSON has no limit here, but jansson's integers are signed. */
	json_place(key, made(value <= INT64_MAX ? json_integer((json_int_t)value) :
			     json_real((double)value)));
}

void out_json_bool(const char *key, bool value)
{
	if (out.json)
		json_place(key, json_boolean(value));
}

void out_text(const char *fmt, ...)
{
	va_list ap;

	if (out.json)
		return;
	va_start(ap, fmt);
	if (!table_vprintf(fmt, ap))
		vprintf(fmt, ap);
	va_end(ap);
}

void out_string(const char *key, const char *value)
{
	char *copy;

	if (out.json) {
		out_json_string(key, value);
		return;
	}
	copy = printable(value);
	out_text("%s", copy);
	free(copy);
}

void out_uint(const char *key, uint64_t value)
{
	out_json_uint(key, value);
	out_text("%" PRIu64, value);
}

void out_tenths(const char *key, uint64_t tenths)
{
	if (out.json)
		json_place(key, made(json_real((double)tenths / 10)));
	out_text("%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
}

void out_bool(const char *key, bool value, const char *if_true, const char *if_false)
{
	out_json_bool(key, value);
	out_text("%s", value ? if_true : if_false);
}

void out_table_open(const char *key)
{
	if (out.json)
		out_open_array(key);
	else
		table_open();
}

void out_row_open(void)
{
	if (out.json)
		out_open_object(NULL);
	else
		table_row();
}

void out_cell(const char *title, enum out_align align)
{
	if (!out.json)
		table_cell(title, align);
}

void out_below(void)
{
	if (!out.json)
		table_below();
}

void out_row_close(void)
{
	if (out.json)
		out_close_object();
	else
		table_row_end();
}

void out_table_close(void)
{
	if (out.json)
		out_close_array();
	else
		table_print(stdout);
}

void out_discard(void)
{
	json_decref(out.root);
	out.root = NULL;
	out.depth = 0;
	table_discard();
}

int out_end(void)
{
	int err = 0;

	if (out.depth)
		abort();
	if (out.root) {
		if (json_dumpf(out.root, stdout,
			       JSON_ENCODE_ANY | JSON_REAL_PRECISION(15) |
			       (out.pretty ? JSON_INDENT(4) : JSON_COMPACT)))
			err = errno ? errno : EIO;
		putchar('\n');
	}
	out_discard();
	errno = 0;
	if ((fflush(stdout) || ferror(stdout)) && !err)
		err = errno ? errno : EIO;
	if (!err)
		return CMD_OK;
	clearerr(stdout);
	cmd_error("cannot write to the standard output: %s", strerror(err));
	return CMD_FAILED;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Counters as lines of text and as JSON; see mib.h. */
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <stdio.h>
#include <string.h>

#include "mib.h"
#include "out.h"

/* Attributes are aligned to 4 bytes, these numbers want 8. */
static uint64_t value_at(const struct nlattr *array, size_t i)
{
	uint64_t value;

	memcpy(&value, (const char *)mnl_attr_get_payload(array) + i * sizeof(value),
	       sizeof(value));
	return value;
}

static void print_text(const struct mib_counter *counters, size_t n, const struct nlattr *array,
		       int indent, bool zero, bool explain)
{
	int name_width = 0, value_width = 0, w;
	bool none = true;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!value_at(array, i) && !zero)
			continue;
		none = false;
		w = strlen(counters[i].name);
		if (w > name_width)
			name_width = w;
		w = snprintf(NULL, 0, "%" PRIu64, value_at(array, i));
		if (w > value_width)
			value_width = w;
	}
	if (none)
		out_text("%*sno counter has moved\n", indent, "");
	for (i = 0; i < n; i++) {
		if (!value_at(array, i) && !zero)
			continue;
		out_text("%*s%-*s  %*" PRIu64 "%s%s\n", indent, "", name_width, counters[i].name,
			 value_width, value_at(array, i), explain ? "  " : "",
			 explain ? counters[i].help : "");
	}
}

void mib_print(const struct mib_counter *counters, size_t n, const struct nlattr *array,
	       int indent, bool zero, bool explain)
{
	size_t sent = array ? mnl_attr_get_payload_len(array) / sizeof(uint64_t) : 0;
	size_t i;

	if (n > sent)
		n = sent;
	if (!out_is_json()) {
		print_text(counters, n, array, indent, zero, explain);
		return;
	}
	out_open_object("mib");
	for (i = 0; i < n; i++)
		out_json_uint(counters[i].name, value_at(array, i));
	out_close_object();
	if (!explain)
		return;
	out_open_object("mib_help");
	for (i = 0; i < n; i++)
		out_json_string(counters[i].name, counters[i].help);
	out_close_object();
}

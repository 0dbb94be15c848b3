// SPDX-License-Identifier: GPL-2.0-only
/* kame version: of this program, and of the modules that are loaded. */
#include <kame/version.h>
#include <stdio.h>

#include "cmd.h"
#include "nl.h"
#include "objects.h"
#include "out.h"

static void print_module(struct nl_family *family, uint32_t abi, const char *module)
{
	out_open_object(NULL);
	out_string("name", family->name);
	out_json_bool("loaded", family->id);
	if (family->id) {
		out_text(" ");
		out_string("version", module);
		out_text(", interface ");
		out_uint("abi", abi);
		if (abi != family->abi)
			out_text(" (this command speaks %u)", family->abi);
	} else {
		out_text(" is not loaded");
	}
	out_json_uint("command_abi", family->abi);
	out_text("\n");
	out_close_object();
}

static int run(struct args *args)
{
	static const char *const words[] = { NULL };
	char module[64];
	uint32_t abi;
	int err, i;

	if (args_more(args) && args_keyword(args, words) < 0)
		return CMD_USAGE;
	out_open_array(NULL);
	out_open_object(NULL);
	out_text("kame ");
	out_string("version", KAME_VERSION);
	out_text("\n");
	out_open_array("modules");
	for (i = 0; objects[i]; i++) {
		if (!objects[i]->family)
			continue;
		abi = 0;
		*module = '\0';
		/* To ask about a module should not load it. */
		err = nl_family_find(objects[i]->family, false);
		if (!err && objects[i]->family->id)
			err = nl_family_about(objects[i]->family, &abi, module, sizeof(module));
		if (err)
			return err;
		print_module(objects[i]->family, abi, module);
	}
	out_close_array();
	out_close_object();
	out_close_array();
	return CMD_OK;
}

static const struct cmd version = {
	.name = "version",
	.run = run,
	.synopsis = "",
	.help = "Prints the version of this command and of each module that is loaded, with\n"
		"that of the interface between them.\n",
};

const struct cmd_object version_object = {
	.name = "version",
	.summary = "versions of this command and of the modules",
	.only = &version,
};

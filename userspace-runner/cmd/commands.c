// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of the subcommands: found by name, run, listed. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/near.h"
#include "cmd/cmd.h"

#define COMMAND_ADDRESS(name) &cmd_##name,
const struct command *const commands[] = { COMMANDS(COMMAND_ADDRESS) NULL };

#define NR_COMMANDS	(sizeof(commands) / sizeof(commands[0]) - 1)

void commands_usage(FILE *to)
{
	fprintf(to, "Usage: pcpubench COMMAND [OPTION...]\n"
		PROGRAM_WHAT "\n\n");
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(to, "  %-10s %s\n", commands[i]->name,
			commands[i]->what);
	fprintf(to, "\n'pcpubench help COMMAND' tells its options.\n");
}

int command_find(const char *name, const struct command **command)
{
	const char *names[NR_COMMANDS + 3] = { NULL }, *near;

	for (size_t i = 0; i < NR_COMMANDS; i++) {
		names[i] = commands[i]->name;
		*command = commands[i];
		if (!strcmp(name, names[i]) ||
		    (commands[i]->alias && !strcmp(name, commands[i]->alias)))
			return 0;
	}
	names[NR_COMMANDS] = "--help";
	names[NR_COMMANDS + 1] = "--version";
	near = nearest(name, names);
	if (near)
		return err(EX_USE, "unknown command '%s': did you mean '%s'?",
			   name, near);
	return err(EX_USE, "unknown command '%s': 'pcpubench --help' names them",
		   name);
}

int command_run(int argc, char **argv)
{
	const struct command *command;
	static char name[64];
	int ret = command_find(argv[0], &command);

	if (ret)
		return ret;
	/* Results files record this name as the command. */
	snprintf(name, sizeof(name), "pcpubench %s", command->name);
	argv[0] = name;
	return command->run(argc, argv);
}

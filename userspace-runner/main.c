// SPDX-License-Identifier: GPL-2.0-or-later
/* pcpubench: runs the subcommand, and prints an error in one line. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/near.h"
#include "cmd/cmd.h"

#ifndef PCPUBENCH_VERSION
#define PCPUBENCH_VERSION "unknown"
#endif

#define COMMAND_ADDRESS(name) &cmd_##name,
static const struct command *const commands[] = {
	COMMANDS(COMMAND_ADDRESS)
};

#define NR_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *to)
{
	fprintf(to, "Usage: pcpubench COMMAND [OPTION...]\n"
		"What does accounting cost a percpu allocation, and where?\n\n");
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i]->name,
			commands[i]->what);
	fprintf(to, "\n'pcpubench help COMMAND' tells its options.\n");
}

/* EX_USE with err(), which suggests a command of a similar name. */
static int find(const char *name, const struct command **command)
{
	const char *names[NR_COMMANDS + 1] = { NULL }, *near;

	for (size_t i = 0; i < NR_COMMANDS; i++) {
		names[i] = commands[i]->name;
		*command = commands[i];
		if (!strcmp(name, names[i]) ||
		    (commands[i]->alias && !strcmp(name, commands[i]->alias)))
			return 0;
	}
	near = nearest(name, names);
	if (near)
		return err(EX_USE, "unknown command '%s': did you mean '%s'?",
			   name, near);
	return err(EX_USE, "unknown command '%s': 'pcpubench --help' names them",
		   name);
}

static int run(int argc, char **argv)
{
	const struct command *command;
	char name[64];
	int ret = find(argv[0], &command);

	if (ret)
		return ret;
	/* Results files record this name as the command. */
	snprintf(name, sizeof(name), "pcpubench %s", command->name);
	argv[0] = name;
	return command->run(argc, argv);
}

static int help(int argc, char **argv)
{
	char *words[] = { argv[0], (char *)"--help", NULL };

	if (argc)
		return run(2, words);
	usage(stdout);
	return 0;
}

static bool is(const char *word, const char *name, char letter)
{
	return !strcmp(word, name) || (word[0] == '-' && word[1] == letter &&
				       !word[2]);
}

int main(int argc, char **argv)
{
	int ret = EX_USE;

	if (argc < 2)
		usage(stderr);
	else if (is(argv[1], "--help", 'h') || !strcmp(argv[1], "help"))
		ret = help(argc - 2, argv + 2);
	else if (is(argv[1], "--version", 'V'))
		ret = printf("pcpubench %s\n", PCPUBENCH_VERSION) < 0;
	else
		ret = run(argc - 1, argv + 1);
	if (ret && err_message()[0])
		fprintf(stderr, "pcpubench: %s\n", err_message());
	return ret;
}

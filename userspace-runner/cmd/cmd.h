/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommands, each in its own file cmd_NAME.c. */
#ifndef PCPUBENCH_CMD_CMD_H
#define PCPUBENCH_CMD_CMD_H

#include "base/options.h"

#define COMMANDS(X) \
	X(bisect) X(boot) X(bundle) X(cache) X(campaign) X(compare) \
	X(contention) X(doctor) X(fit) X(gate) X(help) X(kernel) X(list) \
	X(lkml) X(merge) X(page) X(plot) X(price) X(profile) X(replay) \
	X(report) X(run) X(selftest) X(sweep) X(validate)

#define COMMAND_DECLARE(name) extern const struct command cmd_##name;
COMMANDS(COMMAND_DECLARE)

/* Does `run` take these options? argv[0] is ignored. Else EX_USE with err(). */
int run_options_check(int argc, char **argv);

/* All of them; NULL ends them. */
extern const struct command *const commands[];

#define PROGRAM_WHAT \
	"What does accounting cost a percpu allocation, and where?"

/* Print what the program is for, and a line for each command. */
void commands_usage(FILE *to);

/* EX_USE with err(), which suggests a command of a similar name. */
int command_find(const char *name, const struct command **command);

/* Run argv[0], a command's name; its exit code. */
int command_run(int argc, char **argv);

#endif

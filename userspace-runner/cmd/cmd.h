/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommands, each in its own file cmd_NAME.c. */
#ifndef PCPUBENCH_CMD_CMD_H
#define PCPUBENCH_CMD_CMD_H

#include "base/options.h"

#define COMMANDS(X) \
	X(bisect) X(boot) X(cache) X(campaign) X(compare) X(doctor) X(fit) \
	X(gate) X(kernel) X(list) X(lkml) X(merge) X(model) X(plot) X(price) \
	X(profile) X(report) X(run) X(selftest) X(sweep)

#define COMMAND_DECLARE(name) extern const struct command cmd_##name;
COMMANDS(COMMAND_DECLARE)

#endif

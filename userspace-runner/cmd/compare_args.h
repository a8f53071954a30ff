/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments of both `compare` and `gate`: OLD, NEW and the levels. */
#ifndef PCPUBENCH_CMD_COMPARE_ARGS_H
#define PCPUBENCH_CMD_COMPARE_ARGS_H

#include "base/options.h"
#include "compare/compare.h"

#define COMPARE_ARGS_DOC	"OLD NEW"
#define COMPARE_ARGS_HELP \
	"OLD and NEW are FILE[,FILE...][:KERNEL]; NEW may be :KERNEL alone, in " \
	"OLD's files. Without KERNEL kernels of the same name are compared, or " \
	"the only one of each side. "

struct compare_args {
	struct compare_options opt;
	struct words sides;
	struct compare compare;
};

void compare_args_init(struct compare_args *args);

/* Options that fill in struct compare_args. */
extern const struct opt compare_opts[];

/* compare_load() of the arguments; EX_USE if they are not two sides. */
int compare_args_load(struct compare_args *args, const char *command);

/* EX_USE: says in one line what differs, and @hint. */
int compare_args_refuse(const struct compare *c, const char *hint);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two sides judged by the rules of a gate, for the commands that need it. */
#ifndef PCPUBENCH_CMD_JUDGE_H
#define PCPUBENCH_CMD_JUDGE_H

#include "cmd/compare_args.h"
#include "compare/gate.h"

/* The rules beside those of ci/thresholds. */
struct rules_args {
	const char *allow;
	const char *thresholds;
};

/* Options that fill in struct rules_args. */
extern const struct opt rules_opts[];

struct judged {
	struct thresholds rules;
	struct gate gate;
};

/**
 * judge_sides - load two sides and make the checks of a gate
 * @compare: its sides and levels; receives the comparison
 * @command: for messages
 *
 * 0, then call judged_free(); EX_USE when the sides are unreadable or not
 * comparable, EX_FAIL when memory ran out, with err().
 */
int judge_sides(struct judged *j, struct compare_args *compare,
		const struct rules_args *rules, const char *command);

void judged_free(struct judged *j, struct compare_args *compare);

#endif

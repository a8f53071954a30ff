/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profiles of what perf has sampled on a real machine. */
#ifndef PCPUBENCH_PROFILE_SAMPLED_H
#define PCPUBENCH_PROFILE_SAMPLED_H

#include <stdio.h>

#include "profile/profile.h"

/* When an arm ran, ns of CLOCK_MONOTONIC. */
struct sampled_window {
	int64_t from, to;
	enum profile_arm arm;
};

/* What `perf script` has to be told to print what is read here. */
#define SAMPLED_SCRIPT	"--ns", "--no-inline", "-F", "time,ip,sym,dso"

/**
 * sampled_fold - call chains of the samples within @windows into @p
 * @script: perf script's output
 * @windows: in the order of time
 * @outside: receives the number of samples that were of something else
 *
 * Adds up in p->insns and p->nodes; whose arm `empty` has one sample that is
 * the loop's, as profile_value() wants it. A sample counts when it was taken
 * in the module's loop or under it. 0; EX_FAIL when the text is none of perf
 * script's, or nothing in it counts in one of the arms off and on; with err().
 */
int sampled_fold(FILE *script, const struct sampled_window *windows,
		 size_t nr, struct profile *p, size_t *outside);

/**
 * sampled_error - half the width of a 95 % interval of on - off
 * @sum: samples of a function or a node
 *
 * ns per operation. By the number of samples alone, each of them being in the
 * function or not: 1.96 ns sqrt(p (1 - p) / n) for an arm, of the normal
 * approximation of the binomial distribution, and both arms' squares added.
 */
double sampled_error(const struct profile *p, const int64_t sum[PROFILE_ARMS]);

/* Add what another run of the same cell has sampled. 0 or EX_FAIL. */
int sampled_merge(struct profile *p, const struct profile *more);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profiles made of perf's samples on a real machine. */
#ifndef PCPUBENCH_PROFILE_SAMPLED_H
#define PCPUBENCH_PROFILE_SAMPLED_H

#include <stdio.h>

#include "profile/profile.h"

/* When an arm ran, ns of CLOCK_MONOTONIC. */
struct sampled_window {
	int64_t from, to;
	enum profile_arm arm;
};

/* Options for `perf script` to print the format that is read here. */
#define SAMPLED_SCRIPT	"--ns", "--no-inline", "-F", "time,ip,sym,dso"

/**
 * sampled_fold - add the call chains of samples within @windows to @p
 * @script: perf script's output
 * @windows: in the order of time
 * @outside: receives the number of other samples
 *
 * Adds to p->insns and p->nodes; arm `empty` gets one sample, the loop's, for
 * profile_value(). A sample counts if it was taken in the module's loop or its
 * callees. 0; EX_FAIL when the text is not perf script's output, or has no
 * sample that counts for off or on; with err().
 */
int sampled_fold(FILE *script, const struct sampled_window *windows,
		 size_t nr, struct profile *p, size_t *outside);

/**
 * sampled_error - half the width of a 95 % interval of on - off
 * @sum: samples of a function or a node
 *
 * In ns per operation. For an arm with n samples, a share p of them in the
 * function, 1.96 ns sqrt(p (1 - p) / n), by the normal approximation of the
 * binomial distribution; the squares of both arms are added.
 */
double sampled_error(const struct profile *p, const int64_t sum[PROFILE_ARMS]);

/* Add another sampled profile of the same cell. 0 or EX_FAIL. */
int sampled_merge(struct profile *p, const struct profile *more);

#endif

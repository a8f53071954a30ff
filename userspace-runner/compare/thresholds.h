/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much more NEW may take than OLD: ci/thresholds tells the format. */
#ifndef PCPUBENCH_COMPARE_THRESHOLDS_H
#define PCPUBENCH_COMPARE_THRESHOLDS_H

#include "compare/compare.h"

/*
 * @absolute: unit per operation, not negative
 * @percent: of the scale of a difference, not negative
 */
struct threshold {
	char *instrument;
	char *bench;
	char *topology;
	long long size_min;
	long long size_max;
	enum quantity quantity;
	bool ignore;
	double absolute;
	double percent;
};

struct thresholds {
	char *path;
	struct threshold *rules;
	size_t nr;
};

/*
 * What a rule allows: "12", "1.5%", both with a comma between, or "ignore".
 * False where @text is none of it.
 */
bool threshold_parse(const char *text, struct threshold *rule);

/* Returns 0, EX_USE naming the line, or EX_FAIL, with err(). */
int thresholds_read(struct thresholds *t, const char *path);

void thresholds_free(struct thresholds *t);

/* The rule that counts there, NULL where there is none. */
const struct threshold *thresholds_find(const struct thresholds *t,
					const struct compare_group *g,
					long long size, enum quantity q);

/* What it allows a difference to be, unit per operation. */
double threshold_allowed(const struct threshold *rule,
			 const struct compare_diff *d);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much more NEW may take than OLD: ci/thresholds tells the format. */
#ifndef PCPUBENCH_COMPARE_THRESHOLDS_H
#define PCPUBENCH_COMPARE_THRESHOLDS_H

#include "compare/compare.h"

/*
 * @absolute: unit per operation, not negative
 * @percent: of the scale of a difference, not negative
 * @line: where it stands in its file, from 1
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
	size_t line;
};

struct thresholds {
	char *path;
	struct threshold *rules;
	size_t nr;
};

/*
 * What a rule allows: "12", "1.5%", both with a comma between, or "ignore".
 * Numbers have digits and at most a decimal point. False where @text is
 * something else, such as two amounts.
 */
bool threshold_parse(const char *text, struct threshold *rule);

/**
 * thresholds_read - read all rules of the file @path
 *
 * Refuses what can only be a mistake: a word that is no pattern and names no
 * instrument, bench or topology, and text that is not plain UTF-8. A pattern
 * may match nothing: the gate tells which rules did. Returns 0, EX_USE naming
 * line and column, or EX_FAIL, with err(); then @t holds nothing.
 */
int thresholds_read(struct thresholds *t, const char *path);

void thresholds_free(struct thresholds *t);

/* Does @rule speak of that cell? */
bool threshold_matches(const struct threshold *rule,
		       const struct compare_group *g, long long size,
		       enum quantity q);

/* The rule that counts there, the last that matches; NULL for none. */
const struct threshold *thresholds_find(const struct thresholds *t,
					const struct compare_group *g,
					long long size, enum quantity q);

/* What it allows a difference to be, unit per operation. */
double threshold_allowed(const struct threshold *rule,
			 const struct compare_diff *d);

#endif

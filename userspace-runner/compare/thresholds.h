/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits for NEW's increase over OLD; ci/thresholds explains the format. */
#ifndef PCPUBENCH_COMPARE_THRESHOLDS_H
#define PCPUBENCH_COMPARE_THRESHOLDS_H

#include "compare/compare.h"

/*
 * @absolute: unit per operation, not negative
 * @percent: of the scale of a difference, not negative
 * @line: its line in the file, from 1
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
 * Parse a rule's limit: "12", "1.5%", both with a comma in between, or
 * "ignore". Numbers have digits and at most a decimal point. False for other
 * text, such as two amounts.
 */
bool threshold_parse(const char *text, struct threshold *rule);

/**
 * thresholds_read - read all rules of the file @path
 *
 * Refuses mistakes: a word that is not a pattern and names no instrument, bench
 * or topology, and text that is not plain UTF-8. A pattern may match nothing:
 * the gate tells which rules matched. Returns 0, EX_USE naming line and column,
 * or EX_FAIL, with err(); then @t is empty.
 */
int thresholds_read(struct thresholds *t, const char *path);

void thresholds_free(struct thresholds *t);

/* Does @rule match that cell? */
bool threshold_matches(const struct threshold *rule,
		       const struct compare_group *g, long long size,
		       enum quantity q);

/* The rule that applies, the last that matches; NULL for none. */
const struct threshold *thresholds_find(const struct thresholds *t,
					const struct compare_group *g,
					long long size, enum quantity q);

/* The largest difference that @rule allows, unit per operation. */
double threshold_allowed(const struct threshold *rule,
			 const struct compare_diff *d);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits for NEW's increase over OLD; ci/thresholds explains the format. */
#ifndef PCPUBENCH_COMPARE_THRESHOLDS_H
#define PCPUBENCH_COMPARE_THRESHOLDS_H

#include "compare/compare.h"

/*
 * @absolute: unit per operation, or bytes; not negative
 * @percent: of the scale of a difference, not negative
 * @source: index of struct thresholds' sources
 * @line: its line in the file, from 1; 0 for --allow
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
	size_t source;
	size_t line;
};

/*
 * @sources: where the rules come from: files, or "--allow=LIMIT"
 * @rules: all of them; the last that matches applies
 */
struct thresholds {
	char **sources;
	size_t nr_sources;
	struct threshold *rules;
	size_t nr;
};

/*
 * Parse the limit of --allow: "12", "1.5%", or both with a comma in between, in
 * digits and at most a decimal point each. EX_USE with err() for other text.
 */
int threshold_option(const char *text, struct threshold *rule);

/**
 * thresholds_read - add all rules of the file @path
 * @t: zeroed, or with rules that these overrule
 *
 * Refuses mistakes: a word that is not a pattern and names no instrument, bench
 * or topology, and text that is not plain UTF-8. A pattern may match nothing:
 * the gate tells which rules matched. Returns 0, EX_USE naming line and column,
 * or EX_FAIL, with err(). In any case call thresholds_free().
 */
int thresholds_read(struct thresholds *t, const char *path);

/* The same of ci/thresholds, the rules that always apply. */
int thresholds_defaults(struct thresholds *t);

/* Add --allow=@limit: rules for the cost and off of every cell. */
int thresholds_allow(struct thresholds *t, const char *limit);

/* Where @rule comes from. */
const char *threshold_source(const struct thresholds *t,
			     const struct threshold *rule);

void thresholds_free(struct thresholds *t);

/* Does @rule match that cell? */
bool threshold_matches(const struct threshold *rule,
		       const struct compare_group *g, long long size,
		       enum quantity q);

/* The rule that applies, the last that matches; NULL for none. */
const struct threshold *thresholds_find(const struct thresholds *t,
					const struct compare_group *g,
					long long size, enum quantity q);

/* The largest difference that @rule allows, unit per operation or bytes. */
double threshold_allowed(const struct threshold *rule,
			 const struct compare_diff *d);

#endif

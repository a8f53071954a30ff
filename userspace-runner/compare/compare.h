/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two revisions, cell by cell: their values, the difference, and whether it is
 * significant. `compare` prints it and `gate` judges it. docs/gate.md explains
 * the verdicts.
 */
#ifndef PCPUBENCH_COMPARE_COMPARE_H
#define PCPUBENCH_COMPARE_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "results/repeats.h"

#define COMPARE_REASON_LEN	512

/*
 * ACCT COST as an amount, and both arms: a patch that slows the unaccounted
 * path makes only the percentage look better. And the bytes that a cgroup, say,
 * takes, of cells that tell them.
 */
enum quantity {
	QUANTITY_COST,
	QUANTITY_OFF,
	QUANTITY_ON,
	NR_SAMPLED,		/* those above are of samples */
	QUANTITY_BYTES = NR_SAMPLED,
	NR_QUANTITIES,
};

enum verdict {
	VERDICT_SAME,		/* exact, and the same */
	VERDICT_UNCLEAR,	/* no significant difference: "~"; exact: "varies" by layout */
	VERDICT_MORE,		/* NEW takes significantly more */
	VERDICT_LESS,
	VERDICT_FEW,		/* too few boots to find anything */
	VERDICT_INVALID,	/* a side has no valid number */
	VERDICT_MISSING,	/* a side did not measure it */
};

/*
 * One quantity of a cell, unit per operation. Missing numbers are NaN. An exact
 * difference has p 0 or 1, and as interval those of the code's layouts, which is
 * [diff, diff] without.
 *
 * @scale: base of percentages: OLD's off for the cost, else @old
 * @low, @high: confidence interval of @diff
 * @p: of the Mann-Whitney U test; @q: adjusted for the number of tests
 * @effect: share of pairs of boots in which NEW is above OLD, 0 to 1
 * @floor: two runs of the same kernel differ by up to this
 */
struct compare_diff {
	double old;
	double new;
	double diff;
	double scale;
	double low;
	double high;
	double p;
	double q;
	double effect;
	double floor;
	enum verdict verdict;
};

/*
 * @old, @new: NULL if not measured
 * @exact: counted and not timed
 * @judged: quantities to test; set before compare_judge()
 * @need: boots of each side that would suffice, if there are too few; else 0
 * @reason: why there is no number, or ""
 * @no_bytes: why there are no bytes to compare, or NULL
 */
struct compare_cell {
	const struct table_cell *old;
	const struct table_cell *new;
	const struct table_cell *control;
	long long param;
	bool exact;
	bool judged[NR_QUANTITIES];
	size_t nr_old;
	size_t nr_new;
	size_t need;
	char reason[COMPARE_REASON_LEN];
	const char *no_bytes;
	struct compare_diff diff[NR_QUANTITIES];
};

/* The cells of two kernels with the same topology, instrument and bench. */
struct compare_group {
	const char *topology;
	const char *instrument;
	const char *bench;
	const char *unit;
	size_t pair;
	struct table_block old, new;	/* the place in both tables */
	struct compare_cell *cells;
	size_t nr_cells;
};

/* A kernel of OLD, and the kernel of NEW to compare it with. */
#define COMPARE_NO_KERNEL	TABLE_NO_KERNEL

struct compare_pair {
	unsigned int old;	/* index, or COMPARE_NO_KERNEL */
	unsigned int new;
	const char *old_name;	/* if there is none: the other's */
	const char *new_name;
};

/*
 * @alpha: false discovery rate, and the level of one test
 * @confidence: of the intervals
 */
struct compare_options {
	double alpha;
	double confidence;
	const char *control;	/* as OLD: its kernels again, or NULL */
};

/*
 * @control_kernel: the kernel of --control, if one was named
 * @controls: kernels without accounting, which must be invalid and are not
 *	compared; only if all kernels of two files are paired by name
 * @differs: reasons why the sides are not comparable, one line each
 * @unknown: facts that neither side tells, taken to be equal, one line each
 * @nr_tests: number of tests that the false discovery rate is for
 */
struct compare {
	struct compare_options opt;
	struct table old;
	struct table new;
	struct table control;
	bool borrowed;		/* old and new are one table, the caller's */
	unsigned int control_kernel;
	struct compare_pair *pairs;
	size_t nr_pairs;
	struct compare_pair *controls;
	size_t nr_controls;
	struct compare_group *groups;
	size_t nr_groups;
	char **differs;
	size_t nr_differs;
	char **unknown;
	size_t nr_unknown;
	struct index lines;	/* of both */
	size_t nr_tests;
};

void compare_options_init(struct compare_options *opt);

/**
 * compare_kernels - match the cells of two kernels of one table
 * @t: stays the caller's, and is there until compare_free()
 * @old, @new: two of its kernels
 * @opt: without a control
 *
 * As compare_load(), but reads no file: many pairs take the time of one.
 */
int compare_kernels(struct compare *c, const struct table *t, unsigned int old,
		    unsigned int new, const struct compare_options *opt);

/**
 * compare_load - read both sides and match their cells
 * @old, @new: FILE[,FILE...][:KERNEL]; a @new of ":KERNEL" is in the files of
 *	@old. Without KERNEL compares kernels of the same name, or the only one
 *	of each side.
 *
 * Marks every quantity to be judged. Returns 0, EX_USE when the files have
 * nothing to compare or cannot be read, or EX_FAIL when memory ran out, with
 * err(); then @c is empty.
 */
int compare_load(struct compare *c, const char *old, const char *new,
		 const struct compare_options *opt);

/* Fill in every difference and verdict. Returns 0 or EX_FAIL with err(). */
int compare_judge(struct compare *c);

void compare_free(struct compare *c);

/**
 * compare_values - judge one cell by the numbers of its boots
 *
 * Sorts them. The part of compare_judge() without files, and without the
 * correction for the number of tests. Fills in all of @d but q and verdict.
 */
int compare_values(const struct compare_options *opt, double *old,
		   size_t nr_old, double *new, size_t nr_new,
		   struct compare_diff *d);

/*
 * The effect of the code's layout on this quantity: the range from the lowest
 * to the highest layout, of the side with the larger range. NaN unless both
 * sides were measured in two or more layouts.
 */
double compare_layouts(const struct compare *c, const struct compare_cell *cell,
		       enum quantity q);

/*
 * Set the verdict of @d, whose q is known, for @nr_tests tests. @need: as in
 * struct compare_cell, set for VERDICT_FEW.
 */
void compare_verdict(const struct compare_options *opt, struct compare_diff *d,
		     size_t nr_old, size_t nr_new, size_t nr_tests,
		     size_t *need);

/* Does a side tell @q of this cell? All but bytes are always told. */
bool compare_has(const struct compare_cell *cell, enum quantity q);

/* Is @q of this cell counted and not timed? */
bool compare_is_exact(const struct compare_cell *cell, enum quantity q);

/* The quantity @q of a cell, NaN if the cell is not valid. */
double compare_quantity(const struct table_cell *cell, enum quantity q);

/*
 * @new - @old of an exact instrument's valid cells, or bytes of any; 0 if it is only
 * rounding, NaN if they tell bytes of something else.
 */
double compare_exact(const struct table_cell *old, const struct table_cell *new,
		     enum quantity q);

/* Fill in c->differs; called by compare_load(). */
int compare_check(struct compare *c);

/* Has any cell numbers on both sides? */
bool compare_has_numbers(const struct compare *c);

/* Are both the same image and module, booted alike? False in doubt. */
bool compare_same_build(const struct table_kernel *a,
			const struct table_kernel *b);

#define COMPARE_NAME_LEN	160

/*
 * What to call a side's kernel in a text: its name, and of two builds of one
 * name "mine (image 1a2b3c)", with the subject of the patches if that differs.
 */
void compare_name(const struct compare *c, const struct compare_pair *p,
		  bool old, char name[COMPARE_NAME_LEN]);

const char *quantity_name(enum quantity q);	/* "cost" "off" "on" "bytes" */
const char *quantity_title(enum quantity q);	/* of a table */
value_fn quantity_value(enum quantity q);	/* of what a boot says */
const char *verdict_name(enum verdict v, bool exact);	/* one word, or "~" */

/* The unit for people, such as "instructions". */
const char *compare_unit(const struct compare_group *g);

/* What bytes of the cell are of, such as "cgroup"; compare_has() them. */
const char *compare_bytes_per(const struct compare_cell *cell);

/* Percent of the scale. */
double compare_percent(const struct compare_diff *d, double amount);

#endif

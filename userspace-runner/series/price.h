/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cost that each patch of a series adds, from a results file with a kernel
 * for each step. docs/price.md tells how to read it.
 */
#ifndef PCPUBENCH_SERIES_PRICE_H
#define PCPUBENCH_SERIES_PRICE_H

#include <jansson.h>
#include <stdio.h>

#include "compare/compare.h"
#include "kernel/kernel.h"
#include "kernel/steps.h"

/*
 * @steps: the start, then the patches; @nr of them
 * @why: for each step why it did not build, or ""
 */
struct price {
	const char *name;
	struct step *steps;
	size_t nr;
	char (*why)[KERNEL_WHY_LEN];
	struct table table;
};

/*
 * The field `series` of a results file's `run`: the steps, and why some of them
 * did not build.
 */
json_t *price_record(const struct price *p);

/**
 * price_read - read the prices of a results file with that field
 *
 * For price_free(). EX_USE if the file does not have the field.
 */
int price_read(struct price *p, const char *path);

void price_free(struct price *p);

#define PRICE_NONE	((size_t)-1)

/* The valid cell of a step, or NULL. */
const struct table_cell *price_cell(const struct price *p,
				    const struct table_block *block,
				    size_t step, long long param);

/* The last step before @step with a valid cell there, or PRICE_NONE. */
size_t price_from(const struct price *p, const struct table_block *block,
		  size_t step, long long param);

/* The last step with a valid cell there, or PRICE_NONE. */
size_t price_last(const struct price *p, const struct table_block *block,
		  long long param);

/**
 * price_diff - what a step adds, unit per pair, against price_from()
 *
 * NaN if one of them has no valid cell.
 */
double price_diff(const struct price *p, const struct table_block *block,
		  size_t step, long long param, enum quantity q);

/* The sum of all steps; NaN if the start has no valid cell. */
double price_sum(const struct price *p, const struct table_block *block,
		 long long param, enum quantity q);

/* Does any step tell @q of a cell there? All but bytes are always told. */
bool price_has(const struct price *p, const struct table_block *block,
	       enum quantity q);

/* What bytes there are of, such as "cgroup". */
const char *price_bytes_per(const struct price *p,
			    const struct table_block *block);

/*
 * Check that the steps of every cell add up to the difference of the last step
 * and the start, within a hundredth. EX_FAIL naming the cell.
 */
int price_check(const struct price *p);

/* Number of patches without their own price in some cell. */
size_t price_missing(const struct price *p);

/* Print all prices as one object. 0 or EX_FAIL with err(). */
int price_json(FILE *out, const struct price *p);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output of `report`, a function for each format. */
#ifndef PCPUBENCH_REPORT_REPORT_H
#define PCPUBENCH_REPORT_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "results/published.h"
#include "results/table.h"

/* Parts of a document for people. */
enum report_part {
	REPORT_PERCENT = 1 << 0,	/* ACCT COST in percent of off */
	REPORT_OFF = 1 << 1,
	REPORT_COST = 1 << 2,		/* on - off as an amount */
	REPORT_LOCKED = 1 << 3,		/* part of both under pcpu_lock */
	REPORT_NOTES = 1 << 4,		/* invalid cells, boots, spread, charges */
	REPORT_PUBLISHED = 1 << 5,
	REPORT_PROVENANCE = 1 << 6,
	REPORT_MODEL = 1 << 7,		/* time estimated from counts */
	REPORT_BRIEF = 1 << 8,		/* of counts one table, a line at the end */
};

/* What fits a screen. */
#define REPORT_SCREEN	(REPORT_BRIEF | REPORT_PERCENT | REPORT_COST | \
			 REPORT_NOTES | REPORT_PUBLISHED | REPORT_MODEL)

/*
 * @published: published figures, or NULL
 * @parts: parts of a document, 0 for all
 * @k: of the model (line_model.h), 0: of the published machines
 */
struct report {
	const struct table *table;
	const struct published *published;
	unsigned int parts;
	double k;
};

/*
 * Text for people: 72 columns at most, or GitHub's Markdown. Each returns 0 or
 * EX_FAIL with err() when memory ran out; errors of @out are the caller's.
 */
int report_text(FILE *out, const struct report *r);
int report_md(FILE *out, const struct report *r);

/*
 * One row (RFC 4180 quoting, lines end in \n) or object for each cell; a cell
 * without a number has empty fields or null, and valid 0 or false. With the
 * published figures CSV has one column more, published_pct, and where a time has
 * four boots or more its A/A floor in points of ACCT COST, aa_floor; JSON has the
 * whole A/A control (struct split_control). Returns as above.
 */
int report_csv(FILE *out, const struct report *r);
int report_json(FILE *out, const struct report *r);

/* The objects of report_json(), an array; NULL when memory ran out. */
json_t *report_rows(const struct report *r);

/* The published percentage beside a place of a block, or NULL. */
const struct published_row *report_published(const struct report *r,
					     const struct table_block *block,
					     unsigned int kernel,
					     long long param);

/* The list at the end of a document: how to get the numbers again. */
struct doc;
void report_provenance(struct doc *d, const struct table *t);

#endif

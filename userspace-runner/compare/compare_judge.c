// SPDX-License-Identifier: GPL-2.0-or-later
/* Judges differences; docs/gate.md has the rules and their error rates. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "compare/compare.h"
#include "stats/stats.h"

#define MAX_BOOTS_WANTED	10000

const char *quantity_name(enum quantity q)
{
	static const char * const names[] = { "cost", "off", "on", "bytes" };

	return names[q];
}

value_fn quantity_value(enum quantity q)
{
	return q == QUANTITY_BYTES ? value_bytes :
	       q == QUANTITY_OFF ? value_off :
	       q == QUANTITY_ON ? value_on : value_cost;
}

const char *quantity_title(enum quantity q)
{
	return q == QUANTITY_COST ? "ACCT COST, on - off" : quantity_name(q);
}

const char *verdict_name(enum verdict v, bool exact)
{
	switch (v) {
	case VERDICT_SAME:
		return "same";
	case VERDICT_UNCLEAR:
		return exact ? "varies" : "~";
	case VERDICT_MORE:
		return exact ? "more" : "slower";
	case VERDICT_LESS:
		return exact ? "less" : "faster";
	case VERDICT_FEW:
		return "few";
	case VERDICT_INVALID:
		return "invalid";
	case VERDICT_MISSING:
		return "missing";
	}
	return "";
}

const char *compare_unit(const struct compare_group *g)
{
	return instrument_find(g->instrument)->words;
}

const char *compare_bytes_per(const struct compare_cell *cell)
{
	const struct table_cell *c = cell->old && cell->old->bytes.what ?
				     cell->old : cell->new;

	return c->bytes.per;
}

static bool tells_bytes(const struct table_cell *c)
{
	return c && c->bytes.what;
}

bool compare_has(const struct compare_cell *cell, enum quantity q)
{
	return q != QUANTITY_BYTES || tells_bytes(cell->old) ||
	       tells_bytes(cell->new);
}

bool compare_is_exact(const struct compare_cell *cell, enum quantity q)
{
	return q == QUANTITY_BYTES || cell->exact;
}

double compare_percent(const struct compare_diff *d, double amount)
{
	return 100 * amount / d->scale;
}

static void no_numbers(struct compare_diff *d)
{
	*d = (struct compare_diff){ NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN,
				    NAN, NAN, VERDICT_MISSING };
}

/* ------------------------------------------------------------------ exact */

double compare_quantity(const struct table_cell *c, enum quantity q)
{
	return q == QUANTITY_BYTES ? c->bytes.bytes :
	       q == QUANTITY_COST ? c->cost : q == QUANTITY_OFF ? c->off : c->on;
}

/*
 * Each of the four arms is a quotient rounded once, and costs are differences
 * of arms: less than their rounding counts as no difference. One instruction in
 * a sample of the longest loop is far above it.
 */
static double exact_rounding(const struct table_cell *old,
			     const struct table_cell *new)
{
	return 4 * DBL_EPSILON * (fabs(old->off) + fabs(old->on) +
				  fabs(new->off) + fabs(new->on));
}

double compare_exact(const struct table_cell *old, const struct table_cell *new,
		     enum quantity q)
{
	double diff = compare_quantity(new, q) - compare_quantity(old, q);

	/* Bytes are the same division of whole numbers on both sides. */
	if (q == QUANTITY_BYTES)
		return old->bytes.what == new->bytes.what ? diff : NAN;
	return fabs(diff) <= exact_rounding(old, new) ? 0 : diff;
}

static bool same_layouts(const struct layout_value *old, size_t nr_old,
			 const struct layout_value *new, size_t nr_new)
{
	for (size_t i = 0; i < nr_old && i < nr_new; i++)
		if (old[i].layout != new[i].layout)
			return false;
	return nr_old == nr_new;
}

/*
 * The median of layouts tells nothing of one that differs. Layouts of one seed are
 * compared with each other if both sides have the same ones, else all with all.
 */
static int layout_range(const struct compare *c, const struct compare_cell *cell,
			enum quantity q, struct compare_diff *d)
{
	struct layout_value *old = NULL, *new = NULL;
	const double rounding = exact_rounding(cell->old, cell->new);
	const value_fn of = quantity_value(q);
	size_t nr_old, nr_new;
	bool same;

	/* As nearly always: boots of one layout. */
	if (cell->old->nr_each == 1 && cell->new->nr_each == 1)
		return 0;
	nr_old = layout_values(&c->old, cell->old, of, &old);
	nr_new = layout_values(&c->new, cell->new, of, &new);
	same = same_layouts(old, nr_old, new, nr_new);
	for (size_t i = 0; i < nr_new && nr_old; i++)
		for (size_t k = same ? i : 0; k < (same ? i + 1 : nr_old); k++) {
			double diff = new[i].value - old[k].value;

			if (fabs(diff) <= rounding)
				diff = 0;
			d->low = fmin(d->low, diff);
			d->high = fmax(d->high, diff);
		}
	free(old);
	free(new);
	return nr_old && nr_new ? 0 : EX_FAIL;
}

static int judge_exact(const struct compare *c, struct compare_cell *cell,
		       enum quantity q)
{
	struct compare_diff *d = &cell->diff[q];
	int e = 0;

	d->old = compare_quantity(cell->old, q);
	d->new = compare_quantity(cell->new, q);
	d->diff = compare_exact(cell->old, cell->new, q);
	d->scale = q == QUANTITY_COST ? cell->old->off : d->old;
	d->low = d->diff;
	d->high = d->diff;
	/* Boots that differ in bytes have none to compare. */
	if (q != QUANTITY_BYTES)
		e = layout_range(c, cell, q, d);
	d->floor = 0;
	d->effect = d->diff > 0 ? 1 : d->diff < 0 ? 0 : 0.5;
	d->p = d->diff == 0;
	d->q = d->p;
	d->verdict = d->diff > 0 ? VERDICT_MORE :
		     d->diff < 0 ? VERDICT_LESS :
		     d->low < 0 || d->high > 0 ? VERDICT_UNCLEAR : VERDICT_SAME;
	return e;
}

/* ------------------------------------------------------------------- time */

int compare_values(const struct compare_options *opt, double *old,
		   size_t nr_old, double *new, size_t nr_new,
		   struct compare_diff *d)
{
	double u, floor_old, floor_new;

	if (median_interval(old, nr_old, new, nr_new, opt->confidence, &d->low,
			    &d->high) ||
	    mann_whitney(old, nr_old, new, nr_new, &u, &d->p) ||
	    split_floor(old, nr_old, SPLIT_LEVEL, &floor_old) ||
	    split_floor(new, nr_new, SPLIT_LEVEL, &floor_new))
		return EX_FAIL;
	/* Which sorts them: the halves go by the order in which boots came. */
	d->old = median_of(old, nr_old);
	d->new = median_of(new, nr_new);
	d->diff = d->new - d->old;
	d->scale = d->old;
	d->effect = nr_old && nr_new ? u / ((double)nr_old * nr_new) : 0.5;
	d->floor = fmax(floor_old, floor_new);
	return 0;
}

static size_t boots_needed(size_t have, double alpha)
{
	size_t n;

	for (n = have; n < MAX_BOOTS_WANTED; n++)
		if (mann_whitney_least_p(n, n) <= alpha)
			break;
	return n;
}

void compare_verdict(const struct compare_options *opt, struct compare_diff *d,
		     size_t nr_old, size_t nr_new, size_t nr_tests,
		     size_t *need)
{
	double alone = opt->alpha / (nr_tests ? nr_tests : 1);

	if (d->q <= opt->alpha && fabs(d->diff) > d->floor) {
		d->verdict = d->diff > 0 ? VERDICT_MORE : VERDICT_LESS;
	} else if (mann_whitney_least_p(nr_old, nr_new) > alone) {
		/* Even alone this cell could not be significant. */
		d->verdict = VERDICT_FEW;
		*need = boots_needed(nr_old < nr_new ? nr_old : nr_new, alone);
	} else {
		d->verdict = VERDICT_UNCLEAR;
	}
}

static int judge_time(const struct compare *c, struct compare_cell *cell,
		      enum quantity q)
{
	struct compare_diff *d = &cell->diff[q];
	double *old = values_of(cell->old, quantity_value(q));
	double *new = values_of(cell->new, quantity_value(q));
	int e = EX_FAIL;

	if (old && new)
		e = compare_values(&c->opt, old, cell->old->nr_values, new,
				   cell->new->nr_values, d);
	if (!e && q == QUANTITY_COST)
		e = values_median(cell->old, quantity_value(QUANTITY_OFF),
				  &d->scale);
	free(old);
	free(new);
	return e;
}

/*
 * With a control the floor of a group is the largest difference of any of its
 * cells between two runs of the same kernel: one cell may agree by chance.
 */
static int control_floor(struct compare_group *g, enum quantity q)
{
	double worst = 0, median;
	struct compare_cell *cell;
	size_t i;

	for (i = 0; i < g->nr_cells; i++) {
		cell = &g->cells[i];
		if (cell->reason[0])
			continue;
		if (values_median(cell->control, quantity_value(q),
				  &median))
			return EX_FAIL;
		worst = fmax(worst, fabs(median - cell->diff[q].old) /
				    cell->diff[q].scale);
	}
	for (i = 0; i < g->nr_cells; i++)
		g->cells[i].diff[q].floor = worst * g->cells[i].diff[q].scale;
	return 0;
}

/* ---------------------------------------------------------------- layouts */

double compare_layouts(const struct compare *c, const struct compare_cell *cell,
		       enum quantity q)
{
	const value_fn of = quantity_value(q);
	double low, high, old_worth;

	if (cell->reason[0] ||
	    layout_spread(&c->old, cell->old, of, &low, &high) < 2)
		return NAN;
	old_worth = high - low;
	if (layout_spread(&c->new, cell->new, of, &low, &high) < 2)
		return NAN;
	return fmax(old_worth, high - low);
}

/* ------------------------------------------------------------------- both */

static const char *why_not(const struct table_cell *c)
{
	if (!c)
		return "not measured";
	if (!c->valid)
		return c->reason ? c->reason : "no boot counts";
	if (!isfinite(c->off) || !isfinite(c->on) || c->off <= 0)
		return "the values are no numbers to compare";
	return NULL;
}

/* Set reason and verdict if there is nothing to compare. */
static bool unusable(const struct compare *c, struct compare_cell *cell)
{
	const struct {
		const char *name;
		const struct table_cell *cell;
		bool wanted;
	} sides[] = {
		{ "OLD", cell->old, true },
		{ "NEW", cell->new, true },
		{ "the control", cell->control, c->opt.control && !cell->exact },
	};
	size_t i, q;

	for (i = 0; i < 3; i++) {
		const char *why = sides[i].wanted ? why_not(sides[i].cell) : NULL;

		if (!why)
			continue;
		snprintf(cell->reason, sizeof(cell->reason), "%s: %s",
			 sides[i].name, why);
		for (q = 0; q < NR_QUANTITIES; q++)
			cell->diff[q].verdict = sides[i].cell ?
				VERDICT_INVALID : VERDICT_MISSING;
		return true;
	}
	return false;
}

typedef int (*cell_fn)(struct compare *c, struct compare_cell *cell,
		       enum quantity q, void *ctx);

/* Why the bytes of a usable cell cannot be compared, or NULL. */
static const char *no_bytes(const struct table_cell *old,
			    const struct table_cell *new)
{
	if (!tells_bytes(old))
		return "OLD: its bytes were not measured";
	if (!tells_bytes(new))
		return "NEW: its bytes were not measured";
	if (old->bytes.what != new->bytes.what)
		return "the two sides tell bytes of something else";
	return isnan(old->bytes.bytes) ? "OLD: boots differ in bytes" :
	       isnan(new->bytes.bytes) ? "NEW: boots differ in bytes" : NULL;
}

static int judge_bytes(const struct compare *c, struct compare_cell *cell)
{
	if (!compare_has(cell, QUANTITY_BYTES))
		return 0;
	cell->no_bytes = no_bytes(cell->old, cell->new);
	return cell->no_bytes ? 0 : judge_exact(c, cell, QUANTITY_BYTES);
}

/* Call @fn for every judged quantity of every timed cell with numbers. */
static int each_timed(struct compare *c, cell_fn fn, void *ctx)
{
	size_t i, k, q;

	for (i = 0; i < c->nr_groups; i++)
		for (k = 0; k < c->groups[i].nr_cells; k++)
			for (q = 0; q < NR_SAMPLED; q++) {
				struct compare_cell *cell =
					&c->groups[i].cells[k];

				if (!cell->exact && !cell->reason[0] &&
				    fn(c, cell, q, ctx))
					return EX_FAIL;
			}
	return 0;
}

static int first_look(struct compare *c, struct compare_cell *cell,
		      enum quantity q, void *ctx)
{
	(void)ctx;
	c->nr_tests += cell->judged[q];
	return judge_time(c, cell, q);
}

struct family {
	double *p;
	size_t nr;
};

static int gather(struct compare *c, struct compare_cell *cell,
		  enum quantity q, void *ctx)
{
	struct family *family = ctx;

	(void)c;
	if (cell->judged[q])
		family->p[family->nr++] = cell->diff[q].p;
	return 0;
}

static int settle(struct compare *c, struct compare_cell *cell,
		  enum quantity q, void *ctx)
{
	struct family *family = ctx;

	if (cell->judged[q])
		cell->diff[q].q = family->p[family->nr++];
	else
		cell->diff[q].q = fmin(1, cell->diff[q].p * c->nr_tests);
	compare_verdict(&c->opt, &cell->diff[q], cell->nr_old, cell->nr_new,
			c->nr_tests, &cell->need);
	return 0;
}

static int judge_group(struct compare *c, struct compare_group *g)
{
	size_t i, q;
	int e = 0;

	for (i = 0; i < g->nr_cells && !e; i++) {
		struct compare_cell *cell = &g->cells[i];

		for (q = 0; q < NR_QUANTITIES; q++)
			no_numbers(&cell->diff[q]);
		if (unusable(c, cell))
			continue;
		for (q = 0; q < NR_SAMPLED && cell->exact && !e; q++)
			e = judge_exact(c, cell, q);
		if (!e)
			e = judge_bytes(c, cell);
	}
	return e;
}

int compare_judge(struct compare *c)
{
	struct family family = { NULL, 0 };
	size_t i, q;
	int e = 0;

	c->nr_tests = 0;
	for (i = 0; i < c->nr_groups && !e; i++)
		e = judge_group(c, &c->groups[i]);
	if (!e)
		e = each_timed(c, first_look, NULL);
	for (i = 0; i < c->nr_groups && !e && c->opt.control; i++)
		for (q = 0; q < NR_SAMPLED && !e; q++)
			if (!instrument_find(c->groups[i].instrument)->exact)
				e = control_floor(&c->groups[i], q);
	if (e || !c->nr_tests)
		return e;
	family.p = calloc(c->nr_tests, sizeof(*family.p));
	if (!family.p)
		return no_memory();
	each_timed(c, gather, &family);
	e = false_discovery(family.p, family.nr, family.p);
	family.nr = 0;
	if (!e)
		e = each_timed(c, settle, &family);
	free(family.p);
	return e;
}

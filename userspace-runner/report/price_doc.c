// SPDX-License-Identifier: GPL-2.0-or-later
/* The price of each patch for people: a table for each quantity. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "doc/doc.h"
#include "doc/figures.h"
#include "report/price_doc.h"
#include "report/report.h"
#include "results/record.h"

#define LABEL_LEN	24	/* columns: more would push the numbers off */

/*
 * One table of a block. Its rows: what the start takes, what each patch adds,
 * what they add together, and what is taken in the end.
 */
struct view {
	const struct price *price;
	const struct table_block *block;
	enum quantity quantity;
};

static void taken(char text[GRID_CELL_LEN], const struct view *v, size_t step,
		  long long param)
{
	const struct table_cell *cell = step == PRICE_NONE ? NULL :
		price_cell(v->price, v->block, step, param);

	if (cell)
		figure_exact(text, compare_quantity(cell, v->quantity),
			     v->quantity == QUANTITY_COST);
}

static void view_cell(const void *ctx, size_t row, size_t col,
		      char text[GRID_CELL_LEN])
{
	const struct view *v = ctx;
	const struct price *p = v->price;
	long long param = v->block->params[col];
	double added;

	snprintf(text, GRID_CELL_LEN, "-");
	if (row == GRID_HEAD) {
		snprintf(text, GRID_CELL_LEN, "%lld", param);
	} else if (!row) {
		taken(text, v, 0, param);
	} else if (row == p->nr + 1) {
		taken(text, v, price_last(p, v->block, param), param);
	} else {
		added = row < p->nr ?
			price_diff(p, v->block, row, param, v->quantity) :
			price_sum(p, v->block, param, v->quantity);
		if (isfinite(added))
			figure_exact(text, added, true);
	}
}

/* "3 mm/percpu: account..", cut where a character ends. */
static void short_label(char label[LABEL_LEN + 1], size_t nr,
			const char *subject)
{
	size_t len = snprintf(label, LABEL_LEN + 1, "%zu %s", nr, subject);

	if (len <= LABEL_LEN)
		return;
	len = LABEL_LEN - 2;
	while ((label[len] & 0xc0) == 0x80)
		len--;
	strcpy(label + len, "..");
}

static const char *view_label(const void *ctx, size_t row)
{
	static char label[LABEL_LEN + 1];
	const struct view *v = ctx;
	const struct price *p = v->price;

	if (!row)
		return "before";
	if (row == p->nr)
		return "sum";
	if (row == p->nr + 1)
		return "after";
	short_label(label, row, p->steps[row].subject);
	return label;
}

static bool changes(const struct view *v)
{
	double diff;
	size_t step, i;

	for (step = 1; step < v->price->nr; step++)
		for (i = 0; i < v->block->nr_params; i++) {
			diff = price_diff(v->price, v->block, step,
					  v->block->params[i], v->quantity);
			if (isfinite(diff) && diff != 0)
				return true;
		}
	return false;
}

static void put_view(struct doc *d, const struct view *v)
{
	static const char *const titles[] = {
		[QUANTITY_COST] = "ACCT COST, on - off",
		[QUANTITY_OFF] = "off",
		[QUANTITY_ON] = "on",
	};
	const struct table *t = &v->price->table;
	const struct grid g = {
		.corner = "size, B",
		.nr_rows = v->price->nr + 2,
		.nr_cols = v->block->nr_params,
		.label = view_label,
		.cell = view_cell,
		.ctx = v,
	};

	doc_put(d, DOC_TITLE, "%s, %s per %s%s", titles[v->quantity],
		table_instrument(t, v->block->instrument)->words,
		table_op(t, v->block),
		changes(v) ? "" : ": no patch changes it");
	if (changes(v))
		doc_grid(d, &g);
}

/* Why a cell has no price: its boot failed, or it is not valid. */
static const char *reason(const struct price *p, const struct table_block *b,
			  size_t step)
{
	const struct table *t = &p->table;
	const struct table_boot *boot;
	const struct table_cell *c;

	for (c = t->cells; c < t->cells + t->nr_cells; c++)
		if (!c->valid && c->reason && c->topology == b->topology &&
		    c->bench == b->bench && !strcmp(p->steps[step].kernel,
						    t->kernels[c->kernel].name))
			return c->reason;
	for (boot = t->boots; boot < t->boots + t->nr_boots; boot++)
		if (boot->status == BOOT_FAILED && boot->reason &&
		    boot->topology == b->topology &&
		    !strcmp(p->steps[step].kernel,
			    t->kernels[boot->kernel].name))
			return boot->reason;
	return "not measured";
}

/* What has no number, and what is therefore priced against an earlier patch. */
static void put_gaps(struct doc *d, const struct price *p,
		     const struct table_block *b)
{
	bool titled = false;
	size_t step, i, from;

	for (step = 0; step < p->nr; step++) {
		for (i = 0; i < b->nr_params; i++)
			if (!price_cell(p, b, step, b->params[i]))
				break;
		if (p->why[step][0] || i == b->nr_params)
			continue;
		if (!titled)
			doc_put(d, DOC_TITLE, "without a price here:");
		titled = true;
		doc_put(d, DOC_ITEM, "%zu %s: %s", step, p->steps[step].subject,
			reason(p, b, step));
	}
	for (step = 1; step < p->nr; step++) {
		for (i = 0; i < b->nr_params; i++) {
			from = price_from(p, b, step, b->params[i]);
			if (!price_cell(p, b, step, b->params[i]) ||
			    from == PRICE_NONE || from + 1 == step)
				continue;
			doc_put(d, DOC_TITLE, "%zu is priced against %zu, the last that could be: what lies between is in its price",
				step, from);
			break;
		}
	}
}

static void put_block(struct doc *d, const struct price *p,
		      const struct table_block *b)
{
	struct view v = { .price = p, .block = b };

	if (b->bench == TABLE_NO_BENCH) {
		doc_put(d, DOC_HEADING, "%s: nothing was measured: %s",
			p->table.topologies.name[b->topology], reason(p, b, 0));
		return;
	}
	doc_put(d, DOC_HEADING, "%s, %s, %s: what each patch adds",
		p->table.topologies.name[b->topology],
		p->table.benches.name[b->bench],
		p->table.instruments.name[b->instrument]);
	for (v.quantity = 0; v.quantity < NR_QUANTITIES; v.quantity++)
		put_view(d, &v);
	put_gaps(d, p, b);
}

static void put_steps(struct doc *d, const struct price *p)
{
	size_t step, nr = 0;

	doc_put(d, DOC_HEADING, "%s: %zu %s", p->name, p->nr - 1,
		p->nr == 2 ? "patch" : "patches");
	for (step = 1; step < p->nr; step++)
		doc_put(d, DOC_ITEM, "%zu %s", step, p->steps[step].subject);
	for (step = 0; step < p->nr; step++) {
		if (!p->why[step][0])
			continue;
		if (!nr++)
			doc_put(d, DOC_TITLE, "these do not build:");
		doc_put(d, DOC_ITEM, "%zu %s: %s", step,
			step ? p->steps[step].subject : "the start",
			p->why[step]);
	}
}

int price_text(FILE *out, const struct price *p)
{
	struct doc d = { .out = out };
	size_t i;

	put_steps(&d, p);
	for (i = 0; i < p->table.nr_blocks; i++)
		put_block(&d, p, &p->table.blocks[i]);
	report_provenance(&d, &p->table);
	return d.failed ? no_memory() : 0;
}

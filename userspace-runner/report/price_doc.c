// SPDX-License-Identifier: GPL-2.0-or-later
/* The price of each patch for people: a table for each quantity. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "report/block_table.h"
#include "report/price_doc.h"
#include "results/record.h"

#define LABEL_LEN	24	/* columns: leaves room for the numbers */

/* A table of a block: the same quantity before, by each patch, and after. */
struct view {
	const struct price *price;
	const struct table_block *block;
	enum quantity quantity;
};

/* "3 mm/percpu: account..", cut between characters. */
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

/* Has any patch a price? @changes: one that is not 0 */
static bool priced(const struct view *v, bool *changes)
{
	bool any = false;
	double diff;
	size_t step, i;

	*changes = false;
	for (step = 1; step < v->price->nr; step++)
		for (i = 0; i < v->block->nr_params; i++) {
			diff = price_diff(v->price, v->block, step,
					  v->block->params[i], v->quantity);
			any |= isfinite(diff);
			*changes |= isfinite(diff) && diff != 0;
		}
	return any;
}

/* The quantity at a step; PRICE_NONE: the last step with a number. */
static void put_taken(struct doc *d, const struct view *v, const char *label,
		      size_t step)
{
	const struct price *p = v->price;

	doc_row(d, "%s", label);
	for (size_t i = 0; i < v->block->nr_params; i++) {
		long long size = v->block->params[i];
		size_t at = step == PRICE_NONE ?
			    price_last(p, v->block, size) : step;
		const struct table_cell *cell = at == PRICE_NONE ? NULL :
			price_cell(p, v->block, at, size);
		char text[FIGURE_LEN] = "-";

		if (cell)
			figure_exact(text, compare_quantity(cell, v->quantity),
				     v->quantity == QUANTITY_COST);
		doc_cell(d, "%s", text);
	}
}

/* The amount that a patch adds; PRICE_NONE: all patches together. */
static void put_added(struct doc *d, const struct view *v, const char *label,
		      size_t step)
{
	const struct price *p = v->price;

	doc_row(d, "%s", label);
	for (size_t i = 0; i < v->block->nr_params; i++) {
		long long size = v->block->params[i];
		double added = step == PRICE_NONE ?
			price_sum(p, v->block, size, v->quantity) :
			price_diff(p, v->block, step, size, v->quantity);
		char text[FIGURE_LEN] = "-";

		if (isfinite(added))
			figure_exact(text, added, true);
		doc_cell(d, "%s", text);
	}
}

static void put_view(struct doc *d, const struct view *v)
{
	const struct price *p = v->price;
	const char *none;
	char label[LABEL_LEN + 1];
	bool changes;

	if (!priced(v, &changes))
		return;
	none = changes ? "" : ": no patch changes it";
	if (v->quantity == QUANTITY_BYTES)
		doc_put(d, DOC_TITLE, "bytes per %s%s",
			price_bytes_per(p, v->block), none);
	else
		doc_put(d, DOC_TITLE, "%s, %s per %s%s",
			quantity_title(v->quantity),
			table_instrument(&p->table, v->block->instrument)->words,
			table_op(&p->table, v->block), none);
	if (!changes)
		return;
	put_sizes(d, v->block->params, v->block->nr_params);
	put_taken(d, v, "before", 0);
	for (size_t step = 1; step < p->nr; step++) {
		short_label(label, step, p->steps[step].subject);
		put_added(d, v, label, step);
	}
	put_added(d, v, "sum", PRICE_NONE);
	put_taken(d, v, "after", PRICE_NONE);
	doc_table(d);
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
		    c->bench == b->bench &&
		    table_is_given(&t->kernels[c->kernel],
				    p->steps[step].kernel))
			return c->reason;
	for (boot = t->boots; boot < t->boots + t->nr_boots; boot++)
		if (boot->status == BOOT_FAILED && boot->reason &&
		    boot->topology == b->topology &&
		    table_is_given(&t->kernels[boot->kernel],
				    p->steps[step].kernel))
			return boot->reason;
	return "not measured";
}

/* Cells without a number, and the patches whose price thus has another base. */
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
			doc_put(d, DOC_TITLE, "%zu is priced against %zu, the last one with a number: its price includes the patches in between",
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
		if (price_has(p, b, v.quantity))
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

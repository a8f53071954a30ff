// SPDX-License-Identifier: GPL-2.0-or-later
/* The report as a document: tables of each block, then notes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "report/block_table.h"
#include "report/report_brief.h"
#include "report/report_charge.h"
#include "report/report_contention.h"
#include "report/report_taken.h"
#include "report/report_model.h"
#include "report/report_time.h"
#include "results/record.h"
#include "results/repeats.h"

static void put_figure(struct doc *d, const struct block_view *v,
		       enum figure what)
{
	put_kernels(d, v, block_place, &what);
}

static bool wants(const struct block_view *v, enum report_part part)
{
	return !v->report->parts || v->report->parts & part;
}

static const char *unit_word(const struct block_view *v)
{
	return block_in_us(v) ? "us" :
	       table_instrument(v->report->table, v->block->instrument)->words;
}

/* Was pcpu_lock watched in any cell of the block? */
static bool has_locked(const struct block_view *v)
{
	const struct table_cell *c;
	size_t i, p;

	for (i = 0; i < v->nr_rows; i++)
		for (p = 0; p < v->block->nr_params; p++) {
			c = table_find(v->report->table, v->block, v->rows[i],
				       v->block->params[p]);
			if (c && !isnan(c->locked.on))
				return true;
		}
	return false;
}

/* An amount, and its part under pcpu_lock if known. */
static void put_amount(struct doc *d, const struct block_view *v,
		       const char *what, enum figure amount, enum figure part)
{
	const char *op = table_op(v->report->table, v->block);

	if (wants(v, amount == OFF ? REPORT_OFF : REPORT_COST)) {
		doc_put(d, DOC_TITLE, "%s, %s per %s", what, unit_word(v), op);
		put_figure(d, v, amount);
	}
	if (!wants(v, REPORT_LOCKED) || !has_locked(v))
		return;
	doc_put(d, DOC_TITLE, "of which under pcpu_lock, %s per %s",
		unit_word(v), op);
	put_figure(d, v, part);
}

static bool same_reason(const struct table_cell *a, const struct table_cell *b)
{
	return a && a->valid == b->valid && a->reason &&
	       !strcmp(a->reason, b->reason);
}

/* One item for @cell's reason, with every cell of the block that has it. */
static void put_reason(struct doc *d, const struct report *r,
		       const struct table_block *b,
		       const struct table_cell *cell)
{
	const struct table *t = r->table;
	const struct table_cell *c;
	const char *between = "";
	unsigned int k;
	size_t p;

	doc_begin(d, DOC_ITEM);
	for (k = 0; k < t->nr_kernels; k++) {
		bool named = false;

		for (p = 0; p < b->nr_params; p++) {
			c = table_find(t, b, k, b->params[p]);
			if (!same_reason(c, cell))
				continue;
			if (!named)
				doc_print(d, "%s%s", between,
					  t->kernels[k].name);
			doc_print(d, " %lld", b->params[p]);
			if (c->valid)
				doc_print(d, " (%zu of %zu)", c->nr_invalid,
					  c->nr_invalid + c->nr_values);
			named = true;
			between = ", ";
		}
	}
	doc_print(d, ": %s", cell->reason);
	doc_end(d);
}

/* The reasons of all (in)valid cells of a block, each once. */
static void put_reasons(struct doc *d, const struct report *r,
			const struct table_block *b, bool valid,
			const char *title)
{
	const struct table_cell *const end = r->table->cells + r->table->nr_cells;
	const struct table_cell *c, *before;
	bool titled = false;

	for (c = r->table->cells; c < end; c++) {
		if (c->topology != b->topology || c->bench != b->bench ||
		    c->instrument != b->instrument || c->valid != valid ||
		    !c->reason ||
		    (r->parts & REPORT_BRIEF &&
		     report_is_silent(r->table, c->kernel)))
			continue;
		for (before = r->table->cells; before < c; before++)
			if (before->topology == b->topology &&
			    before->instrument == b->instrument &&
			    before->bench == b->bench &&
			    same_reason(before, c))
				break;
		if (before < c)
			continue;
		if (!titled)
			doc_put(d, DOC_TITLE, "%s", title);
		titled = true;
		put_reason(d, r, b, c);
	}
}

static bool is_brief(const struct block_view *v)
{
	return v->report->parts & REPORT_BRIEF &&
	       table_instrument(v->report->table, v->block->instrument)->exact;
}

static bool has_nodes(const struct table *t, const struct table_block *b)
{
	const struct table_boot *boot;

	for (boot = t->boots; boot < t->boots + t->nr_boots; boot++)
		if (boot->topology == b->topology && boot->nodes > 1)
			return true;
	return false;
}

/* Notes of series for more than one node. */
static void put_notes(struct doc *d, const struct block_view *v)
{
	const struct table *t = v->report->table;
	const char *note;
	size_t i;

	if (!has_nodes(t, v->block))
		return;
	for (i = 0; i < v->nr_rows; i++) {
		note = t->kernels[v->rows[i]].multi_node_note;
		if (note)
			doc_put(d, DOC_ITEM, "%s: %s",
				t->kernels[v->rows[i]].name, note);
	}
}

static bool same_boots(const struct block_view *v)
{
	struct table_count first, c;
	size_t i;

	first = table_count(v->report->table, v->block, v->rows[0]);
	for (i = 0; i < v->nr_rows; i++) {
		c = table_count(v->report->table, v->block, v->rows[i]);
		if (c.ok != first.ok || c.repeats != first.repeats ||
		    c.failed || c.unfinished)
			return false;
	}
	return true;
}

/* Warn of repeats in one boot, which are not boots, and of single boots. */
static void put_repeats(struct doc *d, const struct block_view *v,
			struct table_count c)
{
	const struct table *t = v->report->table;

	if (table_instrument(t, v->block->instrument)->exact)
		return;
	if (c.ok == 1 && c.repeats > 1)
		doc_print(d, ", %zu repeats in it: no spread over boots",
			  c.repeats);
	else if (c.ok == 1)
		doc_print(d, ": no spread over boots");
	else if (c.repeats > c.ok)
		doc_print(d, ", %zu repeats in them", c.repeats);
}

/*
 * For the kernel in a row: the most layouts of a cell, and for counts how far
 * they are apart. The spread of times has its own table.
 */
static void put_layouts(struct doc *d, const struct block_view *v, size_t row)
{
	const struct table *t = v->report->table;
	const struct table_cell *c;
	size_t col, n, most = 0;
	double low, high, worst = 0;
	bool exact = table_instrument(t, v->block->instrument)->exact;
	char text[FIGURE_LEN];

	for (col = 0; col < v->block->nr_params; col++) {
		c = table_find(t, v->block, v->rows[row],
			       v->block->params[col]);
		n = c && c->valid ?
			layout_spread(t, c, value_cost, &low, &high) :
			0;
		most = n > most ? n : most;
		if (n > 1)
			worst = fmax(worst, high - low);
	}
	if (most < 2)
		return;
	doc_print(d, ", in %zu layouts of the code", most);
	if (!exact)
		return;
	figure_amount(text, worst, false);
	doc_print(d, worst > 0 ? ", on - off at most %s apart" :
		  ", counted alike", text);
}

/* What was not measured by this run but by an earlier one. */
static void put_taken(struct doc *d, const struct block_view *v)
{
	struct table_count c;
	size_t i, taken = 0, all = 0;

	for (i = 0; i < v->nr_rows; i++) {
		c = table_count(v->report->table, v->block, v->rows[i]);
		taken += c.taken;
		all += c.ok;
	}
	if (taken)
		doc_print(d, "; known from earlier runs: %zu of %zu", taken,
			  all);
}

static void put_boots(struct doc *d, const struct block_view *v)
{
	const struct table *t = v->report->table;
	struct table_count c;
	size_t i;

	doc_begin(d, DOC_TITLE);
	c = table_count(t, v->block, v->rows[0]);
	if (same_boots(v)) {
		doc_print(d, "boots: %zu of each kernel", c.ok);
		put_repeats(d, v, c);
		put_layouts(d, v, 0);
		put_taken(d, v);
		doc_end(d);
		return;
	}
	doc_print(d, "boots:");
	for (i = 0; i < v->nr_rows; i++) {
		c = table_count(t, v->block, v->rows[i]);
		doc_print(d, "%s %s %zu", i ? "," : "",
			  t->kernels[v->rows[i]].name, c.ok);
		put_repeats(d, v, c);
		put_layouts(d, v, i);
		if (c.failed)
			doc_print(d, " (%zu failed)", c.failed);
		if (c.unfinished)
			doc_print(d, " (%zu unfinished)", c.unfinished);
	}
	put_taken(d, v);
	doc_end(d);
}

static bool failed_here(const struct table_boot *boot,
			const struct table_block *b)
{
	return boot->status == BOOT_FAILED && boot->topology == b->topology &&
	       boot->instrument == b->instrument;
}

static bool same_failure(const struct table_boot *x, const struct table_boot *y)
{
	return x->kernel == y->kernel && !strcmp(x->reason, y->reason);
}

/* One item for each kernel and reason; a boot's number leads to its console. */
static void put_failures(struct doc *d, const struct block_view *v)
{
	const struct table *t = v->report->table;
	const struct table_boot *const end = t->boots + t->nr_boots;
	const struct table_boot *b, *other;

	for (b = t->boots; b < end; b++) {
		if (!failed_here(b, v->block))
			continue;
		for (other = t->boots; other < b; other++)
			if (failed_here(other, v->block) &&
			    same_failure(other, b))
				break;
		if (other < b)
			continue;
		doc_begin(d, DOC_ITEM);
		doc_print(d, "failed: %s, boot", t->kernels[b->kernel].name);
		for (other = b; other < end; other++)
			if (failed_here(other, v->block) &&
			    same_failure(other, b))
				doc_print(d, " %lld", other->number);
		doc_print(d, ": %s", b->reason);
		doc_end(d);
	}
}

/*
 * Beside the published percentage of time stands the amount that was measured: two
 * percentages would look as if they had to agree. The model estimates that of time.
 */
static void put_published(struct doc *d, const struct block_view *v)
{
	const enum figure what = COST;
	const char *machine = NULL, *m;

	for (size_t i = 0; i < v->nr_rows; i++) {
		m = report_has_published(v, v->rows[i]);
		machine = m ? m : machine;
	}
	if (!machine) {
		doc_put(d, DOC_TITLE, "published: no figure for what is measured here");
		return;
	}
	doc_put(d, DOC_TITLE, "measured: on - off, %s; published (%s): time, %% of off",
		unit_word(v), machine);
	put_sizes(d, v->block->params, v->block->nr_params);
	for (size_t i = 0; i < v->nr_rows; i++) {
		if (!report_has_published(v, v->rows[i]))
			continue;
		put_kernel_row(d, v, block_kernel(v, v->rows[i]), v->rows[i],
			       block_place, &what);
		put_kernel_row(d, v, "  published", v->rows[i],
			       report_place_published, NULL);
	}
	doc_table(d);
}

/* The blocks of a parallel bench: their tables are over the number of tasks. */
static void put_parallel(struct doc *d, const struct block_view *v)
{
	const struct table *t = v->report->table;
	const struct table_block *b = v->block;
	const struct instrument_row *instrument =
		table_instrument(t, b->instrument);
	char name[CELL_NAME_LEN + 10];

	if (report_group_begins(v)) {
		doc_put(d, DOC_HEADING, "%s, %s, %s%s",
			t->topologies.name[b->topology], report_group(v, name),
			instrument->name, instrument->function ?
			": the figures mean nothing" : "");
		report_contention(d, v);
	}
	if (!wants(v, REPORT_NOTES))
		return;
	snprintf(name, sizeof(name), "invalid, %s:", t->benches.name[b->bench]);
	put_reasons(d, v->report, b, false, name);
	put_reasons(d, v->report, b, true, "boots that do not count:");
	if (!report_group_ends(v))
		return;
	put_boots(d, v);
	report_time(d, v);
	put_failures(d, v);
}

static void put_block(struct doc *d, const struct block_view *v)
{
	const struct table *t = v->report->table;
	const struct table_block *b = v->block;
	bool measured = b->bench != TABLE_NO_BENCH;
	bool notes = wants(v, REPORT_NOTES);
	bool charge = measured && report_has_charge(v);

	doc_begin(d, DOC_HEADING);
	doc_print(d, "%s, ", t->topologies.name[b->topology]);
	if (measured)
		doc_print(d, "%s, %s (%s): ACCT COST = (on-off)/off",
			  t->benches.name[b->bench],
			  t->instruments.name[b->instrument], unit_word(v));
	else
		doc_print(d, "%s: nothing was measured",
			  t->instruments.name[b->instrument]);
	doc_end(d);
	if (measured && is_brief(v))
		report_brief_block(d, v);
	else if (measured && wants(v, REPORT_PERCENT))
		put_figure(d, v, PERCENT);
	if (measured && notes) {
		put_notes(d, v);
		put_reasons(d, v->report, b, false, "invalid:");
	}
	if (measured && !is_brief(v)) {
		put_amount(d, v, "off", OFF, LOCKED_OFF);
		put_amount(d, v, "on - off", COST, LOCKED_COST);
	}
	if (measured && wants(v, REPORT_MODEL))
		report_model(d, v);
	if (measured && notes)
		put_reasons(d, v->report, b, true, "boots that do not count:");
	if (charge && notes)
		report_charge(d, v);
	if (measured && notes)
		report_taken(d, v);
	if (notes && !(is_brief(v) && same_boots(v)))
		put_boots(d, v);
	if (measured && notes && !table_instrument(t, b->instrument)->exact)
		report_time(d, v);
	if (notes)
		put_failures(d, v);
	if (v->report->published && wants(v, REPORT_PUBLISHED) && !charge)
		put_published(d, v);
}

static int put_document(struct doc *d, const struct report *r)
{
	const struct table *t = r->table;
	struct block_view v = { .report = r };
	unsigned int k;
	size_t i;

	v.rows = calloc(t->nr_kernels + 1, sizeof(*v.rows));
	if (!v.rows)
		return no_memory();
	if (!t->nr_blocks)
		doc_put(d, DOC_HEADING, "nothing was measured");
	for (i = 0; i < t->nr_blocks; i++) {
		v.block = &t->blocks[i];
		v.nr_rows = 0;
		for (k = 0; k < t->nr_kernels; k++)
			if (report_has_row(r, v.block, k))
				v.rows[v.nr_rows++] = k;
		if (report_is_parallel(&v))
			put_parallel(d, &v);
		else
			put_block(d, &v);
	}
	if (r->parts & REPORT_BRIEF)
		report_brief_end(d, r);
	else if (wants(&v, REPORT_PROVENANCE))
		report_provenance(d, t);
	free(v.rows);
	return d->failed ? no_memory() : 0;
}

int report_text(FILE *out, const struct report *r)
{
	struct doc d = { .out = out };

	return put_document(&d, r);
}

int report_md(FILE *out, const struct report *r)
{
	struct doc d = { .out = out, .md = true };

	return put_document(&d, r);
}

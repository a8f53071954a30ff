// SPDX-License-Identifier: GPL-2.0-or-later
/* The report as a document: tables of each block, then notes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/groups.h"
#include "base/memory.h"
#include "report/block_table.h"
#include "report/report_brief.h"
#include "report/report_charge.h"
#include "report/report_contention.h"
#include "report/report_control.h"
#include "report/report_share.h"
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

/* Where times are from: a guest's are not those of the machine itself. */
static const char *timed_in(const struct block_view *v)
{
	const struct table *t = v->report->table;
	const struct instrument_row *i = table_instrument(t, v->block->instrument);
	size_t nr, guests = 0, metal = 0;
	const size_t *boots = table_boots(t, v->block, &nr);

	for (size_t k = 0; k < nr; k++)
		if (t->boots[boots[k]].status == BOOT_OK)
			*(t->boots[boots[k]].qemu ? &guests : &metal) += 1;
	return i->exact || i->function || !guests ? "" :
	       metal ? ", in part under KVM" : " under KVM";
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

/* One item for a reason that @nr cells have, by kernel and size. */
static void put_reason(struct doc *d, const struct table *t,
		       const struct table_cell *const *cells, size_t nr)
{
	const struct table_cell *c;

	doc_begin(d, DOC_ITEM);
	for (size_t i = 0; i < nr; i++) {
		c = cells[i];
		if (!i || cells[i - 1]->kernel != c->kernel)
			doc_print(d, "%s%s", i ? ", " : "",
				  t->kernels[c->kernel].name);
		doc_print(d, " %lld", c->param);
		if (c->valid)
			doc_print(d, " (%zu of %zu)", c->nr_invalid,
				  c->nr_invalid + c->nr_values);
	}
	doc_print(d, ": %s", cells[0]->reason);
	doc_end(d);
}

/* The cells of a block with reasons, those of one reason side by side. */
static const struct table_cell **group_reasons(const struct report *r,
					       const struct table_block *b,
					       bool valid, struct groups *g)
{
	const struct table_cell *c, **told, **cells;
	size_t i, nr;
	int e = EX_FAIL;

	c = table_cells(r->table, b, &nr);
	told = calloc(nr + 1, sizeof(*told));
	cells = calloc(nr + 1, sizeof(*cells));
	if (!told || !cells)
		goto out;
	for (i = 0, e = 0; i < nr && !e; i++) {
		/* A brief report has no row for what is silent. */
		if (c[i].valid != valid || !c[i].reason ||
		    (r->parts & REPORT_BRIEF &&
		     report_is_silent(r->table, c[i].kernel)))
			continue;
		told[g->nr_things] = &c[i];
		e = groups_add(g, c[i].reason);
	}
	if (!e)
		e = groups_end(g);
	for (i = 0; i < g->nr_things && !e; i++)
		cells[i] = told[g->list[i]];
out:
	free(told);
	if (!e)
		return cells;
	free(cells);
	return NULL;
}

/* The reasons of all (in)valid cells of a block, each once. */
static void put_reasons(struct doc *d, const struct report *r,
			const struct table_block *b, bool valid,
			const char *title)
{
	struct groups g = { .nr = 0 };
	const struct table_cell **cells = group_reasons(r, b, valid, &g);

	d->failed |= !cells;
	if (cells && g.nr)
		doc_put(d, DOC_TITLE, "%s", title);
	for (size_t i = 0; cells && i < g.nr; i++)
		put_reason(d, r->table, cells + g.first[i],
			   g.first[i + 1] - g.first[i]);
	groups_free(&g);
	free(cells);
}

static bool is_brief(const struct block_view *v)
{
	return v->report->parts & REPORT_BRIEF &&
	       table_instrument(v->report->table, v->block->instrument)->exact;
}

static bool has_nodes(const struct table *t, const struct table_block *b)
{
	size_t nr;
	const size_t *boots = table_boots(t, b, &nr);

	for (size_t i = 0; i < nr; i++)
		if (t->boots[boots[i]].nodes > 1)
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

/* The boots that failed where @v's block was measured, by kernel and reason. */
static const struct table_boot **group_failures(const struct block_view *v,
						struct groups *g)
{
	const struct table *t = v->report->table;
	const struct table_boot **failed, *b;
	char *key;
	size_t i, nr;
	const size_t *boots = table_boots(t, v->block, &nr);
	int e = 0;

	failed = calloc(nr + 1, sizeof(*failed));
	for (i = 0; failed && i < nr && !e; i++) {
		b = &t->boots[boots[i]];
		if (b->status != BOOT_FAILED)
			continue;
		failed[g->nr_things] = b;
		if (asprintf(&key, "%u %s", b->kernel, b->reason) < 0)
			key = NULL;
		e = key ? groups_add(g, key) : EX_FAIL;
		free(key);
	}
	if (failed && !e && !groups_end(g))
		return failed;
	free(failed);
	return NULL;
}

/* One item for each kernel and reason; a boot's number leads to its console. */
static void put_failures(struct doc *d, const struct block_view *v)
{
	const struct table *t = v->report->table;
	struct groups g = { .nr = 0 };
	const struct table_boot **failed = group_failures(v, &g), *b;
	size_t i, k;

	d->failed |= !failed;
	for (i = 0; failed && i < g.nr; i++) {
		b = failed[g.list[g.first[i]]];
		doc_begin(d, DOC_ITEM);
		doc_print(d, "failed: %s, boot", t->kernels[b->kernel].name);
		for (k = g.first[i]; k < g.first[i + 1]; k++)
			doc_print(d, " %lld", failed[g.list[k]]->number);
		doc_print(d, ": %s", b->reason);
		doc_end(d);
	}
	groups_free(&g);
	free(failed);
}

/* A place_fn: what was published of another machine, whose topology is @ctx. */
static void place_other(char text[FIGURE_LEN], const struct block_view *v,
			unsigned int kernel, long long size, const void *ctx)
{
	const struct published_row *row;

	row = published_find(v->report->published, ctx,
			     block_kernel(v, kernel), size);
	if (row)
		figure_percent(text, row->cost_pct);
}

static bool has_other(const struct block_view *v, unsigned int kernel,
		      const char *topology)
{
	char text[FIGURE_LEN] = "";

	for (size_t i = 0; i < v->block->nr_params; i++)
		place_other(text, v, kernel, v->block->params[i], topology);
	return text[0];
}

/*
 * Times of a machine that is none of the published ones: each of those beside it, as
 * the question is the same. Percentages of time, both.
 */
static bool put_others(struct doc *d, const struct block_view *v)
{
	const struct table *t = v->report->table;
	const struct published_row *m = NULL;
	const enum figure what = PERCENT;
	bool any = false, own;

	if (v->block->bench == TABLE_NO_BENCH ||
	    strcmp(t->benches.name[v->block->bench], PUBLISHED_BENCH) ||
	    strcmp(t->instruments.name[v->block->instrument], "time"))
		return false;
	for (size_t i = 0; i < v->nr_rows; i++) {
		own = false;
		while ((m = published_machine(v->report->published, m))) {
			if (!has_other(v, v->rows[i], m->topology))
				continue;
			if (!any) {
				doc_put(d, DOC_TITLE, "here, and published of other machines: time, %% of off");
				put_sizes(d, v->block->params,
					  v->block->nr_params);
			}
			if (!own)
				put_kernel_row(d, v, block_kernel(v, v->rows[i]),
					       v->rows[i], block_place, &what);
			any = own = true;
			put_kernel_row(d, v, m->topology, v->rows[i],
				       place_other, m->topology);
		}
	}
	if (any)
		doc_table(d);
	return any;
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
		if (put_others(d, v))
			return;
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
			": the figures mean nothing" : timed_in(v));
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
		doc_print(d, "%s, %s (%s%s): ACCT COST = (on-off)/off",
			  t->benches.name[b->bench],
			  t->instruments.name[b->instrument], unit_word(v),
			  timed_in(v));
	else
		doc_print(d, "%s: nothing was measured",
			  t->instruments.name[b->instrument]);
	doc_end(d);
	if (measured && is_brief(v))
		report_brief_block(d, v);
	else if (measured && wants(v, REPORT_PERCENT))
		put_figure(d, v, PERCENT);
	if (measured && wants(v, REPORT_PERCENT) &&
	    !table_instrument(t, b->instrument)->exact)
		report_control(d, v);
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
	if (measured && notes) {
		report_taken(d, v);
		report_share(d, v);
	}
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
	const struct table_tally *tallies;
	size_t i;

	v.rows = calloc(t->nr_kernels + 1, sizeof(*v.rows));
	if (!v.rows)
		return no_memory();
	if (!t->nr_blocks)
		doc_put(d, DOC_HEADING, "nothing was measured");
	for (i = 0; i < t->nr_blocks; i++) {
		v.block = &t->blocks[i];
		tallies = table_tallies(t, v.block, &v.nr_rows);
		for (size_t k = 0; k < v.nr_rows; k++)
			v.rows[k] = tallies[k].kernel;
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

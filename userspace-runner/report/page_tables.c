// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables of a page: each cell with what is known of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/output.h"
#include "base/text.h"
#include "base/text_stream.h"
#include "plan/topology.h"
#include "report/block_table.h"
#include "report/page_parts.h"
#include "report/report_control.h"
#include "results/cell_name.h"
#include "results/record.h"
#include "results/repeats.h"

#define HASH_DIGITS	12

static const struct page_figure {
	enum figure figure;
	const char *key, *title;
} figures[] = {
	{ PERCENT, "percent", "ACCT COST, % of off" },
	{ COST, "cost", "on - off" },
	{ OFF, "off", "off" },
	{ LOCKED_COST, "locked", "on - off under pcpu_lock" },
};

#define NR_FIGURES	(sizeof(figures) / sizeof(figures[0]))

json_t *page_figures(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < NR_FIGURES; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}",
			"key", figures[i].key, "title", figures[i].title));
	return list;
}

/* A text that is printed bit by bit. */
struct lines {
	FILE *out;
	char *text;
	size_t len;
};

static json_t *lines_json(struct lines *l)
{
	json_t *json = NULL;

	if (l->out && !fclose(l->out))
		json = json_string(l->text);
	free(l->text);
	return json;
}

/* ---------------------------------------------------------------- kernels */

static void put_patches(FILE *out, const json_t *record)
{
	const json_t *patches = record_at(record, "patches"), *patch;
	const char *subject;
	size_t i;

	json_array_foreach(patches, i, patch) {
		subject = record_string(patch, "subject");
		fprintf(out, "\npatch %zu: %s", i + 1,
			subject ? subject : text_known(record_string(patch, "name")));
	}
}

static json_t *kernel_lines(const struct table_kernel *k)
{
	const char *commit = record_string(k->record, "commit");
	struct lines l = { 0 };

	l.out = text_stream(&l.text, &l.len);
	if (!l.out)
		return NULL;
	fprintf(l.out, "Linux %s from %s\nconfig %.*s, image %.*s, %s",
		text_known(k->release), text_known(k->source),
		HASH_DIGITS, text_known(k->config_sha256),
		HASH_DIGITS, text_known(k->image_sha256), text_known(k->compiler));
	if (commit)
		fprintf(l.out, "\ncommit %.*s", HASH_DIGITS, commit);
	if (k->harness)
		fprintf(l.out, "\nharness: %s", k->harness);
	if (k->cmdline && *k->cmdline)
		fprintf(l.out, "\nbooted with %s", k->cmdline);
	if (table_is_control(k))
		fprintf(l.out, "\na control: none of its cells must be valid");
	put_patches(l.out, k->record);
	return lines_json(&l);
}

json_t *page_kernels(const struct table *t)
{
	const struct table_kernel *k;
	json_t *list = json_array();

	for (k = t->kernels; list && k < t->kernels + t->nr_kernels; k++)
		if (json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:o}",
				"name", k->name, "subject", k->subject,
				"release", k->release ? k->release : "",
				"commit", record_string(k->record, "commit") ?
					record_string(k->record, "commit") : "",
				"lines", kernel_lines(k)))) {
			json_decref(list);
			list = NULL;
		}
	if (!list)
		no_memory();
	return list;
}

/* ------------------------------------------------------------------ cells */

static void put_values(FILE *out, const struct block_view *v,
		       const struct table_cell *c)
{
	bool exact = table_instrument(v->report->table, c->instrument)->exact;
	char off[FIGURE_LEN], on[FIGURE_LEN], cost[FIGURE_LEN];
	char percent[FIGURE_LEN];
	double scale = block_in_us(v) ? 1e-3 : 1;

	fprintf(out, "off %s, on %s, on - off %s %s per %s (%s)",
		figure(off, c->off * scale, false, exact),
		figure(on, c->on * scale, false, exact),
		figure(cost, c->cost * scale, true, exact),
		block_in_us(v) ? "us" :
		table_instrument(v->report->table, c->instrument)->words,
		table_op(v->report->table, v->block),
		figure_percent(percent, c->cost_pct));
	if (!isnan(c->locked.on))
		fprintf(out, "\nunder pcpu_lock: off %s, on %s",
			figure(off, c->locked.off, false, exact),
			figure(on, c->locked.on, false, exact));
}

/* Times: how far the boots are apart. */
static void put_spread(FILE *out, const struct block_view *v,
		       const struct table_cell *c)
{
	double low = INFINITY, high = -INFINITY, cost;
	double scale = block_in_us(v) ? 1e-3 : 1;
	char from[FIGURE_LEN], to[FIGURE_LEN], floor[FIGURE_LEN];
	struct split_control aa;

	for (size_t i = 0; i < c->nr_values; i++) {
		cost = value_cost(&c->values[i]) * scale;
		low = fmin(low, cost);
		high = fmax(high, cost);
	}
	fprintf(out, ", on - off from %s to %s",
		figure_amount(from, low, true), figure_amount(to, high, true));
	if (!control_cell(c, value_percent, &aa) && !isnan(aa.floor))
		fprintf(out, "\nA/A floor %s points of ACCT COST: halves of these boots are as far apart",
			figure_amount(floor, aa.floor, false));
}

static void put_boots(FILE *out, const struct block_view *v,
		      const struct table_cell *c)
{
	const struct table *t = v->report->table;
	size_t taken = 0;

	for (size_t i = 0; i < c->nr_values; i++)
		taken += t->boots[c->values[i].boot].taken != NULL;
	fprintf(out, "\nboots: %zu valid, %zu not", c->nr_values, c->nr_invalid);
	if (taken)
		fprintf(out, ", %zu known from earlier runs", taken);
	if (c->nr_values > 1 && !table_instrument(t, c->instrument)->exact)
		put_spread(out, v, c);
}

static void put_proof(FILE *out, const json_t *cell)
{
	if (!record_at(cell, "proof"))
		return;
	fprintf(out, "\nproof: what was held at a time charged %lld B, expected %lld B; %lld B stayed after it was freed; without accounting it charged %lld B",
		record_int(cell, "proof.held") - record_int(cell, "proof.before"),
		record_int(cell, "proof.expected"),
		record_int(cell, "proof.after") - record_int(cell, "proof.before"),
		record_int(cell, "proof.off_held") - record_int(cell, "proof.before"));
}

/* Where it was measured, and in which run. */
static void put_machine(FILE *out, const struct table *t,
			const struct table_boot *b)
{
	const struct table_run *run = &t->runs[b->run];

	if (b->qemu)
		fprintf(out, "\nQEMU %s, CPU model %s", b->qemu,
			text_known(b->cpu_model));
	else
		fprintf(out, "\non %s", text_known(run->host_cpu));
	if (b->possible_cpus > 0)
		fprintf(out, ", %lld possible CPUs", b->possible_cpus);
	if (b->online_cpus > 0)
		fprintf(out, ", %lld online", b->online_cpus);
	if (b->nodes > 0)
		fprintf(out, ", nodes %lld", b->nodes);
	if (b->memory_mib > 0)
		fprintf(out, ", %lld MiB", b->memory_mib);
	fprintf(out, "\nrun %s, started %s, boot %lld", run->id,
		text_known(run->started), b->number);
	if (b->taken)
		fprintf(out, ", measured by run %s", b->taken);
}

static json_t *cell_lines(const struct block_view *v,
			  const struct table_cell *c, enum table_state state)
{
	const struct table *t = v->report->table;
	struct lines l = { 0 };
	size_t boot;

	l.out = text_stream(&l.text, &l.len);
	if (!l.out)
		return NULL;
	if (!c) {
		fputs(state == TABLE_FAILED ? "every boot failed" : "not measured",
		      l.out);
		return lines_json(&l);
	}
	if (c->valid)
		put_values(l.out, v, c);
	if (c->reason)
		fprintf(l.out, "%s%s", c->valid ? "\nboots that do not count: " :
			"invalid: ", c->reason);
	put_boots(l.out, v, c);
	if (c->nr_values || c->nr_invalid) {
		boot = c->nr_values ? c->values[0].boot : c->invalid[0].boot;
		put_proof(l.out, c->nr_values ? c->values[0].record :
			  c->invalid[0].record);
		put_machine(l.out, t, &t->boots[boot]);
	}
	return lines_json(&l);
}

static double value_of(const struct table_cell *c, enum figure what,
		       double scale)
{
	switch (what) {
	case PERCENT:
		return c->cost_pct;
	case OFF:
		return c->off * scale;
	case COST:
		return c->cost * scale;
	case LOCKED_OFF:
		return c->locked.off;
	default:
		return c->locked.on - c->locked.off;
	}
}

static json_t *cell_json(const struct block_view *v, unsigned int kernel,
			 long long size)
{
	json_t *texts = json_array(), *values = json_array();
	const struct table_cell *c;
	enum table_state state;
	double value;
	size_t i;

	state = table_state(v->report->table, v->block, kernel, size, &c);
	for (i = 0; i < NR_FIGURES; i++) {
		char text[FIGURE_LEN] = "-";

		block_place(text, v, kernel, size, &figures[i].figure);
		value = state == TABLE_VALID ?
			value_of(c, figures[i].figure,
				 block_in_us(v) ? 1e-3 : 1) : NAN;
		json_array_append_new(texts, json_string(text));
		json_array_append_new(values, json_number(value));
	}
	return json_pack("{s:o, s:o, s:o}", "texts", texts, "values", values,
			 "lines", cell_lines(v, c, state));
}

/* ----------------------------------------------------------------- tables */

static json_t *rows_json(const struct block_view *v)
{
	json_t *rows = json_array(), *cells;
	size_t k, p, nr;
	const struct table_tally *tallies = table_tallies(v->report->table,
							  v->block, &nr);

	for (k = 0; k < nr; k++) {
		cells = json_array();
		for (p = 0; p < v->block->nr_params; p++)
			json_array_append_new(cells, cell_json(v,
				tallies[k].kernel, v->block->params[p]));
		json_array_append_new(rows, json_pack("{s:i, s:o}",
			"kernel", (int)tallies[k].kernel, "cells", cells));
	}
	return rows;
}

/* A name that is no topology has no place on an axis. */
static json_t *place_json(const char *name)
{
	struct topology topo;

	if (topology_parse(name, &topo))
		return json_null();
	return json_pack("{s:i, s:i, s:i, s:i}", "cpus", (int)topo.cpus,
			 "nodes", (int)topo.nodes,
			 "empty", (int)topo.empty_nodes,
			 "memory", (int)topo.mem_nodes);
}

static json_t *table_json(const struct report *r, const struct table_block *b)
{
	const struct table *t = r->table;
	const struct block_view v = { .report = r, .block = b };
	const char *topology = t->topologies.name[b->topology];
	bool measured = b->bench != TABLE_NO_BENCH;
	json_t *sizes = json_array();

	for (size_t i = 0; i < b->nr_params; i++)
		json_array_append_new(sizes, json_integer(b->params[i]));
	return json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:o, s:o}",
			 "topology", topology, "place", place_json(topology),
			 "instrument", t->instruments.name[b->instrument],
			 "bench", measured ? t->benches.name[b->bench] : "",
			 "unit", measured && block_in_us(&v) ? "us" :
				 table_instrument(t, b->instrument)->words,
			 "per", measured ? table_op(t, b) : "",
			 "sizes", sizes, "rows", rows_json(&v));
}

json_t *page_tables(const struct table *t)
{
	const struct report r = { .table = t };
	json_t *list = json_array();

	for (size_t i = 0; list && i < t->nr_blocks; i++)
		if (json_array_append_new(list, table_json(&r, &t->blocks[i]))) {
			json_decref(list);
			list = NULL;
		}
	if (!list)
		no_memory();
	return list;
}

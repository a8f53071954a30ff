// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes the table of results files: computes each cell, sorts the blocks. */
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/text.h"
#include "plan/topology.h"
#include "results/record.h"
#include "results/repeats.h"
#include "results/table_add.h"
#include "results/table_count.h"
#include "results/table_load.h"
#include "results/table_names.h"
#include "stats/stats.h"

static int make_invalid(struct table_cell *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int make_invalid(struct table_cell *c, const char *fmt, ...)
{
	char *old = c->reason;	/* may be among the arguments */
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&c->reason, fmt, ap);
	va_end(ap);
	free(old);
	if (len < 0)
		c->reason = NULL;
	return c->reason ? 0 : no_memory();
}

typedef const struct cell_part *(*part_fn)(const struct table_value *v);

static const struct cell_part *locked_of(const struct table_value *v)
{
	return &v->locked;
}

static const struct cell_part *cleared_of(const struct table_value *v)
{
	return &v->cleared;
}

/*
 * For each value, the first in the same layout of the code that has the part, if
 * any is asked for; later ones must equal it. An array for free(); NULL with err().
 */
static const struct table_value **first_alike(const struct table *t,
					      const struct table_cell *c,
					      part_fn part)
{
	const struct table_value **list = values_by(t, c->values, c->nr_values,
						    value_layout);
	const struct table_value **first = calloc(c->nr_values + 1,
						  sizeof(*first));
	const struct table_value *now = NULL;

	for (size_t i = 0; list && first && i < c->nr_values; i++) {
		if (part && isnan(part(list[i])->on))
			continue;
		if (!now || value_layout(t, now) != value_layout(t, list[i]))
			now = list[i];
		first[list[i] - c->values] = now;
	}
	free(list);
	if (!first)
		no_memory();
	return first;
}

/* From the boots that were watched; these values are exact, too. */
static int settle_part(const struct table *t, struct table_cell *c,
		       part_fn part, const char *what,
		       struct cell_part *result)
{
	const struct table_value **alike = first_alike(t, c, part), *v;
	const struct cell_part *first;
	int e = 0;

	if (!alike)
		return EX_FAIL;
	for (v = c->values; v < c->values + c->nr_values; v++) {
		if (isnan(part(v)->on))
			continue;
		if (isnan(result->on))
			*result = *part(v);
		first = part(alike[v - c->values]);
		if (part(v)->off == first->off && part(v)->on == first->on)
			continue;
		c->valid = false;
		e = make_invalid(c, "boots differ: %s %.10g and %.10g", what,
				 first->on, part(v)->on);
		break;
	}
	free(alike);
	return e;
}

/* Sets c->valid if the boots of each layout have counted the same. */
static int settle_boots(const struct table *t, struct table_cell *c)
{
	const struct table_value **alike = first_alike(t, c, NULL), *v, *first;
	int e = 0;

	if (!alike)
		return EX_FAIL;
	c->valid = true;
	for (v = c->values; v < c->values + c->nr_values && c->valid; v++) {
		first = alike[v - c->values];
		if (v->off != first->off)
			e = make_invalid(c, "boots differ: off %.10g and %.10g",
					 first->off, v->off);
		else if (v->on != first->on)
			e = make_invalid(c, "boots differ: on %.10g and %.10g",
					 first->on, v->on);
		c->valid = v->off == first->off && v->on == first->on;
	}
	free(alike);
	return e;
}

/*
 * Counts of one image must be equal in every boot. Another layout is another
 * image; the report tells how much layouts differ.
 */
static int settle_insn(const struct table *t, struct table_cell *c)
{
	int e;

	if (c->nr_invalid)
		return make_invalid(c, "boots differ: %zu valid, %zu not: %s",
				    c->nr_values, c->nr_invalid, c->reason);
	e = settle_boots(t, c);
	if (e || !c->valid)
		return e;
	if (values_median(c, value_off, &c->off) ||
	    values_median(c, value_on, &c->on))
		return EX_FAIL;
	if (settle_part(t, c, locked_of, "under pcpu_lock", &c->locked))
		return EX_FAIL;
	return settle_part(t, c, cleared_of, "cache lines cleared", &c->cleared);
}

/* Nothing disturbs a count of bytes, under whatever instrument. */
static void settle_bytes(struct table_cell *c)
{
	struct cell_bytes other;

	c->bytes = (struct cell_bytes){ .bytes = NAN };
	for (size_t i = 0; i < c->nr_values; i++) {
		other = cell_bytes(c->values[i].record);
		if (!i)
			c->bytes = other;
		else if (other.what != c->bytes.what ||
			 other.bytes != c->bytes.bytes)
			c->bytes.bytes = NAN;
	}
}

/* Times of two machines are not replicates, nor are those of two types of CPU. */
static int settle_time(const struct table *t, struct table_cell *c)
{
	const json_t *boot = t->boots[c->values[0].boot].record;
	const char *type = text_known(record_string(boot, "cpu_type")), *another;
	const struct table_run *first, *other;
	size_t i;

	first = &t->runs[t->boots[c->values[0].boot].run];
	for (i = 1; i < c->nr_values; i++) {
		other = &t->runs[t->boots[c->values[i].boot].run];
		if (strcmp(first->host_cpu, other->host_cpu) ||
		    first->host_cpus != other->host_cpus)
			return make_invalid(c, "boots of two machines: %s (%lld CPUs) and %s (%lld CPUs)",
					    first->host_cpu, first->host_cpus,
					    other->host_cpu, other->host_cpus);
		boot = t->boots[c->values[i].boot].record;
		another = text_known(record_string(boot, "cpu_type"));
		if (strcmp(type, another))
			return make_invalid(c, "boots on two types of CPU: %s and %s",
					    type, another);
	}
	c->valid = true;
	if (values_median(c, value_off, &c->off) ||
	    values_median(c, value_on, &c->on))
		return EX_FAIL;
	return 0;
}

static int settle_cell(const struct table *t, struct table_cell *c)
{
	int e = 0;

	c->off = NAN;
	c->on = NAN;
	c->locked = c->cleared = (struct cell_part){ NAN, NAN };
	e = repeats_merge(t, c);
	if (e)
		return e;
	if (c->nr_values &&
	    table_instrument(t, c->instrument)->exact)
		e = settle_insn(t, c);
	else if (c->nr_values)
		e = settle_time(t, c);
	settle_bytes(c);
	if (!c->valid) {
		c->bytes.bytes = NAN;
		c->off = NAN;
		c->on = NAN;
		c->locked = c->cleared = (struct cell_part){ NAN, NAN };
	}
	c->cost = c->on - c->off;
	c->cost_pct = 100 * c->cost / c->off;
	return e;
}

static int compare_params(const void *x, const void *y)
{
	const long long *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

/* @cells: @nr of them, all of the block */
static int add_block(struct table *t, struct table_block b,
		     const struct table_cell *cells, size_t nr)
{
	size_t i;

	b.params = calloc(nr + 1, sizeof(*b.params));
	if (!b.params)
		return no_memory();
	for (i = 0; i < nr; i++)
		b.params[i] = cells[i].param;
	qsort(b.params, nr, sizeof(*b.params), compare_params);
	for (i = 0; i < nr; i++)
		if (!i || b.params[i] != b.params[b.nr_params - 1])
			b.params[b.nr_params++] = b.params[i];
	if (array_room(&t->blocks, t->nr_blocks, sizeof(b)))
		goto fail;
	t->blocks[t->nr_blocks++] = b;
	return 0;
fail:
	free(b.params);
	return EX_FAIL;
}

/*
 * The blocks of the place of @tally, of the sorted cells from @first on. Returns
 * where the cells of the next place begin; SIZE_MAX with err().
 */
static size_t add_blocks(struct table *t, const struct table_tally *tally,
			 size_t first)
{
	struct table_block b = {
		.topology = tally->topology,
		.instrument = tally->instrument,
		.bench = TABLE_NO_BENCH,
	};
	const struct table_cell *cells = t->cells;
	size_t i = first, end;

	for (; i < t->nr_cells && cells[i].topology == b.topology &&
	     cells[i].instrument == b.instrument; i = end) {
		b.bench = cells[i].bench;
		for (end = i; end < t->nr_cells &&
		     cells[end].topology == b.topology &&
		     cells[end].instrument == b.instrument &&
		     cells[end].bench == b.bench; end++)
			;
		if (add_block(t, b, &cells[i], end - i))
			return SIZE_MAX;
	}
	if (i == first && add_block(t, b, NULL, 0))
		return SIZE_MAX;
	return i;
}

static bool same_place(const struct table_tally *a, const struct table_tally *b)
{
	return a->topology == b->topology && a->instrument == b->instrument;
}

/*
 * Guests run side by side and end in any order, so sort blocks by nodes, then
 * CPUs. A name that is not a topology comes last.
 */
static int compare_blocks(const void *x, const void *y, void *arg)
{
	const struct table_block *a = x, *b = y;
	const struct table *t = arg;
	struct topology ta, tb;
	int diff;

	if (topology_parse(t->topologies.name[a->topology], &ta))
		ta = (struct topology){ .nodes = ~0U };
	if (topology_parse(t->topologies.name[b->topology], &tb))
		tb = (struct topology){ .nodes = ~0U };
	diff = table_order(ta.nodes, tb.nodes);
	if (!diff)
		diff = table_order(ta.empty_nodes, tb.empty_nodes);
	if (!diff)
		diff = table_order(ta.mem_nodes, tb.mem_nodes);
	if (!diff)
		diff = table_order(ta.cpus, tb.cpus);
	/* qsort() may swap equals: keep their order. */
	if (!diff)
		diff = table_order(a->topology, b->topology);
	if (!diff)
		diff = table_order(a->instrument, b->instrument);
	if (!diff)
		diff = table_order(a->bench, b->bench);
	return diff;
}

static int settle(struct table *t)
{
	const struct table_tally *tally;
	struct table_cell *c;
	size_t at = 0;
	int e;

	for (c = t->cells; t->nr_cells && c < t->cells + t->nr_cells; c++) {
		e = settle_cell(t, c);
		if (e)
			return e;
		t->kernels[c->kernel].nr_cells++;
		t->kernels[c->kernel].nr_valid += c->nr_values > 0;
	}
	e = table_count_boots(t);
	if (e)
		return e;
	if (t->nr_cells)
		qsort(t->cells, t->nr_cells, sizeof(*t->cells),
		      table_order_cells);
	for (tally = t->tallies; t->nr_tallies &&
	     tally < t->tallies + t->nr_tallies; tally++) {
		if (tally > t->tallies && same_place(tally - 1, tally))
			continue;
		at = add_blocks(t, tally, at);
		if (at == SIZE_MAX)
			return EX_FAIL;
	}
	if (t->nr_blocks)
		qsort_r(t->blocks, t->nr_blocks, sizeof(*t->blocks),
			compare_blocks, t);
	return 0;
}

/* Older files have the second of their start as id, which two may have in common. */
static bool same_run(const struct table_run *a, const struct table_run *b)
{
	return !strcmp(a->id, b->id) &&
	       json_equal(json_array_get(a->boots.file.records, 0),
			  json_array_get(b->boots.file.records, 0));
}

/* @known: boots of the files before, NULL if there is only one file. */
static int load_run(struct table *t, struct table_making *m, const char *path,
		    json_t *known)
{
	struct table_run run = { .id = NULL };
	size_t i;
	int e;

	e = boots_read(path, &run.boots);
	if (!e && known)
		e = boots_drop_known(&run.boots, known, NULL);
	if (!e)
		e = array_room(&t->runs, t->nr_runs, sizeof(run));
	if (e) {
		boots_free(&run.boots);
		return e;
	}
	t->runs[t->nr_runs++] = run;
	e = table_add_run(t, m);
	if (e)
		return e;
	for (i = 0; i + 1 < t->nr_runs; i++)
		if (same_run(&t->runs[i], &t->runs[t->nr_runs - 1]))
			return err(EX_USE, "%s is the same run as %s: give each run once",
				   path, t->runs[i].boots.file.path);
	return 0;
}

static int load(struct table *t, char *const *paths, size_t nr, bool apart)
{
	json_t *known = nr > 1 ? json_object() : NULL;
	struct table_making m = { 0 };
	size_t i;
	int e = 0;

	*t = (struct table){ .apart = apart };
	for (i = 0; i < nr && !e; i++)
		e = load_run(t, &m, paths[i], known);
	json_decref(known);
	table_making_free(&m);
	if (!e)
		e = table_name_kernels(t);
	if (!e)
		e = settle(t);
	if (e)
		table_free(t);
	return e;
}

int table_load(struct table *t, char *const *paths, size_t nr)
{
	return load(t, paths, nr, false);
}

int table_load_apart(struct table *t, char *const *paths, size_t nr)
{
	return load(t, paths, nr, true);
}

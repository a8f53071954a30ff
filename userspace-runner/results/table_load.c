// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes the table of results files: computes each cell, sorts the blocks. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "plan/topology.h"
#include "results/record.h"
#include "results/repeats.h"
#include "results/table_add.h"
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
 * The first value in the same layout of the code that has the part, if any is
 * asked for; later ones must equal it.
 */
static const struct table_value *first_alike(const struct table *t,
					     const struct table_cell *c,
					     const struct table_value *v,
					     part_fn part)
{
	const struct table_value *w = c->values;

	while (t->boots[w->boot].layout != t->boots[v->boot].layout ||
	       (part && isnan(part(w)->on)))
		w++;
	return w;
}

/* From the boots that were watched; these values are exact, too. */
static int settle_part(const struct table *t, struct table_cell *c,
		       part_fn part, const char *what,
		       struct cell_part *result)
{
	const struct cell_part *first;
	const struct table_value *v;

	for (v = c->values; v < c->values + c->nr_values; v++) {
		if (isnan(part(v)->on))
			continue;
		if (isnan(result->on))
			*result = *part(v);
		first = part(first_alike(t, c, v, part));
		if (part(v)->off == first->off && part(v)->on == first->on)
			continue;
		c->valid = false;
		return make_invalid(c, "boots differ: %s %.10g and %.10g", what,
				    first->on, part(v)->on);
	}
	return 0;
}

static int median(const struct table_cell *c, value_fn of, double *result)
{
	double *x = calloc(c->nr_values, sizeof(*x));

	if (!x)
		return no_memory();
	for (size_t i = 0; i < c->nr_values; i++)
		x[i] = of(&c->values[i]);
	*result = median_of(x, c->nr_values);
	free(x);
	return 0;
}

/*
 * Counts of one image must be equal in every boot. Another layout is another
 * image; the report tells how much layouts differ.
 */
static int settle_insn(const struct table *t, struct table_cell *c)
{
	const struct table_value *v, *first;

	if (c->nr_invalid)
		return make_invalid(c, "boots differ: %zu valid, %zu not: %s",
				    c->nr_values, c->nr_invalid, c->reason);
	for (v = c->values; v < c->values + c->nr_values; v++) {
		first = first_alike(t, c, v, NULL);
		if (v->off != first->off)
			return make_invalid(c, "boots differ: off %.10g and %.10g",
					    first->off, v->off);
		if (v->on != first->on)
			return make_invalid(c, "boots differ: on %.10g and %.10g",
					    first->on, v->on);
	}
	c->valid = true;
	if (median(c, value_off, &c->off) || median(c, value_on, &c->on))
		return EX_FAIL;
	if (settle_part(t, c, locked_of, "under pcpu_lock", &c->locked))
		return EX_FAIL;
	return settle_part(t, c, cleared_of, "cache lines cleared", &c->cleared);
}

/* Times of two machines are not replicates. */
static int settle_time(const struct table *t, struct table_cell *c)
{
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
	}
	c->valid = true;
	if (median(c, value_off, &c->off) || median(c, value_on, &c->on))
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
	if (!c->valid) {
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

static bool in_block(const struct table_block *b, const struct table_cell *c)
{
	return c->topology == b->topology && c->instrument == b->instrument &&
	       c->bench == b->bench;
}

static int add_block(struct table *t, struct table_block b)
{
	const struct table_cell *c;
	size_t i;

	for (c = t->cells; c < t->cells + t->nr_cells; c++) {
		if (!in_block(&b, c))
			continue;
		for (i = 0; i < b.nr_params && b.params[i] != c->param; i++)
			;
		if (i < b.nr_params)
			continue;
		if (array_room(&b.params, b.nr_params, sizeof(*b.params)))
			goto fail;
		b.params[b.nr_params++] = c->param;
	}
	if (b.nr_params)
		qsort(b.params, b.nr_params, sizeof(*b.params), compare_params);
	if (array_room(&t->blocks, t->nr_blocks, sizeof(b)))
		goto fail;
	t->blocks[t->nr_blocks++] = b;
	return 0;
fail:
	free(b.params);
	return EX_FAIL;
}

static bool has_boots(const struct table *t, const struct table_block *b)
{
	size_t i;

	for (i = 0; i < t->nr_boots; i++)
		if (t->boots[i].topology == b->topology &&
		    t->boots[i].instrument == b->instrument)
			return true;
	return false;
}

/* The blocks of one topology and instrument, from the sorted cells. */
static int add_blocks(struct table *t, unsigned int topology,
		      unsigned int instrument)
{
	struct table_block b = {
		.topology = topology,
		.instrument = instrument,
		.bench = TABLE_NO_BENCH,
	};
	const struct table_cell *c;

	for (c = t->cells; c < t->cells + t->nr_cells; c++) {
		if (c->topology != topology || c->instrument != instrument ||
		    c->bench == b.bench)
			continue;
		b.bench = c->bench;
		if (add_block(t, b))
			return EX_FAIL;
	}
	if (b.bench == TABLE_NO_BENCH && has_boots(t, &b))
		return add_block(t, b);
	return 0;
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
	unsigned int topology, instrument;
	size_t i;
	int e;

	for (i = 0; i < t->nr_cells; i++) {
		e = settle_cell(t, &t->cells[i]);
		if (e)
			return e;
	}
	if (t->nr_cells)
		qsort(t->cells, t->nr_cells, sizeof(*t->cells),
		      table_order_cells);
	for (topology = 0; topology < t->topologies.nr; topology++)
		for (instrument = 0; instrument < t->instruments.nr; instrument++) {
			e = add_blocks(t, topology, instrument);
			if (e)
				return e;
		}
	if (t->nr_blocks)
		qsort_r(t->blocks, t->nr_blocks, sizeof(*t->blocks),
			compare_blocks, t);
	return 0;
}

/* @known: boots of the files before, NULL if there is only one file. */
static int load_run(struct table *t, const char *path, json_t *known)
{
	struct table_run run = { .id = NULL };
	const char *id;
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
	e = table_add_run(t);
	if (e)
		return e;
	id = t->runs[t->nr_runs - 1].id;
	for (i = 0; i + 1 < t->nr_runs; i++)
		if (!strcmp(t->runs[i].id, id))
			return err(EX_USE, "%s is the same run as %s: give each run once",
				   path, t->runs[i].boots.file.path);
	return 0;
}

static int load(struct table *t, char *const *paths, size_t nr, bool apart)
{
	json_t *known = nr > 1 ? json_object() : NULL;
	size_t i;
	int e = 0;

	*t = (struct table){ .apart = apart };
	for (i = 0; i < nr && !e; i++)
		e = load_run(t, paths[i], known);
	json_decref(known);
	if (!e)
		e = table_name_releases(t);
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

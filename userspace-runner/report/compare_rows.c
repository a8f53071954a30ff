// SPDX-License-Identifier: GPL-2.0-or-later
/* A comparison as data: one row for each quantity of each cell. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/output.h"
#include "report/compare_doc.h"
#include "results/record.h"

struct row {
	const struct compare_pair *pair;
	const struct compare_group *group;
	const struct compare_cell *cell;
	enum quantity quantity;
	const struct compare *compare;
};

/* A field of a side's `kernel` record, "" if unknown. */
static const char *known(const struct table *t, unsigned int kernel,
			 const char *field)
{
	const char *text = kernel == COMPARE_NO_KERNEL ? NULL :
			   record_string(t->kernels[kernel].record, field);

	return text ? text : "";
}

typedef int (*row_fn)(const struct row *row, void *ctx);

static int each_row(const struct compare *c, row_fn put, void *ctx)
{
	struct row row = { .compare = c };
	size_t i, k, q;
	int e;

	for (i = 0; i < c->nr_groups; i++)
		for (k = 0; k < c->groups[i].nr_cells; k++)
			for (q = 0; q < NR_QUANTITIES; q++) {
				if (!compare_has(&c->groups[i].cells[k], q))
					continue;
				row.group = &c->groups[i];
				row.pair = &c->pairs[row.group->pair];
				row.cell = &row.group->cells[k];
				row.quantity = q;
				e = put(&row, ctx);
				if (e)
					return e;
			}
	return 0;
}

/* The value of each boot: the numbers behind the verdict. */
static json_t *boot_values(const struct table_cell *c, enum quantity q)
{
	json_t *list = json_array();
	const struct table_value *v;

	for (v = c ? c->values : NULL; v && v < c->values + c->nr_values; v++)
		json_array_append_new(list, json_number(quantity_value(q)(v)));
	return list;
}

static int json_row(const struct row *row, void *ctx)
{
	const struct compare_cell *cell = row->cell;
	const struct compare_diff *d = &cell->diff[row->quantity];
	const struct table *old = &row->compare->old;
	const struct table *new = &row->compare->new;
	const char *reason = cell->reason;
	const bool bytes = row->quantity == QUANTITY_BYTES;
	json_t *object;

	if (bytes && cell->no_bytes)
		reason = cell->no_bytes;
	object = json_pack("{s:s s:s s:s s:s s:s s:I s:s s:s s:s s:o s:o s:o s:o s:o s:o s:o s:o s:o s:o s:o s:I s:I s:I s:s s:s s:s s:s s:s}",
			   "kernel_old", row->pair->old_name,
			   "kernel_new", row->pair->new_name,
			   "topology", row->group->topology,
			   "instrument", row->group->instrument,
			   "bench", row->group->bench,
			   "param", (json_int_t)cell->param,
			   "quantity", quantity_name(row->quantity),
			   "unit", bytes ? "B" : row->group->unit,
			   "per", bytes ? compare_bytes_per(cell) :
					  bench_op(row->group->bench),
			   "old", json_number(d->old), "new", json_number(d->new),
			   "diff", json_number(d->diff),
			   "diff_pct", json_number(compare_percent(d, d->diff)),
			   "low", json_number(d->low), "high", json_number(d->high),
			   "p", json_number(d->p), "q", json_number(d->q),
			   "floor", json_number(d->floor),
			   "values_old", boot_values(cell->old, row->quantity),
			   "values_new", boot_values(cell->new, row->quantity),
			   "boots_old", (json_int_t)cell->nr_old,
			   "boots_new", (json_int_t)cell->nr_new,
			   "boots_needed", (json_int_t)cell->need,
			   "verdict", verdict_name(d->verdict,
						compare_is_exact(cell,
								 row->quantity)),
			   "release_old", known(old, row->pair->old, "release"),
			   "release_new", known(new, row->pair->new, "release"),
			   "image_old", known(old, row->pair->old,
					      "image_sha256"),
			   "image_new", known(new, row->pair->new,
					      "image_sha256"));
	if (!object)
		return no_memory();
	if (reason[0] &&
	    json_object_set_new(object, "reason", json_string(reason))) {
		json_decref(object);
		return no_memory();
	}
	return json_array_append_new(ctx, object) ? no_memory() : 0;
}

/* NULL when memory ran out. */
static json_t *texts(char *const *lines, size_t nr)
{
	json_t *list = json_array();

	for (size_t i = 0; i < nr; i++)
		if (json_array_append_new(list, json_string(lines[i]))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

json_t *compare_cells(const struct compare *c)
{
	json_t *rows = json_array();

	if (rows && !each_row(c, json_row, rows))
		return rows;
	json_decref(rows);
	return NULL;
}

int compare_json(FILE *out, const struct compare *c)
{
	json_t *rows = compare_cells(c);

	if (!rows)
		return EX_FAIL;
	return output_json(out, json_pack(
		"{s:f s:f s:I s:o s:o s:o}", "alpha", c->opt.alpha,
		"confidence", c->opt.confidence, "tests",
		(json_int_t)c->nr_tests,
		"differs", texts(c->differs, c->nr_differs),
		"unknown", texts(c->unknown, c->nr_unknown), "cells", rows));
}

int compare_csv(FILE *out, const struct compare *c)
{
	return output_csv(out, "kernel_old,kernel_new,topology,instrument,bench,param,quantity,unit,old,new,diff,diff_pct,low,high,p,q,floor,boots_old,boots_new,boots_needed,verdict,reason,image_old,image_new",
			  compare_cells(c));
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The report as data: one row a cell, as CSV and as JSON. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/output.h"
#include "report/report.h"
#include "report/report_control.h"

/* @cell is NULL for a kernel that failed where others were measured. */
struct row {
	const char *kernel;
	const char *topology;
	const char *instrument;
	const char *bench;	/* NULL if no kernel came up */
	long long param;
	const char *unit;
	bool exact;		/* a count, which has no A/A control */
	const struct table_cell *cell;
	struct table_count boots;
	const struct published_row *published;
};

typedef int (*row_fn)(const struct row *row, void *ctx);

static int kernel_rows(const struct report *r, const struct table_block *b,
		       unsigned int kernel, row_fn put, void *ctx)
{
	const struct table *t = r->table;
	struct row row = {
		.kernel = t->kernels[kernel].name,
		.topology = t->topologies.name[b->topology],
		.instrument = t->instruments.name[b->instrument],
		.unit = table_instrument(t, b->instrument)->unit,
		.exact = table_instrument(t, b->instrument)->exact,
		.boots = table_count(t, b, kernel),
	};
	size_t p;
	int e = 0;

	if (b->bench == TABLE_NO_BENCH)
		return row.boots.failed ? put(&row, ctx) : 0;
	row.bench = t->benches.name[b->bench];
	for (p = 0; p < b->nr_params && !e; p++) {
		row.param = b->params[p];
		row.published = report_published(r, b, kernel, row.param);
		if (table_state(t, b, kernel, row.param, &row.cell) !=
		    TABLE_MISSING)
			e = put(&row, ctx);
	}
	return e;
}

static int each_row(const struct report *r, row_fn put, void *ctx)
{
	const struct table_tally *tallies;
	size_t i, k, nr;
	int e;

	for (i = 0; i < r->table->nr_blocks; i++) {
		tallies = table_tallies(r->table, &r->table->blocks[i], &nr);
		for (k = 0; k < nr; k++) {
			e = kernel_rows(r, &r->table->blocks[i],
					tallies[k].kernel, put, ctx);
			if (e)
				return e;
		}
	}
	return 0;
}

/* Why there is no number, or why some boots are not in it. */
static const char *reason_of(const struct row *row)
{
	return row->cell ? row->cell->reason : "every boot failed";
}

/* The A/A control of a time's boots, in points of ACCT COST; none where they are few. */
static int put_control(json_t *object, const struct row *row)
{
	struct split_control aa;

	if (row->exact || !row->cell || !row->cell->valid)
		return 0;
	if (control_cell(row->cell, value_percent, &aa))
		return EX_FAIL;
	if (isnan(aa.floor))
		return 0;
	return json_object_set_new(object, "aa_floor", json_number(aa.floor)) ||
	       json_object_set_new(object, "aa_low", json_number(aa.low)) ||
	       json_object_set_new(object, "aa_high", json_number(aa.high)) ||
	       json_object_set_new(object, "aa_p", json_number(aa.p)) ?
		no_memory() : 0;
}

static int json_row(const struct row *row, void *ctx)
{
	const struct table_cell *cell = row->cell;
	bool valid = cell && cell->valid;
	json_t *object;

	object = json_pack("{s:s s:s s:s s:s? s:o s:o s:o s:o s:o s:o s:o s:s s:I s:I s:I s:b s:s?}",
			   "kernel", row->kernel,
			   "topology", row->topology,
			   "instrument", row->instrument,
			   "bench", row->bench,
			   "param", row->bench ? json_integer(row->param) :
						 json_null(),
			   "off", json_number(valid ? cell->off : NAN),
			   "on", json_number(valid ? cell->on : NAN),
			   "cost", json_number(valid ? cell->cost : NAN),
			   "cost_pct", json_number(valid ? cell->cost_pct : NAN),
			   "locked_off",
			   json_number(valid ? cell->locked.off : NAN),
			   "locked_on",
			   json_number(valid ? cell->locked.on : NAN),
			   "unit", row->unit,
			   "boots", (json_int_t)(cell ? cell->nr_values : 0),
			   "invalid_boots",
			   (json_int_t)(cell ? cell->nr_invalid : 0),
			   "failed_boots", (json_int_t)row->boots.failed,
			   "valid", valid,
			   "reason", reason_of(row));
	if (!object)
		return no_memory();
	if (valid && !isnan(cell->cleared.on)) {
		json_object_set_new(object, "cleared_off",
				    json_number(cell->cleared.off));
		json_object_set_new(object, "cleared_on",
				    json_number(cell->cleared.on));
	}
	if (put_control(object, row)) {
		json_decref(object);
		return EX_FAIL;
	}
	if (row->published &&
	    (json_object_set_new(object, "published_pct",
				 json_real(row->published->cost_pct)) ||
	     json_object_set_new(object, "published_machine",
				 json_string(row->published->machine)))) {
		json_decref(object);
		return no_memory();
	}
	return json_array_append_new(ctx, object) ? no_memory() : 0;
}

json_t *report_rows(const struct report *r)
{
	json_t *rows = json_array();

	if (rows && !each_row(r, json_row, rows))
		return rows;
	json_decref(rows);
	return NULL;
}

int report_json(FILE *out, const struct report *r)
{
	return output_json(out, report_rows(r));
}

#define COLUMNS	"kernel,topology,instrument,bench,param,off,on,cost,cost_pct,unit,boots,valid"

static bool any_control(const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		if (json_object_get(row, "aa_floor"))
			return true;
	return false;
}

int report_csv(FILE *out, const struct report *r)
{
	static const char *const columns[2][2] = {
		{ COLUMNS, COLUMNS ",aa_floor" },
		{ COLUMNS ",published_pct", COLUMNS ",published_pct,aa_floor" },
	};
	json_t *rows = report_rows(r);

	return output_csv(out, columns[r->published != NULL][any_control(rows)],
			  rows);
}

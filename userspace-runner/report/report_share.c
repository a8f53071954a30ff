// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints how full slabs of many owners were, of slab-share. */
#include <stdio.h>

#include "report/report_share.h"
#include "results/record.h"

/* A part of a whole, both fields of the cells' object "share". */
struct share_of {
	const char *title;
	const char *part, *whole;
};

static const struct share_of tables[] = {
	{ "objects, of all bytes of their slabs", "share.live", "share.slabs" },
	{ "the same when free slabs have been given back", "share.last_live",
	  "share.last_slabs" },
	{ "obj_exts beside the slabs, of these bytes", "share.exts",
	  "share.last_slabs" },
};

static const json_t *find(const struct block_view *v, unsigned int kernel,
			  long long size)
{
	const struct table_cell *c = block_valid(v, kernel, size);

	return c && record_at(c->values[0].record, "share") ?
	       c->values[0].record : NULL;
}

static void place(char text[FIGURE_LEN], const struct block_view *v,
		  unsigned int kernel, long long size, const void *ctx)
{
	const struct share_of *s = ctx;
	const json_t *cell = find(v, kernel, size);
	const double whole = cell ? (double)record_int(cell, s->whole) : 0;

	if (whole > 0)
		snprintf(text, FIGURE_LEN, "%.1f%%",
			 100.0 * (double)record_int(cell, s->part) / whole);
}

static bool any(const struct block_view *v)
{
	for (size_t i = 0; i < v->nr_rows; i++)
		for (size_t p = 0; p < v->block->nr_params; p++)
			if (find(v, v->rows[i], v->block->params[p]))
				return true;
	return false;
}

void report_share(struct doc *d, const struct block_view *v)
{
	if (!any(v))
		return;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		doc_put(d, DOC_TITLE, "%s", tables[i].title);
		put_kernels(d, v, place, &tables[i]);
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* What a memory cgroup takes, beside what making it costs. */
#include "report/report_memcg.h"
#include "results/record.h"

/* The `memcg` of a valid cell of @kernel; NULL if there is none. */
static const json_t *taken(const struct block_view *v, unsigned int kernel)
{
	for (size_t p = 0; p < v->block->nr_params; p++) {
		const struct table_cell *c =
			block_valid(v, kernel, v->block->params[p]);

		if (c && record_at(c->values[0].record, "memcg"))
			return c->values[0].record;
	}
	return NULL;
}

void report_memcg(struct doc *d, const struct block_view *v)
{
	bool any = false;

	for (size_t i = 0; i < v->nr_rows; i++) {
		const json_t *cell = taken(v, v->rows[i]);

		if (!cell)
			continue;
		if (!any) {
			doc_put(d, DOC_TITLE,
				"bytes that its parent is charged for one cgroup");
			doc_row(d, "kernel");
			doc_cell(d, "percpu");
			doc_cell(d, "slab");
		}
		any = true;
		doc_row(d, "%s", block_kernel(v, v->rows[i]));
		doc_cell(d, "%lld", record_int(cell, "memcg.percpu"));
		doc_cell(d, "%lld", record_int(cell, "memcg.slab"));
	}
	if (any)
		doc_table(d);
}

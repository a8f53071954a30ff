// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints the bytes that are charged for a memory cgroup, or for an operation of mm-life. */
#include <stdio.h>

#include "report/report_taken.h"
#include "results/record.h"

/* @fields of the cells' object @object, in bytes, and their heads. */
struct taken {
	const char *object;
	const char *title;
	const char *fields[7][2];
};

static const struct taken tables[] = {
	{ "memcg", "bytes that its parent is charged for one cgroup",
	  { { "percpu", "percpu" }, { "slab", "slab" } } },
	{ "footprint", "bytes that the controller keeps for one cgroup",
	  { { "percpu", "percpu" }, { "slab", "slab" },
	    { "structures", "structs" }, { "shrinkers", "shrinkers" },
	    { "objcgs", "objcgs" }, { "references", "refs" } } },
	{ "exts", "obj_exts of the percpu chunks after the first, in bytes",
	  { { "chunks", "chunks" }, { "arrays", "arrays" },
	    { "bytes", "bytes" }, { "unit", "a CPU's copy" } } },
	{ "mm", "bytes charged for what an operation makes",
	  { { "percpu", "percpu" }, { "stack", "stack" },
	    { "slab", "slab" }, { "tables", "page tables" },
	    { "anon", "pages" } } },
	{ "zswap", "bytes that 256 pages take in zswap",
	  { { "stored", "compressed" }, { "pool", "pool" } } },
};

/* A valid cell of @kernel that has @object; NULL if there is none. */
static const json_t *find(const struct block_view *v, unsigned int kernel,
			  const char *object)
{
	for (size_t p = 0; p < v->block->nr_params; p++) {
		const struct table_cell *c =
			block_valid(v, kernel, v->block->params[p]);

		if (c && record_at(c->values[0].record, object))
			return c->values[0].record;
	}
	return NULL;
}

static void put_row(struct doc *d, const struct taken *t, const char *kernel,
		    const json_t *cell)
{
	char path[40];

	doc_row(d, "%s", kernel);
	for (int i = 0; t->fields[i][0]; i++) {
		snprintf(path, sizeof(path), "%s.%s", t->object,
			 t->fields[i][0]);
		if (record_at(cell, path))
			doc_cell(d, "%lld", record_int(cell, path));
		else
			doc_cell(d, "-");
	}
}

/* What is free, but stays with the kernel. */
static void put_idle(struct doc *d, const struct block_view *v,
		     unsigned int kernel, const char *object)
{
	const json_t *cell = find(v, kernel, object);
	const long long bytes = cell ? record_int(cell, "mm.idle") : 0;

	if (bytes > 0)
		doc_put(d, DOC_TEXT,
			"%s keeps %lld bytes of percpu memory for later processes",
			block_kernel(v, kernel), bytes);
}

static void put_table(struct doc *d, const struct block_view *v,
		      const struct taken *t)
{
	bool any = false, no_cid = false;

	for (size_t i = 0; i < v->nr_rows; i++) {
		const json_t *cell = find(v, v->rows[i], t->object);

		if (!cell)
			continue;
		if (!any) {
			doc_put(d, DOC_TITLE, "%s", t->title);
			doc_row(d, "kernel");
			for (int f = 0; t->fields[f][0]; f++)
				doc_cell(d, "%s", t->fields[f][1]);
		}
		any = true;
		/* What has page tables of its own is a process. */
		no_cid |= json_is_false(record_at(cell, "mm.rseq")) &&
			  record_int(cell, "mm.tables") > 0;
		put_row(d, t, block_kernel(v, v->rows[i]), cell);
	}
	if (any)
		doc_table(d);
	for (size_t i = 0; i < v->nr_rows; i++)
		put_idle(d, v, v->rows[i], t->object);
	if (no_cid)
		doc_put(d, DOC_TEXT, "no mm_cid of a process for each CPU: the kernel is without CONFIG_RSEQ");
}

void report_taken(struct doc *d, const struct block_view *v)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		put_table(d, v, &tables[i]);
}

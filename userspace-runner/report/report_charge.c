// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Facts about maps besides ACCT COST: the bytes charged and in use, a kernel's
 * effect on the whole syscalls, and how much of them percpu accounting can be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/groups.h"
#include "base/text_stream.h"
#include "report/report_charge.h"

static const struct table_cell *cell_of(const struct block_view *v,
					unsigned int kernel, long long size)
{
	return table_find(v->report->table, v->block, kernel, size);
}

static bool has_charges(const struct block_view *v, unsigned int kernel)
{
	const struct table_cell *c;

	for (size_t p = 0; p < v->block->nr_params; p++) {
		c = cell_of(v, kernel, v->block->params[p]);
		if (c && c->charge.uses >= 0)
			return true;
	}
	return false;
}

bool report_has_charge(const struct block_view *v)
{
	for (size_t i = 0; i < v->nr_rows; i++)
		if (has_charges(v, v->rows[i]))
			return true;
	return false;
}

/* The same text for all kernels that charge the same. For free(). */
static char *charges_key(const struct block_view *v, unsigned int kernel)
{
	const struct table_cell *c;
	char *key = NULL;
	size_t len;
	FILE *out = text_stream(&key, &len);

	for (size_t p = 0; out && p < v->block->nr_params; p++) {
		c = cell_of(v, kernel, v->block->params[p]);
		if (c)
			fprintf(out, "%lld %lld,", c->charge.uses,
				c->charge.percpu);
		else
			fputc(',', out);
	}
	if (out && !fclose(out))
		return key;
	free(key);
	return NULL;
}

/* Is no percpu memory charged, of whatever size? */
static bool charges_none(const struct block_view *v, unsigned int kernel)
{
	const struct table_cell *c;

	for (size_t p = 0; p < v->block->nr_params; p++) {
		c = cell_of(v, kernel, v->block->params[p]);
		if (c && c->charge.percpu > 0)
			return false;
	}
	return true;
}

/* One item for @nr kernels that charge the same. */
static void put_charges(struct doc *d, const struct block_view *v,
			const unsigned int *kernels, const size_t *list, size_t nr)
{
	const struct table_cell *c;
	const char *between = "";
	size_t i, p;

	doc_begin(d, DOC_ITEM);
	for (i = 0; i < nr; i++) {
		doc_print(d, "%s%s", between,
			  block_kernel(v, kernels[list[i]]));
		between = ", ";
	}
	between = ": charged ";
	for (p = 0; p < v->block->nr_params; p++) {
		c = cell_of(v, kernels[list[0]], v->block->params[p]);
		if (!c || c->charge.uses < 0)
			continue;
		doc_print(d, "%s%lld of %lld B (%lld)", between,
			  c->charge.percpu, c->charge.uses,
			  v->block->params[p]);
		between = ", ";
	}
	if (charges_none(v, kernels[list[0]]))
		doc_print(d, "; no percpu memory: ACCT COST is that of slab, such as the map itself");
	doc_end(d);
}

static void put_all_charges(struct doc *d, const struct block_view *v)
{
	unsigned int *kernels = calloc(v->nr_rows + 1, sizeof(*kernels));
	struct groups g = { .nr = 0 };
	char *key;
	size_t i;

	doc_put(d, DOC_TITLE,
		"percpu bytes charged, of those its values use, while it is held (size):");
	d->failed |= !kernels;
	for (i = 0; i < v->nr_rows && !d->failed; i++) {
		if (!has_charges(v, v->rows[i]))
			continue;
		kernels[g.nr_things] = v->rows[i];
		key = charges_key(v, v->rows[i]);
		d->failed |= !key || groups_add(&g, key);
		free(key);
	}
	d->failed |= groups_end(&g) != 0;
	for (i = 0; i < g.nr && !d->failed; i++)
		put_charges(d, v, kernels, g.list + g.first[i],
			    g.first[i + 1] - g.first[i]);
	groups_free(&g);
	free(kernels);
}

static const struct bench *bench_of(const struct block_view *v)
{
	return bench_find(v->report->table->benches.name[v->block->bench]);
}

/* The bench whose cost is a part of this one's, or NULL. */
static const struct bench *part_of(const struct block_view *v)
{
	const struct bench *bench = bench_of(v);

	return bench && bench->beside ? bench_find(bench->beside) : NULL;
}

static void place_delta(char text[FIGURE_LEN], const struct block_view *v,
			unsigned int kernel, long long size, const void *base)
{
	const struct table_cell *c = block_valid(v, kernel, size);
	const struct table_cell *b = block_valid(v, *(const unsigned int *)base,
						 size);

	if (c && b)
		snprintf(text, FIGURE_LEN, "%+.2f%%",
			 100 * (c->on - b->on) / b->on);
}

/* Compare the other kernels with "baseline", if it was measured. */
static void put_deltas(struct doc *d, const struct block_view *v)
{
	const unsigned int *base = NULL;
	size_t i;

	for (i = 0; i < v->nr_rows; i++)
		if (!strcmp(block_kernel(v, v->rows[i]), "baseline"))
			base = &v->rows[i];
	if (!base || v->nr_rows < 2)
		return;
	doc_put(d, DOC_TITLE, "on, against baseline's");
	put_sizes(d, v->block->params, v->block->nr_params);
	/* Leave out baseline's row of zeros. */
	for (i = 0; i < v->nr_rows; i++)
		if (v->rows[i] != *base)
			put_kernel_row(d, v, block_kernel(v, v->rows[i]),
				       v->rows[i], place_delta, base);
	doc_table(d);
}

static void place_share(char text[FIGURE_LEN], const struct block_view *v,
			unsigned int kernel, long long size, const void *part)
{
	const struct table_cell *c = block_valid(v, kernel, size), *alloc;

	alloc = table_find(v->report->table, part, kernel, size);
	if (c && alloc && alloc->valid)
		snprintf(text, FIGURE_LEN, "%.2f%%",
			 100 * (double)c->charge.values * alloc->cost / c->on);
}

static void put_shares(struct doc *d, const struct block_view *v)
{
	const struct table *t = v->report->table;
	const struct bench *part = part_of(v);
	const struct table_block *b;

	for (b = t->blocks; part && b < t->blocks + t->nr_blocks; b++) {
		if (b->topology != v->block->topology ||
		    b->instrument != v->block->instrument ||
		    b->bench == TABLE_NO_BENCH ||
		    bench_find(t->benches.name[b->bench]) != part)
			continue;
		doc_put(d, DOC_TITLE,
			"percpu accounting in on: values charged x %s's cost",
			part->name);
		put_kernels(d, v, place_share, b);
		return;
	}
}

void report_charge(struct doc *d, const struct block_view *v)
{
	put_all_charges(d, v);
	put_deltas(d, v);
	put_shares(d, v);
}

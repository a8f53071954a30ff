// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables of a block: kernels by sizes. */
#include "report/block_table.h"

void put_sizes(struct doc *d, const long long *sizes, size_t nr)
{
	doc_row(d, "size, B");
	for (size_t i = 0; i < nr; i++)
		doc_cell(d, "%lld", sizes[i]);
}

void put_kernel_row(struct doc *d, const struct block_view *v, const char *label,
		    unsigned int kernel, place_fn place, const void *ctx)
{
	doc_row(d, "%s", label);
	for (size_t i = 0; i < v->block->nr_params; i++) {
		char text[FIGURE_LEN] = "-";

		place(text, v, kernel, v->block->params[i], ctx);
		doc_cell(d, "%s", text);
	}
}

void put_kernels(struct doc *d, const struct block_view *v, place_fn place,
		 const void *ctx)
{
	put_sizes(d, v->block->params, v->block->nr_params);
	for (size_t i = 0; i < v->nr_rows; i++)
		put_kernel_row(d, v, block_kernel(v, v->rows[i]), v->rows[i],
			       place, ctx);
	doc_table(d);
}

const char *block_kernel(const struct block_view *v, unsigned int kernel)
{
	return v->report->table->kernels[kernel].name;
}

const struct table_cell *block_valid(const struct block_view *v,
				     unsigned int kernel, long long size)
{
	const struct table_cell *cell;

	cell = table_find(v->report->table, v->block, kernel, size);
	return cell && cell->valid ? cell : NULL;
}

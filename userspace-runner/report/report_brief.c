// SPDX-License-Identifier: GPL-2.0-or-later
/* What fits a screen: percent and amount, and what a reader has to know of them. */
#include <string.h>

#include "base/index.h"
#include "base/text.h"
#include "report/report_brief.h"

bool report_is_silent(const struct table *t, unsigned int kernel)
{
	size_t all;

	return t->nr_controls < t->nr_kernels &&
	       table_is_control(&t->kernels[kernel]) &&
	       !table_valid_cells(t, kernel, &all);
}

static void put_rows(struct doc *d, const struct block_view *v,
		     enum figure what)
{
	for (size_t i = 0; i < v->nr_rows; i++)
		if (!report_is_silent(v->report->table, v->rows[i]))
			put_kernel_row(d, v, block_kernel(v, v->rows[i]),
				       v->rows[i], block_place, &what);
}

void report_brief_block(struct doc *d, const struct block_view *v)
{
	put_sizes(d, v->block->params, v->block->nr_params);
	put_rows(d, v, PERCENT);
	doc_row(d, "on - off");
	for (size_t i = 0; i < v->block->nr_params; i++)
		doc_cell(d, "%s", "");
	put_rows(d, v, COST);
	doc_table(d);
}

static void put_controls(struct doc *d, const struct table *t)
{
	for (unsigned int k = 0; k < t->nr_kernels; k++)
		if (report_is_silent(t, k))
			doc_print(d, "%s: no cell is valid, as it must be of a control. ",
				  t->kernels[k].name);
}

static void put_patches(struct doc *d, const struct table *t)
{
	size_t nr = 0;

	for (size_t i = 0; i < t->nr_kernels; i++)
		nr += t->kernels[i].subject[0] != '\0';
	for (size_t i = 0; nr <= 2 && i < t->nr_kernels; i++)
		if (t->kernels[i].subject[0] &&
		    strcmp(t->kernels[i].subject, t->kernels[i].name))
			doc_put(d, DOC_ITEM, "%s: %s", t->kernels[i].name,
				t->kernels[i].subject);
}

static const char *known(const char *text)
{
	return text ? text : "unknown";
}

/* Each release once; of several configs none. A kernel that never came up told none. */
static void put_kernel(struct doc *d, const struct table *t)
{
	const struct table_kernel *k = t->kernels;
	struct index had = { NULL };
	const char *config = NULL;
	bool alike = true;
	size_t i, place;

	if (!t->nr_kernels)
		return;
	for (i = 0; i < t->nr_kernels; i++) {
		if (!config)
			config = k[i].config_sha256;
		alike &= !k[i].config_sha256 ||
			 same_text(config, k[i].config_sha256);
		d->failed |= index_add(&had, known(k[i].release), i, &place) != 0;
		if (place == i)
			doc_print(d, "%s%s", i ? ", " : "Linux ",
				  known(k[i].release));
	}
	index_free(&had);
	if (alike)
		doc_print(d, ", config %.8s", known(config));
	else
		doc_print(d, ", several configs");
	for (i = 0; i < t->nr_boots; i++) {
		if (!t->boots[i].qemu)
			continue;
		doc_print(d, ", QEMU %s", t->boots[i].qemu);
		break;
	}
	doc_print(d, ". ");
}

static void put_taken(struct doc *d, const struct table *t)
{
	size_t taken = 0;

	for (size_t i = 0; i < t->nr_boots; i++)
		taken += t->boots[i].taken != NULL;
	if (taken)
		doc_print(d, "Boots known from earlier runs: %zu of %zu. ", taken,
			  t->nr_boots);
}

void report_brief_end(struct doc *d, const struct report *r)
{
	const struct table *t = r->table;

	put_patches(d, t);
	doc_begin(d, DOC_TEXT);
	put_controls(d, t);
	put_kernel(d, t);
	put_taken(d, t);
	doc_print(d, "--all: off, what is under pcpu_lock, what was run on what.");
	doc_end(d);
}

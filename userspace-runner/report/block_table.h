/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of a block: kernels by sizes. */
#ifndef PCPUBENCH_REPORT_BLOCK_TABLE_H
#define PCPUBENCH_REPORT_BLOCK_TABLE_H

#include "doc/doc.h"
#include "doc/figures.h"
#include "report/report.h"

/* @rows: @nr_rows kernels with something to report */
struct block_view {
	const struct report *report;
	const struct table_block *block;
	unsigned int *rows;
	size_t nr_rows;
};

/* The head of a table: a column for each of @nr sizes. */
void put_sizes(struct doc *d, const long long *sizes, size_t nr);

/* The text for a kernel and size; "-" if it leaves @text alone. */
typedef void (*place_fn)(char text[FIGURE_LEN], const struct block_view *v,
			 unsigned int kernel, long long size, const void *ctx);

/* A row of the table of @v's block. */
void put_kernel_row(struct doc *d, const struct block_view *v, const char *label,
		    unsigned int kernel, place_fn place, const void *ctx);

/* The whole table: a row for each kernel. */
void put_kernels(struct doc *d, const struct block_view *v, place_fn place,
		 const void *ctx);

enum figure {
	PERCENT,
	OFF,
	LOCKED_OFF,
	COST,
	LOCKED_COST,
};

/* A place_fn: @what points to an enum figure. */
void block_place(char text[FIGURE_LEN], const struct block_view *v,
		 unsigned int kernel, long long size, const void *what);

/* Times of some benches are in us; data formats keep to ns. */
bool block_in_us(const struct block_view *v);

const char *block_kernel(const struct block_view *v, unsigned int kernel);

/* The valid cell there, or NULL. */
const struct table_cell *block_valid(const struct block_view *v,
				     unsigned int kernel, long long size);

/* The machine of a published figure of @kernel's row in the block, or NULL. */
const char *report_has_published(const struct block_view *v,
				 unsigned int kernel);

/* A place_fn: the published percentage. */
void report_place_published(char text[FIGURE_LEN], const struct block_view *v,
			    unsigned int kernel, long long size,
			    const void *ctx);

#endif

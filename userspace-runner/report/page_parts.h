/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data of a page, a function for each part of it; plots/page/ shows them.
 * Each returns NULL with err() when memory ran out.
 */
#ifndef PCPUBENCH_REPORT_PAGE_PARTS_H
#define PCPUBENCH_REPORT_PAGE_PARTS_H

#include <jansson.h>

#include "results/table.h"

/* What a cell can be shown as: [{key, title}], in the order of its texts. */
json_t *page_figures(void);

/* A name, and lines about what was built, for each kernel of @t. */
json_t *page_kernels(const struct table *t);

/*
 * For each block of @t its kernels and sizes, each cell with its texts, as
 * `report` prints them, its numbers, and the proof and provenance behind them.
 */
json_t *page_tables(const struct table *t);

/*
 * Chains of kernels, each made from the one before: builds of one name in the
 * order of the files, prefixes of one series, commits. For each step what
 * `compare` says of it, cell by cell; tables are numbered as in page_tables().
 */
json_t *page_history(const struct table *t);

/* The calls of each profiled cell. On an error of the file NULL and @e. */
json_t *page_flames(const struct table *t, int *e);

/* @text as JSON; a file's name in it may be no UTF-8. */
json_t *page_text(const char *text);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page: all that results files say, as one file of HTML. */
#ifndef PCPUBENCH_REPORT_PAGE_H
#define PCPUBENCH_REPORT_PAGE_H

#include <stdio.h>

#include "compare/gate.h"
#include "fit/fit.h"
#include "results/table.h"

/*
 * @fits: of @table
 * @gate: a judged gate, or NULL
 */
struct page {
	const struct table *table;
	const struct fit_set *fits;
	const struct gate *gate;
};

/*
 * Write the page: an output_fn of a struct page. The same files give the same
 * page. It loads nothing, and runs no script but its own. 0 or EX_FAIL with
 * err(), or what a damaged profile gives.
 */
int page_write(FILE *out, const void *page);

#endif

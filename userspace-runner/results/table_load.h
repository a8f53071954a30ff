/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes the table of results files. */
#ifndef PCPUBENCH_RESULTS_TABLE_LOAD_H
#define PCPUBENCH_RESULTS_TABLE_LOAD_H

#include "results/table.h"

/**
 * table_load - read results files and merge them
 * @paths: @nr of them; each must be another run
 *
 * A kernel's name must stand for the same image, module and command line in all
 * files, or its boots are not replicates; but builds of several releases of Linux
 * are kernels of their own, "NAME-RELEASE". A boot that several files have counts
 * once. Only cells of boots with status `ok` count. Returns 0, EX_USE when a
 * file is not usable, EX_FAIL when memory ran out, both with err(); then @t is
 * empty.
 */
int table_load(struct table *t, char *const *paths, size_t nr);

/* The same, but each build of a name is a kernel of its own: "NAME", "NAME-2". */
int table_load_apart(struct table *t, char *const *paths, size_t nr);

#endif

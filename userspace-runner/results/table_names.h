/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernels of a table are called. */
#ifndef PCPUBENCH_RESULTS_TABLE_NAMES_H
#define PCPUBENCH_RESULTS_TABLE_NAMES_H

#include "results/table.h"

/**
 * table_name_kernels - set name, label and by_release of all kernels
 *
 * A kernel that the files call by a plain name keeps it: no path's label is a name
 * of the files. Two paths may end in one label: then the second one is "LABEL-2".
 * Kernels of one name and several releases are "NAME-RELEASE": with "6.12" where
 * that is enough, else with the whole release. To be called after the last run. 0,
 * or EX_FAIL with err().
 */
int table_name_kernels(struct table *t);

#endif

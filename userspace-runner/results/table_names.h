/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernels of a table are called. */
#ifndef PCPUBENCH_RESULTS_TABLE_NAMES_H
#define PCPUBENCH_RESULTS_TABLE_NAMES_H

#include "results/table.h"

/**
 * table_name_kernel - set name, label and subject of @k, from its record
 *
 * Two paths may end in one name: then the second one is "NAME-2". 0, or EX_FAIL
 * with err().
 */
int table_name_kernel(struct table *t, struct table_kernel *k);

/**
 * table_name_releases - tell kernels of one name apart by their releases
 *
 * Such a kernel is "NAME-RELEASE": with "6.12" where that is enough, else with the
 * whole release. To be called after the last run. 0, or EX_FAIL with err().
 */
int table_name_releases(struct table *t);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timed cells with every sample, for plots of their distribution. */
#ifndef PCPUBENCH_RESULTS_TIMES_H
#define PCPUBENCH_RESULTS_TIMES_H

#include <jansson.h>

#include "results/table.h"

#define TIMES_LEVEL	0.95

/**
 * times_json - the valid cells of an instrument that is not exact
 * @list: receives an array, for json_decref(): of each cell its `kernel`,
 *	`release`, `host`, `topology`, `instrument`, `bench`, `param`, `unit`,
 *	`per`; in `boots` for each boot the clean samples of `off` and `on`,
 *	unit per operation, and the number of `disturbed` ones; and for `off`,
 *	`on` and `cost` (on - off) the boots' `values`, their `median`, and
 *	`low` and `high` of its interval at TIMES_LEVEL
 *
 * The interval is median_interval_of()'s, over the boots; null if there are too few
 * boots. 0 or EX_FAIL.
 */
int times_json(const struct table *t, json_t **list);

#endif

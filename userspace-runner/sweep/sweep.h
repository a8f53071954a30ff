/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run a sweep, or what of it its results file does not have yet. */
#ifndef PCPUBENCH_SWEEP_SWEEP_H
#define PCPUBENCH_SWEEP_SWEEP_H

#include "sweep/describe.h"

/**
 * sweep_run - boot all that is wanted and not there
 * @s: whose opt.output is the file, made or gone on with
 * @kernels: s->nr_kernels of them
 * @more: fields of the `run` record beside `sweep`, or NULL
 * @tell: gets the file's path as soon as it is known to be right, or NULL
 * @given_up: receives the number of wanted boots that failed BOOT_TRIES times
 *
 * 0 also when boots were given up.
 */
int sweep_run(const struct sweep *s, const struct kernel *kernels,
	      const json_t *more, FILE *tell, size_t *given_up, int argc,
	      char **argv);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a sweep, or the rest of it that its results file lacks. */
#ifndef PCPUBENCH_SWEEP_SWEEP_H
#define PCPUBENCH_SWEEP_SWEEP_H

#include "sweep/describe.h"

/**
 * sweep_run - run the boots that the results file lacks
 * @s: its opt.output is the file, a new one or one to continue
 * @kernels: s->nr_kernels of them
 * @more: further fields of the `run` record, or NULL
 * @tell: called with the file's path as soon as the file is checked, or NULL
 * @given_up: receives the number of wanted boots that failed BOOT_TRIES times
 *
 * Returns 0 also when boots were given up.
 */
int sweep_run(const struct sweep *s, const struct kernel *kernels,
	      const json_t *more, FILE *tell, size_t *given_up, int argc,
	      char **argv);

#endif

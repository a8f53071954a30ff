/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measure a plan on the running kernel: the same code in a guest's /init and in
 * `run` on metal.
 */
#ifndef PCPUBENCH_MEASURE_MEASURE_H
#define PCPUBENCH_MEASURE_MEASURE_H

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>

#include "plan/plan.h"

/*
 * Not 0: leave off as soon as that is clean. For a signal handler; a call into
 * the module comes back by itself.
 */
extern volatile sig_atomic_t measure_stop;

/* Takes over @record, one of docs/results.md. 0 or an exit code. */
typedef int (*emit_fn)(json_t *record, void *arg);

/*
 * Stops and restarts the tick of the machine's only CPU, for a sample that takes
 * longer than from one to the next. NULL: nobody may do that here.
 */
extern void (*measure_tick)(bool runs);

/**
 * measure - measure every size of @plan, in a cgroup of its own
 * @cgroup_mount: where the cgroup v2 hierarchy is mounted
 * @expect: the topology that the kernel was booted with, NULL on metal. When
 *	another one came up, nothing is measured.
 *
 * Emits one `guest` record, what this kernel is, then a `cell` for each size.
 * The calling process is back in its own cgroup at the end, whatever happens.
 */
int measure(const struct plan *plan, const char *cgroup_mount,
	    const char *expect, emit_fn emit, void *arg);

#endif

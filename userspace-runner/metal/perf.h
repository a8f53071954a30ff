/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose time it is on a real machine: the loop once more, while perf samples. */
#ifndef PCPUBENCH_METAL_PERF_H
#define PCPUBENCH_METAL_PERF_H

#include "measure/target.h"

/* What perf samples; another than PERF_EVENT is not looked for beforehand. */
#define PERF_EVENT	"cycles:k"
extern const char *perf_event;

/* Do samples of @event, with perf's modifiers, come by the time? */
bool perf_is_clock(const char *event);

/**
 * perf_ready - can perf sample the kernel here, with names?
 *
 * EX_FAIL with err(): no PMU, as in most guests; not allowed; kernel addresses
 * hidden; no perf.
 */
int perf_ready(void);

/**
 * perf_profile - sample the loop of @run and emit a `profile` record
 * @run: as it was measured: its samples in ns say what a pair takes
 *
 * Of struct measure_env. Takes some seconds: each arm in turn for so long that it can
 * be told by its time which of them a sample was taken in. Nothing that is
 * measured here is in a cell, as perf slows it down.
 */
int perf_profile(const struct target *t, const struct pcpu_bench_run *run);

#endif

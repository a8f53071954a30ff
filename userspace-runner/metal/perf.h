/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profiles the running kernel: runs the loop again while perf samples. */
#ifndef PCPUBENCH_METAL_PERF_H
#define PCPUBENCH_METAL_PERF_H

#include "measure/target.h"

/* The event to sample. Only PERF_EVENT is checked in advance. */
#define PERF_EVENT	"cycles:k"
extern const char *perf_event;

/* Does @event, with perf's modifiers, sample by time? */
bool perf_is_clock(const char *event);

/**
 * perf_ready - check that perf can sample the kernel with names
 *
 * EX_FAIL with err(): no PMU, as in most guests; not allowed; kernel addresses
 * hidden; no perf.
 */
int perf_ready(void);

/**
 * perf_profile - sample the loop of @run and emit a `profile` record
 * @run: as measured; its samples, in ns, give the time of a pair
 *
 * For struct measure_env. Takes some seconds: each arm runs in turn, long
 * enough to find a sample's arm by its time. As perf slows the loop down, no
 * cell has these times.
 */
int perf_profile(const struct target *t, const struct pcpu_bench_run *run,
		 const char *name);

#endif

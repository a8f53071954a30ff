/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The `time` instrument: warm-up, pairs a sample, disturbances. */
#ifndef PCPUBENCH_MEASURE_TIMED_H
#define PCPUBENCH_MEASURE_TIMED_H

#include <stddef.h>

#include "measure/target.h"

/* Bit of a sample's `disturbed`, set by timed_speed(). */
#define TIMED_SPEED	0x8U

/**
 * module_run - have the module run @run; under `time`, warm up until it is stable
 * @run: the caller sets `param`, `bench`, `rounds` and `samples`, and as `pairs`
 *	those that the user gave or else the fewest; the rest is set here.
 *	run->warmup receives the number of all discarded rounds.
 * @more: set to fields for the cell, for json_decref(), or NULL
 *
 * Under `time` the samples' ticks are ns afterwards. By default a sample then has
 * a power of two of the fewest pairs that takes about 50 us: one in eighty meets a
 * tick of 250 Hz.
 */
int module_run(const struct target *t, const struct plan *plan,
	       struct pcpu_bench_run *run, json_t **more);

/**
 * timed_is_stable - has the median stopped moving from one block to the next?
 * @a, @b: ticks of @nr samples each, in any order; are sorted
 *
 * Yes when the medians are within 1 % of each other, or within three standard
 * errors of their difference: 1.2533 * 1.4826 * MAD / sqrt(nr) for each, of a
 * normal distribution (P. J. Huber, Robust Statistics, 1981, 1.1 and 5.1).
 */
bool timed_is_stable(double *a, double *b, size_t nr);

/**
 * timed_speed - mark the samples during which the CPU's speed differed
 * @counts: of @nr samples, with PCPU_BENCH_APERF and _MPERF
 *
 * APERF/MPERF is the speed divided by the base speed. A sample more than 2 %
 * off the median of all gets TIMED_SPEED. Returns the median, NAN without
 * counts.
 */
double timed_speed(struct pcpu_bench_sample *samples,
		   unsigned long long (*counts)[PCPU_BENCH_NR_COUNTERS],
		   size_t nr);

/* @ticks of the machine's clock in ns. */
double timed_ns(const struct target *t, double ticks);

/* Why a counter does not count, from the module's (negative) errno. */
const char *timed_why_not(int error);

#endif

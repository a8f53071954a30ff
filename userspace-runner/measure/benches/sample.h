/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One sample of an operation in user space: its ticks, and what disturbed it. */
#ifndef PCPUBENCH_MEASURE_BENCHES_SAMPLE_H
#define PCPUBENCH_MEASURE_BENCHES_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "measure/target.h"

/* The operation waits for another task: task switches are part of it... */
#define SAMPLE_MAY_SWITCH	0x1U
/* ...and, as the machine may sleep meanwhile, so are the interrupts that wake it. */
#define SAMPLE_MAY_SLEEP	0x4U

/* The operation is longer than a tick's period, and does not need the tick. */
#define SAMPLE_WITHOUT_TICK	0x2U

struct sample_clock {
	const struct target *target;
	enum instrument instrument;
	unsigned int may;
	struct pcpu_bench_quiet quiet;
	uint64_t switches;
	uint64_t start;
};

/**
 * sample_begin - start the clock
 * @arm: the sample's arm, for the mark (mark.h)
 * @may: SAMPLE_MAY_* bits
 *
 * The calling task is pinned. 0 or EX_FAIL.
 */
int sample_begin(struct sample_clock *clock, const struct target *t,
		 enum instrument instrument, enum pcpu_bench_arm arm,
		 unsigned int may);

/**
 * sample_end - fill in the ticks and what disturbed them
 *
 * Ticks are instructions with INSTRUMENT_INSN, ns with INSTRUMENT_TIME. If the
 * guest's only CPU idled, which passes time without instructions, an interrupt
 * ended that and disturbed the sample. Only sample_judge() can tell whether a
 * sample that may be switched out is clean.
 */
int sample_end(struct sample_clock *clock, struct pcpu_bench_sample *sample);

/*
 * sample_begin() and sample_end() of a sample that another task takes: that task
 * marks it and counts its @ticks, in the same units. 0 or EX_FAIL.
 */
int sample_ready(struct sample_clock *clock, const struct target *t,
		 enum instrument instrument, unsigned int may);
int sample_done(struct sample_clock *clock, uint64_t ticks,
		struct pcpu_bench_sample *sample);

/* Takes the sample of @arm that is number @at of its operation. 0 or an exit code. */
typedef int sample_fn(void *arg, enum pcpu_bench_arm arm, size_t at);

/**
 * sample_rounds - rounds of one sample of each arm, until measure_stop
 * @warmup: so many come before the plan's; theirs are overwritten
 *
 * 0, EX_INTR, or what @take returned.
 */
int sample_rounds(const struct plan *plan, unsigned int warmup, sample_fn *take,
		  void *arg);

/**
 * sample_judge - find the samples in which other tasks took a turn
 *
 * An operation that waits switches to its worker and back. If a sample has more
 * switches than the quietest of its arm, another task ran: PCPU_BENCH_SWITCH.
 * Call this once, on all samples of an operation.
 */
void sample_judge(struct pcpu_bench_sample *samples, size_t nr);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts what a guest's only CPU runs, with workers, softirqs and interrupts, and
 * without idling: for operations that the kernel goes on with later.
 *
 * A CPU that idles makes time pass without instructions. So another task, the spinner,
 * which only runs when nobody else wants to, keeps it from idling. It counts its
 * own instructions. The rest of those that passed are everybody else's.
 */
#ifndef PCPUBENCH_MEASURE_BENCHES_BUSY_CLOCK_H
#define PCPUBENCH_MEASURE_BENCHES_BUSY_CLOCK_H

#include <stdint.h>
#include <sys/types.h>

struct spun;

struct busy_clock {
	pid_t spinner;
	int wakes;		/* the spinner: a pipe, else -1 */
	struct spun *spun;
	uint64_t start;
};

/**
 * busy_clock_open - create the spinner
 *
 * The calling task is pinned, and stays on its CPU. 0 or EX_FAIL; call
 * busy_clock_close() in any case.
 */
int busy_clock_open(struct busy_clock *clock);

void busy_clock_close(struct busy_clock *clock);

/* Let the spinner run whenever the calling task waits, from now on. 0 or EX_FAIL. */
int busy_clock_start(struct busy_clock *clock);

/*
 * Stop it. @insn: instructions since busy_clock_start(), without the spinner's, but
 * for fewer than three of these.
 */
void busy_clock_stop(struct busy_clock *clock, uint64_t *insn);

#endif

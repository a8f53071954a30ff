/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Windows of tasks that work in user space, as the module's (kmod-bench/contend.c):
 * none is measured before all have done an operation, and none stops before all
 * have seen the end.
 */
#ifndef PCPUBENCH_MEASURE_BENCHES_MEETING_H
#define PCPUBENCH_MEASURE_BENCHES_MEETING_H

#include "measure/benches/load.h"
#include "pcpu_bench.h"

struct meeting;

/* Of @nr tasks that do operations of @kind; NULL without memory. */
struct meeting *meeting_make(const struct load_kind *kind, unsigned int nr);
void meeting_free(struct meeting *m);

/* A task of the meeting @arg, a crew_fn. Its memory is its own. */
const char *meeting_join(void *arg, unsigned int seat);

/**
 * meeting_open - have all tasks at work, and begin the window
 *
 * EX_FAIL with err() if one is gone or does not come within 10 s; EX_INTR.
 */
int meeting_open(struct meeting *m);

/* Spend @ns of the window. EX_INTR. */
int meeting_wait(unsigned long long ns);

/**
 * meeting_close - end the window, and have all stop
 * @seats: what each did; of the waits nothing
 * @window_ns: how long it was
 *
 * As meeting_open(). After an error of either the tasks are of no use any more.
 */
int meeting_close(struct meeting *m, struct pcpu_bench_seat *seats,
		  unsigned long long *window_ns);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's workers, which do what an operation leaves to be done later. */
#ifndef PCPUBENCH_MEASURE_BENCHES_WORKERS_H
#define PCPUBENCH_MEASURE_BENCHES_WORKERS_H

#define WORKERS_PRIORITY	1	/* SCHED_FIFO */

/**
 * workers_first - let the unbound workers there are go before the others
 *
 * They free BPF maps. The percpu allocator's balance worker is a bound one: it
 * fills and drops pages of chunks while a map comes and goes, so it matters who
 * of the two is first, and without this that is a question of who ran how long
 * before. To be called now and then, for there may be new ones. 0 or EX_FAIL.
 */
int workers_first(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's workers, which do deferred work of operations. */
#ifndef PCPUBENCH_MEASURE_BENCHES_WORKERS_H
#define PCPUBENCH_MEASURE_BENCHES_WORKERS_H

#define WORKERS_PRIORITY	1	/* SCHED_FIFO */

/**
 * workers_first - make the unbound workers run before the others
 *
 * They free BPF maps. The percpu allocator's balance worker, a bound one, fills
 * and drops pages of chunks in the life of a map, so their order matters;
 * without this it depends on how long each ran before. Call this now and then,
 * as there may be new workers. 0 or EX_FAIL.
 */
int workers_first(void);

#endif

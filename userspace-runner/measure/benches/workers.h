/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's workers, which do deferred work of operations. */
#ifndef PCPUBENCH_MEASURE_BENCHES_WORKERS_H
#define PCPUBENCH_MEASURE_BENCHES_WORKERS_H

#include <stdbool.h>

/**
 * run_before_workers - give this task precedence over workers, or end that
 *
 * A worker that an operation leaves work to must not run during the syscall
 * that queues it. So make this a FIFO task, which ordinary tasks do not preempt.
 * 0 or EX_FAIL.
 */
int run_before_workers(bool yes);

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

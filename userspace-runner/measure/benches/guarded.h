/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nothing is accounted in the first percpu chunk. device_guard() fills it, but what
 * others free later leaves holes, which the next objects take: a process that ends, a
 * cgroup that goes.
 */
#ifndef PCPUBENCH_MEASURE_BENCHES_GUARDED_H
#define PCPUBENCH_MEASURE_BENCHES_GUARDED_H

#include <stddef.h>

#include "measure/target.h"
#include "pcpu_bench.h"
#include "plan/plan.h"
#include "results/proof.h"

/* Bit of pcpu_bench_sample.disturbed, beside the module's: holes came up meanwhile. */
#define GUARDED_HOLES	0x10U

/**
 * guarded_weigh - fill in a proof while no hole comes up
 * @guard: of device_guard()
 * @weigh: fills in @p; is called again, three times at most, if one did
 *
 * After the last one @p->first_chunk tells of it. 0, or what @weigh returned.
 */
int guarded_weigh(int guard, struct proof *p, int (*weigh)(void *arg), void *arg);

/**
 * guarded_samples - mark samples beside which holes came up since the last call
 * @samples: of each of @nr operations; NULL where there is none
 * @at: the number of the sample
 *
 * In a guest that counts instructions nothing else runs, so none comes up. 0 or
 * EX_FAIL.
 */
int guarded_samples(int guard, const struct plan *plan,
		    struct pcpu_bench_sample *const *samples, size_t nr, size_t at);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the benches of measure() share: the kernel under test and its proof. */
#ifndef PCPUBENCH_MEASURE_MACHINE_H
#define PCPUBENCH_MEASURE_MACHINE_H

#include "measure/cgroup.h"
#include "measure/device.h"
#include "measure/measure.h"

struct machine {
	int fd;			/* of the module */
	struct pcpu_bench_info info;
	struct cgroup cg;	/* the calling task is in it */
	__u32 node_cpus[PCPU_BENCH_MAX_NODES];
	unsigned int nodes;	/* that have memory or CPUs */
};

/**
 * machine_charge - bytes charged for one percpu object of @size bytes
 *
 * A copy for each possible CPU, and a pointer to the object's cgroup for each
 * granule of 4 bytes (pcpu_obj_full_size(), mm/percpu-internal.h).
 */
long long machine_charge(const struct machine *m, unsigned int size);

/**
 * machine_hold - `percpu` bytes of the cgroup while an object of @size is held
 * @arm: whether it is an accounted one
 * @first_chunk: goes up by one when the object lies in the first chunk
 *
 * The module's own object: percpu-alloc's.
 */
int machine_hold(const struct machine *m, unsigned int size,
		 enum pcpu_bench_arm arm, long long *bytes,
		 long long *first_chunk);

/* Those of @samples that @arm has, as an arm of a `cell` record. */
json_t *arm_json(const struct pcpu_bench_sample *samples, size_t nr,
		 enum pcpu_bench_arm arm);

/**
 * measure_more - what `run` does besides, after each cell of percpu-alloc
 * @run: what was measured; of `time` its samples are in ns
 *
 * May emit records too. NULL: nothing.
 */
extern int (*measure_more)(const struct machine *m,
			   const struct pcpu_bench_run *run, emit_fn emit,
			   void *arg);

/* One bench: measures one size, emits one cell or more. */
typedef int (*measure_fn)(const struct machine *m, const struct plan *plan,
			  unsigned int size, emit_fn emit, void *arg);

int measure_percpu_alloc(const struct machine *m, const struct plan *plan,
			 unsigned int size, emit_fn emit, void *arg);
int measure_bpf_map(const struct machine *m, const struct plan *plan,
		    unsigned int size, emit_fn emit, void *arg);
int measure_bpf_map_ops(const struct machine *m, const struct plan *plan,
			unsigned int size, emit_fn emit, void *arg);

/* benches/benches.c: the bench that @plan names; EX_USE when there is none. */
int bench_find(const struct plan *plan, measure_fn *bench);

#endif

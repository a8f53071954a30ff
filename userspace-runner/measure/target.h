/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel that is measured: its module, its memory cgroup, and where cells go. */
#ifndef PCPUBENCH_MEASURE_TARGET_H
#define PCPUBENCH_MEASURE_TARGET_H

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>

#include "measure/cgroup.h"
#include "measure/device.h"
#include "plan/plan.h"
#include "results/proof.h"

/*
 * Not 0: leave off as soon as that is clean. For a signal handler; a call into
 * the module comes back by itself.
 */
extern volatile sig_atomic_t measure_stop;

struct target;

/* Takes over @record, one of docs/results.md. 0 or an exit code. */
typedef int (*emit_fn)(json_t *record, void *arg);

/* Stops and restarts the tick of the machine's only CPU. */
typedef void (*tick_fn)(bool runs);

/**
 * struct measure_env - what differs between a guest and a machine that runs
 * @cgroup_mount: where the cgroup v2 hierarchy is mounted
 * @expect: the topology that the kernel was booted with; NULL on metal
 * @emit: with @arg, gets every record
 * @tick: for a sample that takes longer than from one tick to the next; NULL
 *	where nobody may
 * @more: called after each valid cell of the module, may emit records too; NULL:
 *	nothing. The samples of @run are in ns if they were timed.
 */
struct measure_env {
	const char *cgroup_mount;
	const char *expect;
	emit_fn emit;
	void *arg;
	tick_fn tick;
	int (*more)(const struct target *t, const struct pcpu_bench_run *run);
};

struct target {
	const struct measure_env *env;
	int fd;			/* of the module */
	struct pcpu_bench_info info;
	struct cgroup cg;	/* the calling task is in it */
	unsigned int beyond;	/* m of what this kernel charges: proof.h */
	__u32 node_cpus[PCPU_BENCH_MAX_NODES];
	bool node_memory[PCPU_BENCH_MAX_NODES];
	unsigned int nodes;	/* that have memory or CPUs */
};

/**
 * target_open - take hold of the kernel that runs
 *
 * Emits the `guest` record: what this kernel is. When another topology came up
 * than @env expects, that is EX_FAIL. The calling task is pinned to its CPU and in
 * the cgroup until target_close(), which has to be called in any case.
 */
int target_open(struct target *t, const struct measure_env *env);

/* @ret: what went wrong before, which is returned and told; else 0 or EX_FAIL */
int target_close(struct target *t, int ret);

/* Hand a record over. 0 or an exit code. */
static inline int target_emit(const struct target *t, json_t *record)
{
	return t->env->emit(record, t->env->arg);
}

/**
 * target_charge - bytes this kernel charges for one percpu object of @size bytes
 *
 * As it did for other sizes when it was opened: proof_beyond().
 */
long long target_charge(const struct target *t, unsigned int size);

/**
 * target_hold - `percpu` bytes of the cgroup while an object of @size is held
 * @arm: whether it is an accounted one
 * @first_chunk: goes up by one when the object lies in the first chunk
 *
 * The module's own object: percpu-alloc's.
 */
int target_hold(const struct target *t, unsigned int size,
		enum pcpu_bench_arm arm, long long *bytes,
		long long *first_chunk);

#endif

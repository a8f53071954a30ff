/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The measured kernel: its module, its memory cgroup, and where records go. */
#ifndef PCPUBENCH_MEASURE_TARGET_H
#define PCPUBENCH_MEASURE_TARGET_H

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>

#include "measure/cgroup.h"
#include "measure/device.h"
#include "plan/depth.h"
#include "plan/plan.h"
#include "results/proof.h"

/*
 * Not 0: stop as soon as possible. For a signal handler; a call into the module
 * returns by itself.
 */
extern volatile sig_atomic_t measure_stop;

struct target;

/* Takes over @record, one of docs/results.md. 0 or an exit code. */
typedef int (*emit_fn)(json_t *record, void *arg);

/* The tick of a machine's only CPU. The kernel takes it for 1/HZ s. */
enum tick {
	TICK_STOPPED,
	TICK_SLOW,	/* every 55 ms */
	TICK_FAST,	/* every TICK_FAST_NS, from now on */
};

#define TICK_FAST_NS	24305	/* 29 counts of the timer */

/* Changes it. */
typedef void (*tick_fn)(enum tick tick);

/**
 * struct measure_env - what differs between a guest and a real machine
 * @cgroup_mount: where the cgroup v2 hierarchy is mounted
 * @expect: the topology the kernel was booted with; NULL on metal
 * @emit: called with @arg for every record
 * @tick: changes the tick, which is slow, for a sample; NULL if not allowed
 * @locks: kernel addresses of pcpu_lock and pcpu_alloc_mutex; NULL or 0: unknown
 * @more: called after each valid cell of the module, whose @name is that of its
 *	bench in tables; may emit records, or NULL.
 *	Timed samples of @run are in ns.
 */
struct measure_env {
	const char *cgroup_mount;
	const char *expect;
	emit_fn emit;
	void *arg;
	tick_fn tick;
	const unsigned long long *locks;	/* PCPU_BENCH_NR_LOCKS */
	int (*more)(const struct target *t, const struct pcpu_bench_run *run,
		    const char *name);
};

struct target {
	const struct measure_env *env;
	int fd;			/* of the module */
	int cpu;		/* the calling task stays on it */
	struct pcpu_bench_info info;
	struct cgroup cg;	/* the calling task is in it */
	struct cgroup other;	/* beside it, if a plan needs it */
	struct cgroup *made;	/* to remove: these two and earlier ones */
	size_t nr_made;
	unsigned int beyond;	/* m of this kernel's charge: proof.h */
	__u32 node_cpus[PCPU_BENCH_MAX_NODES];
	bool node_memory[PCPU_BENCH_MAX_NODES];
	unsigned int nodes;	/* nodes with memory or CPUs */
};

/**
 * target_open - prepare to measure the running kernel
 *
 * Emits the `guest` record, which describes the kernel. EX_FAIL if the topology
 * is not the one @env expects. The calling task is pinned to its CPU until
 * target_close(), which must be called in any case.
 */
int target_open(struct target *t, const struct measure_env *env);

/**
 * target_enter - put the calling task into a new cgroup
 * @plan: its depth, which is a single one, and whether there is another cgroup
 *
 * Cgroups stay until target_close(): one that goes away would give back percpu
 * memory in the midst of a later measurement.
 */
int target_enter(struct target *t, const struct plan *plan);

/* Is the task where it was put, on its CPU and in its cgroup? EX_FAIL if not. */
int target_stayed(const struct target *t);

/* @ret: an earlier exit code, which is returned if not 0; else 0 or EX_FAIL */
int target_close(struct target *t, int ret);

/* Emit a record. 0 or an exit code. */
static inline int target_emit(const struct target *t, json_t *record)
{
	return t->env->emit(record, t->env->arg);
}

/**
 * target_charge - bytes this kernel charges for one percpu object of @size bytes
 *
 * Computed from the charges for other sizes in target_open(): proof_beyond().
 */
long long target_charge(const struct target *t, unsigned int size);

/*
 * Operations to discard in a cgroup: after a flush, the first 64 pages of changes to
 * its statistics cost more (MEMCG_CHARGE_BATCH, mm/memcontrol.c). Each one charges
 * an object of @size and uncharges it.
 */
unsigned int target_warmup(const struct target *t, unsigned int size);

/* `percpu` of the cgroups; @other is 0 without one. @above: by level */
struct target_bytes {
	long long own, other, above[DEPTH_MAX];
};

int target_percpu(const struct target *t, struct target_bytes *bytes);

/* Objects that the module holds in target_hold(), of percpu-alloc or @bench. */
struct target_held {
	const char *bench;
	unsigned int size;	/* bytes */
	unsigned int count;
	unsigned int flags;	/* of the accounted ones: PCPU_BENCH_NOWAIT or 0 */
	unsigned int owners;	/* 2: every second one is charged to t->other */
	bool batch;		/* so many that their memory is waited for */
};

/**
 * target_hold - `percpu` bytes of the cgroups while objects are held
 * @arm: whether the objects are accounted
 * @first_chunk: incremented by the number that lie in the first chunk
 */
int target_hold(const struct target *t, const struct target_held *held,
		enum pcpu_bench_arm arm, struct target_bytes *bytes,
		long long *first_chunk);

/* One object of @size, and the bytes of the calling task's cgroup. */
int target_hold_one(const struct target *t, unsigned int size,
		    enum pcpu_bench_arm arm, long long *bytes,
		    long long *first_chunk);

/* A descriptor of t->other's directory, for close(); EX_FAIL with err(). */
int target_open_other(const struct target *t, int *fd);

/* device_hold(), half of the objects for the other cgroup if @hold has two owners. */
int target_device_hold(const struct target *t, struct pcpu_bench_hold *hold);

#endif

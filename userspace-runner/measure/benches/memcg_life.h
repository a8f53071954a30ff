/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory cgroups that come and go, and the statistics of one. A cgroup is made
 * by a task of the root's cgroup, which nobody charges. What the memory
 * controller keeps for it is charged to its parent. Arm `off` makes it in the
 * root, `on` in a parent that is accounted.
 */
#ifndef PCPUBENCH_MEASURE_BENCHES_MEMCG_LIFE_H
#define PCPUBENCH_MEASURE_BENCHES_MEMCG_LIFE_H

#include <stddef.h>

#include "measure/target.h"
#include "pcpu_bench.h"
#include "results/proof.h"

enum memcg_op {
	MEMCG_MKDIR,
	MEMCG_RMDIR,		/* until the syscall returns */
	MEMCG_STAT,		/* read memory.stat */
	MEMCG_NUMA_STAT,	/* read memory.numa_stat */
	NR_MEMCG_OPS,
};

struct memcg_life {
	const struct target *t;
	const struct plan *plan;
	int guard;		/* of device_guard() */
	struct cgroup parent;	/* of arm `on` */
	int dirs[PCPU_BENCH_NR_ARMS];	/* where an arm makes a cgroup */
	int files[NR_MEMCG_OPS];	/* that an operation reads */
	long dying;		/* removed cgroups of the machine, before */
	unsigned int held;	/* memcgs held at once, for these: */
	long long percpu, slab;	/* bytes that one takes */
	struct proof made;	/* of memcgs */
	struct proof counted;	/* of objects in statistics: of the worst round */
	bool seen[PCPU_BENCH_NR_ARMS];	/* is it begun for this arm? */
	struct pcpu_bench_sample *samples[NR_MEMCG_OPS];
	size_t nr;		/* samples of each operation */
};

/*
 * What the bench makes below the mount, a folder before what is in it, NULL at the
 * end. Some have ".N" behind the name: see undo_rmdir().
 */
extern const char *const memcg_folders[];

/* m->t and m->plan are set. memcg_life_free() in any case. 0 or EX_FAIL. */
int memcg_life_init(struct memcg_life *m);

/* @ret: an earlier exit code, which is returned if not 0; else 0 or EX_FAIL */
int memcg_life_free(struct memcg_life *m, int ret);

/* "mkdir" */
const char *memcg_op_name(enum memcg_op op);

/* The proof of @op's cell. */
const struct proof *memcg_proof(const struct memcg_life *m, enum memcg_op op);

/* Do @op once, as the sample of @arm has it: one or two syscalls. */
int memcg_do(struct memcg_life *m, enum memcg_op op, enum pcpu_bench_arm arm);

/* Wait for the kernel's deferred work. */
int memcg_settle(const struct memcg_life *m);

/*
 * Wait until the bench's removed cgroups have been freed: those in the parent, and,
 * as nobody else removes any, all in a guest that counts.
 */
int memcg_released(struct memcg_life *m);

/**
 * memcg_weigh - hold memcgs, and find what the parent is charged for one
 * @arg: the struct memcg_life
 *
 * Fills in percpu, slab, held, and the proof: that many take as many times what
 * one takes, and a memcg in the root nothing.
 */
int memcg_weigh(void *arg);

/* The parent is charged again what it was charged before: ends the proof. */
int memcg_gone(struct memcg_life *m);

/**
 * memcg_count - bring the statistics up to date, and allocate objects
 *
 * As many as it takes for the next reader of the task's cgroup to have to bring
 * them up to date, if they are accounted.
 */
int memcg_count(struct memcg_life *m, enum pcpu_bench_arm arm);

/*
 * The proof that a sample's read brought the statistics up to date: read them
 * as they are now. A round in which they are wrong stays the proof.
 */
int memcg_count_seen(struct memcg_life *m, enum pcpu_bench_arm arm);

#endif

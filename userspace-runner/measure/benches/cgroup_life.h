/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a cgroup: it is made by a task of the root's cgroup, entered, left, and
 * removed, and objects outlive it. Arm `on` makes it in a parent that passes the
 * memory controller on, and its objects are accounted. Arm `off` makes it in one
 * that passes on no controller.
 */
#ifndef PCPUBENCH_MEASURE_BENCHES_CGROUP_LIFE_H
#define PCPUBENCH_MEASURE_BENCHES_CGROUP_LIFE_H

#include <stdbool.h>
#include <stddef.h>

#include "measure/benches/life_slabs.h"
#include "measure/target.h"
#include "pcpu_bench.h"
#include "plan/bench.h"
#include "results/proof.h"

enum life_op {
	LIFE_MKDIR,
	LIFE_ENTER,
	LIFE_HOLD,		/* allocate the objects */
	LIFE_LEAVE,
	LIFE_RMDIR,		/* until the syscall returns */
	LIFE_SETTLE,		/* what the kernel does after that */
	LIFE_FREE,		/* free the objects */
	NR_LIFE_OPS,
};

/* What is held, in the order of the bench's kinds: bits. */
#define LIFE_PERCPU	0x1U
#define LIFE_SLAB	0x2U
#define NR_LIFE_KINDS	4U	/* each set of these */

/* Bytes charged to the parent: `percpu` and `slab_unreclaimable` of memory.stat. */
struct life_bytes {
	long long percpu, slab;
};

struct cgroup_life {
	const struct target *t;
	const struct plan *plan;
	unsigned int holds;	/* LIFE_PERCPU, LIFE_SLAB */
	char plain[CGROUP_PATH];	/* parent of arm `off` */
	unsigned int made;	/* levels of it, to remove */
	int parents[PCPU_BENCH_NR_ARMS];	/* directories */
	int home;		/* cgroup.procs of the root */
	int procs;		/* of the cgroup */
	long dying;		/* removed cgroups of the machine, before */
	unsigned int kept;	/* times that one was not freed soon... */
	unsigned int busy;	/* ...and that the kernel was at work all the time */
	long long first_chunk;	/* objects there */
	unsigned int nr_beside[PCPU_BENCH_NR_ARMS];	/* cgroups in a parent, to remove */
	struct life_bytes beside;	/* of those of arm `on` */
	struct life_slabs slabs;	/* what these have more than those of `off` */
	struct life_bytes one;	/* of a cgroup without objects */
	struct pcpu_bench_footprint footprint;	/* nr_nodes 0: unknown */
	struct proof proof;
};

/* l->t and l->plan are set. cgroup_life_end() in any case. 0 or EX_FAIL. */
int cgroup_life_begin(struct cgroup_life *l);

/*
 * Make as many memory cgroups as shall live beside all lives, and find what the
 * parent is charged for them: @beside, and where the kernel tells what slab caches
 * have: @slabs. 0 or EX_FAIL.
 */
int cgroup_life_beside(struct cgroup_life *l);

/* @ret: an earlier exit code, which is returned if not 0; else 0 or EX_FAIL */
int cgroup_life_end(struct cgroup_life *l, int ret);

/* Do @op once: a few syscalls, for LIFE_SETTLE none. 0 or EX_FAIL. */
int cgroup_life_do(struct cgroup_life *l, enum life_op op,
		   enum pcpu_bench_arm arm);

/*
 * What no sample has: open a file before LIFE_ENTER, after as many cgroups have come
 * and gone in this one as the plan has generations; close it before LIFE_RMDIR.
 */
int cgroup_life_ready(struct cgroup_life *l, enum life_op op,
		      enum pcpu_bench_arm arm);

/* After LIFE_SETTLE: note a cgroup that is still there. 0 or EX_FAIL. */
int cgroup_life_freed(struct cgroup_life *l);

/**
 * cgroup_life_weigh - find what the parent is charged in the course of a life
 *
 * Fills in @one, and the proof: the cgroup and its objects are charged to the parent,
 * the objects are that still when the cgroup is gone, and a life of arm `off` charges
 * it nothing.
 */
int cgroup_life_weigh(struct cgroup_life *l);

/*
 * The slab bytes that the parent should be charged for @one, by the footprint: each of
 * these objects has a pointer to its owner. 0: unknown.
 */
long long cgroup_life_computed(const struct cgroup_life *l);

/* Slab bytes of a cgroup by its footprint, whoever is charged, without obj_exts. */
long long cgroup_life_slab(const struct cgroup_life *l);

/* The parent is charged again what it was before: ends the proof. */
int cgroup_life_gone(struct cgroup_life *l);

#endif

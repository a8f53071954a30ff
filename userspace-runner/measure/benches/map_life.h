/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of maps of one kind and size. The arms differ in the task's cgroup:
 * `on` runs in a child memcg, `off` in the task's own one. On an idle machine
 * that is the root's, where nothing is charged.
 */
#ifndef PCPUBENCH_MEASURE_BENCHES_MAP_LIFE_H
#define PCPUBENCH_MEASURE_BENCHES_MAP_LIFE_H

#include <stdbool.h>
#include <stddef.h>

#include "measure/benches/bpf_map.h"
#include "measure/target.h"
#include "pcpu_bench.h"
#include "results/proof.h"

enum life_op {
	OP_CREATE,
	OP_UPDATE,
	OP_DELETE,
	OP_DESTROY,
	OP_DESTROY_WAIT,
	NR_OPS,
	OP_CYCLE = NR_OPS,	/* bpf-percpu-map's only one */
	NR_CELLS,
};

/* Maps of one kind and one value size. */
struct life {
	const struct target *t;
	const struct plan *plan;
	const struct bpf_map_kind *kind;
	unsigned int size;	/* of a value */
	unsigned int entries;
	bool ops;		/* bpf-percpu-map-ops */
	int guard;		/* of device_guard() */
	void *value;		/* of all CPUs */
	int *fds;		/* plan->pairs maps */
	int anchor;		/* of hold_id() */
	int error;		/* errno of a map that the kernel refused */
	char unfit[PROOF_REASON_LEN];	/* why maps differ, or "" */
	enum pcpu_bench_arm in;	/* the task's cgroup */
	unsigned int warmup;
	bool long_life;		/* longer than a tick's period */
	struct pcpu_bench_sample *samples[NR_CELLS];
	size_t nr;		/* samples of each operation */
};

/* Allocate room for @l, whose t, plan, kind, size and ops are set. EX_FAIL. */
int life_init(struct life *l);
void life_free(struct life *l);

/* "create"; NULL for OP_CYCLE. */
const char *life_op_name(enum life_op op);

/* "BENCH/KIND/OP", without @op where that is NULL. */
void life_name(const struct life *l, const char *op,
	       char name[PLAN_BENCH_LEN]);

/* Does @l's bench measure @op for @l's kind of map? */
bool life_has_op(const struct life *l, enum life_op op);

/* Bytes that the kernel keeps for a value: a multiple of 8. */
unsigned int life_value_bytes(const struct life *l);

/* Wait for the work @what, a PCPU_BENCH_SETTLE_*. 0 or EX_FAIL. */
int life_settle(const struct life *l, unsigned long what);

/* Move the task to the cgroup of @arm. 0 or an exit code. */
int life_go_to(struct life *l, enum pcpu_bench_arm arm);

/* The kernel refused a map: EX_INVALID, and errno in @l. */
int life_refused(struct life *l);

#endif

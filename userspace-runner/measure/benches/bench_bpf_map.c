// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bpf-percpu-map and bpf-percpu-map-ops: the life of a BPF percpu map.
 *
 * The arms differ in the cgroup of the task: `on` runs in a child memcg, `off`
 * in the cgroup the task came from, on a machine at rest the root's, where
 * nothing is charged. Not every map is charged in the child either, so what was
 * charged is recorded with each cell; that accounting works at all is proved by
 * an object of the module.
 */
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "err.h"
#include "measure/benches/bpf_map.h"
#include "measure/benches/sample.h"
#include "measure/benches/workers.h"
#include "measure/machine.h"
#include "results/proof.h"

enum op {
	OP_CREATE,
	OP_UPDATE,
	OP_DELETE,
	OP_DESTROY,
	OP_DESTROY_WAIT,
	NR_OPS,
	OP_CYCLE = NR_OPS,	/* bpf-percpu-map's only one */
	NR_CELLS,
};

static const char *const op_name[NR_OPS] = {
	[OP_CREATE] = "create",
	[OP_UPDATE] = "update",
	[OP_DELETE] = "delete",
	[OP_DESTROY] = "destroy",
	[OP_DESTROY_WAIT] = "destroy-wait",
};

/* All of one kind and one value size. */
struct life {
	const struct machine *m;
	const struct plan *plan;
	const struct bpf_map_kind *kind;
	unsigned int size;	/* of a value */
	bool ops;		/* bpf-percpu-map-ops */
	void *value;		/* of all CPUs */
	int *fds;		/* plan->pairs maps */
	int anchor;		/* of hold_id() */
	int error;		/* errno of what the kernel refused */
	char unfit[PROOF_REASON_LEN];	/* why maps are not alike, or "" */
	enum pcpu_bench_arm in;	/* where the task is */
	unsigned int warmup;
	bool long_life;		/* longer than from tick to tick */
	struct pcpu_bench_sample *samples[NR_CELLS];
	size_t nr;		/* in each of these */
};

/* Whoever waits for the map to be freed is switched out until it is. */
static unsigned int allowed(const struct life *l, enum op op)
{
	unsigned int may = op == OP_DESTROY_WAIT || op == OP_CYCLE ?
			   SAMPLE_MAY_SWITCH : 0;

	/* Without elements destroying waits for no grace period. */
	if (op == OP_CYCLE && l->long_life)
		may |= SAMPLE_WITHOUT_TICK;
	return may;
}

/* Bytes, of the `percpu` and `slab` of the child. */
struct charge {
	long long uses;		/* the values of a new map, on all CPUs */
	long long percpu;	/* charged for it */
	long long values;	/* that this pays for, a count */
	long long filled;	/* the same with every entry in it */
	long long slab;
	long long memlock;
};

static bool has_op(const struct life *l, enum op op)
{
	if (!l->ops)
		return op == OP_CYCLE;
	if (op == OP_UPDATE || op == OP_DELETE)
		return bpf_map_has_elements(l->kind);
	return op != OP_CYCLE;
}

static unsigned int value_bytes(const struct life *l)
{
	return (l->size + 7) / 8 * 8;
}

static int settle(const struct life *l, unsigned long what)
{
	if (ioctl(l->m->fd, PCPU_BENCH_SETTLE, what))
		return err_errno(EX_FAIL, "the module does not settle");
	return 0;
}

static int go_to(struct life *l, enum pcpu_bench_arm arm)
{
	int ret;

	if (arm == l->in || arm == PCPU_BENCH_ARM_EMPTY)
		return 0;
	ret = arm == PCPU_BENCH_ARM_ON ? cgroup_enter(&l->m->cg) :
	      cgroup_leave(&l->m->cg);
	l->in = arm;
	return ret;
}

/* What the kernel refuses is no error of ours: EX_INVALID and the errno. */
static int refused(struct life *l)
{
	l->error = errno;
	return EX_INVALID;
}

static void close_all(struct life *l)
{
	unsigned int i;

	for (i = 0; i < l->plan->pairs; i++) {
		if (l->fds[i] >= 0)
			close(l->fds[i]);
		l->fds[i] = -1;
	}
}

static int create_all(struct life *l)
{
	unsigned int i;

	for (i = 0; i < l->plan->pairs; i++) {
		l->fds[i] = bpf_map_make(l->kind, l->size, l->plan->entries);
		if (l->fds[i] < 0)
			return refused(l);
	}
	return 0;
}

static int update_all(struct life *l)
{
	unsigned int i;

	for (i = 0; i < l->plan->pairs; i++)
		if (bpf_map_add(l->fds[i], 0, l->value))
			return refused(l);
	return 0;
}

static int delete_all(struct life *l)
{
	unsigned int i;

	for (i = 0; i < l->plan->pairs; i++)
		if (bpf_map_del(l->fds[i], 0))
			return refused(l);
	return 0;
}

static int destroy_all(struct life *l)
{
	close_all(l);
	return 0;
}

static int destroy_all_wait(struct life *l)
{
	close_all(l);
	return settle(l, PCPU_BENCH_SETTLE_MAPS);
}

/* One map after the other, as the published benchmark makes them. */
static int cycle_all(struct life *l)
{
	unsigned int i;
	int fd, ret = 0;

	for (i = 0; i < l->plan->pairs && !ret; i++) {
		fd = bpf_map_make(l->kind, l->size, l->plan->entries);
		if (fd < 0)
			return refused(l);
		close(fd);
		ret = settle(l, PCPU_BENCH_SETTLE_MAPS);
	}
	return ret;
}

/* What is taken off: the loop, and for who waits, waiting for nothing. */
static int empty_all(struct life *l)
{
	unsigned int i;

	for (i = 0; i < l->plan->pairs; i++)
		__asm__ volatile("" : : "r"(l->fds[i]));
	return 0;
}

static int empty_wait(struct life *l)
{
	return settle(l, PCPU_BENCH_SETTLE_MAPS);
}

static int empty_cycle(struct life *l)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < l->plan->pairs && !ret; i++)
		ret = settle(l, PCPU_BENCH_SETTLE_MAPS);
	return ret;
}

typedef int (*op_fn)(struct life *l);

static const op_fn run_empty[NR_CELLS] = {
	[OP_CREATE] = empty_all, [OP_UPDATE] = empty_all,
	[OP_DELETE] = empty_all, [OP_DESTROY] = empty_all,
	[OP_DESTROY_WAIT] = empty_wait, [OP_CYCLE] = empty_cycle,
};

static const op_fn run_op[NR_CELLS] = {
	[OP_CREATE] = create_all, [OP_UPDATE] = update_all,
	[OP_DELETE] = delete_all, [OP_DESTROY] = destroy_all,
	[OP_DESTROY_WAIT] = destroy_all_wait, [OP_CYCLE] = cycle_all,
};

static int take(struct life *l, enum op op, enum pcpu_bench_arm arm,
		size_t at)
{
	struct pcpu_bench_sample *s = &l->samples[op][at];
	struct sample_clock clock;
	int ret;

	if (!has_op(l, op))
		return 0;
	s->arm = arm;
	ret = sample_begin(&clock, l->m->fd, l->plan->instrument, arm,
			   allowed(l, op));
	if (!ret)
		ret = arm == PCPU_BENCH_ARM_EMPTY ? run_empty[op](l) :
		      run_op[op](l);
	/* An error ends the run, so the sample needs no end. */
	return ret ? ret : sample_end(&clock, s);
}

/*
 * Maps get ids one after another, kept in a tree of 64 a node: a map pays for a
 * new node where its id begins one, and for a deeper tree after 64 and 4096. A
 * map is held that has an id just below the next ones, in the same node, of a
 * tree that is three deep from the start.
 */
#define IDS_A_NODE	64
#define IDS_ABOVE	4096

static int hold_id(struct life *l)
{
	/* A life has at most two of each map; the last node's last is slack. */
	unsigned int need = 2 * l->plan->pairs + 2, id;
	int fd = -1, ret;

	ret = go_to(l, PCPU_BENCH_ARM_OFF);
	while (!ret) {
		fd = bpf_map_anchor(&id);
		if (fd < 0)
			return err_errno(EX_FAIL, "cannot make a BPF map");
		if (id >= IDS_ABOVE && (need >= IDS_A_NODE ||
					id % IDS_A_NODE + need < IDS_A_NODE))
			break;
		close(fd);
		/* Or thousands of them wait to be freed. */
		if (id % IDS_A_NODE == 0)
			ret = settle(l, PCPU_BENCH_SETTLE_MAPS);
	}
	if (l->anchor >= 0)
		close(l->anchor);
	l->anchor = fd;
	return ret ? ret : settle(l, PCPU_BENCH_SETTLE_ALL);
}

/* What makes one life like another. */
static int prepare(struct life *l)
{
	int ret = hold_id(l);

	/* On a machine that is somebody's its workers stay as they are. */
	if (!ret && l->plan->instrument == INSTRUMENT_INSN)
		ret = workers_first();
	return ret;
}

/* One sample of every operation. Destroying is seen twice, so takes two lives. */
static int live(struct life *l, enum pcpu_bench_arm arm, size_t at)
{
	enum op op;
	int ret;

	ret = prepare(l);
	if (!ret)
		ret = go_to(l, arm);
	for (op = OP_CREATE; op <= OP_DESTROY && !ret; op++)
		ret = take(l, op, arm, at);
	if (!ret)
		ret = settle(l, PCPU_BENCH_SETTLE_ALL);
	if (!ret && l->ops && arm != PCPU_BENCH_ARM_EMPTY)
		ret = create_all(l);
	if (!ret)
		ret = take(l, OP_DESTROY_WAIT, arm, at);
	if (!ret)
		ret = take(l, OP_CYCLE, arm, at);
	close_all(l);
	if (settle(l, PCPU_BENCH_SETTLE_ALL) && !ret)
		ret = EX_FAIL;
	return ret;
}

static int rounds(struct life *l)
{
	static const enum pcpu_bench_arm order[2][PCPU_BENCH_NR_ARMS] = {
		{ PCPU_BENCH_ARM_EMPTY, PCPU_BENCH_ARM_OFF, PCPU_BENCH_ARM_ON },
		{ PCPU_BENCH_ARM_EMPTY, PCPU_BENCH_ARM_ON, PCPU_BENCH_ARM_OFF },
	};
	unsigned int round, i;
	size_t at = 0;
	enum op op;
	int ret = 0;

	for (round = 0; round < l->warmup + l->plan->rounds && !ret; round++) {
		if (round <= l->warmup)
			at = 0;
		for (i = 0; i < PCPU_BENCH_NR_ARMS && !ret; i++)
			ret = live(l, order[round % 2][i], at++);
	}
	for (op = OP_CREATE; op < NR_CELLS && !ret; op++)
		sample_judge(l->samples[op], l->nr);
	return ret;
}

/* Hold a map in the child, and look. */
static int hold_on(struct life *l, struct charge *c)
{
	const struct cgroup *cg = &l->m->cg;
	long long percpu, slab, now = 0;
	unsigned int i;
	int fd, ret;

	ret = go_to(l, PCPU_BENCH_ARM_ON);
	if (!ret)
		ret = cgroup_percpu_bytes(cg, &percpu);
	if (!ret)
		ret = cgroup_slab_bytes(cg, &slab);
	if (ret)
		return ret;
	fd = bpf_map_make(l->kind, l->size, l->plan->entries);
	if (fd < 0)
		return refused(l);
	ret = cgroup_percpu_bytes(cg, &now);
	c->percpu = now - percpu;
	if (!ret)
		ret = cgroup_slab_bytes(cg, &now);
	c->slab = now - slab;
	c->memlock = bpf_map_memlock(fd);
	for (i = 0; bpf_map_has_elements(l->kind) && i < l->plan->entries &&
	     !ret; i++)
		if (bpf_map_add(fd, i, l->value))
			ret = refused(l);
	if (!ret)
		ret = cgroup_percpu_bytes(cg, &now);
	c->filled = now - percpu;
	close(fd);
	if (settle(l, PCPU_BENCH_SETTLE_ALL) && !ret)
		ret = EX_FAIL;
	return ret;
}

/* Hold one in the cgroup of `off`: it must not show in the child. */
static int hold_off(struct life *l, long long *percpu)
{
	int fd, ret;

	ret = go_to(l, PCPU_BENCH_ARM_OFF);
	if (ret)
		return ret;
	fd = bpf_map_make(l->kind, l->size, l->plan->entries);
	if (fd < 0)
		return refused(l);
	ret = cgroup_percpu_bytes(&l->m->cg, percpu);
	close(fd);
	if (settle(l, PCPU_BENCH_SETTLE_ALL) && !ret)
		ret = EX_FAIL;
	return ret;
}

/* An object of the module, as large as a value, proves that accounting works. */
static int prove(struct life *l, struct proof *p, struct charge *c)
{
	unsigned int size = value_bytes(l);
	long long off_map, values;
	int ret;

	/* What the kernel refuses as a value proves itself as the largest. */
	if (size > l->m->info.max_size)
		size = l->m->info.max_size;
	p->expected = machine_charge(l->m, size);
	ret = cgroup_percpu_bytes(&l->m->cg, &p->before);
	if (!ret)
		ret = machine_hold(l->m, size, PCPU_BENCH_ARM_OFF,
				   &p->off_held, &p->first_chunk);
	if (!ret)
		ret = machine_hold(l->m, size, PCPU_BENCH_ARM_ON, &p->held,
				   &p->first_chunk);
	if (!ret)
		ret = hold_on(l, c);
	if (!ret)
		ret = hold_off(l, &off_map);
	if (ret)
		return ret;
	if (off_map != p->before)
		p->off_held = off_map;
	/*
	 * A hash may be charged for small percpu objects of its own besides.
	 * Where nobody can tell how many values there are, they are those
	 * charged: bpf_mem_alloc_init() charges all or, in the root, none.
	 */
	values = bpf_map_values(l->kind, l->plan->entries,
				l->m->info.possible_cpus);
	c->values = c->percpu / machine_charge(l->m, value_bytes(l));
	if (values < 0)
		values = c->values;
	else if (c->values > values)
		c->values = values;
	c->uses = values * value_bytes(l) * l->m->info.possible_cpus;
	return 0;
}

static json_t *cell_json(const struct life *l, enum op op, const char *reason)
{
	char bench[96];
	json_t *cell;

	snprintf(bench, sizeof(bench), l->ops ? "bpf-percpu-map-ops/%s/%s" :
		 "bpf-percpu-map/%s", l->kind->name,
		 l->ops ? op_name[op] : "");
	cell = json_pack("{s:s, s:s, s:i, s:s, s:i, s:i, s:i, s:b}",
			 "type", "cell", "bench", bench,
			 "param", (int)l->size,
			 "unit", l->plan->instrument == INSTRUMENT_INSN ?
			 "insn" : "ns",
			 "pairs", (int)l->plan->pairs,
			 "warmup", (int)l->warmup,
			 "entries", (int)l->plan->entries,
			 "valid", !reason[0]);
	if (reason[0])
		json_object_set_new(cell, "reason", json_string(reason));
	return cell;
}

static json_t *measured_json(const struct life *l, enum op op,
			     const struct proof *p, const struct charge *c,
			     const char *reason)
{
	const struct pcpu_bench_sample *s = l->samples[op];
	json_t *cell = cell_json(l, op, reason), *more;

	more = json_pack("{s:{s:o, s:o, s:o}, s:{s:i, s:i}, s:{s:I, s:I, s:I, s:I, s:I, s:I}, s:{s:I, s:I, s:I, s:I, s:I, s:I}}",
			 "arms",
			 "empty", arm_json(s, l->nr, PCPU_BENCH_ARM_EMPTY),
			 "off", arm_json(s, l->nr, PCPU_BENCH_ARM_OFF),
			 "on", arm_json(s, l->nr, PCPU_BENCH_ARM_ON),
			 "chunk", "free", -1, "outside", 0,
			 "proof", "expected", (json_int_t)p->expected,
			 "before", (json_int_t)p->before,
			 "off_held", (json_int_t)p->off_held,
			 "held", (json_int_t)p->held,
			 "after", (json_int_t)p->after,
			 "first_chunk", (json_int_t)p->first_chunk,
			 "charge", "uses", (json_int_t)c->uses,
			 "percpu", (json_int_t)c->percpu,
			 "values", (json_int_t)c->values,
			 "filled", (json_int_t)c->filled,
			 "slab", (json_int_t)c->slab,
			 "memlock", (json_int_t)c->memlock);
	json_object_update(cell, more);
	json_decref(more);
	return cell;
}

/*
 * Clearing is most of it, at some 6 bytes an instruction: this many take more
 * than half of the 55 M instructions between two ticks (guest_slow_tick()).
 */
#define LONG_LIFE	(160LL << 20)

/*
 * Is one map as good as another, so that arms can be compared? Not where luck
 * decides how much is allocated with it.
 */
static void judge_fit(struct life *l, const struct charge *c)
{
	if (bpf_map_values(l->kind, l->plan->entries,
			   l->m->info.possible_cpus) < 0)
		snprintf(l->unfit, sizeof(l->unfit),
			 "before 6.8 such a map gets as many values as an atomic allocation finds: maps differ");
	l->long_life = c->uses * l->plan->pairs > LONG_LIFE;
}

static bool is_all_of_it(enum op op)
{
	return op == OP_CREATE || op == OP_DESTROY_WAIT || op == OP_CYCLE;
}

static int emit_all(const struct life *l, const struct proof *p,
		    const struct charge *c, const char *broken, emit_fn emit,
		    void *arg)
{
	const char *reason;
	enum op op;
	int ret = 0;

	for (op = OP_CREATE; op < NR_CELLS && !ret; op++) {
		if (!has_op(l, op))
			continue;
		reason = !broken[0] && is_all_of_it(op) ? l->unfit : broken;
		ret = emit(l->error ? cell_json(l, op, reason) :
			   measured_json(l, op, p, c, reason), arg);
	}
	return ret;
}

/*
 * As percpu-alloc's: until the memcg's statistics have settled after a flush,
 * MEMCG_CHARGE_BATCH pages; and some rounds for caches of the slab allocator,
 * kworkers, and chunks.
 */
static unsigned int warmup_of(const struct life *l, long long uses)
{
	long long pages = uses / l->m->info.page_size;

	return 4 + 64 / (2 * (pages > 0 ? pages : 1)) / l->plan->pairs;
}

static int life_init(struct life *l)
{
	size_t len = (size_t)value_bytes(l) * l->m->info.possible_cpus;
	unsigned int i;
	enum op op;

	l->nr = (size_t)l->plan->rounds * PCPU_BENCH_NR_ARMS;
	l->in = PCPU_BENCH_ARM_ON;
	l->anchor = -1;
	l->value = malloc(len);
	l->fds = calloc(l->plan->pairs, sizeof(*l->fds));
	if (!l->value || !l->fds)
		return err(EX_FAIL, "out of memory for a value of %zu B", len);
	/* Not zero: then the pages are there before the kernel reads them. */
	memset(l->value, 0x5a, len);
	for (i = 0; i < l->plan->pairs; i++)
		l->fds[i] = -1;
	for (op = OP_CREATE; op < NR_CELLS; op++) {
		l->samples[op] = calloc(l->nr, sizeof(*l->samples[op]));
		if (!l->samples[op])
			return err(EX_FAIL, "out of memory for %zu samples",
				   l->nr);
	}
	return 0;
}

static void life_free(struct life *l)
{
	enum op op;

	for (op = OP_CREATE; op < NR_CELLS; op++)
		free(l->samples[op]);
	if (l->anchor >= 0)
		close(l->anchor);
	free(l->fds);
	free(l->value);
}

static int measure_kind(struct life *l, const char *unusable, emit_fn emit,
			void *arg)
{
	char reason[PROOF_REASON_LEN] = "";
	struct charge c = { 0 };
	struct proof p = { 0 };
	int ret;

	ret = life_init(l);
	if (!ret)
		ret = prove(l, &p, &c);
	l->warmup = warmup_of(l, c.uses);
	judge_fit(l, &c);
	if (!ret)
		ret = rounds(l);
	if (go_to(l, PCPU_BENCH_ARM_ON) && !ret)
		ret = EX_FAIL;
	if (!ret)
		ret = cgroup_percpu_bytes(&l->m->cg, &p.after);
	if (ret == EX_INVALID)
		bpf_map_refused(l->kind, l->size, l->plan->entries, l->error,
				reason, sizeof(reason));
	else if (!ret && unusable[0])
		snprintf(reason, sizeof(reason), "%s", unusable);
	else if (!ret)
		proof_broken(&p, reason);
	if (!ret || ret == EX_INVALID)
		ret = emit_all(l, &p, &c, reason, emit, arg);
	life_free(l);
	return ret;
}

static int measure_kinds(const struct machine *m, const struct plan *plan,
			 unsigned int size, bool ops, const char *unusable,
			 emit_fn emit, void *arg)
{
	const char *only = strchr(plan->bench, '/');
	const struct bpf_map_kind *kind;
	unsigned int i;
	int ret = 0;

	for (i = 0; (kind = bpf_map_kind(i)) && !ret; i++) {
		struct life l = {
			.m = m, .plan = plan, .kind = kind, .size = size,
			.ops = ops,
		};

		if (!only || !strcmp(only + 1, kind->name))
			ret = measure_kind(&l, unusable, emit, arg);
	}
	return ret;
}

/*
 * The worker that frees a map must not run in the middle of the syscall that
 * only queues it: nothing ordinary preempts a task of the FIFO class.
 */
static int run_first(bool yes)
{
	struct sched_param param = { .sched_priority = yes ? WORKERS_PRIORITY + 1 : 0 };

	if (sched_setscheduler(0, yes ? SCHED_FIFO : SCHED_OTHER, &param))
		return err_errno(EX_FAIL, "cannot get a real-time priority");
	return 0;
}

static int measure_size(const struct machine *m, const struct plan *plan,
			unsigned int size, bool ops, emit_fn emit, void *arg)
{
	char unusable[PROOF_REASON_LEN];
	int ret, guard;

	ret = bpf_map_usable(unusable, sizeof(unusable));
	if (!ret)
		ret = device_open(&guard);
	if (ret)
		return ret;
	/* Maps have percpu objects down to 4 bytes: not a hole is left. */
	if (ioctl(guard, PCPU_BENCH_GUARD, 4UL))
		ret = err_errno(EX_FAIL, "cannot fill the first percpu chunk");
	if (!ret)
		ret = run_first(true);
	if (!ret) {
		ret = measure_kinds(m, plan, size, ops, unusable, emit, arg);
		if (run_first(false) && !ret)
			ret = EX_FAIL;
	}
	close(guard);
	return ret;
}

/* An allocation by itself, in the same boot, shows what its part in it is. */
int measure_bpf_map(const struct machine *m, const struct plan *plan,
		    unsigned int size, emit_fn emit, void *arg)
{
	struct plan alloc;
	int ret = 0;

	plan_init(&alloc);
	alloc.instrument = plan->instrument;
	if (plan_takes(&alloc, size))
		ret = measure_percpu_alloc(m, &alloc, size, emit, arg);
	return ret ? ret : measure_size(m, plan, size, false, emit, arg);
}

int measure_bpf_map_ops(const struct machine *m, const struct plan *plan,
			unsigned int size, emit_fn emit, void *arg)
{
	return measure_size(m, plan, size, true, emit, arg);
}

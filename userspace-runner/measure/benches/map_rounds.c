// SPDX-License-Identifier: GPL-2.0-or-later
/* Takes samples of the life of BPF percpu maps. */
#include <unistd.h>

#include "base/err.h"
#include "measure/benches/guarded.h"
#include "measure/benches/map_ops.h"
#include "measure/benches/map_rounds.h"
#include "measure/benches/sample.h"
#include "measure/benches/workers.h"

/* A task that waits for the map to be freed is switched out meanwhile. */
static unsigned int allowed(const struct life *l, enum life_op op)
{
	unsigned int may = op == OP_DESTROY_WAIT || op == OP_CYCLE ?
			   SAMPLE_MAY_SWITCH | SAMPLE_MAY_SLEEP : 0;

	/* Without elements destroying needs no grace period. */
	if ((op == OP_CYCLE || op == OP_CREATE) && l->long_life)
		may |= SAMPLE_WITHOUT_TICK;
	return may;
}

static int take(struct life *l, enum life_op op, enum pcpu_bench_arm arm,
		size_t at)
{
	struct pcpu_bench_sample *s = &l->samples[op][at];
	life_fn run = map_op(op, arm);
	struct sample_clock clock;
	int ret;

	if (!life_has_op(l, op))
		return 0;
	s->arm = arm;
	ret = sample_begin(&clock, l->t, l->plan->instrument, arm,
			   allowed(l, op));
	if (!ret)
		ret = run(l);
	/* An error ends the run, so the sample needs no end. */
	return ret ? ret : sample_end(&clock, s);
}

/*
 * The kernel numbers maps in turn, in a tree of 64 ids a node. The first id of
 * a node charges a new node, and ids 64 and 4096 a deeper tree. So hold a map
 * with an id just below the next ones, in the same node of a tree that is
 * already three deep.
 */
#define IDS_A_NODE	64
#define IDS_ABOVE	4096

static int hold_id(struct life *l)
{
	/* A life makes each map at most twice; one id is spare. */
	unsigned int need = 2 * l->plan->pairs + 2, id;
	int fd = -1, ret;

	ret = life_go_to(l, PCPU_BENCH_ARM_OFF);
	while (!ret) {
		fd = bpf_map_anchor(&id);
		if (fd < 0)
			return err_errno(EX_FAIL, "cannot make a BPF map");
		if (id >= IDS_ABOVE && (need >= IDS_A_NODE ||
					id % IDS_A_NODE + need < IDS_A_NODE))
			break;
		close(fd);
		/* Wait, or thousands of maps would be waiting to be freed. */
		if (id % IDS_A_NODE == 0)
			ret = life_settle(l, PCPU_BENCH_SETTLE_MAPS);
	}
	if (l->anchor >= 0)
		close(l->anchor);
	l->anchor = fd;
	return ret ? ret : life_settle(l, PCPU_BENCH_SETTLE_ALL);
}

/*
 * Prepare for a life, to make lives alike. The workers have their priority before
 * thousands of maps are made: each map is then freed at once. Otherwise a second
 * map may be freed beside a first, now and then. That needs one worker more, and
 * with three of them idle the kernel takes 8 instructions more each time.
 */
static int prepare(struct life *l)
{
	int ret = 0;

	/* Do not change the workers of a real machine. */
	if (l->plan->instrument == INSTRUMENT_INSN)
		ret = workers_first();
	return ret ? ret : hold_id(l);
}

/*
 * One sample of every operation. Destroying has two, so this takes two lives.
 */
static int live(void *arg, enum pcpu_bench_arm arm, size_t at)
{
	struct life *l = arg;
	enum life_op op;
	int ret;

	ret = prepare(l);
	if (!ret)
		ret = life_go_to(l, arm);
	/* The cgroup's change starts grace periods: wait for them. */
	if (!ret && l->plan->instrument == INSTRUMENT_TIME)
		ret = life_settle(l, PCPU_BENCH_SETTLE_ALL);
	for (op = OP_CREATE; op <= OP_DESTROY && !ret; op++)
		ret = take(l, op, arm, at);
	if (!ret)
		ret = life_settle(l, PCPU_BENCH_SETTLE_ALL);
	if (!ret && l->ops && arm != PCPU_BENCH_ARM_EMPTY)
		ret = map_create_all(l);
	if (!ret)
		ret = take(l, OP_DESTROY_WAIT, arm, at);
	if (!ret)
		ret = take(l, OP_CYCLE, arm, at);
	map_close_all(l);
	if (life_settle(l, PCPU_BENCH_SETTLE_ALL) && !ret)
		ret = EX_FAIL;
	return ret ? ret : guarded_samples(l->guard, l->plan, l->samples,
					   NR_CELLS, at);
}

int map_rounds(struct life *l)
{
	int ret = sample_rounds(l->plan, l->warmup, live, l);
	enum life_op op;

	for (op = OP_CREATE; op < NR_CELLS && !ret; op++)
		sample_judge(l->samples[op], l->nr);
	return ret;
}

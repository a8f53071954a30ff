// SPDX-License-Identifier: GPL-2.0-or-later
/* The operations on maps in a sample, and the empty loop: plan->pairs times. */
#include <unistd.h>

#include "measure/benches/map_ops.h"

void map_close_all(struct life *l)
{
	unsigned int i;

	for (i = 0; i < l->plan->pairs; i++) {
		if (l->fds[i] >= 0)
			close(l->fds[i]);
		l->fds[i] = -1;
	}
}

int map_create_all(struct life *l)
{
	unsigned int i;

	for (i = 0; i < l->plan->pairs; i++) {
		l->fds[i] = bpf_map_make(l->kind, l->size, l->entries);
		if (l->fds[i] < 0)
			return life_refused(l);
	}
	return 0;
}

static int update_all(struct life *l)
{
	unsigned int i;

	for (i = 0; i < l->plan->pairs; i++)
		if (bpf_map_add(l->fds[i], 0, l->value))
			return life_refused(l);
	return 0;
}

static int delete_all(struct life *l)
{
	unsigned int i;

	for (i = 0; i < l->plan->pairs; i++)
		if (bpf_map_del(l->fds[i], 0))
			return life_refused(l);
	return 0;
}

static int destroy_all(struct life *l)
{
	map_close_all(l);
	return 0;
}

static int destroy_all_wait(struct life *l)
{
	map_close_all(l);
	return life_settle(l, PCPU_BENCH_SETTLE_MAPS);
}

/* Create and destroy map after map, as the published benchmark does. */
static int cycle_all(struct life *l)
{
	unsigned int i;
	int fd, ret = 0;

	for (i = 0; i < l->plan->pairs && !ret; i++) {
		fd = bpf_map_make(l->kind, l->size, l->entries);
		if (fd < 0)
			return life_refused(l);
		close(fd);
		ret = life_settle(l, PCPU_BENCH_SETTLE_MAPS);
	}
	return ret;
}

/* The empty loop; for operations that wait, it waits for nothing. */
static int empty_all(struct life *l)
{
	unsigned int i;

	for (i = 0; i < l->plan->pairs; i++)
		__asm__ volatile("" : : "r"(l->fds[i]));
	return 0;
}

static int empty_wait(struct life *l)
{
	return life_settle(l, PCPU_BENCH_SETTLE_MAPS);
}

static int empty_cycle(struct life *l)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < l->plan->pairs && !ret; i++)
		ret = life_settle(l, PCPU_BENCH_SETTLE_MAPS);
	return ret;
}

static const life_fn run_empty[NR_CELLS] = {
	[OP_CREATE] = empty_all, [OP_UPDATE] = empty_all,
	[OP_DELETE] = empty_all, [OP_DESTROY] = empty_all,
	[OP_DESTROY_WAIT] = empty_wait, [OP_CYCLE] = empty_cycle,
};

static const life_fn run_op[NR_CELLS] = {
	[OP_CREATE] = map_create_all, [OP_UPDATE] = update_all,
	[OP_DELETE] = delete_all, [OP_DESTROY] = destroy_all,
	[OP_DESTROY_WAIT] = destroy_all_wait, [OP_CYCLE] = cycle_all,
};

life_fn map_op(enum life_op op, enum pcpu_bench_arm arm)
{
	return arm == PCPU_BENCH_ARM_EMPTY ? run_empty[op] : run_op[op];
}

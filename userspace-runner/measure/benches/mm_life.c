// SPDX-License-Identifier: GPL-2.0-or-later
/* Holds what operations of mm-life make, and reads what is charged for it. */
#include "base/err.h"
#include "measure/benches/mm_life.h"
#include "measure/stock.h"

static const char *const stats[NR_MM_STATS] = {
	[MM_PERCPU] = "percpu", [MM_STACK] = "kernel_stack",
	[MM_TABLES] = "pagetables", [MM_ANON] = "anon", [MM_SLAB] = "slab",
};

int mm_settle(const struct mm_life *m)
{
	return device_settle(m->t->fd, PCPU_BENCH_SETTLE_ALL);
}

unsigned int mm_pairs(enum mm_op op)
{
	return op == MM_FAULT ? MM_FAULTS : 1;
}

struct mm_order mm_order_of(const struct mm_life *m, enum pcpu_bench_arm arm)
{
	return (struct mm_order){
		.op = m->op, .arm = arm, .program = m->program,
		.procs = arm == PCPU_BENCH_ARM_ON ? m->procs : -1,
		.insn = m->plan->instrument == INSTRUMENT_INSN,
	};
}

static int read_bytes(const struct mm_life *m, struct mm_bytes *bytes)
{
	int ret = stock_drain(&m->t->cg);

	for (int i = 0; i < NR_MM_STATS && !ret; i++)
		ret = cgroup_stat_bytes(&m->t->cg, stats[i], &bytes->of[i]);
	return ret;
}

static int end_all(struct mm_worker *workers, unsigned int nr, int ret)
{
	while (nr--)
		ret = mm_worker_end(&workers[nr], ret);
	return ret;
}

/* What @nr processes of @arm's cgroup make by an operation each, and hold. */
static int charged(struct mm_life *m, enum pcpu_bench_arm arm, unsigned int nr,
		   struct mm_bytes *bytes)
{
	struct mm_order order = mm_order_of(m, arm);
	struct mm_worker workers[MM_HELD];
	struct mm_bytes idle = { { 0 } };
	struct mm_answer answer;
	unsigned int made, i;
	int ret = 0;

	order.hold = 1;
	for (made = 0; made < nr && !ret; made++)
		ret = mm_worker_start(&workers[made], &order, false);
	if (!ret)
		ret = mm_settle(m);
	if (!ret)
		ret = read_bytes(m, &idle);
	for (i = 0; i < nr && !ret; i++)
		ret = mm_worker_go(&workers[i], &order, &answer);
	if (!ret)
		ret = mm_settle(m);
	if (!ret)
		ret = read_bytes(m, bytes);
	ret = end_all(workers, made, ret);
	for (i = 0; i < NR_MM_STATS; i++)
		bytes->of[i] -= idle.of[i];
	return ret ? ret : mm_settle(m);
}

/*
 * The kernel's own memory proves that it is accounted; pages of a process are
 * charged also if that is off. A fault makes nothing else, nor does the page that
 * statm tells of.
 */
static long long proves(const struct mm_life *m, const struct mm_bytes *bytes)
{
	return m->op >= MM_FAULT ? bytes->of[MM_ANON] :
	       bytes->of[MM_PERCPU] + bytes->of[MM_STACK] +
	       bytes->of[MM_TABLES];
}

static int proves_now(const struct mm_life *m, long long *bytes)
{
	struct mm_bytes now = { { 0 } };
	int ret = read_bytes(m, &now);

	*bytes = proves(m, &now);
	return ret;
}

int mm_weigh(void *arg)
{
	struct mm_bytes all = { { 0 } }, outside = { { 0 } };
	struct mm_life *m = arg;
	struct proof *p = &m->proof;
	int ret;

	/* The first one makes what stays, such as page tables of the file. */
	ret = charged(m, PCPU_BENCH_ARM_ON, 1, &m->one);
	if (!ret)
		ret = proves_now(m, &p->before);
	if (!ret)
		ret = charged(m, PCPU_BENCH_ARM_OFF, 1, &outside);
	if (!ret)
		ret = charged(m, PCPU_BENCH_ARM_ON, 1, &m->one);
	if (!ret)
		ret = charged(m, PCPU_BENCH_ARM_ON, MM_HELD, &all);
	m->slab = all.of[MM_SLAB] / MM_HELD;
	p->expected = MM_HELD * proves(m, &m->one);
	p->beyond = m->t->beyond;
	p->held = p->before + proves(m, &all);
	p->off_held = p->before + proves(m, &outside);
	return ret;
}

int mm_gone(struct mm_life *m)
{
	return proves_now(m, &m->proof.after);
}

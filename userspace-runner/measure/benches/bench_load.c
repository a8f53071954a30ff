// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load: processes that do what programs do, and so take percpu memory and free it,
 * all at once. The arms differ in their memory cgroup: that of the measurement, or
 * the root's, where nothing is charged.
 */
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "measure/benches/benches.h"
#include "measure/benches/guarded.h"
#include "measure/benches/load.h"
#include "measure/benches/meeting.h"
#include "measure/benches/parallel.h"
#include "measure/cpu.h"

/* Memory comes back after grace periods, and when a CPU runs another process. */
#define TRIES	100

/* The tasks of an arm. */
struct side {
	struct crew_work work;
	struct crew crew;
	struct meeting *meeting;
};

struct load {
	struct parallel p;
	const struct load_kind *kind;
	struct side sides[PCPU_BENCH_NR_ARMS];
};

static const enum pcpu_bench_arm arms[] = {
	PCPU_BENCH_ARM_OFF, PCPU_BENCH_ARM_ON
};

#define EACH_SIDE(i, side, l) \
	for (i = 0; i < 2 && ((side) = &(l)->sides[arms[i]]); i++)

static struct load *of(struct parallel *p)
{
	return (struct load *)p;
}

static int start(struct parallel *p)
{
	struct load *l = of(p);
	struct side *side;
	unsigned int i;
	int ret = 0;

	EACH_SIDE(i, side, l) {
		const bool on = arms[i] == PCPU_BENCH_ARM_ON;

		side->meeting = meeting_make(l->kind, p->threads);
		if (!side->meeting)
			return no_memory();
		side->work = (struct crew_work){
			.fn = meeting_join, .arg = side->meeting, .fork = true,
			.group = on ? NULL : p->t->cg.mount,
			.own = on && parallel_own(p->plan), .cg = &p->t->cg,
		};
		ret = crew_start(&side->crew, &side->work, p->cpus, p->threads);
		if (ret)
			break;
	}
	return ret;
}

static int stop(struct parallel *p)
{
	struct side *side;
	unsigned int i;
	int ret = 0, ret2;

	EACH_SIDE(i, side, of(p)) {
		ret2 = crew_stop(&side->crew);
		ret = ret ? ret : ret2;
		meeting_free(side->meeting);
		side->meeting = NULL;
	}
	return ret;
}

static int lost(struct parallel *p)
{
	struct side *side;
	unsigned int i;
	int ret = 0;

	EACH_SIDE(i, side, of(p))
		if (!ret)
			ret = crew_lost(&side->crew);
	return ret;
}

/* ------------------------------------------------------------------ the proof */

/*
 * A CPU without work keeps the memory of the last process, and its counters, until
 * another process runs there.
 */
static int visit_cpus(const struct parallel *p)
{
	const int home = sched_getcpu();
	int ret = 0, ret2;

	for (unsigned int i = 0; i < p->threads && !ret; i++)
		ret = cpu_go_to(p->cpus[i]);
	ret2 = cpu_go_to(home);
	return ret ? ret : ret2;
}

/* Bytes of all cgroups. */
static int percpu_bytes(struct parallel *p, long long *bytes)
{
	long long own = 0;
	int ret = cgroup_percpu_bytes(&p->t->cg, bytes);

	if (!ret)
		ret = crew_percpu_bytes(&of(p)->sides[PCPU_BENCH_ARM_ON].crew,
					&own);
	*bytes += own;
	return ret;
}

/* Wait until @bytes are @want again; in vain, if something keeps them. */
static int wait_for_bytes(struct parallel *p, long long want, long long *bytes)
{
	int ret;

	for (int i = 0; i < TRIES; i++) {
		ret = visit_cpus(p);
		if (!ret)
			ret = device_settle(p->t->fd, PCPU_BENCH_SETTLE_ALL);
		if (!ret)
			ret = percpu_bytes(p, bytes);
		if (ret || *bytes == want)
			break;
		if (measure_stop)
			return err(EX_INTR, "interrupted");
	}
	return ret;
}

/* `percpu` while @nr of what an operation makes are there. */
static int weigh(struct parallel *p, unsigned int nr, long long before,
		 long long *bytes)
{
	const struct load_kind *kind = of(p)->kind;
	const char *what;
	long long after;
	void *own;
	int ret = 0;

	what = kind->begin(&own);
	if (!what) {
		what = kind->hold(own, nr);
		if (!what)
			ret = cgroup_percpu_bytes(&p->t->cg, bytes);
	}
	if (what)
		ret = err_errno(EX_FAIL, "%s cannot %s", p->bench, what);
	if (own)
		kind->drop(own);
	kind->end(own);
	return ret ? ret : wait_for_bytes(p, before, &after);
}

/* The same in the root's cgroup: nothing may be charged. */
static int weigh_outside(struct parallel *p, long long before, long long *bytes)
{
	struct cgroup root = p->t->cg;
	struct err_kept kept;
	int ret, ret2;

	snprintf(root.path, sizeof(root.path), "%s", root.mount);
	ret = cgroup_enter(&root);
	if (!ret)
		ret = weigh(p, 1, before, bytes);
	kept = err_keep();
	ret2 = cgroup_enter(&p->t->cg);
	return err_first(&kept, ret, ret2);
}

struct weighed {
	struct parallel *p;
	struct proof *proof;
};

/* What one takes is seen; so many must take so many times as much. */
static int weigh_all(void *arg)
{
	struct weighed *w = arg;
	struct parallel *p = w->p;
	struct proof *proof = w->proof;
	long long one = 0;
	int ret;

	/* The first may leave what the next ones use. */
	ret = percpu_bytes(p, &proof->before);
	if (!ret)
		ret = weigh(p, 1, proof->before, &one);
	if (!ret)
		ret = percpu_bytes(p, &proof->before);
	if (!ret)
		ret = weigh(p, 1, proof->before, &one);
	if (!ret)
		ret = weigh(p, LOAD_HELD, proof->before, &proof->held);
	if (!ret)
		ret = weigh_outside(p, proof->before, &proof->off_held);
	proof->expected = LOAD_HELD * (one - proof->before);
	return ret;
}

static int prove(struct parallel *p, struct proof *proof)
{
	struct weighed w = { p, proof };

	return guarded_weigh(p->guard, proof, weigh_all, &w);
}

static int after(struct parallel *p, struct proof *proof)
{
	return wait_for_bytes(p, proof->before, &proof->after);
}

/* ----------------------------------------------------------------- the windows */

/* Have the module watch the tasks' CPUs for the window. */
static int watch_cpus(struct parallel *p, struct pcpu_bench_contend *c)
{
	struct pcpu_bench_seat *at;

	*c = (struct pcpu_bench_contend){
		.threads = p->cpus[p->threads - 1] + 1,
		.flags = PCPU_BENCH_CONTEND_WATCH | PCPU_BENCH_CONTEND_OTHERS,
		.window_ns = PARALLEL_WINDOW_NS,
	};
	for (unsigned int i = 0; i < PCPU_BENCH_NR_LOCKS; i++)
		c->locks[i] = p->t->env->locks[i];
	at = calloc(c->threads, sizeof(*at));
	if (!at)
		return no_memory();
	c->seats = (uintptr_t)at;
	return device_contend(p->t->fd, c);
}

/* A CPU that goes offline hands its task to another one. */
static int all_at_home(const struct parallel *p)
{
	for (unsigned int i = 0; i < p->threads; i++)
		if ((int)p->seats[i].cpu != p->cpus[i])
			return err(EX_FAIL, "the task of CPU %d was moved to CPU %d while it was measured",
				   p->cpus[i], (int)p->seats[i].cpu);
	return 0;
}

static void take_waits(struct parallel *p, const struct pcpu_bench_seat *at)
{
	for (unsigned int i = 0; i < p->threads; i++)
		for (unsigned int w = 0; w < PCPU_BENCH_NR_LOCKS; w++)
			p->seats[i].waits[w] = at[p->seats[i].cpu].waits[w];
}

static int hold(struct parallel *p, enum pcpu_bench_arm arm, bool watch,
		unsigned long long *window_ns)
{
	struct meeting *m = of(p)->sides[arm].meeting;
	struct pcpu_bench_contend seen = { 0 };
	int ret, ret2 = 0;

	ret = meeting_open(m);
	if (ret)
		return ret;
	ret = watch ? watch_cpus(p, &seen) : meeting_wait(PARALLEL_WINDOW_NS);
	/* The tasks go on after a kernel that cannot tell of waits. */
	if (!ret || ret == EX_INVALID) {
		ret2 = meeting_close(m, p->seats, window_ns);
		ret2 = ret2 ? ret2 : all_at_home(p);
	}
	if (watch && !ret && !ret2) {
		take_waits(p, (void *)(uintptr_t)seen.seats);
		*window_ns = seen.window_ns;
	}
	free((void *)(uintptr_t)seen.seats);
	return ret ? ret : ret2;
}

static const struct parallel_ops ops = {
	.start = start, .prove = prove, .hold = hold, .after = after,
	.stop = stop, .lost = lost,
};

static int measure_kind(const struct target *t, const struct plan *plan,
			const struct load_kind *kind, int guard)
{
	char name[PLAN_BENCH_LEN];
	struct load l = { .kind = kind, .p = {
		.t = t, .plan = plan, .ops = &ops, .bench = name, .batch = 1,
		.guard = guard,
	} };

	snprintf(name, sizeof(name), "%s/%s", bench_find(plan->bench)->name,
		 kind->name);
	return bench_covers(plan->bench, name) ? parallel_measure(&l.p) : 0;
}

int measure_load(const struct target *t, const struct plan *plan,
		 unsigned int size)
{
	int guard, ret, ret2;
	struct err_kept kept;

	(void)size;	/* there is none */
	/* The kernel's own objects, down to 4 bytes, shall be accounted. */
	ret = device_guard(&guard);
	if (ret)
		return ret;
	ret = measure_kind(t, plan, &load_exec, guard);
	if (!ret)
		ret = measure_kind(t, plan, &load_maps, guard);
	kept = err_keep();
	ret2 = close(guard) ? err_errno(EX_FAIL, "cannot give back the ballast") : 0;
	return err_first(&kept, ret, ret2);
}

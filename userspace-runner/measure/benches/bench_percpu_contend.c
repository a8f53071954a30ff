// SPDX-License-Identifier: GPL-2.0-or-later
/* percpu-contend: windows in which many tasks allocate and free at once. */
#include <stdint.h>
#include <sys/ioctl.h>

#include "measure/benches/benches.h"
#include "measure/benches/parallel.h"

#define BATCH		1000	/* of pairs in a sample, so that ns suffice */
#define DRAWN_SEED	1	/* any: one order is as good as another */

struct contend {
	struct parallel p;
	struct crew_work work;
	struct crew crew;
};

static struct contend *of(struct parallel *p)
{
	return (struct contend *)p;
}

/* Come to window after window. */
static const char *join(void *arg, unsigned int seat)
{
	const struct contend *c = arg;

	(void)seat;
	while (!ioctl(c->p.t->fd, PCPU_BENCH_JOIN))
		;
	return "join";
}

static int start(struct parallel *p)
{
	struct contend *c = of(p);

	c->work = (struct crew_work){
		.fn = join, .arg = c, .cg = &p->t->cg,
		.own = parallel_own(p->plan),
	};
	return crew_start(&c->crew, &c->work, p->cpus, p->threads);
}

static int prove(struct parallel *p, struct proof *proof)
{
	int ret = cgroup_percpu_bytes(&p->t->cg, &proof->before);

	proof->expected = target_charge(p->t, p->size);
	if (!ret)
		ret = target_hold_one(p->t, p->size, PCPU_BENCH_ARM_OFF,
				      &proof->off_held, &proof->first_chunk);
	if (!ret)
		ret = target_hold_one(p->t, p->size, PCPU_BENCH_ARM_ON,
				      &proof->held, &proof->first_chunk);
	return ret;
}

static int hold(struct parallel *p, enum pcpu_bench_arm arm, bool watch,
		unsigned long long *window_ns)
{
	const struct shape shape = plan_shape(p->plan);
	struct pcpu_bench_contend contend = {
		.bytes = p->size,
		.batch = shape.batch, .order = shape.order,
		.seed = shape.order == PCPU_BENCH_FREE_RANDOM ? DRAWN_SEED : 0,
		.threads = p->threads,
		.flags = (arm == PCPU_BENCH_ARM_ON ?
			  PCPU_BENCH_ALLOC_ACCOUNT : 0) |
			 (p->plan->options.val[BENCH_GFP] ?
			  PCPU_BENCH_ALLOC_ATOMIC : 0) |
			 (watch ? PCPU_BENCH_CONTEND_WATCH : 0),
		.window_ns = PARALLEL_WINDOW_NS,
		.seats = (uintptr_t)p->seats,
	};
	int ret;

	for (unsigned int i = 0; watch && i < PCPU_BENCH_NR_LOCKS; i++)
		contend.locks[i] = p->t->env->locks[i];
	ret = device_contend(p->t->fd, &contend);
	*window_ns = contend.window_ns;
	return ret;
}

/* Charges that no object holds any more, in all cgroups. */
static int after(struct parallel *p, struct proof *proof)
{
	long long own = 0;
	int ret = cgroup_percpu_bytes(&p->t->cg, &proof->after);

	if (!ret)
		ret = crew_percpu_bytes(&of(p)->crew, &own);
	proof->after += own;
	return ret;
}

static int stop(struct parallel *p)
{
	return crew_stop(&of(p)->crew);
}

static int lost(struct parallel *p)
{
	return crew_lost(&of(p)->crew);
}

static const struct parallel_ops ops = {
	.start = start, .prove = prove, .hold = hold, .after = after,
	.stop = stop, .lost = lost,
};

int measure_percpu_contend(const struct target *t, const struct plan *plan,
			   unsigned int size)
{
	struct contend c = { .p = {
		.t = t, .plan = plan, .ops = &ops, .bench = plan->bench,
		.size = size, .batch = BATCH, .guard = t->fd,
	} };

	return parallel_measure(&c.p);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* slab-share: many memory cgroups have slab objects: what does it cost, how full are slabs? */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/benches/benches.h"
#include "measure/benches/sample.h"
#include "measure/benches/slab_charge.h"
#include "measure/benches/slab_owners.h"
#include "measure/benches/slabinfo.h"
#include "measure/benches/workers.h"
#include "measure/cell_record.h"

#define WARMUP	2

/* Any: what is drawn is as good as anything else. Both arms do the same. */
#define SEED	1

/* Objects allocated in a sample, and before the first one by each owner. */
#define OBJECTS	1024
#define SETTLED	(4 * BENCH_SHARE_MOST)

/* How often it is looked how full slabs are: few owners differ more from time to time. */
#define LOOKS		256
#define FEWEST_LOOKS	16

struct share_cell {
	const struct target *t;
	const struct plan *plan;
	const struct slab_owners *all;
	unsigned int size, owners;
	bool own;
	int fd[PCPU_BENCH_NR_ARMS];	/* that keep the objects of an arm */
	unsigned int id;		/* of the caches of `on` */
	struct pcpu_bench_sample *samples;
	size_t nr;
	struct proof proof;
	unsigned int looks;
	long long live, slab_bytes;	/* of all looks */
	struct pcpu_bench_waves end, none;	/* and when all are freed */
	bool has_slabinfo;
	struct slabinfo info;		/* at the end, of `on` */
	long long arrays;		/* of obj_exts, by what kmalloc() got back */
};

static int waves(const struct share_cell *c, enum pcpu_bench_arm arm,
		 unsigned int objects)
{
	struct pcpu_bench_waves w = { .objects = objects };

	return device_waves(c->fd[arm], &w);
}

static int sum_of(const struct share_cell *c, long long *sum)
{
	long long bytes[BENCH_SHARE_OWNERS];
	int ret = slab_owners_bytes(c->all, c->owners, bytes);

	*sum = 0;
	for (unsigned int i = 0; i < c->owners; i++)
		*sum += bytes[i];
	return ret;
}

static int begin(struct share_cell *c, enum pcpu_bench_arm arm)
{
	struct pcpu_bench_share share = {
		.bytes = c->size, .owners = c->owners, .most = BENCH_SHARE_MOST,
		.flags = (c->own ? PCPU_BENCH_SHARE_OWN : 0) |
			 (arm == PCPU_BENCH_ARM_ON ? PCPU_BENCH_SHARE_ACCOUNT : 0),
		.seed = SEED, .cgroups = (uintptr_t)c->all->dir,
	};
	int ret = device_open(&c->fd[arm]);

	if (!ret)
		ret = device_share(c->fd[arm], &share);
	c->id = share.id;
	return ret ? ret : waves(c, arm, c->owners * SETTLED);
}

static int take(void *arg, enum pcpu_bench_arm arm, size_t at)
{
	struct share_cell *c = arg;
	struct sample_clock clock;
	int ret;

	c->samples[at].arm = arm;
	ret = sample_begin(&clock, c->t, c->plan->instrument, arm,
			   SAMPLE_WITHOUT_TICK);
	if (!ret)
		ret = arm == PCPU_BENCH_ARM_EMPTY ?
		      waves(c, PCPU_BENCH_ARM_OFF, 0) : waves(c, arm, OBJECTS);
	/* An error ends the run, so the sample needs no end. */
	return ret ? ret : sample_end(&clock, &c->samples[at]);
}

/* How full are slabs, while objects come and go? */
static int look(struct share_cell *c)
{
	struct pcpu_bench_waves w = {
		.objects = c->owners * BENCH_SHARE_MOST / 2,
		.flags = PCPU_BENCH_WAVES_COUNT,
	};
	int ret = 0;

	c->looks = LOOKS / c->owners;
	if (c->looks < FEWEST_LOOKS)
		c->looks = FEWEST_LOOKS;
	for (unsigned int i = 0; i < c->looks && !ret; i++) {
		ret = device_waves(c->fd[PCPU_BENCH_ARM_ON], &w);
		c->live += (long long)w.live * c->size;
		c->slab_bytes += w.slab_bytes;
	}
	return ret;
}

/* Bytes of an object; checked kernels put something around it. */
static unsigned int object_bytes(const struct share_cell *c)
{
	return c->has_slabinfo ? c->info.bytes : c->size;
}

/* Objects in a slab. */
static unsigned int in_slab(const struct share_cell *c)
{
	if (c->has_slabinfo)
		return c->info.in_slab;
	return c->end.slabs ? c->end.slab_bytes / c->end.slabs / c->size : 0;
}

static unsigned int array_bytes(const struct share_cell *c)
{
	return slab_kmalloc(in_slab(c) * SLAB_EXT);
}

static int look_at_slabinfo(struct share_cell *c)
{
	char name[32];
	int ret;

	snprintf(name, sizeof(name), "pcpu_bench-share-%u-", c->id);
	ret = slabinfo_of(name, &c->info);
	c->has_slabinfo = !ret;
	return ret == EX_INVALID ? 0 : ret;
}

/* What each owner has is what it is charged, when no slab is without an object. */
static int look_last(struct share_cell *c, const long long *before)
{
	unsigned int live[BENCH_SHARE_OWNERS];
	long long held[BENCH_SHARE_OWNERS], right;
	int ret;

	c->end = (struct pcpu_bench_waves){
		.flags = PCPU_BENCH_WAVES_COUNT | PCPU_BENCH_WAVES_LOOK,
		.owner_live = (uintptr_t)live, .nr_owners = c->owners,
	};
	ret = device_waves(c->fd[PCPU_BENCH_ARM_ON], &c->end);
	if (!ret)
		ret = look_at_slabinfo(c);
	if (!ret)
		ret = slab_owners_bytes(c->all, c->owners, held);
	if (ret)
		return ret;
	for (unsigned int i = 0; i < c->owners; i++) {
		right = (long long)live[i] * slab_charge(object_bytes(c), false);
		c->proof.expected += right;
		c->proof.before += before[i];
		c->proof.held += held[i];
		c->proof.astray += llabs(held[i] - before[i] - right);
	}
	return 0;
}

/* All objects are freed, and slabs given back: so must be the arrays, and nothing else. */
static int empty(struct share_cell *c)
{
	struct slabinfo before = { 0 }, after = { 0 };
	int ret = 0;

	/* The first time opens files. */
	if (c->has_slabinfo)
		ret = slabinfo_kmalloc(array_bytes(c), &before);
	if (!ret)
		ret = device_settle(c->t->fd, PCPU_BENCH_SETTLE_ALL);
	if (!ret && c->has_slabinfo)
		ret = slabinfo_kmalloc(array_bytes(c), &before);
	c->none.flags = PCPU_BENCH_WAVES_FREE | PCPU_BENCH_WAVES_LOOK |
			PCPU_BENCH_WAVES_COUNT;
	if (!ret)
		ret = device_waves(c->fd[PCPU_BENCH_ARM_ON], &c->none);
	if (!ret && c->has_slabinfo)
		ret = slabinfo_kmalloc(array_bytes(c), &after);
	c->arrays = before.active - after.active;
	return ret;
}

static int end(struct share_cell *c)
{
	int ret = empty(c);

	if (!ret)
		ret = device_release(c->fd[PCPU_BENCH_ARM_OFF]);
	if (!ret)
		ret = device_release(c->fd[PCPU_BENCH_ARM_ON]);
	return ret ? ret : sum_of(c, &c->proof.after);
}

static int run(struct share_cell *c)
{
	long long before[BENCH_SHARE_OWNERS];
	int ret = slab_owners_bytes(c->all, c->owners, before);

	c->proof.beyond = c->t->beyond;
	if (!ret)
		ret = begin(c, PCPU_BENCH_ARM_OFF);
	if (!ret)
		ret = sum_of(c, &c->proof.off_held);
	if (!ret)
		ret = begin(c, PCPU_BENCH_ARM_ON);
	if (!ret)
		ret = run_before_workers(true);
	if (!ret) {
		ret = sample_rounds(c->plan, WARMUP, take, c);
		if (run_before_workers(false) && !ret)
			ret = EX_FAIL;
	}
	if (!ret)
		ret = look(c);
	if (!ret)
		ret = look_last(c, before);
	return ret ? ret : end(c);
}

static void judge(const struct share_cell *c, char reason[PROOF_REASON_LEN])
{
	const struct pcpu_bench_waves *w = &c->end;
	const unsigned int room = w->slabs ? w->slab_bytes / w->slabs : 0;
	const unsigned int exts = in_slab(c) * SLAB_EXT;

	reason[0] = '\0';
	if (proof_broken(&c->proof, reason))
		return;
	if (w->used != w->slabs)
		snprintf(reason, PROOF_REASON_LEN,
			 "%u slabs have objects, and the pages of %u were found",
			 w->used, w->slabs);
	else if (c->none.live || c->none.slabs)
		snprintf(reason, PROOF_REASON_LEN,
			 "%u objects and %u slabs are left when all are freed",
			 c->none.live, c->none.slabs);
	/* All in the slab, where they fit behind the last object, or none. */
	else if (w->arrays + w->inside != w->slabs || (w->arrays && w->inside) ||
		 (w->inside && room - in_slab(c) * object_bytes(c) < exts))
		snprintf(reason, PROOF_REASON_LEN,
			 "%u slabs have %u obj_exts outside and %u inside",
			 w->slabs, w->arrays, w->inside);
	else if (w->array_bytes != (unsigned long long)w->arrays * array_bytes(c))
		snprintf(reason, PROOF_REASON_LEN, PROOF_OF_EXTS,
			 (long long)w->array_bytes,
			 (long long)w->arrays * array_bytes(c));
	else if (c->has_slabinfo &&
		 (c->info.active != w->live || c->info.slabs != w->slabs))
		snprintf(reason, PROOF_REASON_LEN,
			 "slabinfo has %lld objects and %lld slabs, not %u and %u",
			 c->info.active, c->info.slabs, w->live, w->slabs);
	else if (c->has_slabinfo && c->arrays != w->arrays)
		snprintf(reason, PROOF_REASON_LEN,
			 "slabinfo has %lld arrays of obj_exts, not %u",
			 c->arrays, w->arrays);
}

static json_t *share_json(const struct share_cell *c)
{
	const struct pcpu_bench_waves *w = &c->end;

	return json_pack("{s:i, s:i, s:i, s:I, s:I, s:I, s:I, s:i, s:i, s:I, s:I, s:b}",
			 "owners", (int)c->owners,
			 "caches", (int)(c->own ? c->owners : 1),
			 "looks", (int)c->looks,
			 "live", (json_int_t)c->live,
			 "slabs", (json_int_t)c->slab_bytes,
			 "last_live", (json_int_t)w->live * c->size,
			 "last_slabs", (json_int_t)w->slab_bytes,
			 "nr_slabs", (int)w->slabs,
			 "nr_inside", (int)w->inside,
			 "exts", (json_int_t)w->array_bytes,
			 "computed", (json_int_t)w->arrays * array_bytes(c),
			 "slabinfo", c->has_slabinfo);
}

static int emit(const struct share_cell *c, const char *name)
{
	char reason[PROOF_REASON_LEN];
	json_t *cell;

	judge(c, reason);
	cell = cell_record(c->plan, name, c->size, OBJECTS, WARMUP, reason);
	cell_record_samples(cell, c->samples, c->nr, &c->proof);
	json_object_set_new(cell, "chunk", json_pack("{s:i}", "outside", 0));
	json_object_set_new(cell, "share", share_json(c));
	return target_emit(c->t, cell);
}

static int no_cells(const struct share_cell *c, const char *name)
{
	return target_emit(c->t, cell_record(c->plan, name, c->size, OBJECTS,
					     WARMUP,
					     "this kernel's pages do not tell their slab cache"));
}

static int measure_cell(struct share_cell *c, const char *name)
{
	int ret;

	c->fd[PCPU_BENCH_ARM_OFF] = c->fd[PCPU_BENCH_ARM_ON] = -1;
	ret = run(c);
	for (int arm = PCPU_BENCH_ARM_OFF; arm <= PCPU_BENCH_ARM_ON; arm++)
		if (c->fd[arm] >= 0)
			close(c->fd[arm]);
	if (ret == EX_INVALID)
		return no_cells(c, name);
	return ret ? ret : emit(c, name);
}

/* What a kind and an operation of the bench are. */
struct which {
	char name[PLAN_BENCH_LEN + 16];
	bool own;
	unsigned int owners;
};

/* The @i'th of those that the plan has; false past the last. */
static bool nth(const struct plan *plan, unsigned int i, struct which *w)
{
	const struct bench *bench = bench_find(plan->bench);

	for (int k = 0; bench->kinds[k].name; k++)
		for (const char *const *op = bench->kinds[k].operations; *op; op++) {
			snprintf(w->name, sizeof(w->name), "%s/%s/%s",
				 bench->name, bench->kinds[k].name, *op);
			w->own = k;
			w->owners = atoi(*op);
			if (bench_covers(plan->bench, w->name) && !i--)
				return true;
		}
	return false;
}

static unsigned int most_owners(const struct plan *plan)
{
	unsigned int most = 0;
	struct which w;

	for (unsigned int i = 0; nth(plan, i, &w); i++)
		if (w.owners > most)
			most = w.owners;
	return most;
}

static int measure_all(const struct target *t, const struct plan *plan,
		       unsigned int size, struct slab_owners *all,
		       struct pcpu_bench_sample *samples, size_t nr)
{
	int ret = slab_owners_make(all, t, most_owners(plan));
	struct which w;

	for (unsigned int i = 0; !ret && nth(plan, i, &w); i++) {
		struct share_cell c = {
			.t = t, .plan = plan, .all = all, .size = size,
			.own = w.own, .owners = w.owners,
			.samples = samples, .nr = nr,
		};

		ret = measure_cell(&c, w.name);
	}
	return slab_owners_remove(all, ret);
}

int measure_slab_share(const struct target *t, const struct plan *plan,
		       unsigned int size)
{
	const size_t nr = (size_t)plan->rounds * PCPU_BENCH_NR_ARMS;
	struct pcpu_bench_sample *samples = calloc(nr, sizeof(*samples));
	struct slab_owners *all = calloc(1, sizeof(*all));
	int ret;

	if (!t->env->tick)
		ret = err(EX_FAIL, "the tick cannot be changed");
	else if (!samples || !all)
		ret = err(EX_FAIL, "out of memory for %zu samples", nr);
	else
		ret = measure_all(t, plan, size, all, samples, nr);
	free(samples);
	free(all);
	return ret;
}

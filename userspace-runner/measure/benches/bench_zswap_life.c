// SPDX-License-Identifier: GPL-2.0-or-later
/* zswap-life: pages are compressed into zswap's pool, and come back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/benches/benches.h"
#include "measure/benches/sample.h"
#include "measure/benches/swap_device.h"
#include "measure/benches/workers.h"
#include "measure/benches/zswap_pages.h"
#include "measure/cell_record.h"

/* Rounds until slab caches, size classes and swap slots have what a round takes. */
#define WARMUP	4

enum zswap_op {
	ZSWAP_OUT,
	ZSWAP_IN,
	NR_ZSWAP_OPS,
};

struct zswap_life {
	const struct target *t;
	const struct plan *plan;
	struct swap_device swap;
	char *pages[PCPU_BENCH_NR_ARMS];	/* of `off` the root's, of `on` the child's */
	struct pcpu_bench_sample *samples[NR_ZSWAP_OPS];
	size_t nr;			/* of each operation */
	unsigned int missed;		/* samples that not all pages took part in */
	struct proof proof;
	struct zswap_bytes held;	/* while the child's pages are out */
	long long pool;			/* bytes of zswap's pool then */
};

static void do_op(struct zswap_life *z, enum zswap_op op,
		  enum pcpu_bench_arm arm, int *ret)
{
	if (op == ZSWAP_OUT)
		*ret = zswap_pages_out(z->pages[arm]);
	else
		zswap_pages_in(z->pages[arm], 1);
}

/* All pages have gone or come, by zswap, and none by the device. */
static bool all(const struct zswap_counts *a, const struct zswap_counts *b,
		enum zswap_op op)
{
	return b->device == a->device &&
	       b->out - a->out == (op == ZSWAP_OUT ? ZSWAP_PAGES : 0) &&
	       b->in - a->in == (op == ZSWAP_IN ? ZSWAP_PAGES : 0);
}

static int take(struct zswap_life *z, enum zswap_op op,
		enum pcpu_bench_arm arm, size_t at)
{
	struct pcpu_bench_sample *s = &z->samples[op][at];
	struct zswap_counts before, after;
	struct sample_clock clock;
	int ret;

	s->arm = arm;
	ret = zswap_counts(&before);
	if (!ret)
		ret = device_settle(z->t->fd, PCPU_BENCH_SETTLE_ALL);
	if (!ret)
		ret = sample_begin(&clock, z->t, z->plan->instrument, arm,
				   SAMPLE_WITHOUT_TICK);
	if (!ret && arm != PCPU_BENCH_ARM_EMPTY)
		do_op(z, op, arm, &ret);
	/* An error ends the run, so the sample needs no end. */
	if (!ret)
		ret = sample_end(&clock, s);
	if (!ret)
		ret = zswap_counts(&after);
	if (!ret && arm != PCPU_BENCH_ARM_EMPTY)
		z->missed += !all(&before, &after, op);
	return ret;
}

static int take_each(void *arg, enum pcpu_bench_arm arm, size_t at)
{
	int ret = take(arg, ZSWAP_OUT, arm, at);

	return ret ? ret : take(arg, ZSWAP_IN, arm, at);
}

static int pool_bytes(long long *bytes)
{
	char kib[32];

	if (!read_field("/proc/meminfo", "Zswap", kib, sizeof(kib)))
		return err(EX_FAIL, "/proc/meminfo has no line 'Zswap'");
	*bytes = atoll(kib) * 1024;
	return 0;
}

/* What the child has in zswap while pages of @arm are out. */
static int hold(struct zswap_life *z, enum pcpu_bench_arm arm,
		struct zswap_bytes *bytes)
{
	int ret = zswap_pages_out(z->pages[arm]);

	if (!ret)
		ret = zswap_bytes(&z->t->cg, bytes);
	if (!ret)
		ret = pool_bytes(&z->pool);
	zswap_pages_in(z->pages[arm], 1);
	return ret;
}

static int weigh(struct zswap_life *z)
{
	struct zswap_bytes before, off;
	struct proof *p = &z->proof;
	int ret;

	*p = (struct proof){
		.expected = ZSWAP_PAGES * ZSWAP_PAGE, .beyond = z->t->beyond,
	};
	ret = zswap_bytes(&z->t->cg, &before);
	if (!ret)
		ret = hold(z, PCPU_BENCH_ARM_OFF, &off);
	if (!ret)
		ret = hold(z, PCPU_BENCH_ARM_ON, &z->held);
	if (ret)
		return ret;
	p->before = before.pages;
	p->off_held = off.pages;
	p->held = z->held.pages;
	/* Files, and the sum of the nodes if there is a row, agree. */
	p->astray = llabs(z->held.stored - z->held.current) + before.stored;
	if (z->held.nodes >= 0)
		p->astray += llabs(z->held.stored - z->held.nodes);
	return 0;
}

/* All pages are back: neither bytes nor pages are left in zswap. */
static int gone(struct zswap_life *z)
{
	struct zswap_bytes after;
	int ret = zswap_bytes(&z->t->cg, &after);

	z->proof.after = after.pages + after.stored +
			 (after.nodes > 0 ? after.nodes : 0);
	return ret;
}

static void judge(const struct zswap_life *z, char reason[PROOF_REASON_LEN])
{
	reason[0] = '\0';
	if (z->missed)
		snprintf(reason, PROOF_REASON_LEN,
			 "in %u samples not all %u pages went to zswap or came from it",
			 z->missed, ZSWAP_PAGES);
	else
		proof_broken(&z->proof, reason);
}

static void put_zswap(json_t *cell, const struct zswap_life *z)
{
	char compressor[32];

	read_first("/sys/module/zswap/parameters/compressor", compressor,
		   sizeof(compressor));
	json_object_set_new(cell, "zswap", json_pack(
			    "{s:i, s:I, s:I, s:b, s:s}", "pages",
			    (int)ZSWAP_PAGES, "stored",
			    (json_int_t)z->held.stored, "pool",
			    (json_int_t)z->pool, "nodes", z->held.nodes >= 0,
			    "compressor", compressor));
}

/* Of each operation; @lacks: why there are no samples, or NULL. */
static int emit(const struct zswap_life *z, const char *lacks)
{
	const struct bench *bench = bench_find(z->plan->bench);
	char name[PLAN_BENCH_LEN], reason[PROOF_REASON_LEN];
	json_t *cell;
	int ret = 0;

	for (int op = 0; op < NR_ZSWAP_OPS && !ret; op++) {
		snprintf(name, sizeof(name), "%s/%s", bench->name,
			 bench->kinds[op].name);
		if (!bench_covers(z->plan->bench, name))
			continue;
		if (lacks)
			snprintf(reason, sizeof(reason), "%s", lacks);
		else
			judge(z, reason);
		cell = cell_record(z->plan, name, 0, ZSWAP_PAGES, WARMUP,
				   reason);
		if (!lacks) {
			cell_record_samples(cell, z->samples[op], z->nr,
					    &z->proof);
			json_object_set_new(cell, "chunk",
					    json_pack("{s:i}", "outside", 0));
			put_zswap(cell, z);
		}
		ret = target_emit(z->t, cell);
	}
	return ret;
}

/* The task stays in the root's cgroup, and only the pages of `on` are the child's. */
static int make_pages(struct zswap_life *z)
{
	int ret = zswap_pages_make(z->t, 0, &z->pages[PCPU_BENCH_ARM_ON]);

	if (!ret)
		ret = cgroup_leave(&z->t->cg);
	return ret ? ret :
	       zswap_pages_make(z->t, 0, &z->pages[PCPU_BENCH_ARM_OFF]);
}

static int begin(struct zswap_life *z)
{
	z->nr = (size_t)z->plan->rounds * PCPU_BENCH_NR_ARMS;
	for (int op = 0; op < NR_ZSWAP_OPS; op++) {
		z->samples[op] = calloc(z->nr, sizeof(*z->samples[op]));
		if (!z->samples[op])
			return err(EX_FAIL, "out of memory for %zu samples",
				   z->nr);
	}
	return zswap_keep(&z->t->cg);
}

static int measure_all(struct zswap_life *z)
{
	int ret = make_pages(z);

	if (!ret)
		ret = swap_device_on(&z->swap);
	if (!ret)
		ret = weigh(z);
	if (!ret)
		ret = run_before_workers(true);
	if (!ret) {
		ret = sample_rounds(z->plan, WARMUP, take_each, z);
		if (run_before_workers(false) && !ret)
			ret = EX_FAIL;
	}
	if (!ret)
		ret = gone(z);
	if (!ret)
		ret = emit(z, NULL);
	ret = swap_device_off(&z->swap, ret);
	if (cgroup_enter(&z->t->cg) && !ret)
		ret = EX_FAIL;
	return ret;
}

int measure_zswap_life(const struct target *t, const struct plan *plan,
		       unsigned int size)
{
	struct zswap_life z = { .t = t, .plan = plan, .swap.loop = -1 };
	const char *lacks = swap_device_lacks();
	int ret;

	(void)size;	/* there is none */
	if (!t->env->tick)
		return err(EX_FAIL, "the tick cannot be changed");
	if (lacks)
		return emit(&z, lacks);
	ret = begin(&z);
	if (!ret)
		ret = measure_all(&z);
	for (int op = 0; op < NR_ZSWAP_OPS; op++)
		free(z.samples[op]);
	return ret;
}

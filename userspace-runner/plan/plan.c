// SPDX-License-Identifier: GPL-2.0-or-later
/* The plan of what to measure, read from options and written as options. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "pcpu_bench.h"
#include "plan/depth.h"
#include "plan/grid.h"
#include "plan/plan.h"

#define INSN_S	2e-9

/* Of a memory cgroup on each CPU, and more: docs/memcg-life.md has 1.9 kB. */
#define OWNER_BYTES	4096

/* Of a parallel bench in a guest; each has a batch. */
#define MOST_TASKS	8

void plan_init(struct plan *plan)
{
	*plan = (struct plan){
		.sizes = { 64, 256, 1024, 4096, 8192 },
		.nr_sizes = 5,
		.rounds = bench_nth(0)->rounds,
		.pairs = 1,
	};
	strcpy(plan->bench, bench_nth(0)->name);
	bench_options_init(&plan->options);
}

static int add_size(struct plan *plan, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < plan->nr_sizes; i++)
		if (plan->sizes[i] == size)
			return err(EX_USE, "size %u is given twice: name each size once",
				   size);
	if (plan->nr_sizes == PLAN_MAX_SIZES)
		return err(EX_USE, "more than %d sizes: measure the others by another command",
			   PLAN_MAX_SIZES);
	plan->sizes[plan->nr_sizes++] = size;
	return 0;
}

int plan_sizes(struct plan *plan, const char *text)
{
	struct grid_list list = { NULL, 0 };
	/* plan_check() knows the limits of the bench; no bench takes more. */
	int ret = grid_list_parse("size", text, 0, 1U << 20, &list);

	plan->nr_sizes = 0;
	for (size_t i = 0; i < list.nr && !ret; i++)
		ret = add_size(plan, list.vals[i]);
	grid_list_free(&list);
	return ret;
}

int plan_option(struct plan *plan, const char *word)
{
	const char *value = strchr(word, '=');
	size_t len = value ? (size_t)(value - word) : 0;

	for (int i = 0; i < NR_BENCH_OPTIONS; i++) {
		const struct opt *o = &bench_opts[i];

		if (strlen(o->name) != len || strncmp(o->name, word, len))
			continue;
		return option_set(o, value + 1, &plan->options);
	}
	return err(EX_USE, "unknown bench option '%s': give it as in 'bpf-percpu-map/hash entries=100'",
		   word);
}

int plan_bench(struct plan *plan, const char *text)
{
	char copy[2 * PLAN_BENCH_LEN], *save = NULL, *word;
	int ret;

	snprintf(copy, sizeof(copy), "%s", text);
	word = strtok_r(copy, " ", &save);
	ret = bench_check(word ? word : text);
	if (ret)
		return ret;
	snprintf(plan->bench, sizeof(plan->bench), "%s", word);
	while (!ret && (word = strtok_r(NULL, " ", &save)))
		ret = plan_option(plan, word);
	return ret;
}

static int check_options(const struct plan *plan, const struct bench *bench)
{
	for (int i = 0; i < NR_BENCH_OPTIONS; i++)
		if (plan->options.given[i] && !bench_has(bench, i))
			return err(EX_USE, "--%s: %s has no such option: leave it out",
				   bench_opts[i].name, bench->name);
	return 0;
}

/*
 * A sample is one batch or more. It has many pairs, so that it averages what
 * differs from round to round; two rounds have the arms in both orders.
 */
static int check_shape(struct plan *plan)
{
	const struct shape shape = plan_shape(plan);
	unsigned int rounds;

	if (shape.cold && bench_find(plan->bench)->slab)
		return err(EX_USE, "--shape: slabs are kept between batches, but for the kind slab-alloc/first: leave out ':cold'");
	if (!plan_has(plan, plan->bench))
		return err(EX_USE, "--owners: the root's memory cgroup owns nothing: leave it out");
	/* A window has whole batches by itself; their pages are kept. */
	if (bench_find(plan->bench)->parallel)
		return shape.cold ? err(EX_USE, "--shape: in a window of many tasks no batch is cold: leave out ':cold'") : 0;
	/* GFP_NOWAIT takes no pages, and a batch may need new ones. */
	if (shape.batch && plan->options.val[BENCH_GFP])
		return err(EX_USE, "--gfp=nowait: a batch needs memory that only GFP_KERNEL takes: leave out --shape");
	if (!plan->pairs_given)
		plan->pairs = plan_step(plan);
	if (shape.batch && plan->pairs % shape.batch)
		return err(EX_USE, "pairs: %u is not a multiple of the batch's %u",
			   plan->pairs, shape.batch);
	if (plan->pairs % plan_step(plan))
		return err(EX_USE, "pairs: %u is odd, but two owners take turns: give an even number",
			   plan->pairs);
	if (!shape.batch)
		return 0;
	rounds = (plan->rounds + plan->pairs - 1) / plan->pairs;
	if (!plan->rounds_given && plan->instrument != INSTRUMENT_TIME)
		plan->rounds = rounds < 2 ? 2 : rounds;
	return 0;
}

struct shape plan_shape(const struct plan *plan)
{
	return shape_of(plan->options.val[BENCH_SHAPE]);
}

unsigned int plan_step(const struct plan *plan)
{
	unsigned int batch = plan_shape(plan).batch ? : 1;

	return batch % plan->options.val[BENCH_OWNERS] ? 2 * batch : batch;
}

unsigned int plan_next_threads(const struct plan *plan, unsigned int threads,
			       unsigned int nr)
{
	const unsigned int asked = plan->options.val[BENCH_THREADS];

	if (asked)
		return threads ? 0 : asked;
	if (!threads)
		return nr ? 1 : 0;
	if (threads >= nr)
		return 0;
	return 2 * threads > nr ? nr : 2 * threads;
}

#define ROOT	"slab-alloc/root"

/* The root's memory cgroup owns nothing. */
bool plan_has(const struct plan *plan, const char *name)
{
	return bench_covers(plan->bench, name) &&
	       (plan->options.val[BENCH_OWNERS] == 1 || strcmp(name, ROOT));
}

bool plan_needs_other(const struct plan *plan)
{
	return bench_find(plan->bench)->other ||
	       plan->options.val[BENCH_OWNERS] > 1 ||
	       plan->options.val[BENCH_FREE_FROM] == PCPU_BENCH_FREE_OTHER;
}

/* obj_exts have 2 bytes for each one of an object, once. 1/4 is to spare. */
unsigned int plan_cpu_kib(const struct plan *plan, unsigned int cpus)
{
	struct shape shape = plan_shape(plan);
	unsigned long long largest = 0, bytes;

	if (bench_find(plan->bench)->parallel)
		shape.batch *= cpus < MOST_TASKS ? cpus : MOST_TASKS;
	for (unsigned int i = 0; i < plan->nr_sizes; i++) {
		bytes = (unsigned long long)plan->sizes[i] *
			shape_objects(&shape, plan->sizes[i]);
		if (bytes > largest)
			largest = bytes;
	}
	/* Of memcg-life; its slab objects have one copy more. */
	if (bench_has(bench_find(plan->bench), BENCH_OBJECTS))
		largest = BENCH_LIFE_OBJECT *
			  (plan->options.val[BENCH_OBJECTS] +
			   plan->options.val[BENCH_GENERATIONS]) +
			  BENCH_BESIDE_BYTES * plan->options.val[BENCH_BESIDE];
	/* Slab objects have one copy. The module wants room for twelve: kmod-bench/. */
	if (bench_find(plan->bench)->slab)
		largest = largest * 14 / cpus;
	/* Of these two copies, and the module wants room for three; and their owners. */
	if (bench_find(plan->bench)->owners)
		largest = bench_find(plan->bench)->owners *
			  (largest * 5 * BENCH_SHARE_MOST / cpus + OWNER_BYTES);
	return (largest + largest * 2 / cpus) * 5 / 4 / 1024;
}

double plan_seconds(const struct plan *plan, unsigned int cpus)
{
	/* A batch is also proved, kept and warmed up. */
	double rounds = plan->rounds + (plan_shape(plan).batch ? 4 : 0);
	double insn = 0;

	for (unsigned int i = 0; i < plan->nr_sizes; i++)
		insn += 2 * rounds * plan->pairs * cpus *
			(plan->sizes[i] / 5.8 + 60);
	return depth_count(plan->options.val[BENCH_DEPTH]) * insn * INSN_S;
}

static int check_instrument(const struct bench *bench,
			    const struct instrument_row *instrument)
{
	if (bench->parallel && instrument->exact)
		return err(EX_USE, "%s under %s: how long an emulated CPU spins for a lock is the emulator's doing: use time, or emulated to see that it works",
			   bench->name, instrument->name);
	if (bench->counted && !instrument->exact)
		return err(EX_USE, "%s under %s: what the kernel does for it is told from other work only where instructions are counted: use insn",
			   bench->name, instrument->name);
	if (!bench->parallel && instrument->function)
		return err(EX_USE, "%s under %s: its figures mean nothing: use insn",
			   bench->name, instrument->name);
	return 0;
}

int plan_check(struct plan *plan)
{
	const struct bench *bench = bench_find(plan->bench);
	unsigned int i;
	int ret;

	if (!bench->max && !plan->sizes_given) {
		plan->sizes[0] = 0;
		plan->nr_sizes = 1;
	}
	for (i = 0; i < plan->nr_sizes; i++) {
		unsigned int size = plan->sizes[i];

		if (size && !bench->max)
			return err(EX_USE, "size: %s has none: leave it out",
				   bench->name);
		if (size < bench->min || size > bench->max)
			return err(EX_USE,
				   "size: '%u' is not a number from %u to %u",
				   size, bench->min, bench->max);
		if (size % bench->multiple)
			return err(EX_USE,
				   "size %u: %s takes multiples of %u bytes: give one",
				   size, bench->name, bench->multiple);
	}
	ret = check_instrument(bench, &instruments[plan->instrument]);
	if (ret)
		return ret;
	/* fold_boot() needs the plugin's samples cell by cell. */
	if (bench->interleaved && instruments[plan->instrument].watched)
		return err(EX_USE, "%s can be measured by insn or time, not by %s",
			   bench->name, instruments[plan->instrument].name);
	if (!plan->rounds_given)
		plan->rounds = instruments[plan->instrument].exact ?
			       bench->rounds : bench->time_rounds;
	ret = check_options(plan, bench);
	if (!ret)
		ret = check_shape(plan);
	if (!ret && plan->pairs > bench->pairs)
		ret = err(EX_USE, "pairs: %s takes at most %u", bench->name,
			  bench->pairs);
	return ret;
}

static int set_bench(const char *arg, void *plan)
{
	return plan_bench(plan, arg);
}

static int set_sizes(const char *arg, void *into)
{
	struct plan *plan = into;

	plan->sizes_given = true;
	return plan_sizes(plan, arg);
}

static int check(void *plan)
{
	return plan_check(plan);
}

const struct opt plan_opts[] = {
	{ "bench", 'b', "BENCH",
	  "What to measure, of 'pcpubench list': BENCH, BENCH/KIND or BENCH/KIND/OPERATION (percpu-alloc)",
	  OPT_CALL(set_bench) },
	{ "sizes", 's', "BYTES,...",
	  "Sizes to allocate, such as 64,128,..,8192 (64,256,1024,4096,8192)",
	  OPT_CALL(set_sizes) },
	{ OPT_MORE(struct plan, options, bench_opts) },
	{ "rounds", 0, "N",
	  "Samples of each arm (chosen by bench and instrument)",
	  OPT_COUNT(struct plan, rounds, 1, PCPU_BENCH_MAX_ROUNDS),
	  OPT_GIVEN(struct plan, rounds_given) },
	{ "pairs", 0, "N",
	  "Operations in a sample (1; under time as many as take about 50 us)",
	  OPT_COUNT(struct plan, pairs, 1, PCPU_BENCH_MAX_PAIRS),
	  OPT_GIVEN(struct plan, pairs_given) },
	{ OPT_CHECK(check) },
	{ 0 }
};

int plan_args(const struct plan *plan, char *args[PLAN_ARGS],
	      char room[PLAN_ROOM])
{
	char *p = room, *limit = room + PLAN_ROOM, value[BENCH_VALUE_LEN];
	int n = 0;

	args[n++] = p;
	p += snprintf(p, limit - p, "--bench=%s", plan->bench) + 1;
	args[n++] = p;
	p += snprintf(p, limit - p, "--sizes=");
	for (unsigned int i = 0; i < plan->nr_sizes; i++)
		p += snprintf(p, limit - p, "%s%u", i ? "," : "",
			      plan->sizes[i]);
	p++;
	args[n++] = p;
	p += snprintf(p, limit - p, "--rounds=%u", plan->rounds) + 1;
	/* Always print it if exact: samples are compared by it. */
	if (plan->pairs_given || plan->instrument != INSTRUMENT_TIME) {
		args[n++] = p;
		p += snprintf(p, limit - p, "--pairs=%u", plan->pairs) + 1;
	}
	for (int i = 0; i < NR_BENCH_OPTIONS; i++) {
		if (!bench_has(bench_find(plan->bench), i))
			continue;
		args[n++] = p;
		p += snprintf(p, limit - p, "--%s=%s", bench_opts[i].name,
			      bench_option_text(&plan->options, i, value)) + 1;
	}
	args[n] = NULL;
	return n;
}

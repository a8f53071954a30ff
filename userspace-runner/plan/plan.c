// SPDX-License-Identifier: GPL-2.0-or-later
/* The plan of what to measure, read from options and written as options. */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/list.h"
#include "base/near.h"
#include "pcpu_bench.h"
#include "plan/plan.h"

void plan_init(struct plan *plan)
{
	*plan = (struct plan){
		.bench = bench_nth(0)->name,
		.sizes = { 64, 256, 1024, 4096, 8192 },
		.nr_sizes = 5,
		.rounds = bench_nth(0)->rounds,
		.pairs = 1,
	};
	bench_options_init(&plan->options);
}

static int add_size(char *word, void *arg)
{
	struct plan *plan = arg;
	unsigned int size, i;
	int ret = parse_count("size", word, 0, UINT_MAX, &size);

	if (ret)
		return ret;
	for (i = 0; i < plan->nr_sizes; i++)
		if (plan->sizes[i] == size)
			return err(EX_USE, "size %u is given twice", size);
	if (plan->nr_sizes == PLAN_MAX_SIZES)
		return err(EX_USE, "at most %d sizes", PLAN_MAX_SIZES);
	plan->sizes[plan->nr_sizes++] = size;
	return 0;
}

int plan_sizes(struct plan *plan, const char *text)
{
	plan->nr_sizes = 0;
	return list_each("size", text, add_size, plan);
}

static int unknown_bench(const char *text)
{
	const char *names[32] = { NULL }, *near;
	const struct bench *b;

	for (unsigned int i = 0; i < 31 && (b = bench_nth(i)); i++)
		names[i] = b->name;
	near = nearest(text, names);
	return err(EX_USE, near ? "unknown bench '%s': did you mean '%s'?" :
		   "unknown bench '%s': 'pcpubench list' names them", text,
		   near);
}

int plan_bench(struct plan *plan, const char *text)
{
	const struct bench *bench = bench_find(text);
	const char *variant = strchr(text, '/');

	if (!bench)
		return unknown_bench(text);
	if (variant && (!bench_has_variant(bench, text) ||
			strchr(variant + 1, '/')))
		return err(EX_USE, bench->variants ?
			   "unknown bench '%s': %s takes one of %s after it" :
			   "unknown bench '%s': %s has nothing after it",
			   text, bench->name, bench->variants);
	plan->bench = text;
	return 0;
}

static int check_options(const struct plan *plan, const struct bench *bench)
{
	for (int i = 0; i < NR_BENCH_OPTIONS; i++)
		if (plan->options.given[i] && !bench_has(bench, i))
			return err(EX_USE, "--%s: %s has no such option",
				   bench_opts[i].name, bench->name);
	return 0;
}

int plan_check(struct plan *plan)
{
	const struct bench *bench = bench_find(plan->bench);
	unsigned int i;

	for (i = 0; i < plan->nr_sizes; i++) {
		unsigned int size = plan->sizes[i];

		if (size < bench->min || size > bench->max)
			return err(EX_USE,
				   "size: '%u' is not a number from %u to %u",
				   size, bench->min, bench->max);
		if (size % bench->multiple)
			return err(EX_USE,
				   "size %u: the percpu allocator gives multiples of %u bytes",
				   size, bench->multiple);
	}
	/* fold_boot() needs the plugin's samples cell by cell. */
	if (bench->interleaved && instruments[plan->instrument].watched)
		return err(EX_USE, "%s can be measured by insn or time, not by %s",
			   bench->name, instruments[plan->instrument].name);
	if (plan->pairs > bench->pairs)
		return err(EX_USE, "pairs: %s takes at most %u", bench->name,
			   bench->pairs);
	if (!plan->rounds_given)
		plan->rounds = plan->instrument == INSTRUMENT_TIME ?
			       bench->time_rounds : bench->rounds;
	return check_options(plan, bench);
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
	{ "bench", 'b', "BENCH", "What to measure (percpu-alloc)",
	  OPT_CALL(set_bench) },
	{ "sizes", 's', "BYTES,...",
	  "Sizes to allocate (64,256,1024,4096,8192)",
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
	char *p = room, *limit = room + PLAN_ROOM;
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
		p += snprintf(p, limit - p, "--%s=%u", bench_opts[i].name,
			      plan->options.val[i]) + 1;
	}
	args[n] = NULL;
	return n;
}

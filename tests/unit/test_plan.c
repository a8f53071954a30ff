// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of plan/plan.c: options, and the plan as options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "plan/depth.h"
#include "plan/plan.h"

static const struct command test = { .name = "test", .options = plan_opts };

static int parse(const char *option, struct plan *plan)
{
	static char copy[600];
	char *argv[] = { (char *)"test", copy, NULL };

	snprintf(copy, sizeof(copy), "%s", option);
	plan_init(plan);
	return options_parse(&test, 2, argv, plan);
}

static void takes_sizes(void **state)
{
	struct plan plan;

	(void)state;
	assert_int_equal(parse("--sizes=4,64,32768", &plan), 0);
	assert_int_equal(plan.nr_sizes, 3);
	assert_int_equal(plan.sizes[0], 4);
	assert_int_equal(plan.sizes[2], 32768);
}

/* The guest is given the size 0 of a bench without sizes. */
static void without_sizes(void **state)
{
	struct plan plan;

	(void)state;
	assert_int_equal(parse("--bench=memcg/mkdir", &plan), 0);
	assert_int_equal(plan.nr_sizes, 1);
	assert_int_equal(plan.sizes[0], 0);
	assert_int_equal(parse("--sizes=0", &plan), EX_USE);
}

static void refuses(void **state)
{
	static const struct {
		const char *option, *why;
	} bad[] = {
		{ "--sizes=0", "not a number from 4 to 32768" },
		{ "--sizes=-64", "not a number" },
		{ "--sizes=66", "multiples of 4" },
		{ "--sizes=32772", "not a number from 4 to 32768" },
		{ "--sizes=64k", "not a number" },
		{ "--sizes=", "no size" },
		{ "--sizes=64,64", "twice" },
		{ "--sizes=64,x", "not a number" },
		{ "--sizes=64,,8", "comma too many" },
		{ "--bench=nothing", "unknown bench" },
		{ "--bench=bpf-percpu-mapx", "unknown bench" },
		{ "--bench=", "there is no '', but percpu-alloc, bpf-" },
		{ "--bench=bpf-percpu-mop", "did you mean 'bpf-percpu-map'?" },
		{ "--bench=bpf-percpu-map/", "there is no '', but array, hash, " },
		{ "--bench=bpf-percpu-map/hash/create", "nothing after bpf-percpu-map/hash" },
		{ "--bench=bpf-percpu-map/has", "did you mean 'bpf-percpu-map/hash'?" },
		{ "--bench=bpf-percpu-map/rray", "did you mean 'bpf-percpu-map/array'?" },
		{ "--bench=bpf-percpu-map-ops/hash/craete",
		  "did you mean 'bpf-percpu-map-ops/hash/create'?" },
		{ "--bench=bpf-percpu-map-ops/array/update",
		  "there is no 'update', but create, destroy, destroy-wait" },
		{ "--bench=bpf-percpu-map-ops/hash/create/x", "unknown bench" },
		{ "--bench=percpu-alloc/hash", "percpu-alloc has no kinds" },
		{ "--bench=percpu-alloc entries=2", "has no such option" },
		{ "--bench=bpf-percpu-map entry=2", "unknown bench option 'entry=2'" },
		{ "--bench=bpf-percpu-map entries=0", "entries" },
		{ "--entries=0", "entries" },
		{ "--entries=65537", "entries" },
		{ "--bench=bpf-percpu-map shape=pair", "has no such option" },
		{ "--gfp=atomic", "--gfp" },
		{ "--shape=triple", "give pair or batch:K" },
		{ "--shape=batch", "give pair or batch:K" },
		{ "--shape=batch:", "--shape=batch:K: '' is not a number" },
		{ "--shape=batch:0", "--shape=batch:K: '0' is not a number" },
		{ "--shape=batch:1048577", "from 1 to 1048576" },
		{ "--shape=batch:5:", "give pair or batch:K" },
		{ "--shape=batch:5:up", "give pair or batch:K" },
		{ "--shape=batch:5:same:reverse", "give pair or batch:K" },
		{ "--shape=batch:5:cold:cold", "give pair or batch:K" },
		{ "--shape=batch:5:cold:same", "give pair or batch:K" },
		{ "--shape=batch:5:same:cold:cold", "give pair or batch:K" },
		{ "--shape=batch:5:reverse:cold:and-more-than-there-is-room-for",
		  "give pair or batch:K" },
		{ "--bench=bpf-percpu-map depth=2", "has no such option" },
		{ "--bench=bpf-percpu-map owners=2", "has no such option" },
		{ "--bench=bpf-percpu-map free-from=other", "has no such option" },
		{ "--depth=0", "depth: '0' is not a number from 1 to 16" },
		{ "--depth=17", "depth: '17' is not a number from 1 to 16" },
		{ "--depth=2,4,2", "depth 2 is given twice" },
		{ "--owners=3", "owners: '3' is not a number from 1 to 2" },
		{ "--free-from=irq", "self, other" },
		{ "--rounds=0", "rounds" },
		{ "--pairs=1048577", "pairs" },
	};
	struct plan plan;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(parse(bad[i].option, &plan), EX_USE);
		if (!strstr(err_message(), bad[i].why))
			fail_msg("%s: %s", bad[i].option, err_message());
	}
}

static int parse2(const char *a, const char *b, struct plan *plan)
{
	char *argv[] = { (char *)"test", (char *)a, (char *)b, NULL };

	plan_init(plan);
	return options_parse(&test, 3, argv, plan);
}

/* The valid sizes depend on the bench, whatever the order of options. */
static void takes_a_bench(void **state)
{
	struct plan plan;

	(void)state;
	assert_int_equal(parse2("--bench=bpf-percpu-map/lru-hash",
				"--sizes=1,66,65536", &plan), 0);
	assert_string_equal(plan.bench, "bpf-percpu-map/lru-hash");
	assert_int_equal(plan.rounds, 7);
	assert_true(bench_find(plan.bench)->length > 1);
	plan.instrument = INSTRUMENT_TIME;
	assert_int_equal(plan_check(&plan), 0);
	assert_int_equal(plan.rounds, 31);
	assert_true(bench_takes(bench_find(plan.bench), 65536));
	assert_int_equal(parse2("--sizes=66", "--bench=bpf-percpu-map-ops",
				&plan), 0);
	assert_int_equal(parse2("--rounds=24", "--bench=bpf-percpu-map",
				&plan), 0);
	assert_int_equal(plan.rounds, 24);
	assert_int_equal(parse2("--bench=bpf-percpu-map", "--sizes=0", &plan),
			 EX_USE);
	assert_int_equal(parse2("--sizes=66", "--bench=percpu-alloc", &plan),
			 EX_USE);
	assert_int_equal(parse("--bench=percpu-alloc", &plan), 0);
	assert_int_equal(plan.rounds, 24);
	plan.instrument = INSTRUMENT_TIME;
	assert_int_equal(plan_check(&plan), 0);
	assert_int_equal(plan.rounds, 200);
	assert_int_equal(bench_find(plan.bench)->length, 1);
	assert_false(bench_takes(bench_find(plan.bench), 65536));
	assert_false(bench_takes(bench_find(plan.bench), 66));
	assert_int_equal(parse2("--bench=bpf-percpu-map", "--pairs=513", &plan),
			 EX_USE);
	assert_int_equal(parse("--bench=bpf-percpu-map-ops/hash/destroy-wait",
			       &plan), 0);
	assert_string_equal(plan.bench, "bpf-percpu-map-ops/hash/destroy-wait");
}

/* What a report has as heading, options and all. */
static void takes_a_heading(void **state)
{
	struct plan plan;

	(void)state;
	assert_int_equal(parse("--bench=bpf-percpu-map/hash entries=100",
			       &plan), 0);
	assert_string_equal(plan.bench, "bpf-percpu-map/hash");
	assert_int_equal(plan.options.val[BENCH_ENTRIES], 100);
	assert_true(plan.options.given[BENCH_ENTRIES]);
}

/* Each text is taken, and is what is printed. */
static void takes_shapes(void **state)
{
	static const struct {
		const char *text;
		struct shape shape;
	} good[] = {
		{ "pair", { 0, PCPU_BENCH_FREE_SAME, false } },
		{ "batch:1", { 1, PCPU_BENCH_FREE_SAME, false } },
		{ "batch:7:cold", { 7, PCPU_BENCH_FREE_SAME, true } },
		{ "batch:1048576:reverse",
		  { 1048576, PCPU_BENCH_FREE_REVERSE, false } },
		{ "batch:100:random:cold", { 100, PCPU_BENCH_FREE_RANDOM, true } },
	};
	char option[64], text[SHAPE_LEN];
	struct shape shape;
	struct plan plan;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(option, sizeof(option), "--shape=%s", good[i].text);
		assert_int_equal(parse(option, &plan), 0);
		shape = plan_shape(&plan);
		assert_int_equal(shape.batch, good[i].shape.batch);
		assert_int_equal(shape.order, good[i].shape.order);
		assert_int_equal(shape.cold, good[i].shape.cold);
		assert_string_equal(shape_text(&shape, text), good[i].text);
	}
	assert_int_equal(parse("--shape=batch:9:same", &plan), 0);
	shape = plan_shape(&plan);
	assert_string_equal(shape_text(&shape, text), "batch:9");
}

/* A sample is whole batches, and as few of them as average enough. */
static void has_whole_batches(void **state)
{
	struct plan plan;

	(void)state;
	assert_int_equal(parse("--shape=batch:5", &plan), 0);
	assert_int_equal(plan.pairs, 5);
	assert_int_equal(plan.rounds, 5);
	assert_int_equal(parse("--shape=batch:100", &plan), 0);
	assert_int_equal(plan.rounds, 2);
	assert_int_equal(parse2("--shape=batch:100", "--rounds=7", &plan), 0);
	assert_int_equal(plan.rounds, 7);
	assert_int_equal(parse2("--shape=batch:5", "--pairs=10", &plan), 0);
	assert_int_equal(plan.pairs, 10);
	assert_int_equal(parse2("--shape=batch:5", "--pairs=12", &plan), EX_USE);
	assert_string_equal(err_message(),
			    "pairs: 12 is not a multiple of the batch's 5");
}

/* Where it lacks pages, an allocation that must not sleep fails. */
static void has_no_batch_without_sleep(void **state)
{
	struct plan plan;

	(void)state;
	assert_int_equal(parse("--bench=percpu-alloc gfp=nowait", &plan), 0);
	assert_int_equal(plan.options.val[BENCH_GFP], 1);
	assert_int_equal(parse2("--gfp=nowait", "--shape=batch:5", &plan),
			 EX_USE);
	assert_non_null(strstr(err_message(), "leave out --shape"));
}

/* Of two owners each has as many objects, in every sample. */
static void takes_owners(void **state)
{
	struct plan plan;

	(void)state;
	assert_int_equal(parse("--sizes=64", &plan), 0);
	assert_int_equal(plan.pairs, 1);
	assert_false(plan_needs_other(&plan));
	assert_int_equal(parse("--owners=2", &plan), 0);
	assert_int_equal(plan.pairs, 2);
	assert_true(plan_needs_other(&plan));
	assert_int_equal(parse("--free-from=other", &plan), 0);
	assert_int_equal(plan.pairs, 1);
	assert_true(plan_needs_other(&plan));
	assert_int_equal(parse2("--owners=2", "--shape=batch:5", &plan), 0);
	assert_int_equal(plan.pairs, 10);
	assert_int_equal(parse2("--owners=2", "--shape=batch:6", &plan), 0);
	assert_int_equal(plan.pairs, 6);
	assert_int_equal(parse2("--owners=2", "--pairs=3", &plan), EX_USE);
	assert_string_equal(err_message(),
			    "pairs: 3 is odd, but two owners take turns: give an even number");
	assert_int_equal(parse2("--owners=2", "--shape=batch:1048575", &plan),
			 EX_USE);
}

static void takes_depths(void **state)
{
	char text[BENCH_VALUE_LEN];
	struct plan plan;

	(void)state;
	assert_int_equal(parse("--sizes=64", &plan), 0);
	assert_int_equal(plan.options.val[BENCH_DEPTH], DEPTH_USUAL);
	assert_int_equal(parse("--depth=8,1,..,3", &plan), EX_USE);
	assert_int_equal(parse("--depth=4,1..3", &plan), 0);
	assert_string_equal(bench_option_text(&plan.options, BENCH_DEPTH, text),
			    "1,2,3,4");
	assert_int_equal(depth_count(plan.options.val[BENCH_DEPTH]), 4);
	assert_int_equal(parse("--depth=1,2,..,16", &plan), 0);
	assert_int_equal(depth_count(plan.options.val[BENCH_DEPTH]), 16);
	assert_int_equal(depth_next(plan.options.val[BENCH_DEPTH], 17), 0);
	assert_int_equal(parse("--depth=16", &plan), 0);
	assert_int_equal(depth_next(plan.options.val[BENCH_DEPTH], 1), 16);
}

/*
 * At 64 B a page has 64 objects, one of which keeps it. At 4096 B one is kept in
 * each chunk: room for a quarter of the batch is enough.
 */
static void knows_a_batchs_memory(void **state)
{
	const struct shape warm = { 6300, PCPU_BENCH_FREE_SAME, false };
	const struct shape cold = { 6300, PCPU_BENCH_FREE_SAME, true };
	struct plan plan;

	(void)state;
	assert_int_equal(shape_objects(&warm, 64), 6300 + 101);
	assert_int_equal(shape_objects(&cold, 64), 6300);
	assert_int_equal(shape_objects(&warm, 4096), 6300 + 1576);
	assert_int_equal(parse2("--shape=batch:1024:cold", "--sizes=64,1024",
				&plan), 0);
	assert_int_equal(plan_cpu_kib(&plan, 2), 1024 * 2 * 5 / 4);
	plan_init(&plan);
	assert_int_equal(plan_cpu_kib(&plan, 2), 0);
}

static void covers(void **state)
{
	(void)state;
	assert_true(bench_covers("percpu-alloc", "percpu-alloc"));
	assert_true(bench_covers("bpf-percpu-map", "bpf-percpu-map/hash"));
	assert_true(bench_covers("bpf-percpu-map/hash",
				 "bpf-percpu-map/hash entries=3"));
	assert_true(bench_covers("b/hash", "b/hash/create"));
	assert_false(bench_covers("bpf-percpu-map", "bpf-percpu-map-ops/hash"));
	assert_false(bench_covers("b/hash", "b/hash-noprealloc"));
	assert_false(bench_covers("b/hash/create", "b/hash"));
}

/* The guest's arguments give the same plan, even the longest ones. */
static void goes_there(const char *bench, unsigned int pairs)
{
	const struct shape longest = {
		PCPU_BENCH_MAX_PAIRS, PCPU_BENCH_FREE_REVERSE, true
	};
	char *args[PLAN_ARGS + 1], room[PLAN_ROOM];
	struct plan plan, there;
	int n;

	plan_init(&plan);
	assert_int_equal(plan_bench(&plan, bench), 0);
	plan.nr_sizes = PLAN_MAX_SIZES;
	for (int i = 0; i < PLAN_MAX_SIZES; i++)
		plan.sizes[i] = 32768 - 4 * i;
	plan.rounds = 7;
	plan.pairs = pairs;
	for (int i = 0; i < NR_BENCH_OPTIONS; i++)
		if (bench_has(bench_find(bench), i))
			plan.options.val[i] = bench_opts[i].max;
	if (bench_has(bench_find(bench), BENCH_SHAPE))
		plan.options.val[BENCH_SHAPE] = shape_pack(&longest);
	if (bench_has(bench_find(bench), BENCH_DEPTH))
		plan.options.val[BENCH_DEPTH] = (2 << DEPTH_MAX) - 2;
	n = plan_args(&plan, args + 1, room);
	assert_true(n < PLAN_ARGS);
	args[0] = (char *)"init";
	plan_init(&there);
	assert_int_equal(options_parse(&test, n + 1, args, &there), 0);
	assert_string_equal(there.bench, plan.bench);
	assert_int_equal(there.nr_sizes, plan.nr_sizes);
	assert_memory_equal(there.sizes, plan.sizes, sizeof(plan.sizes));
	assert_int_equal(there.rounds, 7);
	assert_int_equal(there.pairs, pairs);
	assert_memory_equal(there.options.val, plan.options.val,
			    sizeof(plan.options.val));
}

static void survives_the_way_to_the_guest(void **state)
{
	(void)state;
	goes_there("percpu-alloc", 1 << 20);
	goes_there("bpf-percpu-map/hash-noprealloc", 512);
	goes_there("bpf-percpu-map-ops/hash-noprealloc", 512);
}

static void knows_whose_an_option_is(void **state)
{
	struct plan plan;

	(void)state;
	assert_int_equal(parse2("--bench=bpf-percpu-map", "--entries=65536",
				&plan), 0);
	assert_int_equal(plan.options.val[BENCH_ENTRIES], 65536);
	assert_int_equal(parse2("--entries=2", "--bench=percpu-alloc", &plan),
			 EX_USE);
	assert_string_equal(err_message(),
			    "--entries: percpu-alloc has no such option: leave it out");
	/* A row of each in the order of the enum, and nothing else. */
	for (int i = 0; i < NR_BENCH_OPTIONS; i++)
		assert_non_null(bench_opts[i].name);
	assert_null(bench_opts[NR_BENCH_OPTIONS].name);
}

/* Check every row, so that none is added half filled in. */
static void rows_are_whole(void **state)
{
	const struct bench *b;

	(void)state;
	for (unsigned int i = 0; (b = bench_nth(i)); i++) {
		assert_ptr_equal(bench_find(b->name), b);
		assert_true(b->what && b->adds && strchr(b->one, ' '));
		assert_true(b->multiple && b->max >= b->min);
		/* 0 is the size of what has none. */
		assert_true(!b->min == !b->max);
		assert_true(bench_takes(b, b->min) && bench_takes(b, b->max));
		assert_true(b->rounds && b->time_rounds && b->pairs);
		assert_true(b->length);
		if (b->beside)
			assert_null(bench_find(b->beside)->beside);
	}
	for (int i = 0; i < NR_INSTRUMENTS; i++) {
		assert_non_null(instruments[i].what);
		assert_non_null(instruments[i].words);
		assert_ptr_equal(instrument_find(instruments[i].name),
				 &instruments[i]);
	}
	/* An unknown instrument is not taken for exact. */
	assert_false(instrument_find("tomorrow's")->exact);
	assert_null(bench_find("tomorrow's"));
	assert_string_equal(bench_op("tomorrow's"), "operation");
	assert_string_equal(bench_op("bpf-percpu-map-ops/hash/create"),
			    "operation");
	assert_string_equal(bench_op("percpu-alloc"), "pair");
	assert_ptr_equal(bench_find("bpf-percpu-map/array entries=3"),
			 bench_find("bpf-percpu-map"));
}

static void knows_its_instruments(void **state)
{
	enum instrument instrument;

	(void)state;
	assert_int_equal(instrument_parse("insn", &instrument), 0);
	assert_int_equal(instrument, INSTRUMENT_INSN);
	assert_int_equal(instrument_parse("cycles", &instrument), EX_USE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_sizes),
		cmocka_unit_test(takes_a_bench),
		cmocka_unit_test(takes_a_heading),
		cmocka_unit_test(takes_shapes),
		cmocka_unit_test(has_whole_batches),
		cmocka_unit_test(has_no_batch_without_sleep),
		cmocka_unit_test(takes_owners),
		cmocka_unit_test(takes_depths),
		cmocka_unit_test(knows_a_batchs_memory),
		cmocka_unit_test(covers),
		cmocka_unit_test(without_sizes),
		cmocka_unit_test(refuses),
		cmocka_unit_test(survives_the_way_to_the_guest),
		cmocka_unit_test(knows_whose_an_option_is),
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(knows_its_instruments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

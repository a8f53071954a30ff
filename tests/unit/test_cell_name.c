// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of results/cell_name.c: other options make another cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "compare/thresholds.h"
#include "results/cell_name.h"

static void named(const char *record, const char *name)
{
	json_t *cell = json_loads(record, 0, NULL);
	char own[CELL_NAME_LEN];

	assert_non_null(cell);
	assert_string_equal(cell_name(cell, own), name);
	json_decref(cell);
}

static void test_name(void **state)
{
	(void)state;
	named("{\"bench\": \"percpu-alloc\"}", "percpu-alloc");
	named("{\"bench\": \"bpf-percpu-map/hash\", \"options\": {\"entries\": 1}}",
	      "bpf-percpu-map/hash");
	named("{\"bench\": \"bpf-percpu-map/hash\", \"options\": {\"entries\": 100}}",
	      "bpf-percpu-map/hash entries=100");
	named("{\"bench\": \"percpu-alloc\", \"options\": {\"shape\": \"pair\"}}",
	      "percpu-alloc");
	named("{\"bench\": \"percpu-alloc\", \"options\": {\"shape\": \"batch:5:cold\"}}",
	      "percpu-alloc shape=batch:5:cold");
	/* An option of a newer program tells cells apart, too. */
	named("{\"bench\": \"percpu-alloc\", \"options\": {\"batch\": 1}}",
	      "percpu-alloc batch=1");
	/* As files had it before. */
	named("{\"bench\": \"bpf-percpu-map/hash\", \"entries\": 1}",
	      "bpf-percpu-map/hash");
	named("{\"bench\": \"bpf-percpu-map/hash\", \"entries\": 3}",
	      "bpf-percpu-map/hash entries=3");
}

/* A stranger's may be of any length; what is not known has no limit either. */
static void test_long(void **state)
{
	char bench[301], record[700], own[CELL_NAME_LEN];
	json_t *cell;

	(void)state;
	memset(bench, 'b', 300);
	bench[300] = '\0';
	snprintf(record, sizeof(record),
		 "{\"bench\": \"%s\", \"entries\": 7, \"options\": {\"new\": 1, \"%s\": 2}}",
		 bench, bench);
	cell = json_loads(record, 0, NULL);
	assert_non_null(cell);
	assert_int_equal(strlen(cell_name(cell, own)), CELL_NAME_LEN - 1);
	json_decref(cell);
}

static void test_depth(void **state)
{
	char without[CELL_NAME_LEN];

	(void)state;
	named("{\"bench\": \"percpu-alloc\", \"options\": {\"shape\": \"pair\", \"depth\": 1, \"owners\": 1, \"free-from\": \"self\"}}",
	      "percpu-alloc");
	named("{\"bench\": \"percpu-alloc\", \"options\": {\"shape\": \"batch:5\", \"depth\": 12, \"owners\": 2, \"free-from\": \"softirq\"}}",
	      "percpu-alloc shape=batch:5 depth=12 owners=2 free-from=softirq");
	assert_int_equal(cell_name_depth("percpu-alloc", without), 1);
	assert_string_equal(without, "percpu-alloc");
	assert_int_equal(cell_name_depth("percpu-alloc shape=batch:5 depth=12 owners=2",
					 without), 12);
	assert_string_equal(without, "percpu-alloc shape=batch:5 owners=2");
}

/* Cells of one boot that differ only in an option are two cells. */
static void test_same(void **state)
{
	json_t *a = json_pack("{s:s, s:s, s:i, s:{s:i}}", "type", "cell",
			      "bench", "b", "param", 64, "options", "depth", 1);
	json_t *b = json_deep_copy(a);

	(void)state;
	assert_true(cell_same(a, b));
	json_object_set_new(json_object_get(b, "options"), "depth",
			    json_integer(2));
	assert_false(cell_same(a, b));
	json_object_del(b, "options");
	assert_true(cell_same(a, b));
	json_object_set_new(b, "param", json_integer(65));
	assert_false(cell_same(a, b));
	json_decref(a);
	json_decref(b);
}

static void test_written(void **state)
{
	struct bench_options options;
	json_t *cell = json_pack("{s:s}", "bench", "bpf-percpu-map/array");
	char own[CELL_NAME_LEN];

	(void)state;
	bench_options_init(&options);
	options.val[BENCH_ENTRIES] = 7;
	cell_name_options(cell, bench_find("bpf-percpu-map"), &options);
	assert_string_equal(cell_name(cell, own),
			    "bpf-percpu-map/array entries=7");
	options.val[BENCH_SHAPE] = 3;
	cell_name_options(cell, bench_find("percpu-alloc"), &options);
	assert_string_equal(cell_name(cell, own),
			    "bpf-percpu-map/array shape=batch:3");
	json_decref(cell);
}

static bool rule_matches(const char *pattern, const char *bench)
{
	const struct threshold rule = {
		.instrument = (char *)"*", .bench = (char *)pattern,
		.topology = (char *)"*", .size_max = INT64_MAX,
	};
	const struct compare_group group = {
		.topology = "1c1n", .instrument = "insn", .bench = bench,
	};

	return threshold_matches(&rule, &group, 64, QUANTITY_COST);
}

static void test_rule(void **state)
{
	(void)state;
	assert_true(rule_matches("bpf-percpu-map/hash", "bpf-percpu-map/hash"));
	assert_true(rule_matches("bpf-percpu-map/hash",
				 "bpf-percpu-map/hash entries=3"));
	assert_true(rule_matches("*entries=3", "bpf-percpu-map/hash entries=3"));
	assert_true(rule_matches("bpf-percpu-map", "bpf-percpu-map/hash"));
	assert_true(rule_matches("b/hash", "b/hash/create entries=3"));
	assert_false(rule_matches("bpf-percpu-map", "bpf-percpu-map-ops/hash"));
	assert_false(rule_matches("*entries=3", "bpf-percpu-map/hash"));
	assert_false(rule_matches("bpf-percpu-map/hash",
				  "bpf-percpu-map/hash-noprealloc entries=3"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

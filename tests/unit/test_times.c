// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of results/times.c, the data of pictures of times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "results/record.h"
#include "results/table_load.h"
#include "results/times.h"

static json_t *times_of(char *path)
{
	struct table table;
	json_t *list;

	assert_int_equal(table_load(&table, &path, 1), 0);
	assert_int_equal(times_json(&table, &list), 0);
	table_free(&table);
	return list;
}

static double number(const json_t *from, const char *path)
{
	return json_number_value(record_at(from, path));
}

static void near(double got, double want)
{
	if (fabs(got - want) > 1e-9)
		fail_msg("%.15g is not %.15g", got, want);
}

static void test_repeats(void **state)
{
	json_t *list = times_of("tests/unit/data/metal.jsonl");
	const json_t *cell = json_array_get(list, 0), *boots, *boot;

	(void)state;
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(record_string(cell, "kernel"), "ours");
	assert_int_equal(record_int(cell, "param"), 64);
	/* Five measurements in three boots; of three samples one is disturbed */
	boots = record_at(cell, "boots");
	assert_int_equal(json_array_size(boots), 3);
	boot = json_array_get(boots, 0);
	assert_int_equal(json_array_size(record_at(boot, "off")), 6);
	assert_int_equal(json_array_size(record_at(boot, "on")), 6);
	assert_int_equal(record_int(boot, "disturbed"), 6);
	/* 1016 ns and the halves of 2 ticks over 4 pairs, the loop taken off */
	near(json_number_value(json_array_get(record_at(boot, "off"), 0)),
	     1015.5);
	near(json_number_value(json_array_get(record_at(boot, "off"), 1)),
	     1016.5);
	assert_int_equal(json_array_size(record_at(
				json_array_get(boots, 1), "off")), 2);
	assert_int_equal(json_array_size(record_at(cell, "cost.values")), 3);
	near(number(cell, "cost.median"), 60);
	/* Three boots are too few for an interval. */
	assert_true(json_is_null(record_at(cell, "cost.low")));
	assert_true(json_is_null(record_at(cell, "cost.high")));
	json_decref(list);
	list = times_of("tests/unit/data/simulated.jsonl");
	cell = json_array_get(list, 0);
	assert_true(json_array_size(record_at(cell, "boots")) >= 6);
	assert_true(number(cell, "cost.low") < number(cell, "cost.median"));
	assert_true(number(cell, "cost.high") > number(cell, "cost.median"));
	json_decref(list);
}

static void test_one_boot(void **state)
{
	json_t *list = times_of("tests/unit/data/metal-once.jsonl");
	const json_t *cell = json_array_get(list, 0);

	(void)state;
	assert_int_equal(json_array_size(record_at(cell, "boots")), 1);
	near(number(cell, "cost.median"), 50);
	assert_true(json_is_null(record_at(cell, "cost.low")));
	assert_true(json_is_null(record_at(cell, "cost.high")));
	json_decref(list);
}

/* Counted cells have no distribution; invalid cells are left out. */
static void test_left_out(void **state)
{
	json_t *list = times_of("tests/unit/data/typical.jsonl");

	(void)state;
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	list = times_of("tests/unit/data/times.jsonl");
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(json_array_size(record_at(json_array_get(list, 0),
						   "boots")), 4);
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_repeats),
		cmocka_unit_test(test_one_boot),
		cmocka_unit_test(test_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

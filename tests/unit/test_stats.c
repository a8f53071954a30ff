// SPDX-License-Identifier: GPL-2.0-or-later
/* The statistics against SciPy's and statsmodels': data/make_stats.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/stats.h"

static json_t *reference;

static int load(void **state)
{
	json_error_t error;

	(void)state;
	reference = json_load_file("tests/unit/data/stats.json", 0, &error);
	return reference ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	json_decref(reference);
	return 0;
}

struct numbers {
	size_t nr;
	double x[256];
};

static struct numbers numbers(const json_t *object, const char *key)
{
	const json_t *array = json_object_get(object, key);
	struct numbers n = { .nr = json_array_size(array) };
	size_t i;

	assert_in_range(n.nr, 1, 256);
	for (i = 0; i < n.nr; i++)
		n.x[i] = json_number_value(json_array_get(array, i));
	return n;
}

static double number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	assert_true(json_is_number(value));
	return json_number_value(value);
}

static void near(const char *what, double got, double want, double relative)
{
	if (!(fabs(got - want) <= relative * fabs(want)))
		fail_msg("%s: %.17g instead of %.17g", what, got, want);
}

static void test_mann_whitney(void **state)
{
	const json_t *groups = json_object_get(reference, "groups");
	const json_t *g;
	double u, p;
	size_t i;

	(void)state;
	assert_in_range(json_array_size(groups), 20, 100);
	json_array_foreach(groups, i, g) {
		struct numbers x = numbers(g, "x"), y = numbers(g, "y");
		const char *name = json_string_value(json_object_get(g, "name"));

		assert_int_equal(mann_whitney(x.x, x.nr, y.x, y.nr, &u, &p), 0);
		near(name, u, number(g, "u"), 0);
		near(name, p, number(g, "p"), 1e-9);
		/* The other way round it is as likely. */
		assert_int_equal(mann_whitney(y.x, y.nr, x.x, x.nr, &u, &p), 0);
		near(name, u, (double)(x.nr * y.nr) - number(g, "u"), 0);
		near(name, p, number(g, "p"), 1e-9);
	}
}

static void test_mann_whitney_empty(void **state)
{
	double x = 1, u, p;

	(void)state;
	assert_int_equal(mann_whitney(&x, 1, NULL, 0, &u, &p), 0);
	assert_true(u == 0 && p == 1);
	assert_int_equal(mann_whitney(NULL, 0, NULL, 0, &u, &p), 0);
	assert_true(u == 0 && p == 1);
}

static void test_least_p(void **state)
{
	const double x[] = { 1, 2, 3, 4, 5 }, y[] = { 6, 7, 8, 9, 10 };
	double u, p;

	(void)state;
	assert_int_equal(mann_whitney(x, 5, y, 5, &u, &p), 0);
	near("5 and 5", mann_whitney_least_p(5, 5), p, 1e-12);
	near("4 and 4", mann_whitney_least_p(4, 4), 2.0 / 70, 1e-12);
	near("1 and 1", mann_whitney_least_p(1, 1), 1, 1e-12);
	near("0 and 9", mann_whitney_least_p(0, 9), 1, 0);
}

static void test_noether(void **state)
{
	const json_t *n;
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(reference, "noether"), i, n)
		near("boots", mann_whitney_boots(number(n, "effect"),
						 number(n, "alpha"),
						 number(n, "power")),
		     number(n, "boots"), 1e-9);
	assert_int_equal(i, 4);
	assert_true(mann_whitney_boots(0.5, 0.05, 0.8) == SIZE_MAX);
}

static void test_median(void **state)
{
	const json_t *groups = json_object_get(reference, "groups");
	double median;
	const json_t *g;
	size_t i;

	(void)state;
	json_array_foreach(groups, i, g) {
		struct numbers x = numbers(g, "x"), y = numbers(g, "y");

		median = median_of(x.x, x.nr);
		near("x", median, number(g, "median_x"), 1e-15);
		median = median_of(y.x, y.nr);
		near("y", median, number(g, "median_y"), 1e-15);
	}
	assert_true(isnan(median_of(NULL, 0)));
}

/*
 * SciPy draws, so its ends have a margin: those at a share of 0.3 % more and
 * less, some nine standard errors of 200000 draws.
 */
static void within(const char *name, double got, const json_t *margin)
{
	double low = json_number_value(json_array_get(margin, 0));
	double high = json_number_value(json_array_get(margin, 1));
	double slack = 1e-9 * (fabs(low) + fabs(high));

	if (!(got >= low - slack && got <= high + slack))
		fail_msg("%s: %.12g is not in %.12g to %.12g", name, got, low,
			 high);
}

static void test_interval(void **state)
{
	const json_t *g, *want;
	size_t i, k, seen = 0;
	double low, high;

	(void)state;
	json_array_foreach(json_object_get(reference, "groups"), i, g) {
		struct numbers x = numbers(g, "x"), y = numbers(g, "y");
		const char *name = json_string_value(json_object_get(g, "name"));

		json_array_foreach(json_object_get(g, "intervals"), k, want) {
			assert_int_equal(median_interval(x.x, x.nr, y.x, y.nr,
							 number(want, "level"),
							 &low, &high), 0);
			within(name, low, json_object_get(want, "low"));
			within(name, high, json_object_get(want, "high"));
			seen++;
		}
	}
	assert_in_range(seen, 20, 100);
}

/* Two groups of two: all 16 resamples can be counted by hand. */
static void test_interval_by_hand(void **state)
{
	const double x[] = { 0, 2 }, y[] = { 10, 14 };
	double low, high;

	(void)state;
	/* Medians 0 1 1 2 and 10 12 12 14: 8 once, 9 twice, 10 five times... */
	assert_int_equal(median_interval(x, 2, y, 2, 0.9, &low, &high), 0);
	near("low", low, 8, 1e-12);
	near("high", high, 14, 1e-12);
	assert_int_equal(median_interval(x, 2, y, 2, 0.8, &low, &high), 0);
	near("low", low, 9, 1e-12);
	near("high", high, 13, 1e-12);
	assert_int_equal(median_interval(x, 2, NULL, 0, 0.9, &low, &high), 0);
	assert_true(low == -INFINITY && high == INFINITY);
}

/* How often the interval of @nr normal numbers holds their median, 0. */
static double held(gsl_rng *rng, size_t nr)
{
	const int groups = 4000;
	double x[40], low, high;
	int n = 0;

	for (int i = 0; i < groups; i++) {
		for (size_t k = 0; k < nr; k++)
			x[k] = gsl_ran_gaussian(rng, 1);
		assert_int_equal(median_interval_of(x, nr, 0.95, &low, &high), 0);
		n += low <= 0 && high >= 0;
	}
	return (double)n / groups;
}

/* It says 95 %: that often it is right, and where it cannot be it is none. */
static void test_interval_of_one(void **state)
{
	const double x[] = { 5, 3, 1, 2, 4, 6, 9, 8, 7 };
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double low, high;

	(void)state;
	assert_non_null(rng);
	for (size_t nr = 0; nr < MEDIAN_INTERVAL_LEAST; nr++) {
		assert_int_equal(median_interval_of(x, nr, 0.95, &low, &high), 0);
		assert_true(low == -INFINITY && high == INFINITY);
	}
	assert_int_equal(median_interval_of(x, 6, 0.95, &low, &high), 0);
	assert_true(low == 1 && high == 6);
	/* The second lowest of nine is above the median 10 of 512 times, the third 46. */
	assert_int_equal(median_interval_of(x, 9, 0.95, &low, &high), 0);
	assert_true(low == 2 && high == 8);
	for (size_t nr = MEDIAN_INTERVAL_LEAST; nr < 40; nr++)
		if (held(rng, nr) < 0.945)
			fail_msg("of %zu numbers the interval holds the median too seldom",
				 nr);
	gsl_rng_free(rng);
}

static void test_false_discovery(void **state)
{
	const json_t *family;
	double got[256];
	size_t i, k;

	(void)state;
	json_array_foreach(json_object_get(reference, "families"), i, family) {
		struct numbers p = numbers(family, "p"), q = numbers(family, "q");

		assert_int_equal(false_discovery(p.x, p.nr, got), 0);
		for (k = 0; k < p.nr; k++)
			near("q", got[k], q.x[k], 1e-12);
		assert_int_equal(false_discovery(p.x, p.nr, p.x), 0);
		assert_memory_equal(got, p.x, p.nr * sizeof(*got));
	}
	assert_int_equal(i, 6);
}

static void test_split_floor(void **state)
{
	const double four[] = { 1, 2, 4, 8 };
	const double same[] = { 3, 3, 3, 3, 3, 3 };
	double many[40], floor, again;
	size_t i;

	(void)state;
	assert_int_equal(split_floor(four, 3, 0.95, &floor), 0);
	assert_true(floor == 0);
	assert_int_equal(split_floor(same, 6, 0.95, &floor), 0);
	assert_true(floor == 0);
	/* {1,2}{4,8}: 4.5 apart, {1,4}{2,8}: 2.5, {1,8}{2,4}: 1.5; each twice */
	assert_int_equal(split_floor(four, 4, 0.5, &floor), 0);
	near("median", floor, 2.5 / sqrt(2), 1e-12);
	assert_int_equal(split_floor(four, 4, 0.99, &floor), 0);
	near("largest", floor, 4.5 / sqrt(2), 1e-12);
	for (i = 0; i < 40; i++)
		many[i] = i % 2 ? 100 : 110;
	assert_int_equal(split_floor(many, 40, 0.95, &floor), 0);
	assert_int_equal(split_floor(many, 40, 0.95, &again), 0);
	assert_true(floor == again && floor > 0 && floor <= 10 / sqrt(2));
}

/* Each second number is from somewhere else; then all of them are alike. */
static void test_split_control(void **state)
{
	double apart[12], alike[12];
	struct split_control c;
	size_t i;

	(void)state;
	for (i = 0; i < 12; i++) {
		apart[i] = i % 2 ? 15 + 0.01 * i : 5 + 0.01 * i;
		alike[i] = 5 + 0.01 * (i * 5 % 12);
	}
	assert_int_equal(split_control(apart, 12, &c), 0);
	/* All six of one half are above the others: 2 / C(12, 6) */
	near("p", c.p, 2.0 / 924, 1e-12);
	assert_true(c.low > 9 && c.high < 11);
	assert_true(c.floor > 5 && c.floor < 10);
	assert_int_equal(split_control(alike, 12, &c), 0);
	assert_true(c.p > 0.2 && c.low < 0 && c.high > 0 && c.floor < 0.1);
	/* {1,4}{2,8} */
	assert_int_equal(split_control((double[]){ 1, 2, 4, 8 }, 4, &c), 0);
	near("p of four", c.p, 4.0 / 6, 1e-12);
	assert_true(isnan(c.low) && isnan(c.high));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mann_whitney),
		cmocka_unit_test(test_mann_whitney_empty),
		cmocka_unit_test(test_least_p),
		cmocka_unit_test(test_noether),
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_interval_by_hand),
		cmocka_unit_test(test_interval_of_one),
		cmocka_unit_test(test_false_discovery),
		cmocka_unit_test(test_split_floor),
		cmocka_unit_test(test_split_control),
	};

	return cmocka_run_group_tests_name("stats", tests, load, unload);
}

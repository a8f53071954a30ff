// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How often the gate is wrong, by simulation of thousands of pairs of runs with
 * a fixed seed, through all of compare_judge() and gate_judge(). docs/gate.md
 * states these rates; POWER_TABLE=1 prints its table anew.
 *
 * A boot's noise is lognormal, and one boot in twenty is slower still by an
 * exponential amount of three times that: a boot with a bad layout, or with a
 * neighbour. A run has five cells, as `make bench` has for a topology.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdlib.h>
#include <string.h>

#include "compare/gate.h"

#define NR_CELLS	5
#define MAX_BOOTS	30
#define OFF		1000.0	/* ns */
#define COST		60.0

static gsl_rng *rng;
static struct thresholds rules;

/* One side: @slower is the factor on the accounted path of every cell. */
struct side {
	struct table_value values[NR_CELLS][MAX_BOOTS];
	struct table_cell cells[NR_CELLS];
};

static double noise(double spread)
{
	double factor = gsl_ran_lognormal(rng, 0, spread);

	if (gsl_rng_uniform(rng) < 0.05)
		factor += gsl_ran_exponential(rng, 3 * spread);
	return factor;
}

/*
 * The arms alternate in one boot, so what slows a boot slows both; @spread is
 * that of a boot, and that of on against off as well.
 */
static void draw(struct side *s, size_t boots, double spread, double slower,
		 size_t nr_slower)
{
	size_t i, b;

	for (i = 0; i < NR_CELLS; i++) {
		for (b = 0; b < boots; b++) {
			struct table_value *v = &s->values[i][b];
			double boot = noise(spread);

			v->off = OFF * boot;
			v->on = (OFF * noise(spread) + COST) * boot;
			if (i < nr_slower)
				v->on *= slower;
		}
		s->cells[i] = (struct table_cell){
			.param = (long long)i, .unit = "ns", .valid = true,
			.values = s->values[i], .nr_values = boots,
			.off = OFF, .on = OFF, .cost = COST,
		};
	}
}

/* Exit code of the gate on one pair of runs. */
static int pair(size_t boots, double spread, double slower, size_t nr_slower)
{
	struct table_boot boot = { .record = NULL };
	static struct side old, new;
	struct compare_cell cells[NR_CELLS];
	struct compare_pair names = { .old = COMPARE_NO_KERNEL,
				      .new = COMPARE_NO_KERNEL,
				      .old_name = "old", .new_name = "new" };
	struct compare_group group = {
		.topology = "176c1n", .instrument = "time",
		.bench = "percpu-alloc", .unit = "ns", .cells = cells,
		.nr_cells = NR_CELLS,
	};
	struct compare c = { .pairs = &names, .nr_pairs = 1, .groups = &group,
			     .nr_groups = 1 };
	struct gate g;
	size_t i;
	int code;

	compare_options_init(&c.opt);
	draw(&old, boots, spread, 1, 0);
	draw(&new, boots, spread, slower, nr_slower);
	/* Of which nobody knows what they were booted with. */
	c.old.boots = &boot;
	c.new.boots = &boot;
	memset(cells, 0, sizeof(cells));
	for (i = 0; i < NR_CELLS; i++)
		cells[i] = (struct compare_cell){
			.old = &old.cells[i], .new = &new.cells[i],
			.param = (long long)i, .nr_old = boots, .nr_new = boots,
		};
	gate_select(&c, &rules);
	assert_int_equal(compare_judge(&c), 0);
	assert_int_equal(c.nr_tests, 2 * NR_CELLS);
	assert_int_equal(gate_judge(&g, &c, &rules), 0);
	code = gate_exit(&g);
	gate_free(&g);
	return code;
}

struct rates {
	double pass;
	double regression;
	double unclear;
};

static struct rates simulate(size_t pairs, size_t boots, double spread,
			     double slower, size_t nr_slower)
{
	size_t count[4] = { 0 }, i;

	gsl_rng_set(rng, 20260701);
	for (i = 0; i < pairs; i++)
		count[pair(boots, spread, slower, nr_slower)]++;
	return (struct rates){ (double)count[0] / pairs,
			       (double)count[1] / pairs,
			       (double)count[3] / pairs };
}

static int begin(void **state)
{
	(void)state;
	rng = gsl_rng_alloc(gsl_rng_mt19937);
	return !rng || thresholds_read(&rules, "ci/thresholds") ? -1 : 0;
}

static int end(void **state)
{
	(void)state;
	gsl_rng_free(rng);
	thresholds_free(&rules);
	return 0;
}

static void print_table(void)
{
	static const double spreads[] = { 0.0025, 0.005, 0.01 };
	static const size_t boots[] = { 5, 8, 10, 15, 20, 30 };
	size_t s, b;

	printf("| spread of a boot | boots | 0 %%: exit 1 | 0 %%: exit 0 | 2 %%: exit 1 | 2 %%: exit 0 |\n");
	printf("|---:|---:|---:|---:|---:|---:|\n");
	for (s = 0; s < 3; s++)
		for (b = 0; b < 6; b++) {
			struct rates same = simulate(1000, boots[b], spreads[s],
						     1, 0);
			struct rates slow = simulate(1000, boots[b], spreads[s],
						     1.02, 1);

			printf("| %g %% | %zu | %.1f %% | %.1f %% | %.1f %% | %.1f %% |\n",
			       100 * spreads[s], boots[b],
			       100 * same.regression, 100 * same.pass,
			       100 * slow.regression, 100 * slow.pass);
			fflush(stdout);
		}
}

/* 2000 runs of 5 cells: 10000 pairs of cells and no real difference. */
static void test_null(void **state)
{
	struct rates r = simulate(2000, 10, 0.0025, 1, 0);

	(void)state;
	print_message("# 0 %%: %.4f regression, %.4f pass, %.4f cannot be told\n",
		      r.regression, r.pass, r.unclear);
	/* docs/gate.md states: at most 5 %. */
	assert_true(r.regression <= 0.05);
	/* And the noise is small enough for most to have a result. */
	assert_true(r.pass >= 0.80);
}

/* With so much noise that only the test prevents a regression. */
static void test_null_noisy(void **state)
{
	struct rates r = simulate(1000, 10, 0.05, 1, 0);

	(void)state;
	print_message("# 0 %%, noisy: %.4f regression, %.4f pass, %.4f cannot be told\n",
		      r.regression, r.pass, r.unclear);
	assert_true(r.regression <= 0.05);
	assert_true(r.pass <= 0.02);
}

/* One of five cells is 2 % slower. */
static void test_two_percent(void **state)
{
	struct rates r = simulate(1000, 10, 0.005, 1.02, 1);

	(void)state;
	print_message("# 2 %%: %.4f regression, %.4f pass, %.4f cannot be told\n",
		      r.regression, r.pass, r.unclear);
	assert_true(r.regression >= 0.95);
	assert_true(r.pass <= 0.01);
}

/* Five boots cannot tell one cell of five: never a pass. */
static void test_too_few(void **state)
{
	struct rates r = simulate(500, 5, 0.0025, 1, 0);

	(void)state;
	assert_true(r.pass == 0);
	assert_true(r.regression <= 0.05);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_null_noisy),
		cmocka_unit_test(test_two_percent),
		cmocka_unit_test(test_too_few),
	};

	if (getenv("POWER_TABLE") && !begin(NULL)) {
		print_table();
		return end(NULL);
	}
	return cmocka_run_group_tests_name("power", tests, begin, end);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of least squares against certified values, and of the model's terms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "fit/fit.h"
#include "fit/lsq.h"
#include "fit/model.h"

/* NIST StRD, Norris: y, x, and certified values. */
static const double norris[][2] = {
	{ 0.1, 0.2 }, { 338.8, 337.4 }, { 118.1, 118.2 }, { 888.0, 884.6 },
	{ 9.2, 10.1 }, { 228.1, 226.5 }, { 668.5, 666.3 }, { 998.5, 996.3 },
	{ 449.1, 448.6 }, { 778.9, 777.0 }, { 559.2, 558.2 }, { 0.3, 0.4 },
	{ 0.1, 0.6 }, { 778.1, 775.5 }, { 668.8, 666.9 }, { 339.3, 338.0 },
	{ 448.9, 447.5 }, { 10.8, 11.6 }, { 557.7, 556.0 }, { 228.3, 228.1 },
	{ 998.0, 995.8 }, { 888.8, 887.6 }, { 119.6, 120.2 }, { 0.3, 0.3 },
	{ 0.6, 0.3 }, { 557.6, 556.8 }, { 339.3, 339.1 }, { 888.0, 887.2 },
	{ 998.5, 999.0 }, { 778.9, 779.0 }, { 10.2, 11.1 }, { 117.6, 118.3 },
	{ 228.9, 229.2 }, { 668.4, 669.1 }, { 449.2, 448.9 }, { 0.2, 0.5 },
};

#define NR		36
#define B0		-0.262323073774029
#define B1		1.00211681802045
#define SE0		0.232818234301152
#define SE1		0.429796848199937e-3
/* Student's t for 95 % and 34 degrees of freedom */
#define T34		2.0322445093177186

static void load(double *x, double *y, double *w, double weight)
{
	for (size_t i = 0; i < NR; i++) {
		x[2 * i] = 1;
		x[2 * i + 1] = norris[i][1];
		y[i] = norris[i][0];
		w[i] = weight;
	}
}

static void near(double got, double want)
{
	if (fabs(got - want) > 1e-8 * fmax(fabs(want), 1))
		fail_msg("%.15g is not %.15g", got, want);
}

static void test_norris(void **state)
{
	static const double weights[] = { 1, 1e-6, 50 };
	double x[2 * NR], y[NR], w[NR];
	struct lsq fit;

	(void)state;
	/* A weight that all share changes nothing. */
	for (size_t i = 0; i < 3; i++) {
		load(x, y, w, weights[i]);
		assert_int_equal(lsq_fit(&fit, x, y, w, NR, 2, 0.95), 0);
		near(fit.coef[0], B0);
		near(fit.coef[1], B1);
		near(fit.half[0], T34 * SE0);
		near(fit.half[1], T34 * SE1);
		assert_false(fit.rank_deficient);
	}
}

/* The formula for leaving a point out gives the same as leaving it out. */
static void test_press(void **state)
{
	double x[2 * NR], y[NR], w[NR], x1[2 * NR], y1[NR], w1[NR], sum = 0, e;
	struct lsq fit, one;
	size_t i, j, n;

	(void)state;
	load(x, y, w, 1);
	for (i = 0; i < NR; i++)
		w[i] = 1 / (1 + y[i]);
	assert_int_equal(lsq_fit(&fit, x, y, w, NR, 2, 0.95), 0);
	for (i = 0; i < NR; i++) {
		for (j = n = 0; j < NR; j++) {
			if (j == i)
				continue;
			x1[2 * n] = x[2 * j];
			x1[2 * n + 1] = x[2 * j + 1];
			y1[n] = y[j];
			w1[n++] = w[j];
		}
		assert_int_equal(lsq_fit(&one, x1, y1, w1, n, 2, 0.95), 0);
		e = y[i] - lsq_predict(&one, &x[2 * i]);
		sum += w[i] * e * e;
	}
	near(fit.press, sqrt(sum / NR));
}

static void test_deficient(void **state)
{
	double x[2 * NR], y[NR], w[NR];
	struct lsq fit;

	(void)state;
	load(x, y, w, 1);
	for (size_t i = 0; i < NR; i++)
		x[2 * i + 1] = 3;
	assert_int_equal(lsq_fit(&fit, x, y, w, NR, 2, 0.95), 0);
	assert_true(fit.rank_deficient);
	assert_int_equal(lsq_fit(&fit, x, y, w, 1, 2, 0.95), EX_FAIL);
}

static double term(const char *name, const char *topology, long long size)
{
	struct model_at at = { .size = size };

	assert_int_equal(topology_parse(topology, &at.topo), 0);
	for (size_t i = 0; i < model_nr_terms; i++)
		if (!strcmp(model_terms[i].name, name))
			return model_terms[i].value(&at);
	fail_msg("no term %s", name);
	return 0;
}

static void test_terms(void **state)
{
	(void)state;
	assert_true(model_nr_terms <= LSQ_MAX_TERMS);
	near(term("CPUs", "80c2n+6m", 64), 80);
	near(term("nodes", "80c2n+6m", 64), 2);
	near(term("mem-nodes", "80c2n+6m", 64), 6);
	near(term("words", "64c1n", 64), 1);
	near(term("words", "65c1n", 64), 2);
	near(term("many", "1c1n", 64), 0);
	near(term("many", "1c1n+1m", 64), 1);
	/* 64 pages are 262144 bytes; 1024 B on 254 CPUs are charged just that */
	near(term("over stock", "254c1n", 1024), 0);
	near(term("rests", "254c1n", 1024), 0);
	near(term("over stock", "255c1n", 1024), 1);
	near(term("rests", "255c1n", 1024), 1);
	/* 29 + 2 pointers' worth: 1984 B fit into what is left, 2048 B do not */
	near(term("charges", "29c1n", 64), 0);
	near(term("charges", "30c1n", 64), 1);
	/* A page at each end: 64 of them in 32 pairs */
	near(term("told", "1c1n", 64), 1.0 / 32);
	/* 33 new pages and 32 whole ones of bytes, 33 and 33 on the way back */
	near(term("told", "512c1n", 256), 2);
}

static unsigned int add(unsigned int *sum, long long pages)
{
	*sum += pages;
	if (*sum < 64)
		return 0;
	*sum = 0;
	return 1;
}

/* What memcg_rstat_updated() is called with, over many pairs. */
static void test_told_by_node(void **state)
{
	static const char *const names[] = {
		"80c1n", "80c3n", "256c12n", "1024c8n", "4096c64n", "3c3n+6m",
	};
	static const long long sizes[] = { 64, 256, 1024, 4096 };
	long long bytes, charge, taken;
	struct topology topo;
	unsigned int sum, told, node;

	(void)state;
	for (size_t i = 0; i < 6 * 4; i++) {
		assert_int_equal(topology_parse(names[i / 4], &topo), 0);
		charge = sizes[i % 4] * (topo.cpus + 2);
		taken = charge > 2040 ? (charge + 4095) / 4096 : 0;
		sum = told = 0;
		for (unsigned int end = 0; end < 2 * 640; end++) {
			told += add(&sum, taken);
			for (node = 0; node < topo.nodes; node++) {
				bytes = sizes[i % 4] *
					topology_cpus_of(&topo, node) +
					(node ? 0 : 2 * sizes[i % 4]);
				told += add(&sum, end % 2 ?
					    (bytes + 4095) / 4096 :
					    bytes < 4096 ? 1 : bytes / 4096);
			}
		}
		if (fabs(told / 640.0 - term("told by node", names[i / 4],
					     sizes[i % 4])) > 0.01)
			fail_msg("%s, %lld B: %u told in 640 pairs, not %g each",
				 names[i / 4], sizes[i % 4], told,
				 term("told by node", names[i / 4],
				      sizes[i % 4]));
	}
}

/* The stock of a memcg, as refill_obj_stock() and obj_cgroup_charge() treat it. */
static double returns_of_a_pair(long long size, unsigned int cpus)
{
	long long charge = size * cpus + size / 4 * 8, left = 2040, rest, piece;
	double returns = 0;

	if (charge <= left)
		return 0;
	left += charge % 4096 ? 4096 - charge % 4096 : 0;
	/* Each CPU's copy page by page, then obj_exts, a pointer for 4 bytes. */
	for (unsigned int cpu = 0; cpu <= cpus; cpu++) {
		for (rest = cpu < cpus ? size : 2 * size; rest; rest -= piece) {
			piece = rest < 4096 ? rest : 4096;
			left += piece;
			if (left > 4096) {
				left %= 4096;
				returns++;
			}
		}
	}
	assert_int_equal(left, 2040);
	return returns;
}

static void test_returns(void **state)
{
	static const unsigned int cpus[] = { 1, 2, 3, 7, 8, 29, 30, 80, 176 };
	char topology[16];

	(void)state;
	for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		snprintf(topology, sizeof(topology), "%uc1n", cpus[i]);
		for (long long size = 4; size <= 4096; size += 12)
			near(term("returns", topology, size),
			     returns_of_a_pair(size, cpus[i]));
		near(term("returns", topology, 8192),
		     returns_of_a_pair(8192, cpus[i]));
	}
}

/* What an mm's counters are charged, and not a pair's object of the same size. */
static void test_in_mm(void **state)
{
	struct model_at at = { .size = 0, .in_mm = model_size(1056, 64) };
	size_t i = 0;

	(void)state;
	assert_int_equal(at.in_mm, 16);
	assert_int_equal(model_size(0, 64), 0);
	while (strcmp(model_terms[i].name, "above a page"))
		assert_true(++i < model_nr_terms);
	/* 16 bytes on 254 CPUs are charged just a page */
	assert_int_equal(topology_parse("254c1n", &at.topo), 0);
	near(model_terms[i].value(&at), 0);
	assert_int_equal(topology_parse("255c1n", &at.topo), 0);
	near(model_terms[i].value(&at), 1);
	near(term("above a page", "255c1n", 16), 0);
}

static void test_error(void **state)
{
	(void)state;
	near(fit_error(99, 100), 0.01);
	near(fit_error(-101, -100), 0.01);
	near(fit_error(2, 0), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_norris),
		cmocka_unit_test(test_press),
		cmocka_unit_test(test_deficient),
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_told_by_node),
		cmocka_unit_test(test_returns),
		cmocka_unit_test(test_in_mm),
		cmocka_unit_test(test_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Small random parts of the reference sweep: a fit predicts unseen topologies
 * correctly, or tells that it does not hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fit/fit.h"
#include "results/table_load.h"

#define REFERENCE	"results/reference/sweep-6.12.jsonl"
#define SWEEPS		400
#define LEAST		3	/* topologies of a sweep */
#define MOST		12

static struct table reference;

/* A generator of our own, so that failures can be repeated. */
static unsigned int below(unsigned int limit)
{
	static uint32_t state = 16;

	state = state * 1664525 + 1013904223;
	return (state >> 8) % limit;
}

/*
 * A sweep of one kernel: the reference table with only some of its cells.
 * @chosen: for each of its topologies
 */
struct small_sweep {
	struct table table;
	bool chosen[256];
	unsigned int kernel;
	long long sizes[2];
};

static bool has_size(const struct small_sweep *s, long long size)
{
	return size == s->sizes[0] || size == s->sizes[1];
}

static void take_cells(struct small_sweep *s)
{
	s->table = reference;
	s->table.cells = calloc(reference.nr_cells, sizeof(*s->table.cells));
	s->table.nr_cells = 0;
	assert_non_null(s->table.cells);
	for (size_t i = 0; i < reference.nr_cells; i++) {
		const struct table_cell *c = &reference.cells[i];

		if (c->kernel == s->kernel && s->chosen[c->topology] &&
		    has_size(s, c->param))
			s->table.cells[s->table.nr_cells++] = *c;
	}
}

/* What users sweep: one node, one number of CPUs, or anything. */
static bool may_choose(unsigned int way, const struct topology *topo,
		       unsigned int cpus)
{
	if (way == 0)
		return topology_all_nodes(topo) == 1;
	if (way == 1)
		return topo->cpus == cpus;
	return true;
}

static void choose(struct small_sweep *s)
{
	static const unsigned int cpus[] = { 80, 256, 1024 };
	unsigned int way = below(3), of = cpus[below(3)], topology, left;
	long long all[] = { 64, 256, 1024, 4096, 8192 };
	unsigned int nr = reference.topologies.nr, tries;
	struct topology topo;

	memset(s, 0, sizeof(*s));
	assert_true(nr <= sizeof(s->chosen));
	s->kernel = below(reference.nr_kernels);
	s->sizes[0] = all[below(5)];
	s->sizes[1] = all[below(5)];
	left = LEAST + below(MOST - LEAST + 1);
	for (tries = 0; left && tries < 10000; tries++) {
		topology = below(nr);
		assert_int_equal(topology_parse(
			reference.topologies.name[topology], &topo), 0);
		if (s->chosen[topology] || !may_choose(way, &topo, of))
			continue;
		s->chosen[topology] = true;
		left--;
	}
	take_cells(s);
}

static unsigned int cpus_of(const struct topology *t)
{
	return t->cpus;
}

static unsigned int nodes_of(const struct topology *t)
{
	return t->nodes;
}

static unsigned int empty_of(const struct topology *t)
{
	return t->empty_nodes;
}

static unsigned int mem_of(const struct topology *t)
{
	return t->mem_nodes;
}

static bool many(const struct topology *t)
{
	return topology_all_nodes(t) > 1;
}

/*
 * Is @topo within the range of @f's fitted topologies, of those with one node
 * if it has one, else of those with several? A kernel may need no walk on one
 * node, so one kind tells nothing about the other.
 */
static bool within(const struct fit *f, const struct topology *topo)
{
	unsigned int (*const ways[])(const struct topology *) = {
		cpus_of, nodes_of, empty_of, mem_of,
	};

	for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++) {
		bool above = false, below = false;

		for (size_t i = 0; i < f->nr_points; i++) {
			const struct topology *t = &f->points[i].at.topo;

			if (f->points[i].held_out || many(t) != many(topo))
				continue;
			above |= ways[w](t) >= ways[w](topo);
			below |= ways[w](t) <= ways[w](topo);
		}
		if (!above || !below)
			return false;
	}
	return true;
}

struct count {
	size_t fits, held, right, wrong;
};

/* Measured topologies that the fit does not have. */
static void predict_others(const struct small_sweep *s, const struct fit *f,
			   struct count *n)
{
	for (size_t i = 0; i < reference.nr_cells; i++) {
		const struct table_cell *c = &reference.cells[i];
		struct model_at at = { .size = c->param };
		double e;

		if (c->kernel != f->kernel || c->param != f->param ||
		    s->chosen[c->topology])
			continue;
		topology_parse(reference.topologies.name[c->topology],
			       &at.topo);
		if (!within(f, &at.topo))
			continue;
		e = fit_error(fit_predict(&f->model, &at), c->cost);
		n->right += e <= FIT_WITHIN;
		n->wrong += e > FIT_WITHIN;
	}
}

static void check_fit(const struct small_sweep *s, const struct fit *f,
		      struct count *n)
{
	n->fits++;
	for (size_t i = 0; i < f->nr_points; i++) {
		const struct fit_point *p = &f->points[i];
		double e = fit_error(fit_predict(&f->model, &p->at), p->cost);

		if (e > (f->verdict == FIT_HOLDS ? FIT_WITHIN : FIT_LIMIT) &&
		    f->verdict != FIT_FAILS)
			fail_msg("%s, %lld B, %s: off by %g, and not said",
				 reference.kernels[f->kernel].name, f->param,
				 p->at.topo.name, e);
	}
	if (f->verdict != FIT_HOLDS)
		return;
	n->held++;
	predict_others(s, f, n);
}

/* A topology to hold out, or NULL: the fit chooses. */
static const char *hold_out(const struct small_sweep *s)
{
	unsigned int topology, tries;

	for (tries = 0; tries < 50; tries++) {
		topology = below(reference.topologies.nr);
		if (s->chosen[topology])
			return reference.topologies.name[topology];
	}
	return NULL;
}

static void test_small_sweeps(void **state)
{
	struct small_sweep s;
	struct count n = { 0 };
	struct fit_set set;

	(void)state;
	for (unsigned int i = 0; i < SWEEPS; i++) {
		choose(&s);
		assert_int_equal(fit_table(&set, &s.table, below(2) ?
					   hold_out(&s) : NULL), 0);
		for (size_t j = 0; j < set.nr; j++)
			check_fit(&s, &set.fits[j], &n);
		fit_free(&set);
		free(s.table.cells);
	}
	printf("# %zu fits, %zu hold; %zu others predicted, %zu not within 1 %%\n",
	       n.fits, n.held, n.right + n.wrong, n.wrong);
	/* A fit must not just refuse everything. */
	assert_true(10 * n.held > 7 * n.fits);
	assert_true(20 * n.wrong < n.right + n.wrong);
}

/* Baseline on one node, the sizes and CPUs that anybody sweeps first. */
static void sweep_of(struct small_sweep *s, const char *const *names,
		     long long size)
{
	size_t i, j;

	memset(s, 0, sizeof(*s));
	while (strcmp(reference.kernels[s->kernel].name, "baseline"))
		s->kernel++;
	s->sizes[0] = s->sizes[1] = size;
	for (i = 0; names[i]; i++) {
		for (j = 0; j < reference.topologies.nr; j++)
			if (!strcmp(reference.topologies.name[j], names[i]))
				break;
		assert_true(j < reference.topologies.nr);
		s->chosen[j] = true;
	}
	take_cells(s);
}

static double coefficient(const struct fit *f, const char *name)
{
	for (size_t j = 0; j < f->model.lsq.nr_terms; j++)
		if (!strcmp(model_terms[f->model.terms[j]].name, name))
			return f->model.lsq.coef[j];
	return 0;
}

static void test_step(void **state)
{
	static const char *const doubled[] = {
		"1c1n", "2c1n", "4c1n", "8c1n", "16c1n", "32c1n", "64c1n", NULL
	};
	static const char *const few[] = { "4c1n", "16c1n", "32c1n", NULL };
	static const char *const *const sweeps[] = { doubled, few };
	struct small_sweep s;
	struct fit_set set;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		sweep_of(&s, sweeps[i], 64);
		assert_int_equal(fit_table(&set, &s.table, NULL), 0);
		assert_int_equal(set.nr, 1);
		assert_int_equal(set.fits->verdict, FIT_HOLDS);
		assert_true(fabs(coefficient(set.fits, "charges") - 324) < 3);
		assert_true(coefficient(set.fits, "CPUs") == 0);
		assert_true(coefficient(set.fits, "nodes") == 0);
		fit_free(&set);
		free(s.table.cells);
	}
}

/* No term stands for what is the matter with one of the points. */
static void test_not_described(void **state)
{
	static const char *const names[] = {
		"1c1n", "2c1n", "4c1n", "8c1n", "16c1n", "32c1n", "64c1n", NULL
	};
	struct small_sweep s;
	struct fit_set set;

	(void)state;
	sweep_of(&s, names, 64);
	s.table.cells[3].cost *= 1.5;
	assert_int_equal(fit_table(&set, &s.table, NULL), 0);
	assert_int_equal(set.fits->verdict, FIT_FAILS);
	assert_true(set.fits->worst > FIT_LIMIT);
	fit_free(&set);
	free(s.table.cells);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_not_described),
		cmocka_unit_test(test_small_sweeps),
	};
	char file[] = REFERENCE, *files[] = { file };
	int ret;

	if (table_load(&reference, files, 1))
		return 1;
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	table_free(&reference);
	return ret;
}

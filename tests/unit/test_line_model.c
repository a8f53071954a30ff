// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of the model of time: its formula, and where its constants are from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "plan/topology.h"
#include "results/line_model.h"
#include "results/published.h"
#include "results/table_load.h"
#include "stats/stats.h"

static const struct table_cell counted = {
	.valid = true, .off = 1000, .on = 3000, .cost = 2000, .cost_pct = 200,
	.cleared = { 100, 110 },
};

static void formula(void **state)
{
	struct table_cell c = counted;

	(void)state;
	assert_true(line_model_has(&c));
	assert_true(line_model_pct(&c, 0) == 200);
	/* 1000 + 3000, and 3000 + 3300. */
	assert_true(fabs(line_model_pct(&c, 30) - 57.5) < 1e-9);
	assert_true(fabs(line_model_k(&c, 57.5) - 30) < 1e-9);
	assert_true(line_model_k(&c, 200) == 0);
	/* With a huge k only lines count: 110 against 100. */
	assert_true(fabs(line_model_pct(&c, 1e12) - 10) < 1e-6);
}

static void no_k(void **state)
{
	struct table_cell c = counted;

	(void)state;
	assert_true(isnan(line_model_k(&c, 201)));
	assert_true(isnan(line_model_k(&c, 10)));
	assert_true(isnan(line_model_k(&c, 0)));
	assert_true(isnan(line_model_k(&c, -1.8)));
	assert_true(isnan(line_model_k(&c, NAN)));
	c.cleared = (struct cell_part){ NAN, NAN };
	assert_false(line_model_has(&c));
	assert_true(isnan(line_model_pct(&c, 28)));
	c = counted;
	c.valid = false;
	assert_false(line_model_has(&c));
	assert_false(line_model_has(NULL));
	assert_null(line_machine_find("16c2n"));
}

/* Each constant is what its cell gives, of the counts and of the publication. */
static void machines(void **state)
{
	static const char *const topologies[] = { "176c1n", "80c2n" };
	char *files[] = { "results/reference/posted-profile-7.3.jsonl" };
	const struct published_row *row;
	const struct table_cell *c, *found;
	const struct line_machine *m;
	struct published published;
	struct table t;

	(void)state;
	assert_int_equal(published_read(&published), 0);
	assert_int_equal(table_load(&t, files, 1), 0);
	for (int i = 0; i < 2; i++) {
		m = line_machine_find(topologies[i]);
		assert_non_null(m);
		found = NULL;
		for (c = t.cells; c < t.cells + t.nr_cells; c++)
			if (!strcmp(t.topologies.name[c->topology], m->topology) &&
			    !strcmp(t.kernels[c->kernel].name, m->kernel) &&
			    c->param == m->size)
				found = c;
		row = published_find(&published, m->topology, m->kernel, m->size);
		assert_true(found && row && line_model_has(found));
		assert_true(round(line_model_k(found, row->cost_pct)) == m->k);
	}
	table_free(&t);
	published_free(&published);
}

/* Of pairs and of batches; k is that of a pair in both. */
static const struct {
	char *file;
	struct {
		const char *topology;
		int pct;
	} median[2];
} measured[] = {
	{ "results/reference/posted-profile-7.3.jsonl",
	  { { "176c1n", 21 }, { "80c2n", 9 } } },
	{ "results/reference/posted-batch-profile-7.3.jsonl",
	  { { "176c1n", 21 }, { "80c2n", 10 } } },
};

/* An object's copies are cleared, whatever accounts it and in whatever shape. */
static void copies(void **state)
{
	struct topology topo;
	struct table t;

	(void)state;
	for (int f = 0; f < 2; f++) {
		char *file = measured[f].file;

		assert_int_equal(table_load(&t, &file, 1), 0);
		assert_int_equal(t.nr_cells, 4 * 2 * 5);
		for (size_t i = 0; i < t.nr_cells; i++) {
			const struct table_cell *c = &t.cells[i];

			topology_parse(t.topologies.name[c->topology], &topo);
			assert_true(c->cleared.off ==
				    topo.cpus * c->param / 64.0);
			assert_true(c->cleared.on == c->cleared.off);
		}
		table_free(&t);
	}
}

/* Median error, in percent, of the published cells that k is not from. */
static double far_off(const struct table *t, const struct published *p,
		      const struct line_machine *m)
{
	double error[20];
	size_t nr = 0;

	for (size_t i = 0; i < t->nr_cells; i++) {
		const struct table_cell *c = &t->cells[i];
		const char *kernel = t->kernels[c->kernel].name;
		const struct published_row *row =
			published_find(p, m->topology, kernel, c->param);

		if (strcmp(t->topologies.name[c->topology], m->topology) ||
		    !row || row->cost_pct <= 10 ||
		    (!strcmp(kernel, m->kernel) && c->param == m->size))
			continue;
		assert_true(nr < 20);
		error[nr++] = 100 * fabs(line_model_pct(c, m->k) /
					 row->cost_pct - 1);
	}
	assert_in_range(nr, 8, 10);
	return median_of(error, nr);
}

/* docs/method.md has these. */
static void errors(void **state)
{
	struct published published;
	struct table t;

	(void)state;
	assert_int_equal(published_read(&published), 0);
	for (int f = 0; f < 2; f++) {
		char *file = measured[f].file;

		assert_int_equal(table_load(&t, &file, 1), 0);
		for (int i = 0; i < 2; i++)
			assert_int_equal(round(far_off(&t, &published,
				line_machine_find(measured[f].median[i].topology))),
				measured[f].median[i].pct);
		table_free(&t);
	}
	published_free(&published);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formula),
		cmocka_unit_test(no_k),
		cmocka_unit_test(machines),
		cmocka_unit_test(copies),
		cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests_name("line_model", tests, NULL, NULL);
}

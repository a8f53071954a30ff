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

/* A pair clears its copies, whatever accounts it. */
static void copies(void **state)
{
	char *files[] = { "results/reference/posted-profile-7.3.jsonl" };
	struct topology topo;
	struct table t;

	(void)state;
	assert_int_equal(table_load(&t, files, 1), 0);
	assert_int_equal(t.nr_cells, 4 * 2 * 5);
	for (size_t i = 0; i < t.nr_cells; i++) {
		const struct table_cell *c = &t.cells[i];

		topology_parse(t.topologies.name[c->topology], &topo);
		assert_true(c->cleared.off == topo.cpus * c->param / 64.0);
		assert_true(c->cleared.on == c->cleared.off);
	}
	table_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formula),
		cmocka_unit_test(no_k),
		cmocka_unit_test(machines),
		cmocka_unit_test(copies),
	};

	return cmocka_run_group_tests_name("line_model", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Two kernels of one table are compared as those of two files are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "compare/compare.h"
#include "results/table_load.h"

#define FILE_OF	"tests/unit/data/campaign.jsonl"

static void same_diff(const struct compare_diff *a, const struct compare_diff *b)
{
	assert_int_equal(a->verdict, b->verdict);
	assert_float_equal(a->old, b->old, 0);
	assert_float_equal(a->new, b->new, 0);
	assert_float_equal(a->p, b->p, 0);
}

static void same_groups(const struct compare *a, const struct compare *b)
{
	size_t cells = 0;

	assert_int_equal(a->nr_tests, b->nr_tests);
	assert_int_equal(a->nr_differs, b->nr_differs);
	assert_int_equal(a->nr_groups, b->nr_groups);
	for (size_t i = 0; i < a->nr_groups; i++) {
		assert_int_equal(a->groups[i].nr_cells, b->groups[i].nr_cells);
		for (size_t k = 0; k < a->groups[i].nr_cells; k++, cells++)
			for (int q = 0; q < NR_QUANTITIES; q++)
				same_diff(&a->groups[i].cells[k].diff[q],
					  &b->groups[i].cells[k].diff[q]);
	}
	assert_int_equal(cells, 2);
}

static void test_kernels(void **state)
{
	static const char *const names[] = { "near", "far" };
	char *files[] = { FILE_OF };
	struct compare_options opt;
	struct compare one, two;
	struct table t;
	char side[80];

	(void)state;
	compare_options_init(&opt);
	assert_int_equal(table_load(&t, files, 1), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(side, sizeof(side), FILE_OF ":%s", names[i]);
		assert_int_equal(compare_load(&two, FILE_OF ":baseline", side, &opt), 0);
		assert_int_equal(compare_judge(&two), 0);
		/* The table is still there for the second pair. */
		assert_string_equal(t.kernels[1 + i].name, names[i]);
		assert_int_equal(compare_kernels(&one, &t, 0, 1 + i, &opt), 0);
		assert_int_equal(compare_judge(&one), 0);
		same_groups(&one, &two);
		compare_free(&one);
		compare_free(&two);
	}
	table_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

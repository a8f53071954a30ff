// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of results/cell.c: which samples make a figure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>

#include "results/cell.h"

#define NR	8

/* NR samples of each arm, of `on` with @disturbed in front. */
static json_t *cell_with(const char *instrument, unsigned int disturbed)
{
	json_t *arms = json_object(), *arm;

	for (int a = 0; a < 3; a++) {
		arm = json_pack("{s:[], s:[]}", "ticks", "disturbed");
		for (unsigned int i = 0; i < NR; i++) {
			json_array_append_new(json_object_get(arm, "ticks"),
					      json_integer(1000 * a + 40));
			json_array_append_new(json_object_get(arm, "disturbed"),
					      json_integer(a == 2 && i < disturbed));
		}
		json_object_set_new(arms, ((const char *[]){ "empty", "off", "on" })[a],
				    arm);
	}
	return json_pack("{s:s, s:s, s:s, s:i, s:i, s:b, s:o, s:{s:i}, s:{s:i, s:i, s:i, s:i, s:i, s:i}}",
			 "bench", "percpu-alloc", "instrument", instrument, "unit", "ns",
			 "param", 64, "pairs", 1, "valid", 1, "arms", arms,
			 "chunk", "outside", 0, "proof", "expected", 64, "before", 0,
			 "held", 64, "after", 0, "off_held", 0, "first_chunk", 0);
}

static int measure(const char *instrument, unsigned int disturbed, char *reason)
{
	json_t *cell = cell_with(instrument, disturbed);
	double off, on;
	int ret;

	reason[0] = '\0';
	ret = cell_measure(cell, &off, &on, reason);
	json_decref(cell);
	return ret;
}

/* The few that no tick hits are the short ones. */
static void test_few_clean_samples(void **state)
{
	char reason[CELL_REASON_LEN];

	(void)state;
	assert_int_equal(measure("time", 0, reason), 0);
	assert_int_equal(measure("time", NR / 4 * 3 - 1, reason), 0);
	assert_int_not_equal(measure("time", NR / 4 * 3, reason), 0);
	assert_string_equal(reason, "three of four samples or more were disturbed");
	assert_int_equal(measure("insn", NR - 1, reason), 0);
	assert_int_not_equal(measure("insn", NR, reason), 0);
	assert_string_equal(reason, "every sample was disturbed by an interrupt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few_clean_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

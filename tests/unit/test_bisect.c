// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of series/bisect.c, with made-up costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "series/bisect.h"

#define MAX_STEPS	70

/* The steps' results, and the tested steps. */
struct fake {
	size_t nr;
	double cost[MAX_STEPS];
	bool broken[MAX_STEPS];
	bool asked[MAX_STEPS];
	unsigned int tests, promised;
	unsigned int fail_at;	/* the test that ends the search, from 1 */
};

static int ask(void *ctx, size_t step, unsigned int left,
	       enum bisect_state *state)
{
	struct fake *f = ctx;

	assert_in_range(step, 1, f->nr - 2);
	assert_false(f->asked[step]);
	f->asked[step] = true;
	if (!f->tests++)
		f->promised = left + 1;
	if (f->tests == f->fail_at)
		return 7;
	*state = f->broken[step] ? BISECT_SKIP :
		 f->cost[step] > f->cost[0] + 10 ? BISECT_BAD : BISECT_GOOD;
	return 0;
}

static int search(struct fake *f, size_t *good, size_t *bad)
{
	enum bisect_state state[MAX_STEPS] = { BISECT_UNKNOWN };

	*good = 0;
	*bad = f->nr - 1;
	return bisect_search(state, good, bad, ask, f);
}

static unsigned int log2_up(size_t n)
{
	unsigned int bits = 0;

	while ((1UL << bits) < n)
		bits++;
	return bits;
}

/* Every length and every place of the jump. */
static void test_one_jump(void **state)
{
	size_t nr, first, i, good, bad;

	(void)state;
	for (nr = 2; nr < MAX_STEPS; nr++)
		for (first = 1; first < nr; first++) {
			struct fake f = { .nr = nr };

			for (i = first; i < nr; i++)
				f.cost[i] = 100;
			assert_int_equal(search(&f, &good, &bad), 0);
			assert_int_equal(good, first - 1);
			assert_int_equal(bad, first);
			assert_true(f.tests <= log2_up(nr - 1));
			assert_true(f.promised <= log2_up(nr));
		}
}

/* Up and down: the search finds one of the places where it goes up. */
static void test_many_jumps(void **state)
{
	size_t i, good, bad;
	unsigned int round;

	(void)state;
	srand(4);
	for (round = 0; round < 2000; round++) {
		struct fake f = { .nr = 3 + rand() % (MAX_STEPS - 3) };

		for (i = 1; i + 1 < f.nr; i++)
			f.cost[i] = rand() % 2 * 100;
		f.cost[f.nr - 1] = 100;
		assert_int_equal(search(&f, &good, &bad), 0);
		assert_int_equal(bad, good + 1);
		assert_true(f.cost[good] == 0 && f.cost[bad] == 100);
		assert_true(f.tests <= log2_up(f.nr - 1));
	}
}

/* With any steps broken: every step that could help was tested. */
static void test_skips(void **state)
{
	size_t i, first, good, bad;
	unsigned int round, single = 0;

	(void)state;
	srand(5);
	for (round = 0; round < 5000; round++) {
		struct fake f = { .nr = 3 + rand() % (MAX_STEPS - 3) };

		first = 1 + rand() % (f.nr - 1);
		for (i = 1; i < f.nr; i++) {
			f.cost[i] = i < first ? 0 : 100;
			f.broken[i] = rand() % 4 == 0 && i + 1 < f.nr;
		}
		assert_int_equal(search(&f, &good, &bad), 0);
		assert_true(good < first && first <= bad);
		assert_false(f.broken[good] || f.broken[bad]);
		for (i = good + 1; i < bad; i++)
			assert_true(f.broken[i] && f.asked[i]);
		single += bad == good + 1;
	}
	assert_in_range(single, 2000, 4000);
}

/* A long run that does not build costs few tests if it can be bypassed. */
static void test_long_skip(void **state)
{
	struct fake f = { .nr = 66 };
	size_t i, good, bad;

	(void)state;
	for (i = 20; i < 50; i++)
		f.broken[i] = true;
	for (i = 60; i < f.nr; i++)
		f.cost[i] = 100;
	assert_int_equal(search(&f, &good, &bad), 0);
	assert_int_equal(bad, 60);
	assert_int_equal(good, 59);
	assert_true(f.tests < 12);
}

static void test_ends(void **state)
{
	struct fake f = { .nr = 40, .fail_at = 3 };
	size_t good, bad;

	(void)state;
	f.cost[39] = 100;
	assert_int_equal(search(&f, &good, &bad), 7);
	assert_int_equal(f.tests, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_jump),
		cmocka_unit_test(test_many_jumps),
		cmocka_unit_test(test_skips),
		cmocka_unit_test(test_long_skip),
		cmocka_unit_test(test_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

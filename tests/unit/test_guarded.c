// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests of measure/benches/guarded.c: proofs and samples beside which holes come up. The
 * module is played.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "measure/benches/guarded.h"

static int weighed, holes;	/* how often; so many times there are some */

int device_guard_again(int fd)
{
	(void)fd;
	return 0;
}

int device_holes(int fd, bool *any)
{
	(void)fd;
	*any = holes > 0;
	holes--;
	return 0;
}

static int weigh(void *arg)
{
	struct proof *p = arg;

	p->held = ++weighed;
	return 0;
}

static struct proof proof_with(int nr_holes)
{
	struct proof p = { 0 };

	weighed = 0;
	holes = nr_holes;
	assert_int_equal(guarded_weigh(-1, &p, weigh, &p), 0);
	return p;
}

static void test_weigh(void **state)
{
	struct proof p = proof_with(0);

	(void)state;
	assert_true(p.held == 1 && !p.first_chunk);
	p = proof_with(2);
	assert_true(p.held == 3 && !p.first_chunk);
	p = proof_with(9);
	assert_true(p.held == 3 && p.first_chunk);
}

static int fails(void *arg)
{
	(void)arg;
	weighed++;
	return EX_INVALID;
}

static void test_weigh_fails(void **state)
{
	struct proof p = { 0 };

	(void)state;
	weighed = 0;
	holes = 9;
	assert_int_equal(guarded_weigh(-1, &p, fails, NULL), EX_INVALID);
	assert_int_equal(weighed, 1);
}

static void test_samples(void **state)
{
	struct pcpu_bench_sample first[2] = { { 0 } }, second[2] = { { 0 } };
	struct pcpu_bench_sample *ops[] = { first, NULL, second };
	struct plan plan = { .instrument = INSTRUMENT_TIME };

	(void)state;
	second[1].disturbed = PCPU_BENCH_IRQ;
	holes = 1;
	assert_int_equal(guarded_samples(-1, &plan, ops, 3, 1), 0);
	assert_int_equal(guarded_samples(-1, &plan, ops, 3, 0), 0);
	assert_int_equal(first[0].disturbed, 0);
	assert_int_equal(first[1].disturbed, GUARDED_HOLES);
	assert_int_equal(second[1].disturbed, GUARDED_HOLES | PCPU_BENCH_IRQ);
	plan.instrument = INSTRUMENT_INSN;
	holes = 1;
	assert_int_equal(guarded_samples(-1, &plan, ops, 3, 0), 0);
	assert_int_equal(first[0].disturbed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weigh),
		cmocka_unit_test(test_weigh_fails),
		cmocka_unit_test(test_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of results/proof.c: a kernel's charge, broken proofs, and their records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "measure/cell_record.h"
#include "results/proof.h"

#define CPUS	176

static int beyond(long long small, long long large)
{
	static const unsigned int sizes[] = { 4, 1020 };
	const long long charged[] = { small, large };

	return proof_beyond(sizes, charged, 2, CPUS);
}

static void test_what_kernels_charge(void **state)
{
	(void)state;
	assert_int_equal(beyond(4 * 178, 1020 * 178), 2);
	/* The profiler's tags too; obj_exts elsewhere. */
	assert_int_equal(beyond(4 * 180, 1020 * 180), 4);
	assert_int_equal(beyond(4 * 176, 1020 * 176), 0);
}

static void test_what_none_may(void **state)
{
	(void)state;
	/* Nothing, of either or of one. */
	assert_int_equal(beyond(0, 0), -1);
	assert_int_equal(beyond(0, 1020 * 178), -1);
	assert_int_equal(beyond(4 * 178, 0), -1);
	/* A CPU is left out; obj_exts are for the large or the small only. */
	assert_int_equal(beyond(4 * 175, 1020 * 175), -1);
	assert_int_equal(beyond(4 * 178, 1020 * 176), -1);
	assert_int_equal(beyond(4 * 176, 1020 * 178), -1);
	/* Half of obj_exts; twice the copies; whole pages. */
	assert_int_equal(beyond(4 * 177, 1020 * 177), -1);
	assert_int_equal(beyond(4 * 354, 1020 * 354), -1);
	assert_int_equal(beyond(4096, 184320), -1);
	/* Off by one byte. */
	assert_int_equal(beyond(4 * 178, 1020 * 178 + 1), -1);
	assert_int_equal(beyond(4 * 178 - 1, 1020 * 178), -1);
}

static const struct proof good = {
	.expected = 64 * (CPUS + 2), .beyond = 2, .before = 100,
	.held = 100 + 64 * (CPUS + 2), .after = 100, .off_held = 100,
};

static void assert_broken(struct proof p, const char *why)
{
	char reason[PROOF_REASON_LEN];

	assert_non_null(proof_broken(&p, reason));
	assert_string_equal(reason, why);
}

static void test_proofs(void **state)
{
	char reason[PROOF_REASON_LEN];
	struct proof p = good;

	(void)state;
	assert_null(proof_broken(&p, reason));
	p.held = p.before;
	assert_broken(p, "nothing was charged: 0 of 11392 B");
	p.held = p.before + 64 * CPUS;
	assert_broken(p, "the charge is wrong: 11264 of 11392 B");
	p.held = p.before - 30;
	assert_broken(p, "the charge is wrong: -30 of 11392 B");
	p = good;
	p.after++;
	assert_broken(p, "100 B charged before the object came, 101 B after it was freed");
	p = good;
	p.off_held += 4;
	assert_broken(p, "the unaccounted object was charged: 4 B");
	p = good;
	p.astray = 64;
	assert_broken(p, "a cgroup above was charged 64 B more or less");
	p = good;
	p.first_chunk = 1;	/* comes first: bytes are wrong there by nature */
	assert_broken(p, "the object lies in the first chunk, which is never accounted");
	p = good;
	p.outside = 1;
	assert_broken(p, "1 sample in the first chunk, which is never accounted");
	p.outside = 2;
	assert_broken(p, "2 samples in the first chunk, which is never accounted");
	p = good;
	p.wrong_sums = 24;
	assert_broken(p, "in 24 samples the sum was not what all CPUs had added");
	p = good;
	p.fresh = 3;
	assert_broken(p, "in 3 samples an object was the first of its slab");
	p = good;
	p.expected = 0;
	assert_broken(p, "no charge is expected, so nothing proves accounting");
	p.expected = -864;
	assert_broken(p, "no charge is expected, so nothing proves accounting");
}

/* A file with a proof that failed can still be read. */
static void test_record_of_nothing_expected(void **state)
{
	struct proof p = good;
	json_t *cell = json_object(), *proof;

	(void)state;
	p.expected = -864;
	cell_record_samples(cell, NULL, 0, &p);
	proof = json_object_get(cell, "proof");
	assert_int_equal(json_integer_value(json_object_get(proof, "expected")), 0);
	assert_int_equal(json_integer_value(json_object_get(proof, "held")), p.held);
	json_decref(cell);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_kernels_charge),
		cmocka_unit_test(test_what_none_may),
		cmocka_unit_test(test_proofs),
		cmocka_unit_test(test_record_of_nothing_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

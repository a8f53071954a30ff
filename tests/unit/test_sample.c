// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of clean samples of operations that are switched out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "measure/benches/sample.h"

#define OFF	PCPU_BENCH_ARM_OFF
#define ON	PCPU_BENCH_ARM_ON

static void judges_by_the_quietest_of_an_arm(void **state)
{
	/* sample_end() leaves the switches from bit 8 on. */
	struct pcpu_bench_sample s[] = {
		{ .arm = OFF, .disturbed = 3 << 8 },
		{ .arm = ON, .disturbed = 4 << 8 },
		{ .arm = OFF, .disturbed = 2 << 8 },
		{ .arm = ON, .disturbed = 4 << 8 | PCPU_BENCH_IRQ },
		{ .arm = OFF, .disturbed = 2 << 8 },
		{ .arm = ON, .disturbed = 6 << 8 | PCPU_BENCH_IRQ },
	};
	static const uint32_t want[] = {
		PCPU_BENCH_SWITCH, 0, 0, PCPU_BENCH_IRQ, 0,
		PCPU_BENCH_IRQ | PCPU_BENCH_SWITCH,
	};

	(void)state;
	sample_judge(s, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(s[i].disturbed, want[i]);
	sample_judge(s, 0);
}

static void leaves_others_alone(void **state)
{
	struct pcpu_bench_sample s[] = {
		{ .arm = OFF, .disturbed = 0 },
		{ .arm = OFF, .disturbed = PCPU_BENCH_SWITCH },
		{ .arm = ON, .disturbed = PCPU_BENCH_MIGRATED },
	};

	(void)state;
	sample_judge(s, 3);
	assert_int_equal(s[0].disturbed, 0);
	assert_int_equal(s[1].disturbed, PCPU_BENCH_SWITCH);
	assert_int_equal(s[2].disturbed, PCPU_BENCH_MIGRATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_by_the_quietest_of_an_arm),
		cmocka_unit_test(leaves_others_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

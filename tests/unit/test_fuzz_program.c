// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of tests/guest/fuzz_program.h: what a fuzzer of the module draws. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../guest/fuzz_answers.h"

#define DRAWS	20000

static char room[FUZZ_ANSWERS * FUZZ_ROOM];
static struct pcpu_bench_area areas[4], wrong[4];
static int groups[FUZZ_OWNERS + 1];

static int begin(void **state)
{
	(void)state;
	fuzz_state = 1;
	fuzz_world.room = room;
	fuzz_world.areas = areas;
	fuzz_world.wrong = wrong;
	fuzz_world.nr_areas = 4;
	fuzz_world.group = 3;
	fuzz_world.groups = groups;
	return 0;
}

/* Each field lies in its argument, and the argument in a step. */
static void fields_fit(void **state)
{
	const struct fuzz_field *f;
	unsigned int i, nr;

	(void)state;
	for (i = 0; i < FUZZ_NR_CALLS; i++) {
		const struct fuzz_call *c = &fuzz_calls[i];

		assert_true(c->bytes <= FUZZ_BYTES && c->weight && c->name);
		for (nr = 0; nr < FUZZ_FIELDS && c->field[nr].nr; nr++) {
			f = &c->field[nr];
			assert_true(f->nr <= FUZZ_GOOD);
			assert_true(!c->bytes || f->at + f->width <= c->bytes);
		}
		assert_true(nr < FUZZ_FIELDS);
		if (nr)
			assert_true(answer_of(c, &c->field[nr]) <= FUZZ_ANSWERS);
	}
}

/* The same seed draws the same programs, on each of many machines. */
static void repeats_itself(void **state)
{
	static struct fuzz_program first[50], p;
	unsigned int i;

	(void)state;
	for (i = 0; i < 50; i++)
		new_program(&first[i], first, i);
	fuzz_state = 1;
	for (i = 0; i < 50; i++) {
		new_program(&p, first, i);
		assert_int_equal(p.nr, first[i].nr);
		assert_memory_equal(p.step, first[i].step,
				    p.nr * sizeof(p.step[0]));
	}
}

/* Tasks that are begun one after another draw different programs. */
static void tasks_differ(void **state)
{
	uint64_t seed[8];
	unsigned int i, j;

	(void)state;
	for (i = 0; i < 8; i++)
		seed[i] = draw_seed();
	for (i = 0; i < 8; i++) {
		assert_true(seed[i]);
		for (j = 0; j < i; j++)
			assert_true(seed[i] != seed[j]);
	}
}

/* Every call and every other operation comes, and nothing that is out of range. */
static void draws_everything(void **state)
{
	static struct fuzz_program known[16], p;
	unsigned int seen[FUZZ_NR_OPS] = { 0 }, i, j, at = 0;

	(void)state;
	for (i = 0; i < DRAWS; i++) {
		new_program(&p, known, i < 16 ? i : 16);
		assert_true(p.nr <= FUZZ_CALLS);
		for (j = 0; j < p.nr; j++) {
			assert_true(p.step[j].op < FUZZ_NR_OPS);
			assert_true(p.step[j].file < FUZZ_FILES);
			seen[p.step[j].op]++;
		}
		known[at++ % 16] = p;
	}
	for (i = 0; i < FUZZ_NR_OPS; i++)
		if (!seen[i])
			fail_msg("operation %u was never drawn", i);
}

/* Do the arguments that suit each other make a call that the module takes? */
static bool may_work(const struct pcpu_bench_run *r)
{
	return r->size == sizeof(*r) && r->pairs && r->rounds &&
	       bench_named(r->bench) < FUZZ_NOTHING && r->clock <= 2 &&
	       r->flags <= 1 && !r->counters == !r->counts &&
	       (!r->shape.batch || !(r->pairs % r->shape.batch));
}

/* Most calls are to get past the checks, and some are to fail there. */
static void most_may_work(void **state)
{
	unsigned int good = 0, all = 0;
	struct fuzz_step s;

	(void)state;
	while (all < 2000) {
		new_step(&s, draw_op(), 0);
		if (s.op != CALL_RUN)
			continue;
		all++;
		good += may_work((void *)s.arg);
	}
	assert_in_range(good, all / 3, all * 9 / 10);
}

static void finds_addresses(void **state)
{
	static const uint64_t theirs[] = {
		0xffff888000001000, 0xffffc90000000000, 0xffffffff81000000,
		0xffffffffa0001234,
	};
	/* Small negative numbers, and addresses of the caller. */
	static const uint64_t others[] = {
		~0ULL, (uint64_t)-1000000, 0, 0x7fff12345678, 1ULL << 40,
	};
	unsigned char answer[32], was[32] = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(theirs) / sizeof(theirs[0]); i++) {
		memset(answer, 0, sizeof(answer));
		memcpy(answer + 12, &theirs[i], 8);
		assert_ptr_equal(find_address(answer, was, 32), answer + 12);
		assert_null(find_address(answer, answer, 32));
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		memset(answer, 0, sizeof(answer));
		memcpy(answer + 8, &others[i], 8);
		assert_null(find_address(answer, was, 32));
	}
	/* The caller's 0xffff9eff, and a small number that was written before it. */
	memset(answer, 0, sizeof(answer));
	memset(was, 0, sizeof(was));
	memcpy(answer + 12, &(uint64_t){ 0xffff9eff00000007 }, 8);
	memcpy(was + 12, &(uint64_t){ 0xffff9eff00000000 }, 8);
	assert_null(find_address(answer, was, 32));
}

/* Also in an answer that the argument points to, as long as the argument says. */
static void reads_answers(void **state)
{
	const struct fuzz_call *c = &fuzz_calls[CALL_INFO];
	struct pcpu_bench_info info = {
		.size = sizeof(info), .nr_node_cpus = 16,
		.node_cpus = (uintptr_t)room,
	};
	unsigned char arg[FUZZ_BYTES] = { 0 };
	const uint64_t address = 0xffff888000001000;
	struct fuzz_asked asked;
	unsigned long sum = 0;

	(void)state;
	memcpy(arg, &info, sizeof(info));
	memset(room, 0xff, sizeof(room));
	before_call(&asked, c, arg);
	assert_null(after_call(&asked, c, arg, false, &sum));
	assert_int_equal(sum, sizeof(info) + 16 * 4);
	memcpy(room + 56, &address, sizeof(address));
	assert_ptr_equal(after_call(&asked, c, arg, false, &sum), room + 56);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(fields_fit, begin),
		cmocka_unit_test_setup(repeats_itself, begin),
		cmocka_unit_test_setup(tasks_differ, begin),
		cmocka_unit_test_setup(draws_everything, begin),
		cmocka_unit_test_setup(most_may_work, begin),
		cmocka_unit_test_setup(finds_addresses, begin),
		cmocka_unit_test_setup(reads_answers, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

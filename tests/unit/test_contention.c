// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of results/contention.c: fairness, and what proves contention. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "results/contention.h"

static void assert_near(double a, double b)
{
	assert_true(fabs(a - b) < 1e-9);
}

static void test_fairness(void **state)
{
	(void)state;
	assert_near(contention_fairness((long long []){ 7, 7, 7, 7 }, 4), 1);
	assert_near(contention_fairness((long long []){ 9, 0, 0, 0 }, 4), .25);
	assert_near(contention_fairness((long long []){ 5, 5, 0, 0 }, 4), .5);
	/* 36 / (3 * 14) */
	assert_near(contention_fairness((long long []){ 1, 2, 3 }, 3), 6. / 7);
	assert_true(isnan(contention_fairness((long long []){ 0, 0 }, 2)));
}

/* Two tasks for 2 s, 3000 and 1000 pairs; the waits of a watched 0.1 s. */
static json_t *cell(const char *gfp)
{
	json_t *arm = json_pack(
		"{s:I, s:[i, i], s:i, s:i, s:{s:i, s:i, s:i}, s:{s:i, s:i, s:i}}",
		"window_ns", (json_int_t)2000000000, "ops", 3000, 1000,
		"failed", 10, "watched_ns", 100000000,
		"lock", "waits", 0, "ns", 0, "lost", 0,
		"mutex", "waits", 5, "ns", 50000000, "lost", 0);
	json_t *record = json_pack("{s:{s:s}, s:{s:i, s:i, s:O, s:O}}",
				   "options", "gfp", gfp,
				   "contention", "threads", 2, "present", 2,
				   "off", arm, "on", arm);

	json_decref(arm);
	return record;
}

static struct contention read_cell(const char *gfp)
{
	json_t *record = cell(gfp);
	struct contention c;

	assert_true(contention_of(record, &c));
	c.unwatched = NULL;	/* borrowed from the record */
	json_decref(record);
	return c;
}

static void test_facts(void **state)
{
	struct contention c = read_cell("kernel");
	json_t *other = json_object();

	(void)state;
	assert_int_equal(c.off.ops, 4000);
	assert_int_equal(c.off.window_ns, 2000000000);
	assert_near(c.off.fairness, .8);
	assert_int_equal(c.on.failed, 10);
	assert_near(contention_waiting(&c, &c.on, &c.on.mutex), .25);
	assert_near(contention_waiting(&c, &c.on, &c.on.lock), 0);
	c.on.watched_ns = 0;
	assert_true(isnan(contention_waiting(&c, &c.on, &c.on.lock)));
	assert_false(contention_of(other, &c));
	json_decref(other);
}

static void assert_broken(const struct contention *c, const char *why)
{
	char reason[PROOF_REASON_LEN];

	assert_non_null(contention_broken(c, reason));
	assert_non_null(strstr(reason, why));
}

static void test_proof(void **state)
{
	const struct contention good = read_cell("kernel");
	const struct contention_wait none = { 0 };
	char reason[PROOF_REASON_LEN];
	struct contention c = good;

	(void)state;
	assert_null(contention_broken(&c, reason));
	c.present = 1;
	assert_broken(&c, "only 1 of 2 tasks were in every window");
	c = good;
	c.on.mutex = none;
	assert_broken(&c, "2 tasks, and none waited");
	c.threads = c.present = 1;
	assert_null(contention_broken(&c, reason));
	c = good;
	c.off.lock.lost = 3;
	assert_broken(&c, "the end of 3 waits was not seen");
	c = good;
	c.on.ops = 0;
	assert_broken(&c, "10 operations of arm on failed");
	c = good;
	c.off.watched_ns = 0;
	c.unwatched = "no tracepoints";
	assert_broken(&c, "nothing proves contention: no tracepoints");
}

/* The first waiter of a spinlock is not seen, so two tasks prove nothing. */
static void test_spinlock(void **state)
{
	struct contention c = read_cell("nowait");
	const struct contention_wait none = { 0 };
	char reason[PROOF_REASON_LEN];

	(void)state;
	c.off.mutex = c.on.mutex = none;
	assert_null(contention_broken(&c, reason));
	c.threads = c.present = 3;
	assert_broken(&c, "3 tasks, and none waited");
	c.off.lock.waits = c.on.lock.waits = 1;
	assert_null(contention_broken(&c, reason));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fairness),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_proof),
		cmocka_unit_test(test_spinlock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests of the model of the locks, against closed formulas of queueing theory:
 * N threads that think for Z and hold a lock for S are the machines of the
 * machine-repairman model, and the lock is its repairman.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "lockmodel/lock_model.h"

#define MUTEX	LOCK_MODEL_MUTEX
#define SPIN	LOCK_MODEL_SPIN

static void close_to(double got, double want, double part)
{
	if (!(fabs(got - want) <= part * fabs(want)))
		fail_msg("%.15g is not %.15g", got, want);
}

static struct lock_model_result run(const struct lock_model *m,
				    unsigned int threads, unsigned int ops)
{
	struct lock_model_result r;

	assert_int_equal(lock_model_run(m, threads, ops, &r), 0);
	return r;
}

/*
 * Fixed times: min(N / (Z + S), 1 / S) is a bound in general (Denning and Buzen,
 * "The Operational Analysis of Queueing Network Models", Computing Surveys 10
 * (1978) 225) and is met. A line that moves makes each hold longer, if there is
 * another thread.
 */
static void fixed_times(void **state)
{
	static const double transfers[] = { 0, 25, 400 };
	const double z = 900, s = 100;

	(void)state;
	for (unsigned int lock = CELL_MUTEX; lock <= CELL_LOCK; lock++)
		for (size_t i = 0; i < 3; i++) {
			const struct cell_step steps[] = { { 0, z }, { lock, s } };
			const struct lock_model m = {
				.steps = steps, .nr = 2, .transfer = transfers[i],
			};
			for (unsigned int n = 1; n <= 64; n++) {
				double hold = s + (n > 1 ? transfers[i] : 0);
				double rate = fmin(n / (z + hold), 1 / hold);
				struct lock_model_result r = run(&m, n, 100);

				close_to(r.rate, rate, 1e-9);
				close_to(r.busy[lock - 1], rate * hold, 1e-9);
				/* Each is waiting, or holding, or thinking. */
				close_to(r.waits[lock - 1] + rate * (z + s) / n,
					 1, 1e-9);
				assert_true(r.waits[2 - lock] == 0);
				close_to(r.fairness, 1, 1e-3);
			}
		}
}

static double draw(const struct cell_step *step, void *rng)
{
	return gsl_ran_exponential(rng, step->insns);
}

/*
 * Exponential times: M/M/1//N (L. Kleinrock, "Queueing Systems", volume 1, 3.8).
 * With p the probability that all think, the rate is (1 - p) / S, and
 * 1 / p = sum of N! / (N - k)! (S / Z)^k for k from 0 to N.
 */
static void exponential_times(void **state)
{
	static const unsigned int threads[] = { 1, 2, 5, 10, 20, 50 };
	const struct cell_step steps[] = { { 0, 900 }, { CELL_LOCK, 100 } };
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
	const struct lock_model m = {
		.steps = steps, .nr = 2, .draw = draw, .arg = rng,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
		unsigned int n = threads[i];
		double sum = 0, term = 1;
		struct lock_model_result r;

		for (unsigned int k = 0; k <= n; k++) {
			sum += term;
			term *= (n - k) * 100.0 / 900;
		}
		gsl_rng_set(rng, 1);
		r = run(&m, n, 400000 / n);
		close_to(r.busy[SPIN], 1 - 1 / sum, 0.01);
		close_to(r.rate, (1 - 1 / sum) / 100, 0.01);
	}
	gsl_rng_free(rng);
}

/*
 * Two locks, one after the other, exponential times: mean value analysis is exact
 * (M. Reiser and S. Lavenberg, J. ACM 27 (1980) 313).
 */
static void two_locks(void **state)
{
	static const double hold[] = { 80, 120 };
	const struct cell_step steps[] = {
		{ 0, 700 }, { CELL_MUTEX, hold[0] }, { CELL_LOCK, hold[1] },
	};
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
	const struct lock_model m = {
		.steps = steps, .nr = 3, .draw = draw, .arg = rng,
	};
	double queue[2] = { 0, 0 };

	(void)state;
	for (unsigned int n = 1; n <= 20; n++) {
		double stay[2], rate;
		struct lock_model_result r;

		for (int i = 0; i < 2; i++)
			stay[i] = hold[i] * (1 + queue[i]);
		rate = n / (700 + stay[0] + stay[1]);
		for (int i = 0; i < 2; i++)
			queue[i] = rate * stay[i];
		if (n % 5)
			continue;
		gsl_rng_set(rng, 1);
		r = run(&m, n, 400000 / n);
		close_to(r.rate, rate, 0.01);
		for (int i = 0; i < 2; i++)
			close_to(r.busy[i], rate * hold[i], 0.01);
		close_to(r.waits[MUTEX] + r.waits[SPIN],
			 rate * (stay[0] + stay[1] - 200) / n, 0.03);
	}
	gsl_rng_free(rng);
}

/* A pair of the baseline at 64 B, 176c1n: the lock in the mutex, and alone. */
static const struct cell_step pair[] = {
	{ 0, 87 }, { 1, 25 }, { 3, 919 }, { 1, 66 }, { 0, 11305 }, { 2, 297 },
};

#define PAIR	(87 + 25 + 919 + 66 + 11305 + 297)

/*
 * No lock does more than it can, and in the end one does nearly all it can: there is
 * no formula, as a lock may be idle while the mutex moves.
 */
static void nested(void **state)
{
	(void)state;
	for (double transfer = 0; transfer <= 1000; transfer += 500) {
		const struct lock_model m = {
			.steps = pair, .nr = 6, .transfer = transfer,
		};
		double one = run(&m, 1, 100).rate;

		close_to(one, 1.0 / PAIR, 1e-9);
		for (unsigned int n = 2; n <= 1024; n *= 2) {
			struct lock_model_result r = run(&m, n, 32);

			assert_true(r.rate <= 1.001 * n * one);
			assert_true(r.busy[MUTEX] < 1 + 1e-9);
			assert_true(r.busy[SPIN] < 1 + 1e-9);
			if (n >= 64)
				close_to(r.rate,
					 1 / (919 + 297 + 2 * transfer), 0.05);
			close_to(r.waits[MUTEX] + r.waits[SPIN] +
				 r.rate * PAIR / n, 1, 0.02);
		}
	}
}

static void same_again(void **state)
{
	const struct lock_model m = { .steps = pair, .nr = 6, .transfer = 200 };
	struct lock_model_result a = run(&m, 100, 50), b = run(&m, 100, 50);

	(void)state;
	assert_memory_equal(&a, &b, sizeof(a));
}

/*
 * Who is back before the line has moved takes a mutex again, but not a queued
 * spinlock.
 */
static void fairness(void **state)
{
	struct cell_step steps[] = { { 0, 10 }, { CELL_LOCK, 100 } };
	const struct lock_model m = { .steps = steps, .nr = 2, .transfer = 1000 };
	struct lock_model_result r = run(&m, 8, 1000);

	(void)state;
	close_to(r.fairness, 1, 1e-4);
	close_to(r.rate, 1.0 / 1100, 1e-3);
	steps[1].held = CELL_MUTEX;
	r = run(&m, 8, 1000);
	close_to(r.fairness, 1.0 / 8, 1e-2);
	close_to(r.rate, 1.0 / 110, 1e-3);
	/* Not if it comes back later. */
	steps[0].insns = 1001;
	r = run(&m, 8, 1000);
	close_to(r.fairness, 1, 1e-4);
}

static void refused(const struct cell_step *steps, size_t nr)
{
	const struct lock_model m = { .steps = steps, .nr = nr };
	struct lock_model_result r;

	assert_int_equal(lock_model_run(&m, 2, 10, &r), EX_USE);
}

static void wrong_steps(void **state)
{
	static const struct cell_step held[] = { { 1, 5 }, { 0, 5 } };
	static const struct cell_step both[] = { { 0, 5 }, { 3, 5 } };
	static const struct cell_step third[] = { { 0, 5 }, { 4, 5 } };
	static const struct cell_step back[] = { { 0, -5 }, { 1, 10 } };
	static const struct cell_step none[] = { { 0, 0 }, { 1, 0 } };

	(void)state;
	refused(held, 2);
	refused(both, 2);
	refused(third, 2);
	refused(back, 2);
	refused(none, 2);
	refused(held, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixed_times),
		cmocka_unit_test(exponential_times),
		cmocka_unit_test(two_locks),
		cmocka_unit_test(nested),
		cmocka_unit_test(same_again),
		cmocka_unit_test(fairness),
		cmocka_unit_test(wrong_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

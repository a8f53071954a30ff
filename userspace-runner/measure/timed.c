// SPDX-License-Identifier: GPL-2.0-or-later
/* The `time` instrument: warm-up, pairs a sample, counters, clock speed. */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/err.h"
#include "measure/timed.h"
#include "stats/stats.h"

#define SAMPLE_NS	50000
#define MAX_PAIRS	1024
#define BLOCK		16	/* rounds between two looks at the medians */
#define MAX_BLOCKS	64
#define MOVED		0.01
#define SPEED_MOVED	0.02
#define SEED_BITS	53	/* whole in any JSON */

static const struct {
	enum pcpu_bench_counter counter;
	const char *name;
} counted[] = {
	{ PCPU_BENCH_CYCLES, "cycles" },
	{ PCPU_BENCH_INSTRUCTIONS, "instructions" },
	{ PCPU_BENCH_CACHE_MISSES, "cache_misses" },
};

#define NR_COUNTED	(sizeof(counted) / sizeof(counted[0]))

const char *timed_why_not(int error)
{
	switch (error) {
	case -ENOENT:
	case -EOPNOTSUPP:
	case -ENODEV:
		return "unsupported: no PMU that this kernel can use";
	case -EBUSY:
		return "unsupported: the PMU's counters are taken, by the NMI watchdog or another perf";
	case -EINVAL:
		return "unsupported: the PMU does not count this in the kernel alone";
	default:
		return "unsupported";
	}
}

/* Squared standard error of the median of @x, which is @mid. */
static double variance(const double *x, size_t nr, double mid)
{
	double *away = calloc(nr, sizeof(*away));
	double mad;

	if (!away)
		return 0;
	for (size_t i = 0; i < nr; i++)
		away[i] = fabs(x[i] - mid);
	mad = median_of(away, nr);
	free(away);
	return pow(1.2533 * 1.4826 * mad, 2) / (double)nr;
}

bool timed_is_stable(double *a, double *b, size_t nr)
{
	double ma = median_of(a, nr), mb = median_of(b, nr);
	double error = sqrt(variance(a, nr, ma) + variance(b, nr, mb));
	double moved = fabs(ma - mb);

	return moved <= MOVED * ma || moved <= 3 * error;
}

double timed_speed(struct pcpu_bench_sample *samples,
		   unsigned long long (*counts)[PCPU_BENCH_NR_COUNTERS],
		   size_t nr)
{
	double *speeds = calloc(nr, sizeof(*speeds)), mid, speed;
	size_t i, n = 0;

	for (i = 0; speeds && i < nr; i++)
		if (counts[i][PCPU_BENCH_MPERF] && !samples[i].disturbed)
			speeds[n++] = (double)counts[i][PCPU_BENCH_APERF] /
				      (double)counts[i][PCPU_BENCH_MPERF];
	mid = median_of(speeds, n);
	free(speeds);
	for (i = 0; i < nr && n; i++) {
		if (!counts[i][PCPU_BENCH_MPERF])
			continue;
		speed = (double)counts[i][PCPU_BENCH_APERF] /
			(double)counts[i][PCPU_BENCH_MPERF];
		if (fabs(speed - mid) > SPEED_MOVED * mid)
			samples[i].disturbed |= TIMED_SPEED;
	}
	return mid;
}

/* Ticks of the clean samples of @arm; of all samples if none is clean. */
static size_t ticks_of(const struct pcpu_bench_sample *samples, size_t nr,
		       enum pcpu_bench_arm arm, double *ticks)
{
	size_t i, n = 0;

	for (i = 0; i < nr; i++)
		if (samples[i].arm == arm && !samples[i].disturbed)
			ticks[n++] = samples[i].ticks;
	for (i = 0; i < nr && n < BLOCK / 2; i++)
		if (samples[i].arm == arm && samples[i].disturbed)
			ticks[n++] = samples[i].ticks;
	return n;
}

/* A block of the warm-up: BLOCK rounds, nothing counted. */
static int run_block(const struct target *t, const struct pcpu_bench_run *run,
		     unsigned int warmup, struct pcpu_bench_sample *samples)
{
	struct pcpu_bench_run block = *run;

	if (measure_stop)
		return err(EX_INTR, "interrupted");
	block.rounds = BLOCK;
	block.warmup = warmup;
	block.samples = (uintptr_t)samples;
	return device_run(t->fd, &block);
}

double timed_ns(const struct target *t, double ticks)
{
	return t->info.clock == PCPU_BENCH_CLOCK_TSC ?
	       ticks * 1e6 / t->info.tsc_khz : ticks;
}

static int choose_pairs(const struct target *t, struct pcpu_bench_run *run)
{
	struct pcpu_bench_sample samples[BLOCK * PCPU_BENCH_NR_ARMS];
	double off[BLOCK], on[BLOCK], ns, longest;
	size_t n;
	int ret;

	ret = run_block(t, run, run->warmup, samples);
	if (ret)
		return ret;
	n = ticks_of(samples, BLOCK * PCPU_BENCH_NR_ARMS, PCPU_BENCH_ARM_OFF,
		     off);
	longest = timed_ns(t, median_of(off, n));
	n = ticks_of(samples, BLOCK * PCPU_BENCH_NR_ARMS, PCPU_BENCH_ARM_ON,
		     on);
	ns = timed_ns(t, median_of(on, n));
	if (ns > longest)
		longest = ns;
	longest /= run->pairs;
	while (run->pairs < MAX_PAIRS && 2 * run->pairs * longest <= SAMPLE_NS)
		run->pairs *= 2;
	return 0;
}

static int warm_up(const struct target *t, struct pcpu_bench_run *run,
		   bool *stable)
{
	struct pcpu_bench_sample samples[BLOCK * PCPU_BENCH_NR_ARMS];
	const size_t nr = BLOCK * PCPU_BENCH_NR_ARMS;
	double had[2][BLOCK], now[2][BLOCK], kept[2][BLOCK];
	unsigned int least = run->warmup, block, arm;
	size_t n, got, nr_had = 0;
	int ret;

	*stable = false;
	for (block = 0; block < MAX_BLOCKS && !*stable; block++) {
		/* First block: until stock and statistics have settled. */
		ret = run_block(t, run, block ? 0 : least, samples);
		if (ret)
			return ret;
		run->warmup += BLOCK;
		*stable = block > 0;
		for (arm = 0, n = BLOCK; arm < 2; arm++) {
			got = ticks_of(samples, nr, PCPU_BENCH_ARM_OFF + arm,
				       now[arm]);
			n = got < n ? got : n;
		}
		memcpy(kept, now, sizeof(kept));
		for (arm = 0; arm < 2 && *stable; arm++)
			*stable = timed_is_stable(had[arm], now[arm],
						  nr_had < n ? nr_had : n);
		/* In their order: timed_is_stable() sorted the others. */
		memcpy(had, kept, sizeof(had));
		nr_had = n;
	}
	return 0;
}

static json_t *counts_json(const struct pcpu_bench_sample *samples,
			   unsigned long long (*counts)[PCPU_BENCH_NR_COUNTERS],
			   size_t nr, enum pcpu_bench_counter which)
{
	static const char *const names[PCPU_BENCH_NR_ARMS] = {
		[PCPU_BENCH_ARM_EMPTY] = "empty",
		[PCPU_BENCH_ARM_OFF] = "off",
		[PCPU_BENCH_ARM_ON] = "on",
	};
	json_t *arms[PCPU_BENCH_NR_ARMS], *all = json_object();
	size_t i;

	for (i = 0; i < PCPU_BENCH_NR_ARMS; i++) {
		arms[i] = json_array();
		json_object_set_new(all, names[i], arms[i]);
	}
	for (i = 0; i < nr; i++)
		json_array_append_new(arms[samples[i].arm],
				      json_integer(counts[i][which]));
	return all;
}

static json_t *describe(const struct pcpu_bench_run *run, bool stable,
			struct pcpu_bench_sample *samples,
			unsigned long long (*counts)[PCPU_BENCH_NR_COUNTERS],
			size_t nr)
{
	json_t *counters = json_object(), *unsupported = json_object(), *more;
	double speed = NAN;
	size_t i;

	for (i = 0; i < NR_COUNTED; i++) {
		enum pcpu_bench_counter c = counted[i].counter;

		if (run->counters & 1U << c)
			json_object_set_new(counters, counted[i].name,
					    counts_json(samples, counts, nr, c));
		else
			json_object_set_new(unsupported, counted[i].name,
				json_string(timed_why_not(run->counter_errors[c])));
	}
	if (run->counters & 1U << PCPU_BENCH_APERF)
		speed = timed_speed(samples, counts, nr);
	else
		json_object_set_new(unsupported, "speed",
				    json_string("unsupported: no APERF and MPERF to watch the CPU's frequency by"));
	more = json_pack("{s:I, s:b, s:o, s:o}", "seed",
			 (json_int_t)run->seed, "stable", stable, "counters",
			 counters, "unsupported", unsupported);
	if (!isnan(speed))
		json_object_set_new(more, "speed", json_real(speed));
	return more;
}

/* The order of arms is random, so that no periodic event hits only one arm. */
static uint64_t draw_seed(void)
{
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (uint64_t)getpid() * 0x9e3779b97f4a7c15ULL;
	seed >>= 64 - SEED_BITS;
	return seed ? seed : 1;
}

static int timed_run(const struct target *t, const struct plan *plan,
		     struct pcpu_bench_run *run, json_t **more)
{
	const size_t nr = (size_t)run->rounds * PCPU_BENCH_NR_ARMS;
	struct pcpu_bench_sample *samples = (void *)(uintptr_t)run->samples;
	unsigned long long (*counts)[PCPU_BENCH_NR_COUNTERS];
	unsigned int least = run->warmup, warmed;
	bool stable = false;
	int ret = 0;

	*more = NULL;
	counts = calloc(nr, sizeof(*counts));
	if (!counts)
		return err(EX_FAIL, "out of memory for %zu samples", nr);
	run->seed = plan->seed ? plan->seed : draw_seed();
	if (!plan->pairs_given)
		ret = choose_pairs(t, run);
	if (!ret)
		ret = warm_up(t, run, &stable);
	warmed = run->warmup;
	/* The proof flushed before all of this; the ballast is new. */
	run->warmup = least;
	run->counts = (uintptr_t)counts;
	run->counters = 1U << PCPU_BENCH_CYCLES | 1U << PCPU_BENCH_INSTRUCTIONS |
			1U << PCPU_BENCH_CACHE_MISSES | 1U << PCPU_BENCH_APERF |
			1U << PCPU_BENCH_MPERF;
	if (!ret && measure_stop)
		ret = err(EX_INTR, "interrupted");
	if (!ret)
		ret = device_run(t->fd, run);
	if (!ret) {
		*more = describe(run, stable, samples, counts, nr);
		for (size_t i = 0; i < nr; i++)
			samples[i].ticks = llround(timed_ns(t, samples[i].ticks));
		run->warmup += warmed;
	}
	free(counts);
	return ret;
}

int module_run(const struct target *t, const struct plan *plan,
	       struct pcpu_bench_run *run, json_t **more)
{
	*more = NULL;
	return plan->instrument == INSTRUMENT_TIME ?
	       timed_run(t, plan, run, more) : device_run(t->fd, run);
}

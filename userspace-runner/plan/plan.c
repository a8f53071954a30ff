// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "pcpu_bench.h"
#include "plan/plan.h"

/* PCPU_MIN_UNIT_SIZE: the most that __alloc_percpu_gfp() takes, 6.1 to 6.12. */
#define MAX_OBJECT	32768

/* More than any kernel takes: what a kernel refuses is to be measured too. */
#define MAX_VALUE	(1U << 20)

/* At 4096 CPUs a map of one entry has an element more for each of them. */
#define MAX_ENTRIES	(1U << 16)

/*
 * Under icount a round is exact; what still varies is the remainder of a page
 * that the memcg's stock keeps from pair to pair, which comes round after a few.
 * 24 is a multiple of the short periods (docs/method.md has the figures).
 */
#define INSN_ROUNDS	24

/* Enough for a median that is steady to a part of what samples scatter. */
#define TIME_ROUNDS	200

/* Held at once, each with a descriptor: half of what a process may have. */
#define MAX_MAPS	512

/* A map's life has thousands of times the instructions of a pair; odd, as the
 * median of an odd number is one of them.
 */
#define MAP_ROUNDS	7

/* As many as do not take minutes: a life waits for grace periods, of ms each. */
#define MAP_TIME_ROUNDS	31

const char *const instrument_name[NR_INSTRUMENTS] = {
	[INSTRUMENT_INSN] = "insn",
	[INSTRUMENT_TIME] = "time",
	[INSTRUMENT_PROFILE] = "profile",
	[INSTRUMENT_MODEL] = "model",
};

static const struct bench {
	const char *name, *what;
	unsigned int min, max, multiple;	/* sizes it takes, bytes */
	unsigned int rounds;			/* unless others are given */
	unsigned int time_rounds;		/* the same, by time */
	unsigned int pairs;			/* at most */
	unsigned int length;			/* see plan_length() */
	bool by_syscalls;			/* and not by the module */
	bool interleaved;	/* samples of several cells in turn */
	const char *variants;	/* "/ONE/OTHER/...": what "NAME/ONE" narrows */
} benches[] = {
	{
		.name = "percpu-alloc",
		.what = "__alloc_percpu_gfp()/free_percpu() pair of SIZE bytes",
		.min = 4, .max = MAX_OBJECT, .multiple = 4,
		.rounds = INSN_ROUNDS, .time_rounds = TIME_ROUNDS,
		.pairs = PCPU_BENCH_MAX_PAIRS,
		.length = 1, .variants = "",
	}, {
		.name = "bpf-percpu-map",
		.what = "create a BPF percpu map of values of SIZE bytes and destroy it, until its memory is back",
		.min = 1, .max = MAX_VALUE, .multiple = 1,
		.rounds = MAP_ROUNDS, .time_rounds = MAP_TIME_ROUNDS,
		.pairs = MAX_MAPS,
		.length = 10, .by_syscalls = true,
		.variants = PLAN_MAP_KINDS,
	}, {
		.name = "bpf-percpu-map-ops",
		.what = "the same map's create, update, delete and destroy, each by itself",
		.min = 1, .max = MAX_VALUE, .multiple = 1,
		.rounds = MAP_ROUNDS, .time_rounds = MAP_TIME_ROUNDS,
		.pairs = MAX_MAPS,
		.length = 10, .by_syscalls = true, .interleaved = true,
		.variants = PLAN_MAP_KINDS,
	},
};

const char *plan_bench(unsigned int i, const char **what)
{
	if (i >= sizeof(benches) / sizeof(benches[0]))
		return NULL;
	*what = benches[i].what;
	return benches[i].name;
}

bool instrument_counts(enum instrument instrument)
{
	return instrument == INSTRUMENT_INSN || instrument_watched(instrument);
}

bool instrument_watched(enum instrument instrument)
{
	return instrument == INSTRUMENT_PROFILE ||
	       instrument == INSTRUMENT_MODEL;
}

int instrument_parse(const char *text, enum instrument *instrument)
{
	for (int i = 0; i < NR_INSTRUMENTS; i++) {
		if (!strcmp(text, instrument_name[i])) {
			*instrument = i;
			return 0;
		}
	}
	return err(EX_USE, "unknown instrument '%s': use insn, time, profile or model", text);
}

void plan_init(struct plan *plan)
{
	*plan = (struct plan){
		.bench = benches[0].name,
		.sizes = { 64, 256, 1024, 4096, 8192 },
		.nr_sizes = 5,
		.rounds = INSN_ROUNDS,
		.pairs = 1,
		.entries = 1,
	};
}

int plan_sizes(struct plan *plan, const char *text)
{
	char *copy = strdup(text), *save = NULL, *tok;
	unsigned int size, i;
	int ret = 0;

	plan->nr_sizes = 0;
	for (tok = strtok_r(copy, ", ", &save); tok && !ret;
	     tok = strtok_r(NULL, ", ", &save)) {
		ret = parse_count("size", tok, 0, UINT_MAX, &size);
		for (i = 0; i < plan->nr_sizes && !ret; i++)
			if (plan->sizes[i] == size)
				ret = err(EX_USE, "size %u is given twice",
					  size);
		if (!ret && plan->nr_sizes == PLAN_MAX_SIZES)
			ret = err(EX_USE, "at most %d sizes", PLAN_MAX_SIZES);
		if (!ret)
			plan->sizes[plan->nr_sizes++] = size;
	}
	if (!ret && !plan->nr_sizes)
		ret = err(EX_USE, "no size given");
	free(copy);
	return ret;
}

static const struct bench *bench_of(const char *text)
{
	size_t i, len;

	for (i = 0; i < sizeof(benches) / sizeof(benches[0]); i++) {
		len = strlen(benches[i].name);
		if (!strncmp(text, benches[i].name, len) &&
		    (!text[len] || text[len] == '/'))
			return &benches[i];
	}
	return NULL;
}

/* Is @variant, "/ONE", in @list, "/ONE/OTHER/"? */
static bool has_variant(const char *list, const char *variant)
{
	size_t len = strlen(variant);
	const char *at;

	if (len < 2 || strchr(variant + 1, '/'))
		return false;
	for (at = strstr(list, variant); at; at = strstr(at + 1, variant))
		if (at[len] == '/')
			return true;
	return false;
}

/* Which operations there are, is known where they are measured. */
bool plan_has_bench(const char *name)
{
	const struct bench *bench = bench_of(name);
	const char *variant = bench ? name + strlen(bench->name) : NULL;
	char one[64];

	if (!bench || !*variant)
		return bench;
	snprintf(one, sizeof(one), "/%.*s", (int)strcspn(variant + 1, "/"),
		 variant + 1);
	return has_variant(bench->variants, one);
}

static int parse_bench(struct plan *plan, const char *text)
{
	const struct bench *bench = bench_of(text);
	const char *variant = strchr(text, '/');

	if (!bench)
		return err(EX_USE,
			   "unknown bench '%s': 'pcpubench list' names them",
			   text);
	if (variant && !has_variant(bench->variants, variant))
		return err(EX_USE, bench->variants[0] ?
			   "unknown bench '%s': %s takes one of %s after it" :
			   "unknown bench '%s': %s has nothing after it%s",
			   text, bench->name, bench->variants);
	plan->bench = text;
	return 0;
}

unsigned int plan_length(const struct plan *plan)
{
	return bench_of(plan->bench)->length;
}

bool plan_marked(const struct plan *plan)
{
	return !bench_of(plan->bench)->by_syscalls;
}

bool plan_takes(const struct plan *plan, unsigned int size)
{
	const struct bench *bench = bench_of(plan->bench);

	return size >= bench->min && size <= bench->max &&
	       !(size % bench->multiple);
}

int plan_check(struct plan *plan)
{
	const struct bench *bench = bench_of(plan->bench);
	unsigned int i;

	for (i = 0; i < plan->nr_sizes; i++) {
		unsigned int size = plan->sizes[i];

		if (size < bench->min || size > bench->max)
			return err(EX_USE,
				   "size: '%u' is not a number from %u to %u",
				   size, bench->min, bench->max);
		if (size % bench->multiple)
			return err(EX_USE,
				   "size %u: the percpu allocator gives multiples of %u bytes",
				   size, bench->multiple);
	}
	/* fold_boot() goes cell by cell through what the plugin has seen. */
	if (bench->interleaved && instrument_watched(plan->instrument))
		return err(EX_USE, "%s can be measured by insn or time, not by %s",
			   bench->name, instrument_name[plan->instrument]);
	if (plan->pairs > bench->pairs)
		return err(EX_USE, "pairs: %s takes at most %u", bench->name,
			   bench->pairs);
	if (!plan->rounds_given)
		plan->rounds = plan->instrument == INSTRUMENT_TIME ?
			       bench->time_rounds : bench->rounds;
	return 0;
}

static int set_bench(const char *arg, void *plan)
{
	return parse_bench(plan, arg);
}

static int set_sizes(const char *arg, void *into)
{
	struct plan *plan = into;

	plan->sizes_given = true;
	return plan_sizes(plan, arg);
}

static int check(void *plan)
{
	return plan_check(plan);
}

const struct opt plan_opts[] = {
	{ "bench", 'b', "NAME", "What to measure (percpu-alloc)",
	  OPT_CALL(set_bench) },
	{ "sizes", 's', "BYTES,...",
	  "Object sizes, multiples of 4 up to 32768; of a map, the value's, any that the kernel takes (64,256,1024,4096,8192)",
	  OPT_CALL(set_sizes) },
	{ "entries", 0, "N", "Entries of a map (1)",
	  OPT_COUNT(struct plan, entries, 1, MAX_ENTRIES) },
	{ "rounds", 0, "N",
	  "Samples of each arm (24; of maps 7; under time 200 and 31)",
	  OPT_COUNT(struct plan, rounds, 1, PCPU_BENCH_MAX_ROUNDS),
	  OPT_GIVEN(struct plan, rounds_given) },
	{ "pairs", 0, "N",
	  "Operations in a sample (1; under time what takes about 50 us)",
	  OPT_COUNT(struct plan, pairs, 1, PCPU_BENCH_MAX_PAIRS),
	  OPT_GIVEN(struct plan, pairs_given) },
	{ OPT_CHECK(check) },
	{ 0 }
};

int plan_args(const struct plan *plan, char *args[PLAN_ARGS],
	      char room[PLAN_ROOM])
{
	char *p = room, *limit = room + PLAN_ROOM;
	int n = 0;

	args[n++] = p;
	p += snprintf(p, limit - p, "--bench=%s", plan->bench) + 1;
	args[n++] = p;
	p += snprintf(p, limit - p, "--sizes=");
	for (unsigned int i = 0; i < plan->nr_sizes; i++)
		p += snprintf(p, limit - p, "%s%u", i ? "," : "",
			      plan->sizes[i]);
	p++;
	args[n++] = p;
	p += snprintf(p, limit - p, "--rounds=%u", plan->rounds) + 1;
	/* Always under icount: it is what samples are compared by. */
	if (plan->pairs_given || plan->instrument != INSTRUMENT_TIME) {
		args[n++] = p;
		p += snprintf(p, limit - p, "--pairs=%u", plan->pairs) + 1;
	}
	args[n++] = p;
	snprintf(p, limit - p, "--entries=%u", plan->entries);
	args[n] = NULL;
	return n;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "measure/plan.h"
#include "pcpu_bench.h"

/* PCPU_MIN_UNIT_SIZE: the most that __alloc_percpu_gfp() takes, 6.1 to 6.12. */
#define MAX_OBJECT	32768

/*
 * Under icount a round is exact; what still varies is the remainder of a page
 * that the memcg's stock keeps from pair to pair, which comes round after a few.
 * 24 is a multiple of the short periods (docs/method.md has the figures).
 */
#define INSN_ROUNDS	24

const char *const instrument_name[NR_INSTRUMENTS] = {
	[INSTRUMENT_INSN] = "insn",
	[INSTRUMENT_TIME] = "time",
	[INSTRUMENT_PROFILE] = "profile",
	[INSTRUMENT_MODEL] = "model",
};

static const struct {
	const char *name, *what;
} benches[] = {
	{ "percpu-alloc",
	  "__alloc_percpu_gfp()/free_percpu() pair of SIZE bytes" },
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
	};
}

int parse_count(const char *what, const char *text, unsigned int min,
		unsigned int max, unsigned int *val)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || n < min ||
	    n > max)
		return err(EX_USE, "%s: '%s' is not a number from %u to %u",
			   what, text, min, max);
	*val = n;
	return 0;
}

int plan_sizes(struct plan *plan, const char *text)
{
	char *copy = strdup(text), *save = NULL, *tok;
	unsigned int size, i;
	int ret = 0;

	plan->nr_sizes = 0;
	for (tok = strtok_r(copy, ", ", &save); tok && !ret;
	     tok = strtok_r(NULL, ", ", &save)) {
		ret = parse_count("size", tok, 4, MAX_OBJECT, &size);
		if (!ret && size % 4)
			ret = err(EX_USE,
				  "size %u: the percpu allocator gives multiples of 4 bytes",
				  size);
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

static int parse_bench(struct plan *plan, const char *text)
{
	const char *name, *what;
	unsigned int i;

	for (i = 0; (name = plan_bench(i, &what)); i++) {
		if (!strcmp(text, name)) {
			plan->bench = name;
			return 0;
		}
	}
	return err(EX_USE, "unknown bench '%s': 'pcpubench list' names them",
		   text);
}

enum {
	KEY_ROUNDS = 0x200,
	KEY_PAIRS,
};

static const struct argp_option options[] = {
	{ "bench", 'b', "NAME", 0, "What to measure (percpu-alloc)", 10 },
	{ "sizes", 's', "BYTES,...", 0,
	  "Object sizes, multiples of 4 up to 32768 (64,256,1024,4096,8192)",
	  10 },
	{ "rounds", KEY_ROUNDS, "N", 0, "Samples of each arm (24)", 10 },
	{ "pairs", KEY_PAIRS, "N", 0, "Operations in a sample (1)", 10 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct plan *plan = state->input;
	int ret = 0;

	switch (key) {
	case 'b':
		ret = parse_bench(plan, arg);
		break;
	case 's':
		ret = plan_sizes(plan, arg);
		break;
	case KEY_ROUNDS:
		ret = parse_count("rounds", arg, 1, PCPU_BENCH_MAX_ROUNDS,
				  &plan->rounds);
		break;
	case KEY_PAIRS:
		ret = parse_count("pairs", arg, 1, PCPU_BENCH_MAX_PAIRS,
				  &plan->pairs);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	/* A code of err.h; argp hands it back from argp_parse(). */
	return ret;
}

const struct argp plan_argp = { .options = options, .parser = parse };

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
	args[n++] = p;
	snprintf(p, limit - p, "--pairs=%u", plan->pairs);
	args[n] = NULL;
	return n;
}

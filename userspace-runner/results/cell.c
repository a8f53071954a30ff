// SPDX-License-Identifier: GPL-2.0-or-later
/* The value of a cell in one boot. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "plan/bench.h"
#include "plan/instrument.h"
#include "results/cell.h"
#include "results/contention.h"
#include "results/proof.h"
#include "results/record.h"
#include "stats/stats.h"

static int invalid(char reason[CELL_REASON_LEN], const char *why)
{
	snprintf(reason, CELL_REASON_LEN, "%s", why);
	return EX_INVALID;
}

static int check_one_proof(const json_t *record, const json_t *proof,
			   char reason[CELL_REASON_LEN])
{
	char text[PROOF_REASON_LEN];
	const struct proof p = {
		.expected = record_int(proof, "expected"),
		.before = record_int(proof, "before"),
		.held = record_int(proof, "held"),
		.after = record_int(proof, "after"),
		.off_held = record_int(proof, "off_held"),
		.astray = record_at(proof, "astray") ?
			  record_int(proof, "astray") : 0,
		.first_chunk = record_int(proof, "first_chunk"),
		.outside = record_int(record, "chunk.outside"),
		.wrong_sums = record_at(proof, "wrong_sums") ?
			      record_int(proof, "wrong_sums") : 0,
		.fresh = record_at(proof, "fresh") ?
			 record_int(proof, "fresh") : 0,
	};

	return proof_broken(&p, text) ? invalid(reason, text) : 0;
}

/* What a cgroup's statistics take is what its parent is charged. */
static int check_footprint(const json_t *record, char reason[CELL_REASON_LEN])
{
	const long long charged = record_int(record, "memcg.slab");
	long long takes;

	if (!record_at(record, "footprint") || !record_at(record, "memcg"))
		return 0;
	takes = record_int(record, "footprint.slab");
	if (takes == charged)
		return 0;
	snprintf(reason, CELL_REASON_LEN, PROOF_OF_STATISTICS, charged, takes);
	return EX_INVALID;
}

/* obj_exts take what they should. */
static int check_exts(const json_t *record, char reason[CELL_REASON_LEN])
{
	long long takes, should;

	if (!record_at(record, "share"))
		return 0;
	takes = record_int(record, "share.exts");
	should = record_int(record, "share.computed");
	if (takes == should)
		return 0;
	snprintf(reason, CELL_REASON_LEN, PROOF_OF_EXTS, takes, should);
	return EX_INVALID;
}

/* NULL for one that this version does not know. */
static const struct bench *bench_of(const json_t *record)
{
	return bench_find(record_string(record, "bench"));
}

/* Each node that was charged. */
static int check_nodes(const json_t *record, char reason[CELL_REASON_LEN])
{
	const struct bench *bench = bench_of(record);
	const json_t *proofs = record_at(record, "proof_nodes"), *proof;
	char text[CELL_REASON_LEN];
	int ret = 0;
	size_t i;

	if (bench && bench->slab && !json_array_size(proofs))
		return invalid(reason, "no node's charge is proved");
	json_array_foreach(proofs, i, proof) {
		ret = check_one_proof(record, proof, text);
		if (!ret)
			continue;
		snprintf(reason, CELL_REASON_LEN, PROOF_OF_NODE,
			 record_int(proof, "node"), text);
		break;
	}
	return ret;
}

static int check_proof(const json_t *record, char reason[CELL_REASON_LEN])
{
	int ret = check_one_proof(record, record_at(record, "proof"), reason);

	if (!ret && record_int(record, "options.owners") > 1)
		ret = record_at(record, "proof_other") ?
		      check_one_proof(record, record_at(record, "proof_other"),
				      reason) :
		      invalid(reason, "the other owner's charge is not proved");
	if (!ret)
		ret = check_nodes(record, reason);
	if (!ret)
		ret = check_exts(record, reason);
	return ret ? ret : check_footprint(record, reason);
}

static int check_contention(const json_t *record, char reason[CELL_REASON_LEN])
{
	const struct bench *bench = bench_of(record);
	const bool parallel = bench && bench->parallel;
	char text[PROOF_REASON_LEN];
	struct contention c;

	if (!contention_of(record, &c))
		return parallel ?
		       invalid(reason, "nothing proves contention") : 0;
	if (parallel && c.threads != record_int(record, "options.threads"))
		return invalid(reason, "other tasks than it was asked for");
	return contention_broken(&c, text) ? invalid(reason, text) : 0;
}

static bool by_syscalls(const json_t *record)
{
	const struct bench *bench = bench_of(record);

	return bench && bench->by_syscalls;
}

/* Sample @i of @arm; false if it is not clean. */
static bool clean_sample(const json_t *record, const char *arm, size_t i,
			 long long *ticks)
{
	const json_t *samples = record_at(record_at(record, "arms"), arm);

	*ticks = json_integer_value(json_array_get(record_at(samples, "ticks"),
						   i));
	return !json_integer_value(json_array_get(record_at(samples,
							    "disturbed"), i));
}

static size_t nr_samples(const json_t *record, const char *arm)
{
	return json_array_size(record_at(record_at(record_at(record, "arms"),
						   arm), "ticks"));
}

/*
 * A tick hits long samples more often than short ones. Where most are hit, those that
 * are left are the short ones, of the dear arm even more than of the cheap one. Samples
 * of an exact instrument are all alike.
 */
static bool is_enough(const json_t *record, size_t clean, size_t all)
{
	return instrument_find(record_string(record, "instrument"))->exact ||
	       4 * clean > all;
}

/* M(arm), in ticks of a whole sample. */
static int arm_ticks(const json_t *record, const char *arm, double *ticks,
		     char reason[CELL_REASON_LEN])
{
	size_t i, nr = 0, all = nr_samples(record, arm);
	long long sum = 0, t;
	double *clean;

	clean = calloc(all, sizeof(*clean));
	if (!clean)
		return no_memory();
	for (i = 0; i < all; i++) {
		if (!clean_sample(record, arm, i, &t))
			continue;
		sum += t;	/* record_check(): 2^53 at most, so exact */
		clean[nr++] = (double)t;
	}
	if (nr && instrument_find(record_string(record, "instrument"))->exact &&
	    !by_syscalls(record)) {
		*ticks = (double)sum / (double)nr;
	} else {
		*ticks = median_of(clean, nr);
	}
	free(clean);
	if (!nr)
		return invalid(reason, "every sample was disturbed by an interrupt");
	return is_enough(record, nr, all) ? 0 :
	       invalid(reason, "three of four samples or more were disturbed");
}

/* The median of on - off of a round, in ticks: see cell.h. */
static int round_ticks(const json_t *record, double *ticks,
		       char reason[CELL_REASON_LEN])
{
	size_t i, nr = 0, all = nr_samples(record, "off");
	long long off, on;
	double *cost;

	cost = calloc(all, sizeof(*cost));
	if (!cost)
		return no_memory();
	for (i = 0; i < all && i < nr_samples(record, "on"); i++)
		if (clean_sample(record, "off", i, &off) &&
		    clean_sample(record, "on", i, &on))
			cost[nr++] = (double)(on - off);
	*ticks = median_of(cost, nr);
	free(cost);
	return nr ? 0 : invalid(reason,
				"no round has a clean sample of both arms");
}

int cell_measure(const json_t *record, double *off, double *on,
		 char reason[CELL_REASON_LEN])
{
	double empty_ticks, off_ticks, on_ticks, cost_ticks = 0;
	double pairs = (double)record_int(record, "pairs");
	int e;

	if (json_is_false(record_at(record, "valid")))
		return invalid(reason, record_string(record, "reason"));
	e = check_proof(record, reason);
	if (!e)
		e = check_contention(record, reason);
	if (!e)
		e = arm_ticks(record, "empty", &empty_ticks, reason);
	if (!e)
		e = arm_ticks(record, "off", &off_ticks, reason);
	if (!e)
		e = arm_ticks(record, "on", &on_ticks, reason);
	if (!e && by_syscalls(record)) {
		e = round_ticks(record, &cost_ticks, reason);
		if (!e)
			on_ticks = off_ticks + cost_ticks;
	}
	if (e)
		return e;
	/* There is no percentage of 0, and less than 0 is a bug. */
	if (off_ticks <= empty_ticks || on_ticks <= empty_ticks)
		return invalid(reason, "the loop took no longer than an empty one");
	*off = (off_ticks - empty_ticks) / pairs;
	*on = (on_ticks - empty_ticks) / pairs;
	return 0;
}

int cell_samples(const json_t *record, const char *arm, double *values,
		 size_t *nr)
{
	double empty, pairs = (double)record_int(record, "pairs");
	size_t i, all = nr_samples(record, arm);
	char reason[CELL_REASON_LEN];
	long long ticks;
	int ret;

	*nr = 0;
	ret = arm_ticks(record, "empty", &empty, reason);
	for (i = 0; i < all && !ret; i++)
		if (clean_sample(record, arm, i, &ticks))
			values[(*nr)++] = ((double)ticks - empty) / pairs;
	return ret;
}

/* The mean over the clean samples; false if there is none. */
static bool arm_part(const json_t *record, const char *arm, const char *what,
		     double *mean)
{
	const json_t *samples = record_at(record_at(record, "arms"), arm);
	const json_t *all = record_at(samples, what);
	const json_t *disturbed = record_at(samples, "disturbed");
	long long sum = 0;
	size_t i, nr = 0;

	for (i = 0; i < json_array_size(all); i++) {
		if (json_integer_value(json_array_get(disturbed, i)))
			continue;
		sum += json_integer_value(json_array_get(all, i));
		nr++;
	}
	if (nr)
		*mean = (double)sum / (double)nr;
	return nr;
}

struct cell_part cell_part(const json_t *record, const char *what)
{
	double pairs = (double)record_int(record, "pairs");
	double empty, off, on;

	if (!arm_part(record, "empty", what, &empty) ||
	    !arm_part(record, "off", what, &off) ||
	    !arm_part(record, "on", what, &on))
		return (struct cell_part){ NAN, NAN };
	return (struct cell_part){ (off - empty) / pairs, (on - empty) / pairs };
}

static double clean_pairs(const json_t *record, const char *arm)
{
	long long ticks, nr = 0;

	for (size_t i = 0; i < nr_samples(record, arm); i++)
		nr += clean_sample(record, arm, i, &ticks);
	return (double)nr * (double)record_int(record, "pairs");
}

static const json_t *steps_of(const json_t *record, const char *arm)
{
	return record_at(record_at(record_at(record, "arms"), arm), "steps");
}

size_t cell_steps(const json_t *record, const char *arm,
		  struct cell_step *steps)
{
	const json_t *all = steps_of(record, arm), *step;
	const json_t *empty = steps_of(record, "empty");
	double pairs = clean_pairs(record, arm);
	size_t i, nr = json_array_size(all);

	if (!nr || nr > CELL_STEPS || json_array_size(empty) != 1)
		return 0;
	json_array_foreach(all, i, step)
		steps[i] = (struct cell_step){
			.held = json_integer_value(json_array_get(step, 0)),
			.insns = json_number_value(json_array_get(step, 1)) /
				 pairs,
		};
	steps[0].insns -= json_number_value(json_array_get(
		json_array_get(empty, 0), 1)) / clean_pairs(record, "empty");
	return nr;
}

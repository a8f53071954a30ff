// SPDX-License-Identifier: GPL-2.0-or-later
/* Facts of a parallel bench's cell, and whether they prove contention. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/contention.h"
#include "results/record.h"

double contention_fairness(const long long *ops, size_t nr)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < nr; i++) {
		sum += (double)ops[i];
		squares += (double)ops[i] * (double)ops[i];
	}
	return squares > 0 ? sum * sum / ((double)nr * squares) : NAN;
}

static struct contention_wait wait_of(const json_t *arm, const char *lock)
{
	const json_t *wait = record_at(arm, lock);

	return (struct contention_wait){
		.waits = record_int(wait, "waits"),
		.ns = record_int(wait, "ns"),
		.lost = record_int(wait, "lost"),
	};
}

static struct contention_arm arm_of(const json_t *arm)
{
	const json_t *ops = record_at(arm, "ops");
	size_t nr = json_array_size(ops), i;
	long long *each = calloc(nr + 1, sizeof(*each));
	struct contention_arm a = {
		.failed = record_int(arm, "failed"),
		.window_ns = record_int(arm, "window_ns"),
		.fairness = NAN,
	};

	for (i = 0; each && i < nr; i++) {
		each[i] = json_integer_value(json_array_get(ops, i));
		a.ops += each[i];
	}
	if (each)
		a.fairness = contention_fairness(each, nr);
	free(each);
	if (record_at(arm, "watched_ns")) {
		a.watched_ns = record_int(arm, "watched_ns");
		a.lock = wait_of(arm, "lock");
		a.mutex = wait_of(arm, "mutex");
	}
	return a;
}

/* @gfp: of percpu-contend, which does nothing else; NULL of others */
static long long seen_from(const char *gfp)
{
	if (!gfp)
		return CONTENTION_SEEN_NEVER;
	return strcmp(gfp, "nowait") ? CONTENTION_SEEN_MUTEX :
				       CONTENTION_SEEN_SPIN;
}

bool contention_of(const json_t *record, struct contention *c)
{
	const json_t *facts = record_at(record, "contention");
	const char *gfp = record_string(record, "options.gfp");

	if (!facts)
		return false;
	*c = (struct contention){
		.threads = record_int(facts, "threads"),
		.present = record_int(facts, "present"),
		.seen = seen_from(gfp),
		.unwatched = record_string(record, "unsupported.waits"),
		.off = arm_of(record_at(facts, "off")),
		.on = arm_of(record_at(facts, "on")),
	};
	return true;
}

double contention_waiting(const struct contention *c,
			  const struct contention_arm *arm,
			  const struct contention_wait *wait)
{
	return arm->watched_ns > 0 ? (double)wait->ns /
	       ((double)arm->watched_ns * (double)c->threads) : NAN;
}

static const char *arm_broken(const struct contention *c,
			      const struct contention_arm *arm,
			      const char *name, char reason[PROOF_REASON_LEN])
{
	long long lost = arm->lock.lost + arm->mutex.lost;

	if (!arm->ops)
		snprintf(reason, PROOF_REASON_LEN,
			 "nothing was done in a window: %lld operations of arm %s failed",
			 arm->failed, name);
	else if (c->threads < c->seen)
		return NULL;
	else if (!arm->watched_ns)
		snprintf(reason, PROOF_REASON_LEN,
			 "nothing proves contention: %s", c->unwatched ?
			 c->unwatched : "no window was watched");
	else if (lost)
		snprintf(reason, PROOF_REASON_LEN,
			 "the end of %lld waits was not seen", lost);
	else if (!arm->lock.waits && !arm->mutex.waits)
		snprintf(reason, PROOF_REASON_LEN,
			 "%lld tasks, and none waited for a lock", c->threads);
	else
		return NULL;
	return reason;
}

const char *contention_broken(const struct contention *c,
			      char reason[PROOF_REASON_LEN])
{
	const char *why;

	if (c->present != c->threads) {
		snprintf(reason, PROOF_REASON_LEN,
			 "only %lld of %lld tasks were in every window",
			 c->present, c->threads);
		return reason;
	}
	why = arm_broken(c, &c->off, "off", reason);
	return why ? why : arm_broken(c, &c->on, "on", reason);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks the proof that accounting happened. */
#include <stdio.h>

#include "results/proof.h"

/* obj_exts has a word or more for each granule of the allocator. */
#define GRANULE		4
#define WORD		8

int proof_beyond(const unsigned int sizes[], const long long charged[],
		 unsigned int nr, unsigned int cpus)
{
	long long m = charged[0] / sizes[0] - cpus;

	for (unsigned int i = 0; i < nr; i++)
		if (charged[i] != sizes[i] * (cpus + m))
			return -1;
	if (m < 0 || m % (WORD / GRANULE) || m > PROOF_MOST_BEYOND)
		return -1;
	return (int)m;
}

const char *proof_broken(const struct proof *p, char reason[PROOF_REASON_LEN])
{
	long long charged = p->held - p->before;

	/* Before the bytes, which are always wrong in the first chunk. */
	if (p->first_chunk) {
		snprintf(reason, PROOF_REASON_LEN,
			 "the object lies in the first chunk, which is never accounted");
		return reason;
	}
	if (p->outside) {
		snprintf(reason, PROOF_REASON_LEN,
			 "%lld %s in the first chunk, which is never accounted",
			 p->outside, p->outside == 1 ? "sample" : "samples");
		return reason;
	}
	if (p->expected <= 0) {
		snprintf(reason, PROOF_REASON_LEN,
			 "no charge is expected, so nothing proves accounting");
		return reason;
	}
	if (charged != p->expected) {
		snprintf(reason, PROOF_REASON_LEN, "%s: %lld of %lld B",
			 charged ? "the charge is wrong" : "nothing was charged",
			 charged, p->expected);
		return reason;
	}
	if (p->after != p->before) {
		snprintf(reason, PROOF_REASON_LEN,
			 "%lld B charged before the object came, %lld B after it was freed",
			 p->before, p->after);
		return reason;
	}
	if (p->astray) {
		snprintf(reason, PROOF_REASON_LEN,
			 "a cgroup above was charged %lld B more or less",
			 p->astray);
		return reason;
	}
	if (p->off_held != p->before) {
		snprintf(reason, PROOF_REASON_LEN,
			 "the unaccounted object was charged: %lld B",
			 p->off_held - p->before);
		return reason;
	}
	if (p->wrong_sums) {
		snprintf(reason, PROOF_REASON_LEN,
			 "in %lld samples the sum was not what all CPUs had added",
			 p->wrong_sums);
		return reason;
	}
	if (p->fresh) {
		snprintf(reason, PROOF_REASON_LEN,
			 "in %lld samples an object was the first of its slab",
			 p->fresh);
		return reason;
	}
	return NULL;
}

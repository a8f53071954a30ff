/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proof that accounting happened: a percpu object of the bench was held, and
 * the memory cgroup's `percpu` bytes followed it. The guest, which records the
 * proof, and the reader, which never trusts a `valid` it did not derive, ask
 * the same function.
 */
#ifndef PCPUBENCH_RESULTS_PROOF_H
#define PCPUBENCH_RESULTS_PROOF_H

#include <stddef.h>

#define PROOF_REASON_LEN	128

/*
 * All in bytes, 0 to 2^53, but for the last two.
 * @expected: what holding one accounted object must charge
 * @before, @held, @after: `percpu` of memory.stat before an accounted object
 *	is allocated, while it is held, after it is freed
 * @off_held: the same while an unaccounted object is held
 * @first_chunk: not 0 when the held object lies in the first chunk
 * @outside: samples of the loop whose objects were found there
 */
struct proof {
	long long expected;
	long long before;
	long long held;
	long long after;
	long long off_held;
	long long first_chunk;
	long long outside;
};

/**
 * proof_broken - why a cell with this proof must not count
 * @reason: room for PROOF_REASON_LEN characters
 *
 * Returns @reason, filled with one line, or NULL when the proof holds.
 */
const char *proof_broken(const struct proof *p, char reason[PROOF_REASON_LEN]);

#endif

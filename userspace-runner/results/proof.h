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
 * @beyond: bytes of that for each byte of the object, beyond its copies: m below
 * @before, @held, @after: `percpu` of memory.stat before an accounted object
 *	is allocated, while it is held, after it is freed
 * @off_held: the same while an unaccounted object is held
 * @first_chunk: not 0 when the held object lies in the first chunk
 * @outside: samples of the loop whose objects were found there
 */
struct proof {
	long long expected;
	long long beyond;
	long long before;
	long long held;
	long long after;
	long long off_held;
	long long first_chunk;
	long long outside;
};

/*
 * What a kernel charges for an object of S bytes is S x (N + m): a copy for each of
 * N possible CPUs, and m bytes besides for each byte. One m at every size, known
 * from the kernel that runs: 2 for the pointers of obj_exts, 8 bytes for every 4 of
 * the object (pcpu_obj_full_size(), mm/percpu-internal.h); 4 where the entries
 * have a tag of the allocation profiler that is charged too; 0 where obj_exts
 * are charged elsewhere, or not at all.
 */
#define PROOF_BEYOND		2	/* of 5.9 to 7.3 */
#define PROOF_MOST_BEYOND	4

/**
 * proof_beyond - m of a kernel
 * @sizes: of @nr objects, in bytes
 * @charged: bytes that holding each one charged
 * @cpus: possible CPUs
 *
 * -1 where there is no m: it is not one at all sizes, not a whole number of words
 * for every 4 bytes, below 0, or above PROOF_MOST_BEYOND.
 */
int proof_beyond(const unsigned int sizes[], const long long charged[],
		 unsigned int nr, unsigned int cpus);

/**
 * proof_broken - why a cell with this proof must not count
 * @reason: room for PROOF_REASON_LEN characters
 *
 * Returns @reason, filled with one line, or NULL when the proof holds.
 */
const char *proof_broken(const struct proof *p, char reason[PROOF_REASON_LEN]);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proof that accounting happened: a percpu object of the bench was held, and
 * the memory cgroup's `percpu` bytes changed with it. The guest records the
 * proof; the reader does not trust `valid` and checks with the same function.
 */
#ifndef PCPUBENCH_RESULTS_PROOF_H
#define PCPUBENCH_RESULTS_PROOF_H

#include <stddef.h>

#define PROOF_REASON_LEN	128

/* The reason of one node's proof: its number, and what is wrong with it. */
#define PROOF_OF_NODE		"node %lld: %.100s"

/* What obj_exts take, as the allocator gave it, and what they should. */
#define PROOF_OF_EXTS		"obj_exts take %lld B, and not %lld B"

/* What the parent is charged for a cgroup's statistics, and what these take. */
#define PROOF_OF_STATISTICS						\
	"slab objects of a cgroup's statistics are charged %lld B and take %lld B"

/*
 * All but @first_chunk and @outside in bytes, 0 to 2^53.
 * @expected: the charge for holding one accounted object
 * @beyond: of it, bytes beyond the copies for each byte of the object: m below
 * @before, @held, @after: `percpu` of memory.stat before an accounted object
 *	is allocated, while it is held, after it is freed
 * @off_held: the same while an unaccounted object is held
 * @astray: by how much at most the charge of a cgroup above differs from this one
 *	while accounted objects are held and after they are freed
 * @first_chunk: not 0 when the held object lies in the first chunk
 * @outside: samples of the loop whose objects were found there
 * @wrong_sums: samples of percpu-counter whose counter did not have the sum of
 *	what all CPUs had added
 * @fresh: samples of slab-alloc with an object of a slab that was not there before
 */
struct proof {
	long long expected;
	long long beyond;
	long long before;
	long long held;
	long long after;
	long long off_held;
	long long astray;
	long long first_chunk;
	long long outside;
	long long wrong_sums;
	long long fresh;
};

/*
 * A kernel charges S x (N + m) for an object of S bytes: a copy for each of N
 * possible CPUs, and m further bytes for each byte. m is the same at every size
 * and is learned from the running kernel: 2 for the pointers of obj_exts, 8
 * bytes for every 4 of the object (pcpu_obj_full_size(), mm/percpu-internal.h);
 * 4 if the allocation profiler's tag in each entry is charged too; 0 if
 * obj_exts are charged elsewhere or not at all.
 */
#define PROOF_BEYOND		2	/* of 5.9 to 7.3 */
#define PROOF_MOST_BEYOND	4

/**
 * proof_beyond - m of a kernel
 * @sizes: of @nr objects, in bytes
 * @charged: bytes that holding each one charged
 * @cpus: possible CPUs
 *
 * -1 if there is no m: it differs between sizes, is not a whole number of words
 * for every 4 bytes, is below 0, or above PROOF_MOST_BEYOND.
 */
int proof_beyond(const unsigned int sizes[], const long long charged[],
		 unsigned int nr, unsigned int cpus);

/**
 * proof_broken - why a cell with this proof is not valid
 * @reason: room for PROOF_REASON_LEN characters
 *
 * Returns @reason, filled with one line, or NULL when the proof holds.
 */
const char *proof_broken(const struct proof *p, char reason[PROOF_REASON_LEN]);

#endif

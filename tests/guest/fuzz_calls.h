/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a fuzzer has to know of the module's calls: for each field of an argument the
 * values with which a call works. Others are made of these, of boundaries, and by
 * chance.
 */
#ifndef PCPUBENCH_TESTS_FUZZ_CALLS_H
#define PCPUBENCH_TESTS_FUZZ_CALLS_H

#include <stddef.h>
#include <stdint.h>

#include "pcpu_bench.h"

#define FUZZ_GOOD	9
#define FUZZ_FIELDS	24
#define FUZZ_BYTES	320	/* of the largest argument, and more */

/* What a field's number stands for, where it is more than a number. */
enum fuzz_kind {
	FUZZ_NUMBER,
	FUZZ_NAME,	/* of a bench: an index of fuzz_names[] */
	FUZZ_ANSWER,	/* address of memory for an answer */
	FUZZ_AREAS,	/* address of the areas of vmalloc() */
	FUZZ_FILE,	/* of a cgroup's directory */
	FUZZ_GROUPS,	/* address of files of cgroups' directories */
	FUZZ_LOCK,	/* address of a lock, an index, or 0 */
};

/*
 * @good: of FUZZ_ANSWER: bytes of an element, and where in the argument the numbers
 *	are that say how many there are: one, or two to multiply
 */
struct fuzz_field {
	uint16_t at;	/* bytes from the argument's begin */
	uint8_t width;
	uint8_t kind;
	uint8_t nr;
	uint64_t good[FUZZ_GOOD];
};

/*
 * @bytes: of the argument's structure, 0: it is a number, the first field
 * @weight: how often it is called, beside the others: those that take long are rare,
 *	and what they are called with is small
 * @more: how often it is called again at once, at most, each time with a field changed
 */
struct fuzz_call {
	const char *name;
	unsigned long cmd;
	uint16_t bytes;
	uint8_t weight;
	uint8_t more;
	struct fuzz_field field[FUZZ_FIELDS];
};

enum { FUZZ_PERCPU, FUZZ_COUNTER, FUZZ_SLAB, FUZZ_NOTHING };

static const char *const fuzz_names[] = {
	[FUZZ_PERCPU] = "percpu-alloc",
	[FUZZ_COUNTER] = "percpu-counter",
	[FUZZ_SLAB] = "slab-alloc",
	[FUZZ_NOTHING] = "nothing",
};

#define FIELD(type, name, kind, ...)					\
	{ offsetof(struct pcpu_bench_##type, name),			\
	  sizeof(((struct pcpu_bench_##type *)0)->name), kind,		\
	  sizeof((uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t),		\
	  { __VA_ARGS__ } }
#define NUMBER(type, name, ...)	FIELD(type, name, FUZZ_NUMBER, __VA_ARGS__)
#define AT(type, name)		offsetof(struct pcpu_bench_##type, name)
#define ANSWER(type, name, ...)	FIELD(type, name, FUZZ_ANSWER, __VA_ARGS__)
#define VALUE(...)							\
	{ 0, sizeof(uint64_t), FUZZ_NUMBER,				\
	  sizeof((uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t),		\
	  { __VA_ARGS__ } }
#define CALL(type, id, times, again)					\
	.name = #id, .cmd = PCPU_BENCH_##id,				\
	.bytes = sizeof(struct pcpu_bench_##type), .weight = times,	\
	.more = again

#define SAMPLES		(PCPU_BENCH_NR_ARMS * sizeof(struct pcpu_bench_sample))
#define COUNTS		(PCPU_BENCH_NR_ARMS * PCPU_BENCH_NR_COUNTERS * 8)
#define OTHERS		(PCPU_BENCH_CONTEND_WATCH | PCPU_BENCH_CONTEND_OTHERS)

enum {
	CALL_INFO, CALL_RUN, CALL_HOLD, CALL_RELEASE, CALL_ALLOC, CALL_FREE,
	CALL_WALK, CALL_QUIET, CALL_SETTLE, CALL_GUARD, CALL_CONTEND, CALL_JOIN,
	CALL_SUMS, CALL_FOOTPRINT, CALL_SHARE, CALL_WAVES, CALL_UNKNOWN, FUZZ_NR_CALLS,
};

static const struct fuzz_call fuzz_calls[FUZZ_NR_CALLS] = {
	[CALL_INFO] = { CALL(info, INFO, 20, 250), {
		NUMBER(info, nr_node_cpus, 0, 1, 16, 16, PCPU_BENCH_MAX_NODES + 1),
		ANSWER(info, node_cpus, 4, AT(info, nr_node_cpus)) } },
	[CALL_RUN] = { CALL(run, RUN, 6, 6), {
		NUMBER(run, param, 4, 8, 64, 64, 64, 256, 1024, 8192),
		FIELD(run, bench, FUZZ_NAME, FUZZ_PERCPU, FUZZ_COUNTER, FUZZ_SLAB),
		NUMBER(run, pairs, 1, 1, 2, 4, 16),
		NUMBER(run, rounds, 1, 1, 1, 2),
		NUMBER(run, warmup, 0, 0, 0, 1),
		ANSWER(run, samples, SAMPLES, AT(run, rounds)),
		NUMBER(run, seed, 0, 0, 7),
		ANSWER(run, counts, COUNTS, AT(run, rounds)),
		NUMBER(run, counters, 0, 0, 8, 16, 24, 31),
		NUMBER(run, clock, 0, 0, 1, 2),
		NUMBER(run, flags, 0, 0, 1),
		NUMBER(run, shape.batch, 0, 0, 1, 2, 4, 16),
		NUMBER(run, shape.order, 0, 0, 1, 2),
		NUMBER(run, shape.cold, 0, 0, 0, 1),
		NUMBER(run, shape.owners, 0, 1, 2),
		NUMBER(run, shape.seed, 0, 9),
		NUMBER(run, shape.free_from, 0, 0, 1, 2),
		FIELD(run, shape.other, FUZZ_FILE, 0),
		NUMBER(run, op, 0, 1, 2, 3, 4) } },
	[CALL_HOLD] = { CALL(hold, HOLD, 10, 20), {
		NUMBER(hold, param, 4, 8, 64, 64, 64, 256, 1024, 32768),
		FIELD(hold, bench, FUZZ_NAME, FUZZ_PERCPU, FUZZ_COUNTER, FUZZ_SLAB),
		NUMBER(hold, arm, 1, 2, 2),
		NUMBER(hold, count, 1, 1, 2, 3, 8, 100),
		NUMBER(hold, guard, 0, 0, 0, 1),
		NUMBER(hold, flags, 0, 0, 1),
		NUMBER(hold, owners, 0, 1, 2),
		FIELD(hold, other, FUZZ_FILE, 0),
		NUMBER(hold, op, 0, 1, 2, 3, 4),
		NUMBER(hold, nr_nodes, 0, 1, 8),
		ANSWER(hold, nodes, 4, AT(hold, nr_nodes)) } },
	[CALL_RELEASE] = { .name = "RELEASE", .cmd = PCPU_BENCH_RELEASE,
		.weight = 12, .more = 4 },
	[CALL_ALLOC] = { CALL(alloc, ALLOC, 25, 20), {
		NUMBER(alloc, bytes, 4, 8, 8, 64, 64, 64, 1024, 4096, 32768),
		NUMBER(alloc, align, 4, 8, 64, 4096, 0),
		NUMBER(alloc, count, 1, 1, 2, 3, 8, 64),
		NUMBER(alloc, flags, 0, 1, 2, 3, 4, 5, 7,
		       PCPU_BENCH_ALLOC_OTHER | PCPU_BENCH_ALLOC_ACCOUNT,
		       PCPU_BENCH_ALLOC_SLOWING),
		FIELD(alloc, cgroup, FUZZ_FILE, 0) } },
	[CALL_FREE] = { CALL(free, FREE, 30, 250), {
		NUMBER(free, first, 0, 0, 0, 1, 2, 32, 300),
		NUMBER(free, count, 1, 1, 1, 2, 64, 300) } },
	[CALL_WALK] = { CALL(walk, WALK, 12, 20), {
		NUMBER(walk, nr_nodes, 1, 2, 2, 8),
		NUMBER(walk, nr_areas, 0, 1, 8, 40, PCPU_BENCH_MAX_AREAS),
		NUMBER(walk, nr_objects, 0, 64, 64, 512),
		ANSWER(walk, nodes, sizeof(struct pcpu_bench_walk_node),
		       AT(walk, nr_nodes)),
		FIELD(walk, areas, FUZZ_AREAS, 0),
		ANSWER(walk, area_nodes, 4, AT(walk, nr_areas),
		       AT(walk, nr_nodes)),
		ANSWER(walk, objects, sizeof(struct pcpu_bench_walk_object),
		       AT(walk, nr_objects)) } },
	[CALL_QUIET] = { CALL(quiet, QUIET, 20, 250), { { 0 } } },
	[CALL_SETTLE] = { .name = "SETTLE", .cmd = PCPU_BENCH_SETTLE, .weight = 3,
		.field = { VALUE(0, 0, 0, 1, 2, 3, 4, 4) } },
	[CALL_GUARD] = { .name = "GUARD", .cmd = PCPU_BENCH_GUARD, .weight = 6, .more = 6,
		.field = { VALUE(0, 0, 4, 64, 32768, 32772) } },
	[CALL_CONTEND] = { CALL(contend, CONTEND, 2, 10), {
		NUMBER(contend, bytes, 4, 64, 1024, 8192),
		NUMBER(contend, threads, 1, 1, 1, 2),
		NUMBER(contend, flags, 0, 1, 2, 4, 5, 6, OTHERS),
		NUMBER(contend, window_ns, PCPU_BENCH_MIN_WINDOW, 3000000,
		       20000000),
		FIELD(contend, locks[0], FUZZ_LOCK, 1),
		FIELD(contend, locks[1], FUZZ_LOCK, 2),
		ANSWER(contend, seats, sizeof(struct pcpu_bench_seat),
		       AT(contend, threads)),
		NUMBER(contend, batch, 0, 0, 1, 16),
		NUMBER(contend, order, 0, 0, 1, 2),
		NUMBER(contend, seed, 0, 5) } },
	[CALL_JOIN] = { .name = "JOIN", .cmd = PCPU_BENCH_JOIN, .weight = 1 },
	[CALL_SUMS] = { .name = "SUMS", .cmd = PCPU_BENCH_SUMS, .weight = 12, .more = 250,
		.field = { VALUE(0, 1, 2) } },
	[CALL_FOOTPRINT] = { CALL(footprint, FOOTPRINT, 12, 250), {
		FIELD(footprint, cgroup, FUZZ_FILE, 0) } },
	[CALL_SHARE] = { CALL(share, SHARE, 8, 10), {
		NUMBER(share, bytes, 8, 64, 64, 1024, 8192),
		NUMBER(share, owners, 1, 1, 2, 3),
		NUMBER(share, most, 1, 4, 64),
		NUMBER(share, flags, 0, 1, 2, 3),
		NUMBER(share, seed, 1, 7),
		FIELD(share, cgroups, FUZZ_GROUPS, 0) } },
	[CALL_WAVES] = { CALL(waves, WAVES, 16, 20), {
		NUMBER(waves, objects, 0, 1, 64, 1000),
		NUMBER(waves, flags, 0, 0, 0, 1, 2, 3, 4, 6),
		NUMBER(waves, nr_owners, 0, 1, 2),
		ANSWER(waves, owner_live, 4, AT(waves, nr_owners)) } },
	[CALL_UNKNOWN] = { .name = "unknown", .cmd = _IO('P', 0xff), .weight = 3,
		.more = 250,
		.field = { VALUE(0) } },
};

#undef FIELD
#undef NUMBER
#undef AT
#undef ANSWER
#undef VALUE
#undef CALL

#endif

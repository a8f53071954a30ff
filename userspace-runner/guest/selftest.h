/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The self-test: is percpu memory accounted correctly, node by node? A case
 * makes objects in some way, and compares the kernel's account of a cgroup with
 * the places of the objects. Results are lines of KTAP, two for each case: the
 * total, and the nodes, which an unpatched kernel does not account and skips.
 */
#ifndef PCPUBENCH_GUEST_SELFTEST_H
#define PCPUBENCH_GUEST_SELFTEST_H

#include <stdbool.h>

#include "guest/group.h"
#include "guest/objects.h"
#include "measure/measure.h"
#include "plan/topology.h"

#define ACCOUNT	PCPU_BENCH_ALLOC_ACCOUNT
#define ATOMIC	PCPU_BENCH_ALLOC_ATOMIC

struct selftest {
	emit_fn emit;
	void *arg;
	struct topology topo;
	unsigned int nr_nodes;
	unsigned int beyond;	/* m of the kernel's charge: results/proof.h */
	int cpu[8];		/* online ones, on the nodes in turn */
	unsigned int nr_cpus;
	const char *row;	/* in which the kernel tells nodes, or NULL */
	const char *only;	/* as of selftest() */
	unsigned int nr, failed;	/* results so far */

	/* Errors of the running case, or "". */
	char bad_total[512], bad_nodes[512];
	const char *skip;	/* why the case cannot run here, or NULL */
	bool own_row;		/* it compares nodes in another row, which is there */
};

struct selftest_case {
	const char *name;
	int (*run)(struct selftest *t, unsigned int a, unsigned int b);
	unsigned int a, b;
};

/* Ends with a case without a name. */
extern const struct selftest_case size_cases[];		/* case_size.c */
extern const struct selftest_case node_cases[];		/* case_node.c */
extern const struct selftest_case life_cases[];		/* case_life.c */
extern const struct selftest_case race_cases[];		/* case_race.c */
extern const struct selftest_case fail_cases[];		/* case_fail.c */
extern const struct selftest_case stress_cases[];	/* case_stress.c */

/*
 * Have allocations fail, silently, in tasks that ask for it by fail-nth; false where
 * the kernel cannot.
 */
bool selftest_arm_faults(void);				/* case_fail.c */

/* The case that needs room in the first chunk: it runs before all others. */
extern const struct selftest_case first_chunk_case;	/* case_size.c */

/**
 * selftest - run the cases
 * @online: number of online vCPUs, as in struct vm_spec
 * @only: words with commas in between, to run cases with one of them in their name;
 *	  or NULL, to run all
 *
 * Emits {"type": "tap", "line": TEXT} records. 0 when all these cases could run,
 * passed or not. EX_USE if there is no such case.
 */
int selftest(const char *topology, unsigned int online, const char *only,
	     emit_fn emit, void *arg);

/*
 * Compare the kernel's account of @g with @expected; @when names the state,
 * such as "held". A difference makes the running case fail. All must be exact
 * but the charge, in total and of nodes counted by it: that is in pages, which
 * CPUs keep in stock, and may differ by CHARGE_SLACK. It may be higher if
 * obj_exts are charged to the group that makes a chunk.
 */
#define CHARGE_SLACK	(256 * 1024)
int expect_bytes(struct selftest *t, const struct group *g, const char *when,
		 const struct bytes *expected);

/*
 * Wait until @g's `percpu` is @expected->total, or a minute: for a time the structures
 * of a removed group are charged to its parent. 10 s where the kernel is known to be
 * wrong: most of its totals stay so. case_life.c
 */
int expect_soon(struct selftest *t, const struct group *g,
		const struct bytes *expected);

/* expect_bytes() of @o's objects; @where receives their places, or is NULL. */
int expect_objects(struct selftest *t, const struct group *g, const char *when,
		   const struct objects *o, struct where *where);

/* expect_bytes() of nothing. */
int expect_nothing(struct selftest *t, const struct group *g, const char *when);

/*
 * Free @o, all charged to @g, from @g; expect_nothing() of @g; close. After a
 * failure, @ret, only close. Returns @ret or the exit code of this.
 */
int free_all(struct selftest *t, const struct group *g, struct objects *o,
	     int ret);

/*
 * Fill up the holes in the first chunk; removed groups leave new ones. plug.c
 */
int plug_first_chunk(void);

/*
 * A condition without which a case proves nothing: if @holds is false the
 * running case fails, for the given reason.
 */
void need(struct selftest *t, bool holds, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif

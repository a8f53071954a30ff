/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks that touch pages of one mm and give them back when told, and how far its
 * RSS is off meanwhile. The mm is theirs; or it is that of the process which starts
 * them, and they touch its pages from outside.
 */
#ifndef PCPUBENCH_GUEST_RSS_CREW_H
#define PCPUBENCH_GUEST_RSS_CREW_H

#include <stdbool.h>
#include <sys/types.h>

#include "plan/topology.h"

#define RSS_MAX_CPUS	TOPOLOGY_MAX_ONLINE
#define RSS_PAGE	4096L

struct rss_task {
	pid_t pid;
	int cpu;
	int mem;		/* file of the mm from outside, -1: its own */
	char *pages;		/* RSS_ROOM of them */
	char *table;		/* further ones, to flush by */
	unsigned int held;	/* so many are touched */
	int order;		/* pages to touch, or to give back if below 0 */
};

#define RSS_ROOM	16384U	/* pages */

/* Pages that RSS lacks, compared with those that are held. */
struct rss_error {
	long stat, statm;
};

struct rss_crew {
	struct rss_task *task;
	unsigned int nr;
	char *table;		/* of the process itself, to flush by */
	int stat, statm, mem;	/* files */
	bool outside;		/* tasks are processes of their own */
	struct rss_error zero;	/* when the counters were exact */
	struct rss_error last, most;	/* most: the largest absolute values */
};

/**
 * rss_crew_start - start a task on each of @nr @cpus
 * @outside: as processes of their own. What only a process itself can do, such as
 *	giving back pages, the caller then does on the task's CPU.
 *
 * In a process that was forked for this crew alone and is on the first CPU. 0 or
 * EX_FAIL.
 */
int rss_crew_start(struct rss_crew *c, const int *cpus, unsigned int nr,
		   bool outside);

/* Let @task touch @pages, or give them back if below 0, and look: c->last. */
int rss_crew_do(struct rss_crew *c, struct rss_task *task, int pages);

/* Let all tasks touch pages and give them back at once, and look. */
int rss_crew_rush(struct rss_crew *c);

/* Let @task and its CPU give away all that they keep of the count. */
int rss_crew_flush(struct rss_crew *c, struct rss_task *task);

/* Give back all pages and make RSS exact: errors are counted from here. */
int rss_crew_zero(struct rss_crew *c);

/* Bind a task to another CPU. */
int rss_crew_move(struct rss_task *task, int cpu);

/* Give back all pages and end the tasks. @end: what RSS then lacks, 0 as it was */
int rss_crew_stop(struct rss_crew *c, struct rss_error *end);

#endif

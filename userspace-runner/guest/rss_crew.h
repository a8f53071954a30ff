/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks of one mm that touch pages and give them back when told, and how far its
 * RSS is off meanwhile.
 */
#ifndef PCPUBENCH_GUEST_RSS_CREW_H
#define PCPUBENCH_GUEST_RSS_CREW_H

#include <stdbool.h>
#include <sys/types.h>

#define RSS_MAX_CPUS	8
#define RSS_PAGE	4096L

struct rss_task {
	pid_t pid;
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
	struct rss_task task[RSS_MAX_CPUS];
	unsigned int nr;
	char *table;		/* of the process itself, to flush by */
	int stat, statm;	/* files */
	struct rss_error zero;	/* when the counters were exact */
	struct rss_error last, most;	/* most: the largest absolute values */
};

/**
 * rss_crew_start - start a task on each of @nr @cpus
 *
 * In a process that was forked for this crew alone and stays on the first CPU. 0 or
 * EX_FAIL.
 */
int rss_crew_start(struct rss_crew *c, const int *cpus, unsigned int nr);

/* Let @task touch @pages, or give them back if below 0, and look: c->last. */
int rss_crew_do(struct rss_crew *c, struct rss_task *task, int pages);

/* Let @task and its CPU give away all that they keep of the count. */
int rss_crew_flush(struct rss_crew *c, struct rss_task *task);

/* Give back all pages and make RSS exact: errors are counted from here. */
int rss_crew_zero(struct rss_crew *c);

/* Bind a task to another CPU. */
int rss_crew_move(const struct rss_task *task, int cpu);

/* Give back all pages and end the tasks. @exact: whether RSS is so again */
int rss_crew_stop(struct rss_crew *c, bool *exact);

#endif

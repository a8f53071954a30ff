/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Progress of a sweep: on a terminal one line that is rewritten, elsewhere a
 * line for each boot.
 */
#ifndef PCPUBENCH_BASE_PROGRESS_H
#define PCPUBENCH_BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Costs are in any unit. The time left is estimated by the jobs that were done
 * since progress_begin().
 */
struct progress {
	size_t nr, done, failed;
	double cost_left, cost_done;
	double started, shown;
	bool tty;
};

void progress_begin(struct progress *p);

/* Count one more job; @done: it was done before we began. */
void progress_add(struct progress *p, double cost, bool done);

/* One of the jobs was done or given up. */
void progress_done(struct progress *p, double cost, bool failed);

/* "2 h 05 min", "1 min 20 s", "9 s" */
void progress_time(double seconds, char *text, size_t room);

/* Rewrite the line on a terminal, at most a few times a second. */
void progress_show(struct progress *p, unsigned int running,
		   const char *names);

/* Take the line away, so that something else can be written. */
void progress_clear(const struct progress *p);

/* A line for a boot that has ended; nothing on a terminal. */
void progress_line(const struct progress *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif

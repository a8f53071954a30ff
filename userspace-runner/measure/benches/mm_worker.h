/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process of bench mm-life: the small program, started, asked, and ended. */
#ifndef PCPUBENCH_MEASURE_BENCHES_MM_WORKER_H
#define PCPUBENCH_MEASURE_BENCHES_MM_WORKER_H

#include <stdbool.h>
#include <sys/types.h>

#include "measure/benches/mm_program.h"

struct mm_worker {
	pid_t pid;
	int orders, answers;	/* pipes; -1: none */
};

/* Write the program into a file of memory, to be executed. EX_FAIL. */
int mm_program_open(int *fd);

/**
 * mm_worker_start - start the program, and have it make ready for @order
 * @fixed_pid: give it a pid that lets a fork cost the same each time
 *
 * The process has the caller's CPU and priority.
 * mm_worker_end() in any case. 0 or EX_FAIL.
 */
int mm_worker_start(struct mm_worker *w, const struct mm_order *order,
		    bool fixed_pid);

/* Have it do what was ordered. EX_FAIL if a child or a thread did not run. */
int mm_worker_go(struct mm_worker *w, const struct mm_order *order,
		 struct mm_answer *answer);

/*
 * End it and what it holds. EX_FAIL if it ended otherwise. After an error, @ret, which
 * is returned: kill it.
 */
int mm_worker_end(struct mm_worker *w, int ret);

#endif

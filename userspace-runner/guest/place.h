/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a function in a task of its own, in a memory cgroup and on a CPU: these
 * decide who pays for memory and from which node it comes.
 */
#ifndef PCPUBENCH_GUEST_PLACE_H
#define PCPUBENCH_GUEST_PLACE_H

#include <stddef.h>

#include "guest/group.h"

struct place {
	const struct group *group;	/* NULL: the root, which never pays */
	int cpu;			/* -1: any */
};

/**
 * place_run - run @fn in each of @nr places at the same time
 * @places: @nr of them
 * @fn: gets &args[i * size]; returns 0, or an exit code with its err()
 * @args: array of @nr, shared with the tasks, which may write to it
 *
 * The tasks start together, when all are in place. What they need for that
 * themselves is charged to the caller's group. Returns the first exit code
 * that is not 0, with the message of its task.
 */
int place_run(const struct place *places, unsigned int nr,
	      int (*fn)(void *arg), void *args, size_t size);

#endif

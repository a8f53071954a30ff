/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Do something in a task of its own, in a memory cgroup and on a CPU: who pays
 * for memory and where it comes from depends on the task that asks for it.
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
 * place_run - run @fn there, once, or @nr times at the same time
 * @places: @nr of them
 * @fn: gets &args[i * size]; returns 0, or an exit code with its err()
 * @args: array of @nr, shared with the tasks: what they write is seen
 *
 * The tasks start together, when all are in place. The first exit code, with
 * the message of its task.
 */
int place_run(const struct place *places, unsigned int nr,
	      int (*fn)(void *arg), void *args, size_t size);

#endif

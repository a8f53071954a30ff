/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other programs: started, waited for and heard in one way. */
#ifndef PCPUBENCH_BASE_PROCESS_H
#define PCPUBENCH_BASE_PROCESS_H

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/file.h"

#define PROCESS_NULL	-1	/* for a file: /dev/null */

/*
 * A program and what it starts with. Only @argv has to be given.
 * @argv: NULL ends it; argv[0] is found by $PATH
 * @out, @err: its standard output and error; 0: the caller's
 * @keep: @nr_keep files that it has besides; negative ones are passed over
 * @cpus: where it may run, NULL: where the caller may
 * @alone: it reads nothing, and what it starts is one process group, which
 *	Ctrl-C does not reach
 * @orphan_signal: what it gets when the caller has ended, 0: nothing
 */
struct process {
	const char *const *argv;
	int out, err;
	const int *keep;
	size_t nr_keep;
	const cpu_set_t *cpus;
	bool alone;
	int orphan_signal;
};

/**
 * process_start - start a program and leave it to the caller
 * @pid: receives its number, -1 when it was not started
 *
 * 0; 127 when there is no such program, EX_FAIL when it cannot be started, both
 * with err().
 */
int process_start(const struct process *p, pid_t *pid);

#define PROCESS_LATE	-1000

/**
 * process_wait - wait until a program has ended
 * @deadline_s: after so many seconds it is killed, with its process group where
 *	it has one, 0: never
 *
 * Its exit code, minus the signal that ended it, or PROCESS_LATE.
 */
int process_wait(pid_t pid, unsigned int deadline_s);

/* Has it ended? Then @code is as process_wait() returns it. */
bool process_ended(pid_t pid, int *code);

/* End it at once, with its process group where it has one. */
void process_kill(pid_t pid);

/**
 * process_run - run a program alone and keep the end of what it says
 * @out: receives the last @room - 1 bytes of its standard output and error and
 *	a NUL
 * @deadline_s: as of process_wait()
 *
 * Its exit code, 127 when it is not there, -1 when a signal or the deadline
 * ended it, the last two with err().
 */
int process_run(const char *const *argv, char *out, size_t room,
		unsigned int deadline_s);

/* process_run() of something that has to end in 0, else EX_FAIL with err(). */
int process_must(const char *const *argv);

/**
 * process_read - run a program and hand over its standard output
 * @out: receives it, to be read from its start, for fclose(); else NULL
 *
 * As process_start() where it is not started, else as process_wait().
 */
int process_read(const struct process *p, FILE **out);

/**
 * process_call - run a program that tells the user itself, to its end
 *
 * 0, or its own exit code, with nothing more to be said; EX_INTR with err() where
 * it was interrupted, EX_FAIL where it is not started.
 */
int process_call(const struct process *p);

/**
 * process_lines - process_read(), and each line to @take
 *
 * What @take returned, if that is not 0, else as process_call().
 */
int process_lines(const struct process *p, line_fn take, void *arg);

/* Is there a program @name in $PATH? */
bool process_find(const char *name);

#endif

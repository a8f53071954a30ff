/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs other programs: starts them, waits, reads their output. */
#ifndef PCPUBENCH_BASE_PROCESS_H
#define PCPUBENCH_BASE_PROCESS_H

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/file.h"

#define PROCESS_NULL	-1	/* as a file: /dev/null */

/*
 * A program and its environment. Only @argv must be set.
 * @argv: NULL ends it; argv[0] is found by $PATH
 * @in, @out, @err: its standard input, output and error; 0: the caller's
 * @keep: @nr_keep further files that it inherits; negative ones are skipped
 * @cpus: CPUs it may run on, NULL: the caller's
 * @alone: its input is empty unless it is @in, and it has its own process group,
 *	which Ctrl-C does not reach
 * @orphan_signal: signal that it gets when the caller ends, 0: none
 */
struct process {
	const char *const *argv;
	int in, out, err;
	const int *keep;
	size_t nr_keep;
	const cpu_set_t *cpus;
	bool alone;
	int orphan_signal;
};

/**
 * process_start - start a program without waiting
 * @pid: receives its PID, -1 when it was not started
 *
 * 0; 127 when there is no such program, EX_FAIL when it cannot be started, both
 * with err().
 */
int process_start(const struct process *p, pid_t *pid);

#define PROCESS_LATE	-1000

/**
 * process_wait - wait until a program has ended
 * @deadline_s: after so many seconds kill it, with its own process group if
 *	any; 0: never
 *
 * Returns its exit code, the negative signal that ended it, or PROCESS_LATE.
 */
int process_wait(pid_t pid, unsigned int deadline_s);

/* Has it ended? Then @code is as process_wait() returns it. */
bool process_ended(pid_t pid, int *code);

/* Kill it, with its own process group if any. */
void process_kill(pid_t pid);

/**
 * process_run - run a program alone and keep the end of its output
 * @out: receives the last @room - 1 bytes of its standard output and error and
 *	a NUL
 * @deadline_s: as of process_wait()
 *
 * Returns its exit code; 127 if there is no such program, or -1 if a signal or
 * the deadline ended it, both with err().
 */
int process_run(const char *const *argv, char *out, size_t room,
		unsigned int deadline_s);

/*
 * process_run() of a program that must exit with 0, within five minutes, else EX_FAIL
 * with err().
 */
int process_must(const char *const *argv);

/* The same without a deadline: of a program that has as much to do as there is. */
int process_must_work(const char *const *argv);

/**
 * process_read - run a program and return its standard output
 * @out: receives the output, rewound, for fclose(); NULL on failure
 *
 * Returns as process_start() if it was not started, else as process_wait().
 */
int process_read(const struct process *p, FILE **out);

/**
 * process_call - run a program that reports its errors itself, to its end
 *
 * Returns its exit code without err(); EX_INTR with err() if it was
 * interrupted, EX_FAIL if it was not started.
 */
int process_call(const struct process *p);

/**
 * process_lines - process_read(), and give each line to @take
 *
 * Returns what @take returned, if not 0, else as process_call().
 */
int process_lines(const struct process *p, line_fn take, void *arg);

/**
 * process_find - is there a program @name in $PATH?
 * @path: receives which, of PATH_MAX bytes; or NULL
 */
bool process_find(const char *name, char *path);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts what a guest's only CPU runs, without idling. */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/benches/busy_clock.h"
#include "measure/benches/stamp.h"

/* Shared with the spinner. */
struct spun {
	uint64_t insn;		/* that it has run in its loop */
	uint32_t on;
};

/* Each turn is three instructions, and adds them; a task switch takes part of one. */
static void spin(struct spun *s)
{
#ifdef __x86_64__
	__asm__ volatile("1: addq $3, %0\n\t"
			 "cmpl $0, %1\n\t"
			 "jne 1b"
			 : "+m"(s->insn) : "m"(s->on) : "cc", "memory");
#else
	(void)s;
#endif
}

static _Noreturn void spinner(struct spun *s, int wakes)
{
	const struct sched_param param = { 0 };
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!sched_setscheduler(0, SCHED_IDLE, &param))
		while (read(wakes, &byte, 1) == 1)
			spin(s);
	_exit(1);
}

int busy_clock_open(struct busy_clock *clock)
{
	int ends[2];

	*clock = (struct busy_clock){ .wakes = -1 };
	clock->spun = mmap(NULL, sizeof(*clock->spun), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (clock->spun == MAP_FAILED) {
		clock->spun = NULL;
		return err_errno(EX_FAIL, "cannot share memory");
	}
	if (pipe(ends))
		return err_errno(EX_FAIL, "cannot make a pipe");
	clock->wakes = ends[1];
	clock->spinner = fork();
	if (!clock->spinner) {
		close(ends[1]);
		spinner(clock->spun, ends[0]);
	}
	close(ends[0]);
	return clock->spinner < 0 ? err_errno(EX_FAIL, "cannot fork") : 0;
}

void busy_clock_close(struct busy_clock *clock)
{
	/* The end of the pipe ends the spinner. */
	if (clock->wakes >= 0)
		close(clock->wakes);
	if (clock->spinner > 0)
		waitpid(clock->spinner, NULL, 0);
	if (clock->spun)
		munmap(clock->spun, sizeof(*clock->spun));
}

int busy_clock_start(struct busy_clock *clock)
{
	volatile struct spun *spun = clock->spun;

	spun->on = 1;
	clock->start = stamp_insn() - spun->insn;
	return write(clock->wakes, "", 1) == 1 ? 0 :
	       err_errno(EX_FAIL, "cannot wake a task");
}

void busy_clock_stop(struct busy_clock *clock, uint64_t *insn)
{
	volatile struct spun *spun = clock->spun;

	*insn = stamp_insn() - spun->insn - clock->start;
	spun->on = 0;
}

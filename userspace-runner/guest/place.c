// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs a function in a task of its own, in a cgroup and on a CPU. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "guest/place.h"

/* Memory shared by the tasks and the one that waits for them. */
struct shared {
	int ready;
	char message[256];
	_Alignas(16) char args[];
};

static int go_there(const struct place *p)
{
	const struct group root = { GROUP_MOUNT };
	cpu_set_t set;
	int ret;

	ret = group_set(p->group ? p->group : &root, "cgroup.procs", "0");
	if (ret || p->cpu < 0)
		return ret;
	CPU_ZERO(&set);
	CPU_SET(p->cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return err_errno(EX_FAIL, "cannot run on CPU %d", p->cpu);
	return 0;
}

/*
 * Far from all else that is mapped: the page table of the shared memory has nothing but
 * it, as it otherwise has by chance only. A child gets none of shared memory by fork().
 */
#define SHARED_AT	((void *)0x700000000000UL)

static void __attribute__((noreturn))
task(const struct place *p, unsigned int nr, int (*fn)(void *arg), void *arg,
     struct shared *shared)
{
	int ret;

	/*
	 * Make the page table before the group is entered, which would pay for
	 * it: at its limit that calls the OOM killer.
	 */
	__atomic_load_n(&shared->ready, __ATOMIC_SEQ_CST);
	ret = go_there(p);
	__atomic_add_fetch(&shared->ready, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&shared->ready, __ATOMIC_SEQ_CST) < (int)nr)
		sched_yield();
	if (!ret)
		ret = fn(arg);
	if (ret)
		snprintf(shared->message, sizeof(shared->message), "%.255s",
			 err_message());
	_exit(ret);
}

/* The exit code of @pid. */
static int wait_for(pid_t pid, const struct shared *shared)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return err_errno(EX_FAIL, "a task of the test is lost");
	if (WIFSIGNALED(status))
		return err(EX_FAIL, "a task of the test was killed by signal %d",
			   WTERMSIG(status));
	if (WEXITSTATUS(status))
		return err(WEXITSTATUS(status), "%s", shared->message);
	return 0;
}

int place_run(const struct place *places, unsigned int nr,
	      int (*fn)(void *arg), void *args, size_t size)
{
	struct shared *shared;
	pid_t pid[64];
	unsigned int i;
	int ret = 0, ret2;

	shared = mmap(SHARED_AT, sizeof(*shared) + nr * size,
		      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED || nr > sizeof(pid) / sizeof(pid[0]))
		return err(EX_FAIL, "cannot start %u tasks", nr);
	memcpy(shared->args, args, nr * size);
	/* Fork outside of the groups, so that none pays for the task. */
	for (i = 0; i < nr; i++) {
		pid[i] = fork();
		if (!pid[i])
			task(&places[i], nr, fn, shared->args + i * size,
			     shared);
		if (pid[i] < 0) {
			ret = err_errno(EX_FAIL, "cannot start a task");
			__atomic_add_fetch(&shared->ready, nr, __ATOMIC_SEQ_CST);
			nr = i;
		}
	}
	for (i = 0; i < nr; i++) {
		ret2 = wait_for(pid[i], shared);
		ret = ret ? ret : ret2;
	}
	memcpy(args, shared->args, nr * size);
	munmap(shared, sizeof(*shared) + nr * size);
	return ret;
}

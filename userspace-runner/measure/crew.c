// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts and ends the tasks of a parallel bench. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "measure/crew.h"
#include "measure/nodes.h"
#include "pcpu_bench.h"

#define STACK	65536

struct mate {
	int fd;
	cpu_set_t *cpu;
	size_t cpu_size;
	int nr;			/* of its CPU */
	struct cgroup cg;	/* its own; path "" without */
	char procs[300];	/* the file that moves it there */
	char *stack;
	pid_t pid;		/* 0: did not start */
	const char *failed;	/* at what, and errno */
	int error;
};

unsigned int crew_cpus(int *cpus, unsigned int max)
{
	bool *online = calloc(max, sizeof(*online));
	char list[4096];
	unsigned int i, nr = 0;

	if (online &&
	    read_first("/sys/devices/system/cpu/online", list, sizeof(list)))
		nodes_list(list, online, max);
	for (i = 0, nr = 0; online && i < max; i++)
		if (online[i])
			cpus[nr++] = (int)i;
	free(online);
	return nr;
}

static int give_up(struct mate *m, const char *what)
{
	m->error = errno;
	m->failed = what;
	return 1;
}

/* Move the calling task. write_file() would share its message with others. */
static bool go_to(const char *procs)
{
	int fd = open(procs, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, "0", 1) == 1;

	close(fd);
	return ok;
}

/*
 * Only system calls: the task shares the memory of its parent. A memory of its
 * own would be charged percpu memory for its counters, which are freed some time
 * after its end, and then no charge would be back at what it was. It is a
 * process and no thread, since all threads of a process are in one memcg.
 */
static int work(void *arg)
{
	struct mate *m = arg;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return give_up(m, "end with the program");
	if (sched_setaffinity(0, m->cpu_size, m->cpu))
		return give_up(m, "run on its CPU");
	if (m->procs[0] && !go_to(m->procs))
		return give_up(m, "enter its cgroup");
	while (!ioctl(m->fd, PCPU_BENCH_JOIN))
		;
	return give_up(m, "join");
}

static int make_group(struct mate *m, const struct cgroup *cg)
{
	m->cg = *cg;
	m->cg.pipe[0] = m->cg.pipe[1] = -1;
	snprintf(m->cg.path, sizeof(m->cg.path), "%.240s.%d", cg->path, m->nr);
	if (mkdir(m->cg.path, 0755)) {
		err_errno(EX_FAIL, "cannot make %s", m->cg.path);
		m->cg.path[0] = '\0';
		return EX_FAIL;
	}
	snprintf(m->procs, sizeof(m->procs), "%s/cgroup.procs", m->cg.path);
	return 0;
}

static int start(struct mate *m, int fd, const struct cgroup *cg, bool own,
		 int cpu)
{
	int ret = 0;

	m->fd = fd;
	m->nr = cpu;
	m->cpu = CPU_ALLOC(cpu + 1);
	m->cpu_size = CPU_ALLOC_SIZE(cpu + 1);
	m->stack = malloc(STACK);
	if (!m->cpu || !m->stack)
		return no_memory();
	CPU_ZERO_S(m->cpu_size, m->cpu);
	CPU_SET_S(cpu, m->cpu_size, m->cpu);
	if (own)
		ret = make_group(m, cg);
	if (ret)
		return ret;
	m->pid = clone(work, m->stack + STACK, CLONE_VM | SIGCHLD, m);
	if (m->pid < 0) {
		m->pid = 0;
		return err_errno(EX_FAIL, "cannot start a task");
	}
	return 0;
}

int crew_start(struct crew *crew, int fd, const struct cgroup *cg, bool own,
	       const int *cpus, unsigned int nr)
{
	int ret = 0;

	*crew = (struct crew){ .fd = fd };
	crew->mates = calloc(nr, sizeof(*crew->mates));
	if (!crew->mates)
		return no_memory();
	while (crew->nr < nr && !ret) {
		ret = start(&crew->mates[crew->nr], fd, cg, own, cpus[crew->nr]);
		crew->nr++;
	}
	return ret;
}

int crew_lost(const struct crew *crew)
{
	const struct mate *m;

	for (m = crew->mates; m < crew->mates + crew->nr; m++)
		if (m->failed)
			return err(EX_FAIL, "the task of CPU %d cannot %s: %s",
				   m->nr, m->failed, strerror(m->error));
	return 0;
}

int crew_percpu_bytes(const struct crew *crew, long long *bytes)
{
	const struct mate *m;
	long long own;
	int ret = 0;

	*bytes = 0;
	for (m = crew->mates; m < crew->mates + crew->nr && !ret; m++) {
		if (!m->cg.path[0])
			continue;
		ret = cgroup_percpu_bytes(&m->cg, &own);
		*bytes += ret ? 0 : own;
	}
	return ret;
}

int crew_stop(struct crew *crew)
{
	struct mate *m;
	int ret = 0;

	for (m = crew->mates; m < crew->mates + crew->nr; m++)
		if (m->pid)
			kill(m->pid, SIGKILL);
	for (m = crew->mates; m < crew->mates + crew->nr; m++) {
		while (m->pid && waitpid(m->pid, NULL, 0) < 0 && errno == EINTR)
			;
		if (m->cg.path[0] && rmdir(m->cg.path) && !ret)
			ret = err_errno(EX_FAIL, "cannot remove %s", m->cg.path);
		free(m->stack);
		CPU_FREE(m->cpu);
	}
	free(crew->mates);
	*crew = (struct crew){ .fd = -1 };
	return ret;
}

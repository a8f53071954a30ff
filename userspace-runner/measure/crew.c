// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts and ends the tasks of a parallel bench. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "measure/crew.h"
#include "measure/nodes.h"

#define STACK	65536

/* Shared by a task and its parent. */
struct mate {
	const struct crew_work *work;
	unsigned int seat;
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
 * Only system calls where the task shares the memory of its parent. A memory of
 * its own is charged percpu memory for its counters, which are freed some time
 * after its end, and then no charge is back at what it was. It is a process and no
 * thread, since all threads of a process are in one memcg. In a process group of
 * its own it has its children with it, and Ctrl-C reaches the program alone.
 */
static int work(void *arg)
{
	struct mate *m = arg;
	const char *failed;

	setpgid(0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return give_up(m, "end with the program");
	if (sched_setaffinity(0, m->cpu_size, m->cpu))
		return give_up(m, "run on its CPU");
	if (m->procs[0] && !go_to(m->procs))
		return give_up(m, "enter its cgroup");
	failed = m->work->fn(m->work->arg, m->seat);
	return give_up(m, failed);
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

static int start(struct mate *m, const struct crew_work *w, int cpu)
{
	const int flags = (w->fork ? 0 : CLONE_VM) | SIGCHLD;
	int ret = 0;

	m->work = w;
	m->nr = cpu;
	m->cpu = CPU_ALLOC(cpu + 1);
	m->cpu_size = CPU_ALLOC_SIZE(cpu + 1);
	m->stack = malloc(STACK);
	if (!m->cpu || !m->stack)
		return no_memory();
	CPU_ZERO_S(m->cpu_size, m->cpu);
	CPU_SET_S(cpu, m->cpu_size, m->cpu);
	if (w->group)
		snprintf(m->procs, sizeof(m->procs), "%s/cgroup.procs", w->group);
	if (w->own)
		ret = make_group(m, w->cg);
	if (ret)
		return ret;
	m->pid = clone(work, m->stack + STACK, flags, m);
	if (m->pid < 0) {
		m->pid = 0;
		return err_errno(EX_FAIL, "cannot start a task");
	}
	/* Whoever is first: crew_stop() counts on it. */
	setpgid(m->pid, m->pid);
	return 0;
}

int crew_start(struct crew *crew, const struct crew_work *w, const int *cpus,
	       unsigned int nr)
{
	const size_t bytes = nr * sizeof(struct mate);
	void *mates = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int ret = 0;

	*crew = (struct crew){ .fork = w->fork };
	if (mates == MAP_FAILED)
		return no_memory();
	crew->mates = mates;
	crew->bytes = bytes;
	/* Children that outlive a task become ours, to be waited for. */
	if (w->fork)
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	while (crew->nr < nr && !ret) {
		crew->mates[crew->nr].seat = crew->nr;
		ret = start(&crew->mates[crew->nr], w, cpus[crew->nr]);
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
			kill(-m->pid, SIGKILL);
	for (m = crew->mates; m < crew->mates + crew->nr; m++) {
		while (m->pid && (waitpid(-m->pid, NULL, 0) > 0 ||
				  errno == EINTR))
			;
		if (m->cg.path[0] && rmdir(m->cg.path) && !ret)
			ret = err_errno(EX_FAIL, "cannot remove %s", m->cg.path);
		free(m->stack);
		CPU_FREE(m->cpu);
	}
	if (crew->bytes)
		munmap(crew->mates, crew->bytes);
	if (crew->fork)
		prctl(PR_SET_CHILD_SUBREAPER, 0);
	*crew = (struct crew){ 0 };
	return ret;
}

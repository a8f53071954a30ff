/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens beside the calls of a fuzzer: to memory, cgroups, tasks and files. */
#ifndef PCPUBENCH_TESTS_FUZZ_EVENTS_H
#define PCPUBENCH_TESTS_FUZZ_EVENTS_H

#include <sys/wait.h>

#include "fuzz_shared.h"

#define FORKS		8

static void set_limit(const struct cgroup *group, const char *bytes)
{
	char path[CGROUP_PATH + 16];

	snprintf(path, sizeof(path), "%s/memory.max", group->path);
	write_file(path, bytes);
}

/* To another cgroup; in the first one of all nothing is accounted. */
static void move_task(void)
{
	if (one_in(4))
		cgroup_leave(&cg[0]);
	else
		cgroup_enter(&cg[draw(2)]);
}

/*
 * Some tasks that begin and end at once. Each takes percpu memory of the kernel's, so
 * that others wait for its locks, and objects move.
 */
static void fork_some(void)
{
	pid_t pid;

	for (unsigned int i = draw(FORKS); i; i--) {
		pid = fork();
		if (!pid)
			_exit(0);
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

/* Close a file while the task may be in a call of it, and have another in its place. */
static void *close_files(void *arg)
{
	unsigned int seed = (uintptr_t)&arg >> 4;
	struct task *t = arg;
	int fd;

	for (;;) {
		usleep(rand_r(&seed) % (rand_r(&seed) % 8 ? 800000 : 4000));
		fd = open(DEVICE, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		dup2(fd, t->file[rand_r(&seed) % FUZZ_OWN_FILES]);
		close(fd);
	}
	return NULL;
}

static void start_closer(struct task *t)
{
	sigset_t alarm;
	pthread_t id;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigprocmask(SIG_BLOCK, &alarm, NULL);
	pthread_create(&id, NULL, close_files, t);
	sigprocmask(SIG_UNBLOCK, &alarm, NULL);
}

#endif

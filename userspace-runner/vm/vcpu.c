// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds, binds and times the QEMU thread of a guest's first CPU. */
#include <dirent.h>
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "vm/vcpu.h"

/* Name of the thread: "CPU 0/KVM", or with another accelerator. */
#define NAME	"CPU 0/"

static void bind_to(pid_t tid, int cpu, bool others)
{
	int nr = (int)sysconf(_SC_NPROCESSORS_CONF);
	cpu_set_t *set = CPU_ALLOC(nr);
	size_t room = CPU_ALLOC_SIZE(nr);

	if (!set)
		return;
	CPU_ZERO_S(room, set);
	for (int i = 0; i < nr; i++)
		if ((i == cpu) != others)
			CPU_SET_S(i, room, set);
	/* If binding fails, measure on any CPU. */
	if (CPU_COUNT_S(room, set))
		sched_setaffinity(tid, room, set);
	CPU_FREE(set);
}

static bool is_vcpu(pid_t qemu, pid_t tid)
{
	char path[64], name[32];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/comm", (int)qemu,
		 (int)tid);
	return read_first(path, name, sizeof(name)) &&
	       !strncmp(name, NAME, strlen(NAME));
}

/* Call fn() for each thread of @qemu until one returns true: that one, or 0. */
static pid_t each_thread(const struct vcpu *v, pid_t qemu,
			 bool (*fn)(const struct vcpu *v, pid_t qemu, pid_t tid))
{
	char path[64];
	struct dirent *entry;
	pid_t tid = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)qemu);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		tid = atoi(entry->d_name);
		if (tid && fn(v, qemu, tid))
			break;
		tid = 0;
	}
	if (dir)
		closedir(dir);
	return tid;
}

static bool find(const struct vcpu *v, pid_t qemu, pid_t tid)
{
	(void)v;
	return is_vcpu(qemu, tid);
}

static bool place(const struct vcpu *v, pid_t qemu, pid_t tid)
{
	(void)qemu;
	bind_to(tid, v->cpu, tid != v->tid);
	return false;
}

void vcpu_watch(struct vcpu *v, pid_t qemu)
{
	char path[80], text[128];
	unsigned long long ran, waited;

	if (!v->tid) {
		v->waited_s = NAN;
		v->tid = each_thread(v, qemu, find);
		if (v->tid && v->cpu >= 0)
			each_thread(v, qemu, place);
	}
	snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", (int)qemu,
		 (int)v->tid);
	if (v->tid && read_first(path, text, sizeof(text)) &&
	    sscanf(text, "%llu %llu", &ran, &waited) == 2)
		v->waited_s = (double)waited / 1e9;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds and binds the QEMU threads of a guest's CPUs, and times the first. */
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

/* Name of a vCPU's thread: "CPU 0/KVM", or with another accelerator. */
#define NAME	"CPU %d/"

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

/* The number of the vCPU that @tid is the thread of, -1: of none. */
static int vcpu_of(pid_t qemu, pid_t tid)
{
	char path[64], name[32];
	int nr;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/comm", (int)qemu,
		 (int)tid);
	return read_first(path, name, sizeof(name)) &&
	       sscanf(name, NAME, &nr) == 1 ? nr : -1;
}

/* Call fn() for each thread of @qemu until one returns true: that one, or 0. */
static pid_t each_thread(struct vcpu *v, pid_t qemu,
			 bool (*fn)(struct vcpu *v, pid_t qemu, pid_t tid))
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

static bool find(struct vcpu *v, pid_t qemu, pid_t tid)
{
	(void)v;
	return vcpu_of(qemu, tid) == 0;
}

static bool place(struct vcpu *v, pid_t qemu, pid_t tid)
{
	(void)qemu;
	bind_to(tid, v->cpu, tid != v->tid);
	return false;
}

static bool place_own(struct vcpu *v, pid_t qemu, pid_t tid)
{
	int nr = vcpu_of(qemu, tid);

	if (nr >= 0 && nr < (int)v->nr_cpus) {
		bind_to(tid, v->cpus[nr], false);
		v->bound++;
	}
	return false;
}

void vcpu_watch(struct vcpu *v, pid_t qemu)
{
	char path[80], text[128];
	unsigned long long ran, waited;

	if (!v->tid) {
		v->waited_s = NAN;
		v->tid = each_thread(v, qemu, find);
		if (v->tid && v->cpu >= 0 && !v->cpus)
			each_thread(v, qemu, place);
	}
	/* QEMU starts them one after the other. */
	if (v->bound < v->nr_cpus) {
		v->bound = 0;
		each_thread(v, qemu, place_own);
	}
	snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", (int)qemu,
		 (int)v->tid);
	if (v->tid && read_first(path, text, sizeof(text)) &&
	    sscanf(text, "%llu %llu", &ran, &waited) == 2)
		v->waited_s = (double)waited / 1e9;
}

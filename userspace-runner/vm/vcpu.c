// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds and binds the QEMU threads of a guest's CPUs, and times the measured one. */
#include <dirent.h>
#include <errno.h>
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

/* To @cpu, or to all others. 0 or an errno. */
static int bind_to(pid_t tid, int cpu, bool others)
{
	int nr = (int)sysconf(_SC_NPROCESSORS_CONF), ret;
	cpu_set_t *set;
	size_t room;

	nr = cpu < nr ? nr : cpu + 1;
	set = CPU_ALLOC(nr);
	room = CPU_ALLOC_SIZE(nr);
	if (!set)
		return ENOMEM;
	CPU_ZERO_S(room, set);
	for (int i = 0; i < nr; i++)
		if ((i == cpu) != others)
			CPU_SET_S(i, room, set);
	ret = sched_setaffinity(tid, room, set) ? errno : 0;
	CPU_FREE(set);
	return ret;
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
	return vcpu_of(qemu, tid) == (int)v->measured;
}

static bool place(struct vcpu *v, pid_t qemu, pid_t tid)
{
	const int nr = vcpu_of(qemu, tid);
	int cpu = -1, error;

	if (v->cpus && nr >= 0 && nr < (int)v->nr_cpus)
		cpu = v->cpus[nr];
	else if (tid == v->tid)
		cpu = v->cpu;
	if (cpu < 0) {
		/* There may be no other CPU for these: then they share it. */
		bind_to(tid, v->cpu, true);
		return false;
	}
	error = bind_to(tid, cpu, false);
	if (!error) {
		v->bound++;
	} else if (error != ESRCH) {	/* which has ended */
		v->error = error;
		v->refused = cpu;
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
	}
	/* QEMU starts them one after the other. */
	if (v->cpu >= 0 && !v->error && v->bound < vcpu_to_bind(v)) {
		v->bound = 0;
		if (v->tid || v->cpus)
			each_thread(v, qemu, place);
	}
	snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", (int)qemu,
		 (int)v->tid);
	if (v->tid && read_first(path, text, sizeof(text)) &&
	    sscanf(text, "%llu %llu", &ran, &waited) == 2)
		v->waited_s = (double)waited / 1e9;
}

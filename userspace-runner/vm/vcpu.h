/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The QEMU thread of a guest's first CPU, as the host sees it. */
#ifndef PCPUBENCH_VM_VCPU_H
#define PCPUBENCH_VM_VCPU_H

#include <sys/types.h>

/* Argument of -name that makes QEMU name its threads. */
#define VCPU_NAME	"guest,debug-threads=on"

/*
 * @cpu: the host's CPU for this thread alone, -1 for any
 * @cpus: @nr_cpus of the host's, for each vCPU one; NULL: only the first is bound
 * @bound: how many of these are
 * @tid: 0 until QEMU has started it
 * @waited_s: time since its start that it was ready but did not run; NaN if the
 *	kernel does not tell
 */
struct vcpu {
	int cpu;
	const int *cpus;
	unsigned int nr_cpus, bound;
	pid_t tid;
	double waited_s;
};

/**
 * vcpu_watch - find and bind the vCPU of the process @qemu
 *
 * Finds it, binds it to v->cpu and all other threads to the other CPUs, if any, or
 * each vCPU to its own of v->cpus, and updates v->waited_s. Call this repeatedly; when
 * the thread is gone the last values stay.
 */
void vcpu_watch(struct vcpu *v, pid_t qemu);

#endif

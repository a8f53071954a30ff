/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The QEMU threads of a guest's CPUs, as the host sees them. */
#ifndef PCPUBENCH_VM_VCPU_H
#define PCPUBENCH_VM_VCPU_H

#include <sys/types.h>

/* Argument of -name that makes QEMU name its threads. */
#define VCPU_NAME	"guest,debug-threads=on"

/*
 * @measured: the guest's CPU that is measured
 * @cpu: the host's CPU for its thread alone, -1 for any
 * @cpus: @nr_cpus of the host's, for each vCPU one, of the measured one @cpu; NULL: only
 *	that one is bound
 * @bound: how many are
 * @error: errno of a thread that cannot be bound, to the host's CPU @refused; 0: none
 * @tid: of the measured one; 0 until QEMU has started it
 * @waited_s: time since its start that it was ready but did not run; NaN if the
 *	kernel does not tell
 */
struct vcpu {
	unsigned int measured;
	int cpu;
	const int *cpus;
	unsigned int nr_cpus, bound;
	int error, refused;
	pid_t tid;
	double waited_s;
};

/* How many vCPUs shall be bound. */
static inline unsigned int vcpu_to_bind(const struct vcpu *v)
{
	return v->cpus ? v->nr_cpus : 1;
}

/**
 * vcpu_watch - find and bind the vCPUs of the process @qemu
 *
 * Finds the measured one, binds it to v->cpu, or each vCPU to its own of v->cpus, and
 * QEMU's other threads to the CPUs other than v->cpu, if any. Updates v->waited_s. Call
 * this repeatedly; when the thread is gone the last values stay.
 */
void vcpu_watch(struct vcpu *v, pid_t qemu);

#endif

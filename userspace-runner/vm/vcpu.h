/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The thread of QEMU that is a guest's first CPU, as its host sees it. */
#ifndef PCPUBENCH_VM_VCPU_H
#define PCPUBENCH_VM_VCPU_H

#include <sys/types.h>

/* QEMU gives its threads names only when told to: for -name. */
#define VCPU_NAME	"guest,debug-threads=on"

/*
 * @cpu: the host's CPU that it is to have for itself, -1 for any
 * @tid: 0 until QEMU has started it
 * @waited_s: how long it could have run and did not, since it was started;
 *	NaN where the kernel does not tell
 */
struct vcpu {
	int cpu;
	pid_t tid;
	double waited_s;
};

/**
 * vcpu_watch - look after the vCPU of the process @qemu
 *
 * Finds it, binds it to v->cpu and all other threads to the other CPUs, where
 * there are any, and brings v->waited_s up to date. To be called now and then:
 * what was known last stays when the thread is gone.
 */
void vcpu_watch(struct vcpu *v, pid_t qemu);

#endif

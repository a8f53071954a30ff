/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System management interrupts: the firmware takes all CPUs for a while, which the
 * kernel does not see, and so no sample is marked for it.
 */
#ifndef PCPUBENCH_METAL_SMI_H
#define PCPUBENCH_METAL_SMI_H

/**
 * smi_event - the kernel's event that counts them
 * @root: put in front of /sys; "" except in tests
 * @type, @config: for perf_event_open()
 *
 * Returns -1 where it has none: it asks Intel's CPUs alone.
 */
int smi_event(const char *root, unsigned int *type, unsigned long long *config);

/* Count on @cpu from now on. A file to close(); -1 where that cannot be. */
int smi_open(int cpu);

/* How many there were since smi_open() gave @file; -1 if @file is -1. */
long long smi_count(int file);

#endif

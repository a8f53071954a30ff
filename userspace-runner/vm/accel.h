/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can this machine run a guest under KVM? /dev/kvm may open and make a VM that
 * does not run, so a guest is tried.
 */
#ifndef PCPUBENCH_VM_ACCEL_H
#define PCPUBENCH_VM_ACCEL_H

#include <stdbool.h>

/**
 * accel_kvm - does KVM work here?
 * @why: receives one line that explains the answer
 * @again: try even if the answer is cached
 *
 * The first answer takes up to ACCEL_DEADLINE_S; it is cached until the machine
 * reboots or QEMU changes.
 */
#define ACCEL_DEADLINE_S	10
bool accel_kvm(char *why, unsigned int room, bool again);

/* 0 when KVM works, else EX_FAIL with what the `time` instrument needs. */
int accel_need_kvm(void);

#endif

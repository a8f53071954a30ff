/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every /init of ours does: tell the runner, set up the system, power off.
 *
 * Records leave by QEMU's debug port, one byte an outb: no driver, nothing to
 * lose in a buffer, and nothing on the console, which is only a log.
 */
#ifndef PCPUBENCH_GUEST_GUEST_H
#define PCPUBENCH_GUEST_GUEST_H

#include "measure/target.h"

#define GUEST_CGROUP	"/sys/fs/cgroup"

/* Get at the port and say that /init has started. */
void guest_begin(void);

/* Send a record, which is taken over. An emit_fn; @arg is not used. */
int guest_emit(json_t *record, void *arg);

/*
 * The kernel has set the interval timer to its 100 Hz, a tick every 10 M
 * instructions under icount: a pair of large objects with thousands of CPUs
 * takes longer than that, and no sample of it would ever be clean. Let it tick
 * as slowly as it can, every 65536 / 1193182 s; the time of day is the TSC's.
 * Only where the timer is nobody else's: vm.c leaves out all others. What takes
 * longer still may stop it: returns what does, or NULL.
 */
tick_fn guest_slow_tick(void);

/*
 * A port nobody is at, or the gate: there the plugin lets the second byte that
 * is written pass only when it watches. Until then QEMU translates at full
 * speed. Costs the guest the same instructions either way.
 */
#define GUEST_GATE	0xe8

/* Pass the gate; what is measured comes after. */
void guest_gate(void);

/* Mount /proc, /sys, /dev and, at GUEST_CGROUP, cgroup v2. */
int guest_mount(void);

/*
 * Make the kernel believe that it has seen 256 bits of entropy. Without, it
 * stirs its whole pool for every random number, which no machine that has been
 * up for a second does: of creating a BPF hash map that is 10 000 instructions,
 * and not the same number each time. After guest_mount().
 */
int guest_seed_random(void);

/* Load the initrd's pcpu_bench.ko; EX_FAIL says why the kernel refuses it. */
int guest_load_module(void);

/* Send how it went, by exit code @ret and err(), and power off. */
void guest_end(int ret) __attribute__((noreturn));

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work of every /init: report to the runner, set up the system, power off.
 *
 * Records leave by QEMU's debug port, one byte an outb: no driver, no buffer
 * that could be lost, and nothing on the console, which is only a log.
 */
#ifndef PCPUBENCH_GUEST_GUEST_H
#define PCPUBENCH_GUEST_GUEST_H

#include "measure/target.h"
#include "plan/topology.h"

#define GUEST_CGROUP	"/sys/fs/cgroup"
#define GUEST_PROGRAMS	"/programs"	/* of the initrd: others than /init */
#define GUEST_LIBRARIES	"/libraries"	/* likewise; /init is linked to search there */

/* Open the port and report that /init has started. */
void guest_begin(void);

/* Send and free a record. An emit_fn; @arg is not used. */
int guest_emit(json_t *record, void *arg);

/*
 * The kernel set the interval timer to 100 Hz, a tick every 10 M instructions
 * under icount. With thousands of CPUs a pair of large objects takes longer,
 * and no sample of it would be clean. So tick as slowly as possible, every
 * 65536 / 1193182 s; the kernel keeps the time by the TSC. Needs a timer of our
 * own: vm.c leaves out all others. Returns a function that stops the tick for
 * still longer samples, or NULL.
 */
tick_fn guest_slow_tick(void);

/*
 * The gate: the second byte written to this port passes only when the plugin
 * watches; until then QEMU translates at full speed. Without the plugin nothing
 * is at the port. The guest runs the same instructions either way.
 */
#define GUEST_GATE	0xe8

/* Pass the gate, before anything is measured. */
void guest_gate(void);

/* Mount /proc, /sys, /dev and, at GUEST_CGROUP, cgroup v2. */
int guest_mount(void);

/*
 * Make the kernel believe that it has 256 bits of entropy. Without them it
 * stirs its whole pool for every random number, unlike any machine that has
 * been up for a second: creating a BPF hash map would take 10 000 instructions
 * more, in a varying number. Call after guest_mount().
 */
int guest_seed_random(void);

/* Load the initrd's pcpu_bench.ko; EX_FAIL tells why the kernel refuses it. */
int guest_load_module(void);

/*
 * Turn on the first @online CPUs in the order of topology_online_cpu(), and put
 * their numbers into @cpus, unless that is NULL.
 */
int guest_start_cpus(const struct topology *topo, unsigned int online,
		     int *cpus);

/* Send the exit code @ret and the message of err(), and power off. */
void guest_end(int ret) __attribute__((noreturn));

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module from user space: /dev/pcpu_bench. */
#ifndef PCPUBENCH_MEASURE_DEVICE_H
#define PCPUBENCH_MEASURE_DEVICE_H

#include <stdbool.h>

#include "pcpu_bench.h"

/* Open the device; the descriptor in @fd. EX_FAIL says what to do. */
int device_open(int *fd);

/**
 * device_info - the kernel as the percpu allocator sees it
 * @node_cpus: receives the number of possible CPUs of each of the first
 *	@nr_node_cpus node ids
 */
int device_info(int fd, struct pcpu_bench_info *info, __u32 *node_cpus,
		unsigned int nr_node_cpus);

/* Fill in the size and call; EX_FAIL with the module's errno in words. */
int device_run(int fd, struct pcpu_bench_run *run);
int device_hold(int fd, struct pcpu_bench_hold *hold);
int device_release(int fd);

/*
 * Fill all holes of the first chunk, down to the smallest, until close() of *@fd.
 * What was freed before the call is waited for, but not all of it: a cgroup goes in
 * steps of which some cannot be. On EX_FAIL there is nothing to close.
 */
int device_guard(int *fd);

/* Fill the holes, too, that came up since. EX_FAIL. */
int device_guard_again(int fd);

/* The same without a wait; in @any, whether there were some. EX_FAIL. */
int device_holes(int fd, bool *any);

/* Drop the ballast that RUN, HOLD and device_guard() took. */
int device_unguard(int fd);

/*
 * Hold one window: fill in the size and call. EX_FAIL, EX_INTR; EX_INVALID
 * without err() if the kernel cannot tell of contention.
 */
int device_contend(int fd, struct pcpu_bench_contend *contend);

/*
 * Until close() of @fd, let sums of percpu_counters go over all possible CPUs, as if
 * all were online. EX_INVALID without err(): more than one is online.
 */
int device_sum_all(int fd);

/*
 * What the memory controller keeps for @f->cgroup. EX_FAIL; EX_INVALID without err()
 * if the module cannot tell on this kernel.
 */
int device_footprint(int fd, struct pcpu_bench_footprint *f);

/* Make caches and owners: fill in the size and call. EX_FAIL. */
int device_share(int fd, struct pcpu_bench_share *share);

/*
 * Let them allocate. EX_FAIL, EX_INTR; EX_INVALID without err() if slabs cannot be
 * counted on this kernel.
 */
int device_waves(int fd, struct pcpu_bench_waves *waves);

/* Wait for deferred work of the kernel: @what is a PCPU_BENCH_SETTLE_*. */
int device_settle(int fd, unsigned long what);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots kernels, several guests at once, and records their measurements. */
#ifndef PCPUBENCH_BOOT_BOOT_H
#define PCPUBENCH_BOOT_BOOT_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/kernel.h"
#include "results/recorder.h"
#include "vm/vm.h"

/*
 * A wanted boot.
 * @cost: estimated seconds of one core; only ratios matter
 * @done: the file has it already
 * @failed: number of failed tries
 */
struct boot_job {
	const struct kernel *kernel;
	struct vm_spec spec;	/* boot_all() fills in @kernel's fields */
	double cost;
	bool done;
	bool running;		/* this and the next: for boot_all() */
	unsigned int memory_mib;
	unsigned int failed;
};

/* A boot may fail because of the host: try twice. */
#define BOOT_TRIES	2

/*
 * How busy the machine was kept.
 * @slots: guests that could run at once
 * @wall_s: from the first start to the last end
 * @guest_s: sum over all guests, from start to end; @slots * @wall_s without
 *	gaps, whatever else loads the machine
 * @cpu_s: CPU time of the guests and of this process
 */
struct boot_load {
	unsigned int slots;
	double wall_s, guest_s, cpu_s;
};

/*
 * @parallel: guests at a time, 0 for one per core
 * @tries: give a boot up after so many failures
 * @load: receives the load when all have run; may be NULL
 */
struct boot_options {
	unsigned int parallel;
	unsigned int tries;
	struct boot_load *load;
};

/**
 * boot_all - run those of @jobs that are not done, the longest first
 *
 * A boot's records are written and synced when it ends, `boot` after its cells:
 * a boot without its `boot` record does not count. Progress goes to stderr. A
 * failed boot is recorded, printed in one line, tried again, and does not stop
 * the others. Sets @done and @failed of @jobs. 0; EX_FAIL when a boot could not
 * be tried or a record not be written; EX_INTR after Ctrl-C, with all guests
 * ended.
 */
int boot_all(struct boot_job *jobs, size_t nr, const struct boot_options *opt,
	     struct recorder *r);

#endif

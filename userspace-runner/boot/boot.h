/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot kernels, several guests at once, and record what they measure. */
#ifndef PCPUBENCH_BOOT_BOOT_H
#define PCPUBENCH_BOOT_BOOT_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/kernel.h"
#include "results/recorder.h"
#include "vm/vm.h"

/*
 * One boot that is wanted.
 * @cost: about how many seconds of one core it takes; only ratios matter
 * @done: it is in the file already
 * @failed: how often it was tried in vain
 */
struct boot_job {
	const struct kernel *kernel;
	struct vm_spec spec;	/* boot_all() fills in what @kernel says */
	double cost;
	bool done;
	bool running;		/* this and the next: boot_all()'s own */
	unsigned int memory_mib;
	unsigned int failed;
};

/* A boot that failed may do so for the host's sake: it gets another chance. */
#define BOOT_TRIES	2

/*
 * How busy the machine was kept.
 * @slots: guests that could run at once
 * @wall_s: from the first start to the last end
 * @guest_s: of all guests together, from start to end: @slots * @wall_s if there
 *	was never a gap. Other load on the machine makes no difference to that
 * @cpu_s: CPU time of all of them, and of ourselves
 */
struct boot_load {
	unsigned int slots;
	double wall_s, guest_s, cpu_s;
};

/*
 * @parallel: guests at a time, 0 for one a core
 * @tries: a boot that failed this often is given up
 * @load: is filled in, when all have run; may be NULL
 */
struct boot_options {
	unsigned int parallel;
	unsigned int tries;
	struct boot_load *load;
};

/**
 * boot_all - run those of @jobs that are not done, the longest first
 *
 * A boot's records are written when it ends, `boot` after its cells, and are on
 * the disk before anything else is done: a boot without its `boot` record did
 * not happen. Progress goes to stderr. A failed boot is recorded, told in one
 * line, tried again, and does not stop the others. Sets @done and @failed of
 * @jobs. 0, EX_FAIL when a boot could not even be tried or a record not be
 * written, EX_INTR after Ctrl-C, when every guest has been ended.
 */
int boot_all(struct boot_job *jobs, size_t nr, const struct boot_options *opt,
	     struct recorder *r);

#endif

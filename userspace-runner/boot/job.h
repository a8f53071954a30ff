/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One boot that is wanted. */
#ifndef PCPUBENCH_BOOT_JOB_H
#define PCPUBENCH_BOOT_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/kernel.h"
#include "results/boots.h"
#include "vm/vm.h"

/*
 * @nr: which of the boots of its kernel and topology, from 1
 * @cost: about how many seconds of one core it takes; only ratios matter
 * @done: it is in the file already
 * @failed: how often it was tried in vain
 */
struct boot_job {
	const struct kernel *kernel;
	struct vm_spec spec;	/* boot_all() fills in what @kernel says */
	unsigned int nr;
	double cost;
	bool done;
	unsigned int failed;
	/* boot_all()'s own: */
	bool running;
	unsigned int memory_mib;
	json_t *key;		/* what it is a function of, or NULL */
	struct boots known;	/* an earlier run measured it: its one boot */
	bool taken;		/* ... and this one does not */
	uint64_t lot;		/* its lot when some are drawn to be checked */
};

#endif

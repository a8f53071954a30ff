/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot kernels, several guests at once, and record what they measure. */
#ifndef PCPUBENCH_BOOT_H
#define PCPUBENCH_BOOT_H

#include <stddef.h>

#include "kernel.h"
#include "results/writer.h"
#include "vm/vm.h"

struct boot_job {
	const struct kernel *kernel;
	struct vm_spec spec;	/* boot_all() fills in what @kernel says */
};

struct boot_counts {
	unsigned int boots, failed, cells, invalid;
};

/**
 * boot_all - run @jobs, at most @parallel at a time
 * @parallel: 0 for as many as there are cores
 * @first: number of the first boot in the file
 *
 * A boot's records are written when it ends. Progress goes to stderr. A failed
 * boot is recorded, told in one line and does not stop the others. 0, EX_FAIL
 * when a boot could not even be tried or a record not be written, EX_INTR
 * after Ctrl-C, when every guest has been ended.
 */
int boot_all(struct boot_job *jobs, size_t nr, unsigned int parallel,
	     unsigned int first, struct results_writer *w,
	     struct boot_counts *counts);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Measure on the running kernel: module, cgroup, CPU, and all of it undone. */
#ifndef PCPUBENCH_METAL_METAL_H
#define PCPUBENCH_METAL_METAL_H

#include "measure/measure.h"

struct metal_options {
	struct plan plan;	/* its instrument is `time` */
	const char *output;	/* NULL: the file of this host and kernel */
	const char *name;	/* of the kernel, NULL: its release */
	int cpu;		/* -1: choose */
	bool profile;		/* besides, by perf: whose time it is */
	unsigned int repeats;
	unsigned int layout;	/* seed of the module's layout */
};

void metal_options_init(struct metal_options *opt);

/**
 * metal_run - measure opt->plan, opt->repeats times, and append to the results
 * @path: receives the results file
 *
 * Ends with the module unloaded and the cgroup removed, whatever happens; what a
 * process that was killed left of these is removed first. EX_INTR when
 * measure_stop was set.
 */
int metal_run(const struct metal_options *opt, int argc, char **argv,
	      char *path, size_t room);

#endif

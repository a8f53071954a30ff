/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Measures the running kernel, and undoes its changes to the machine. */
#ifndef PCPUBENCH_METAL_METAL_H
#define PCPUBENCH_METAL_METAL_H

#include "measure/measure.h"

struct metal_options {
	struct plan plan;	/* its instrument is `time` */
	const char *output;	/* NULL: the file of this host and kernel */
	const char *name;	/* of the kernel, NULL: its release */
	int cpu;		/* -1: choose */
	bool profile;		/* also sample with perf */
	unsigned int repeats;
	unsigned int layout;	/* seed of the module's layout */
};

void metal_options_init(struct metal_options *opt);

/**
 * metal_run - measure opt->plan, opt->repeats times, and append to the results
 * @path: receives the results file
 *
 * Always unloads the module and removes the cgroup at the end; first removes
 * what a killed process left. EX_INTR when measure_stop was set.
 */
int metal_run(const struct metal_options *opt, int argc, char **argv,
	      char *path, size_t room);

#endif

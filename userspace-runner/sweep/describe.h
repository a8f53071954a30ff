/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Describes a sweep: reads its file, makes its JSON, prints its plan. */
#ifndef PCPUBENCH_SWEEP_DESCRIBE_H
#define PCPUBENCH_SWEEP_DESCRIBE_H

#include <jansson.h>

#include "boot/order.h"
#include "boot/session.h"
#include "plan/grid.h"

struct sweep {
	struct session_options opt;
	struct grid grid;
	char **kernels;		/* names; none: all kernels */
	size_t nr_kernels;
	struct index had_kernels;
	struct shard shard;	/* 1/1 for the whole sweep */
	bool has_sizes, has_depth, has_boots;	/* from a description file */
};

/**
 * sweep_read_file - add the words of a description file
 *
 * Lines of KEY=VALUE words; `#` begins a comment. A line with `cpus` is a grid,
 * which may have `nodes`, `empty-nodes` and `mem-nodes`; `topologies`,
 * `kernels`, `sizes`, `depth`, `boots` are as the options of the same names. The
 * last three may occur once; an option overrides them. EX_USE with file and line.
 */
int sweep_read_file(struct sweep *s, const char *path);

/* Drop all kernel names. */
void sweep_drop_kernels(struct sweep *s);

/* Add one kernel's name. 0, EX_FAIL, or EX_USE if it is a duplicate. */
int sweep_add_kernel(struct sweep *s, const char *name);

/* Add a list "a,b". An existing path is one name, even with commas. */
int sweep_add_kernels(struct sweep *s, const char *text);

/*
 * The `sweep` field of the results file: everything that decides which boots
 * the sweep has and what they measure.
 */
json_t *sweep_json(const struct sweep *s);

/* Print how many combinations of a grid were left out, if any. */
void sweep_left_out(FILE *out, const struct sweep *s);

/* Print what would run; @jobs have the boots that are done. */
void sweep_dry_run(FILE *out, const struct sweep *s, size_t to_build,
		   const struct boot_job *jobs, size_t nr);

void sweep_free(struct sweep *s);

#endif

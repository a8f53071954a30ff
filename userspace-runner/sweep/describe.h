/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a sweep measures: from its options, as JSON, and before it runs. */
#ifndef PCPUBENCH_SWEEP_DESCRIBE_H
#define PCPUBENCH_SWEEP_DESCRIBE_H

#include <jansson.h>

#include "boot/order.h"
#include "boot/session.h"
#include "plan/grid.h"

struct sweep {
	struct session_options opt;
	struct grid grid;
	char **kernels;		/* names; none: all there are */
	size_t nr_kernels;
	struct shard shard;	/* 1/1 for all of it */
};

/**
 * sweep_read_file - add what a description file says
 *
 * Lines of KEY=VALUE words, `#` to the end of the line is a comment. A line
 * with `cpus` is a grid, with `nodes` and `mem-nodes` beside it; `topologies`,
 * `kernels`, `sizes`, `boots` are as the options of the same names. EX_USE with
 * file and line.
 */
int sweep_read_file(struct sweep *s, const char *path);

/* Take all kernel names back. */
void sweep_drop_kernels(struct sweep *s);

/* Add one kernel's name, whatever is in it. 0 or EX_FAIL. */
int sweep_add_kernel(struct sweep *s, const char *name);

/* Add kernel names of a list "a,b" to the sweep. 0 or EX_FAIL. */
int sweep_add_kernels(struct sweep *s, const char *text);

/*
 * The `sweep` field of the results file: all that decides which boots are
 * wanted and what they measure.
 */
json_t *sweep_json(const struct sweep *s);

/* Say what would run, to @out; @jobs know what is done. */
void sweep_dry_run(FILE *out, const struct sweep *s,
		   const struct boot_job *jobs, size_t nr);

void sweep_free(struct sweep *s);

#endif

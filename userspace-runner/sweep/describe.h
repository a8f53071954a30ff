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
	bool has_sizes, has_boots;	/* from a description file */
};

/**
 * sweep_read_file - add what a description file says
 *
 * Lines of KEY=VALUE words, `#` to the end of the line is a comment. A line
 * with `cpus` is a grid, with `nodes`, `empty-nodes` and `mem-nodes` beside it;
 * `topologies`, `kernels`, `sizes`, `boots` are as the options of the same names.
 * The last two stand there once, and give way to an option, wherever that stands.
 * EX_USE with file and line.
 */
int sweep_read_file(struct sweep *s, const char *path);

/* Take all kernel names back. */
void sweep_drop_kernels(struct sweep *s);

/* Add one kernel's name, whatever is in it. 0, EX_FAIL, or EX_USE if it is there. */
int sweep_add_kernel(struct sweep *s, const char *name);

/* The same of a list "a,b". A path that exists is one name, commas or not. */
int sweep_add_kernels(struct sweep *s, const char *text);

/*
 * The `sweep` field of the results file: all that decides which boots are
 * wanted and what they measure.
 */
json_t *sweep_json(const struct sweep *s);

/* Say how many combinations of a grid are not there, if any. */
void sweep_left_out(FILE *out, const struct sweep *s);

/* Say what would run, to @out; @jobs know what is done. */
void sweep_dry_run(FILE *out, const struct sweep *s, size_t to_build,
		   const struct boot_job *jobs, size_t nr);

void sweep_free(struct sweep *s);

#endif

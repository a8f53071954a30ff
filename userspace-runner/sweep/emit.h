/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same sweep as work for a scheduler that is already there. */
#ifndef PCPUBENCH_SWEEP_EMIT_H
#define PCPUBENCH_SWEEP_EMIT_H

#include <stdio.h>

#include "sweep/describe.h"

enum emit_format {
	EMIT_NONE,
	EMIT_SLURM,	/* a script for sbatch: a job array */
	EMIT_PARALLEL,	/* a shell script around GNU parallel */
	EMIT_GITHUB,	/* a workflow file with a matrix */
};

/* EX_USE when @text is none. */
int emit_parse(const char *text, enum emit_format *format);

/*
 * Write it to @out: s->shard.of shards, and how their files are merged. @jobs
 * are those of the whole sweep. EX_FAIL when memory ran out.
 */
int emit_write(FILE *out, enum emit_format format, const struct sweep *s,
	       const struct boot_job *jobs, size_t nr);

#endif

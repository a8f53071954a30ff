/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a sweep as jobs for a scheduler. */
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

/* EX_USE if @text names none. */
int emit_parse(const char *text, enum emit_format *format);

/*
 * Write s->shard.of shards to @out, and how to merge their files. @jobs are
 * those of the whole sweep. EX_FAIL when memory ran out.
 */
int emit_write(FILE *out, enum emit_format format, const struct sweep *s,
	       const struct boot_job *jobs, size_t nr);

#endif

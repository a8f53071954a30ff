/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which shards of a sweep did not come to their end. */
#ifndef PCPUBENCH_SWEEP_SHARDS_H
#define PCPUBENCH_SWEEP_SHARDS_H

#include <jansson.h>
#include <stdbool.h>

#include "boot/order.h"

/* Zeroed at first. */
struct shards {
	unsigned int of;
	bool ended[SHARDS_MOST + 1];	/* by their numbers, from 1 */
	bool other;	/* a file is no shard, or one of another number of shards */
};

/* Note the records of the file @path. EX_USE where its shard is none. */
int shards_add(struct shards *s, const json_t *records, const char *path);

/**
 * shards_open - the numbers of those that have no end
 *
 * As Slurm takes them, "2,5-7". NULL if all have one, or it cannot be told. For free().
 */
char *shards_open(const struct shards *s);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Estimates how long boots take, and deals them out to shards. */
#ifndef PCPUBENCH_BOOT_ORDER_H
#define PCPUBENCH_BOOT_ORDER_H

#include "boot/boot.h"

/*
 * Estimated seconds of one core for a boot, from one machine and the unpatched
 * kernel. Good enough to start the longest first and to tell minutes from
 * hours.
 */
double order_cost(const struct topology *topo, const struct plan *plan);

/* Share @nr (from 1) of @of. */
struct shard {
	unsigned int nr, of;
};

/* Parse "K/N", 1 <= K <= N <= SHARDS_MOST. EX_USE. */
#define SHARDS_MOST	10000

int shard_parse(const char *text, struct shard *shard);

/**
 * order_shard - keep the jobs of one share, and only them
 * @nr: of @jobs, before and after
 *
 * The N shares are disjoint, complete, and take about equally long. The same
 * jobs give the same shares on every machine.
 */
int order_shard(struct boot_job *jobs, size_t *nr, const struct shard *shard);

#endif

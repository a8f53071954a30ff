/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long boots take, and a fair share of them for each machine. */
#ifndef PCPUBENCH_BOOT_ORDER_H
#define PCPUBENCH_BOOT_ORDER_H

#include "boot/boot.h"

/*
 * Seconds of one core that a boot takes, roughly: measured on one machine and
 * the unpatched kernel. Good enough to start the longest first and to say
 * whether it is minutes or hours.
 */
double order_cost(const struct topology *topo, const struct plan *plan);

/* Share @nr of @of, both from 1. */
struct shard {
	unsigned int nr, of;
};

/* "K/N", 1 <= K <= N <= 10000. EX_USE when @text is none. */
int shard_parse(const char *text, struct shard *shard);

/**
 * order_shard - keep the jobs of one share, and only them
 * @nr: of @jobs, before and after
 *
 * The shares of all K of N are disjoint, together everything, and about equally
 * long. The same jobs give the same shares on every machine.
 */
int order_shard(struct boot_job *jobs, size_t *nr, const struct shard *shard);

#endif

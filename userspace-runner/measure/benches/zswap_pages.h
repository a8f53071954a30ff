/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages that go out to zswap and come back. Each has contents of its own, which
 * compress: pages of one value are not kept in zswap's pool, and one that does not
 * compress is not kept at all.
 */
#ifndef PCPUBENCH_MEASURE_BENCHES_ZSWAP_PAGES_H
#define PCPUBENCH_MEASURE_BENCHES_ZSWAP_PAGES_H

#include <stdbool.h>

#include "measure/target.h"

#define ZSWAP_PAGES	256U
#define ZSWAP_PAGE	4096U

/* Page counts of the machine since boot. */
struct zswap_counts {
	long long out, in;	/* of zswap */
	long long device;	/* from and to the device */
};

/* What of a memory cgroup is in zswap, in bytes. */
struct zswap_bytes {
	long long pages;	/* whole: ZSWAP_PAGE for each */
	long long stored;	/* compressed: `zswap` of memory.stat */
	long long current;	/* the same, of memory.zswap.current */
	long long nodes;	/* the sum of numa_stat's row; -1: it has none */
};

/* One page's contents: @nr numbers the page. */
void zswap_page_fill(char *page, unsigned int nr);

/**
 * zswap_pages_make - map ZSWAP_PAGES pages, spread over all nodes with memory
 * @first: the first one's number, a multiple of 256
 * @pages: receives its address; all have one page table
 *
 * They are charged to the calling task's memory cgroup. EX_FAIL.
 */
int zswap_pages_make(const struct target *t, unsigned int first, char **pages);

/* Write them out, by one syscall. EX_FAIL */
int zswap_pages_out(char *pages);

/* Write to every @step'th of them what is there. */
void zswap_pages_in(char *pages, unsigned int step);

/* EX_FAIL */
int zswap_counts(struct zswap_counts *c);

/* Up to date. EX_FAIL */
int zswap_bytes(const struct cgroup *cg, struct zswap_bytes *bytes);

/* Nothing of the cgroup goes on from zswap to the device; 6.8 and later have that. */
int zswap_keep(const struct cgroup *cg);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model of a memory hierarchy: three levels of set-associative, write-back
 * caches with LRU replacement and two levels of TLB, one core's view. It is a
 * model: no prefetching, no out-of-order overlap, no other cores.
 */
#ifndef PCPUBENCH_CACHE_H
#define PCPUBENCH_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CACHE_EVENTS(X)							\
	X(LOADS, "loads") X(STORES, "stores")				\
	X(L1D_MISS, "l1d_miss") X(L2_MISS, "l2_miss")			\
	X(L3_MISS, "l3_miss") X(TLB_MISS, "tlb_miss")			\
	X(STLB_MISS, "stlb_miss")

enum cache_event {
#define X(name, text) CACHE_##name,
	CACHE_EVENTS(X)
#undef X
	NR_CACHE_EVENTS
};

struct cache;

/**
 * cache_new - a cold hierarchy
 * @config: lines "level size_kib ways line_bytes" for l1d, l2, l3, and
 *	"level entries ways" for dtlb, stlb; others are passed over
 *
 * NULL, and one line about it in @why, when @config is not usable.
 */
struct cache *cache_new(FILE *config, char *why, size_t room);
void cache_free(struct cache *c);

/**
 * cache_access - @bytes at @vaddr are loaded or stored
 * @paddr: its physical address: the levels above L1 are found by it
 * @events: NR_CACHE_EVENTS counts to add to, or NULL
 */
void cache_access(struct cache *c, uint64_t vaddr, uint64_t paddr,
		  unsigned int bytes, bool store, uint64_t *events);

#endif

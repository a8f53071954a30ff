/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model of one core's memory hierarchy: three levels of set-associative,
 * write-back caches with LRU replacement and two levels of TLB. It has no
 * prefetching, no out-of-order overlap, no other cores.
 */
#ifndef PCPUBENCH_CACHE_H
#define PCPUBENCH_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Events: accesses, and misses of lines or pages at a level. */
enum cache_event {
	CACHE_LOADS,
	CACHE_STORES,
	CACHE_L1D_LOAD_MISS,
	CACHE_L1D_STORE_MISS,
	CACHE_L2_LOAD_MISS,
	CACHE_L2_STORE_MISS,
	CACHE_L3_LOAD_MISS,
	CACHE_L3_STORE_MISS,
	CACHE_DTLB_MISS,
	CACHE_STLB_MISS,
	NR_CACHE_EVENTS
};

/* Their names in a `profile` record, in this order. */
#define CACHE_EVENT_NAMES						\
	"loads", "stores", "l1d_load_miss", "l1d_store_miss",		\
	"l2_load_miss", "l2_store_miss", "l3_load_miss",		\
	"l3_store_miss", "dtlb_miss", "stlb_miss"

struct cache;

/**
 * cache_new - a cold hierarchy
 * @config: lines "level size_kib ways line_bytes" for l1d, l2, l3, and "level
 *	entries ways" for dtlb, stlb; other lines are ignored
 *
 * NULL, with one line in @why, when @config is not usable.
 */
struct cache *cache_new(FILE *config, char *why, size_t room);
void cache_free(struct cache *c);

/**
 * cache_access - load or store @bytes at @vaddr
 * @paddr: its physical address, which indexes the levels above L1
 * @events: NR_CACHE_EVENTS counts to add to, or NULL
 */
void cache_access(struct cache *c, uint64_t vaddr, uint64_t paddr,
		  unsigned int bytes, bool store, uint64_t *events);

#endif

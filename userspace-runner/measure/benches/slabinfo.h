/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slab caches by /proc/slabinfo, which kernels with CONFIG_SLUB_DEBUG have. */
#ifndef PCPUBENCH_MEASURE_BENCHES_SLABINFO_H
#define PCPUBENCH_MEASURE_BENCHES_SLABINFO_H

#include <stddef.h>

#define SLABINFO_NAME	64	/* bytes of a cache's name, with its end */

/* Sums over caches, and what all of them have alike. */
struct slabinfo {
	long long active;	/* objects in use, and free ones of a CPU's slab */
	long long slabs;
	unsigned int bytes;	/* of an object, with what checks put around it */
	unsigned int in_slab;	/* objects that a slab has room for */
};

/*
 * Of the caches whose names begin with @prefix. 0, EX_FAIL; EX_INVALID without
 * err(): there is no such file.
 */
int slabinfo_of(const char *prefix, struct slabinfo *sum);

/*
 * Of unaccounted kmalloc() of @bytes, a size of such a cache. What CPUs keep is given
 * back first, so that the objects are those in use. As slabinfo_of().
 */
int slabinfo_kmalloc(unsigned int bytes, struct slabinfo *sum);

/* Of the cache of unaccounted kmalloc() of @bytes, a size of such a cache. */
void slabinfo_kmalloc_name(char name[SLABINFO_NAME], unsigned int bytes);

/* kmalloc() may have 16 of each size. */
#define SLABINFO_MOST	512

struct slabinfo_caches {
	size_t nr;
	struct slabinfo_cache {
		char name[SLABINFO_NAME];
		long long active;	/* objects in use */
		unsigned int bytes;	/* of one */
		unsigned int in_slab;	/* objects that a slab has room for */
	} cache[SLABINFO_MOST];
};

/* Each cache, as slabinfo_kmalloc(). */
int slabinfo_read(struct slabinfo_caches *all);

/* From each of @all the objects that the cache of this name has in @from. */
void slabinfo_subtract(struct slabinfo_caches *all,
		       const struct slabinfo_caches *from);

/* NULL if there is no such cache */
const struct slabinfo_cache *slabinfo_find(const struct slabinfo_caches *all,
					   const char *name);

/* 0 if there is no such cache */
long long slabinfo_active(const struct slabinfo_caches *all, const char *name);

#endif

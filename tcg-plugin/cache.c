// SPDX-License-Identifier: GPL-2.0-or-later
/* The cache model: levels with LRU replacement, and TLBs. */
#include <stdlib.h>
#include <string.h>

#include "cache.h"

/* One level; the ways of a set are sorted by their last use. */
struct level {
	unsigned int ways, shift;
	uint64_t sets;
	uint64_t *tags;		/* tag + 1, 0: empty */
};

enum { L1D, L2, L3, DTLB, STLB, NR_LEVELS };

static const char *const level_name[NR_LEVELS] = {
	"l1d", "l2", "l3", "dtlb", "stlb",
};

struct cache {
	struct level level[NR_LEVELS];
};

#define PAGE_SHIFT	12

static bool power_of_2(uint64_t n)
{
	return n && !(n & (n - 1));
}

static unsigned int log2_of(uint64_t n)
{
	unsigned int shift = 0;

	while (n >>= 1)
		shift++;
	return shift;
}

static bool set_level(struct cache *c, int i, unsigned long a, unsigned long b,
		      unsigned long line)
{
	struct level *l = &c->level[i];
	uint64_t entries = a;

	if (i <= L3) {
		if (!power_of_2(line))
			return false;
		l->shift = log2_of(line);
		entries = (uint64_t)a * 1024 / line;
	} else {
		l->shift = PAGE_SHIFT;
	}
	if (!entries || !b || entries % b || l->tags || entries > 1UL << 28)
		return false;
	l->ways = b;
	/* Sets need not be a power of two (11 ways, 27.5 MiB). */
	l->sets = entries / b;
	l->tags = calloc(entries, sizeof(*l->tags));
	return l->tags;
}

struct cache *cache_new(FILE *config, char *why, size_t room)
{
	struct cache *c = calloc(1, sizeof(*c));
	char line[256], name[32];
	unsigned long a, b, d;
	int i, n;

	while (c && fgets(line, sizeof(line), config)) {
		d = 0;
		n = sscanf(line, "%31s %lu %lu %lu", name, &a, &b, &d);
		for (i = 0; i < NR_LEVELS && n > 0; i++) {
			if (strcmp(name, level_name[i]))
				continue;
			if (n < (i <= L3 ? 4 : 3) || !set_level(c, i, a, b, d)) {
				line[strcspn(line, "\n")] = '\0';
				snprintf(why, room, "'%s' is no level of a cache",
					 line);
				goto fail;
			}
		}
	}
	for (i = 0; i < NR_LEVELS; i++)
		if (!c || !c->level[i].tags) {
			snprintf(why, room, "it does not say what %s is",
				 level_name[i]);
			goto fail;
		}
	return c;
fail:
	cache_free(c);
	return NULL;
}

void cache_free(struct cache *c)
{
	int i;

	for (i = 0; c && i < NR_LEVELS; i++)
		free(c->level[i].tags);
	free(c);
}

/* Was @addr there? Now it is, as the most recent of its set. */
static bool lookup(struct level *l, uint64_t addr)
{
	uint64_t tag = (addr >> l->shift) + 1;
	uint64_t *set = l->tags + tag % l->sets * l->ways;
	unsigned int i;

	for (i = 0; i < l->ways - 1 && set[i] != tag; i++)
		;
	bool hit = set[i] == tag;

	memmove(set + 1, set, i * sizeof(*set));
	set[0] = tag;
	return hit;
}

static void one_line(struct cache *c, uint64_t vaddr, uint64_t paddr,
		     bool store, uint64_t *ev)
{
	bool tlb = lookup(&c->level[DTLB], vaddr), stlb = true;
	bool l1, l2 = true, l3 = true;

	if (!tlb)
		stlb = lookup(&c->level[STLB], vaddr);
	/* L1's index bits are within the page, so either address works. */
	l1 = lookup(&c->level[L1D], paddr);
	if (!l1)
		l2 = lookup(&c->level[L2], paddr);
	if (!l2)
		l3 = lookup(&c->level[L3], paddr);
	if (!ev)
		return;
	ev[CACHE_DTLB_MISS] += !tlb;
	ev[CACHE_STLB_MISS] += !stlb;
	ev[CACHE_L1D_LOAD_MISS + store] += !l1;
	ev[CACHE_L2_LOAD_MISS + store] += !l2;
	ev[CACHE_L3_LOAD_MISS + store] += !l3;
}

void cache_access(struct cache *c, uint64_t vaddr, uint64_t paddr,
		  unsigned int bytes, bool store, uint64_t *ev)
{
	uint64_t line = 1ULL << c->level[L1D].shift;
	uint64_t last = (vaddr + bytes - 1) & ~(line - 1);

	if (ev)
		ev[store ? CACHE_STORES : CACHE_LOADS]++;
	one_line(c, vaddr, paddr, store, ev);
	/* The access may touch a second line, rarely on another page. */
	if (last > vaddr)
		one_line(c, last, paddr + (last - vaddr), store, ev);
}

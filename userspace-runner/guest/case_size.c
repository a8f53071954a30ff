// SPDX-License-Identifier: GPL-2.0-or-later
/* Cases: objects of all sizes, at all places in a page, sleeping and atomic. */
#include <stdlib.h>

#include "guest/selftest.h"

/*
 * Unaccounted objects must not count as accounted. Objects in the first chunk
 * are not accounted: their charge is returned.
 */
static int first_chunk(struct selftest *t, unsigned int bytes, unsigned int count)
{
	struct group g = { "" };
	struct place here = { &g, -1 };
	struct objects o = { -1 };
	struct where w = { .object = NULL };
	int ret;

	ret = group_make(&g, NULL, "first");
	if (!ret)
		ret = objects_open(&o);
	if (!ret)
		ret = objects_alloc(&o, &here, bytes, 8, count, 0, NULL);
	if (!ret)
		ret = objects_alloc(&o, &here, bytes, 8, count, ACCOUNT, NULL);
	if (!ret)
		ret = expect_objects(t, &g, "held", &o, &w);
	if (!ret) {
		need(t, w.first_chunk, "no object was in the first chunk");
		free(w.object);
	}
	ret = free_all(t, &g, &o, ret);
	return ret ? ret : group_remove(&g);
}

/*
 * Atomic allocations use populated pages. Make some: pages of freed objects
 * stay populated if they are few.
 */
static int populate(const struct place *place, unsigned int bytes,
		    unsigned int count)
{
	struct objects o = { -1 };
	int ret;

	ret = objects_open(&o);
	if (!ret)
		ret = objects_alloc(&o, place, bytes, 4, count, 0, NULL);
	objects_close(&o);
	return ret;
}

/* Allocate @count objects, or as many as fit without sleeping. */
static int hold(const struct objects *o, const struct group *g,
		unsigned int bytes, unsigned int count, unsigned int flags)
{
	struct place here = { g, -1 }, outside = { NULL, -1 };
	unsigned int done;
	int ret = plug_first_chunk();

	if (!ret && (flags & ATOMIC))
		ret = populate(&outside, bytes, count);
	if (ret)
		return ret;
	return objects_alloc(o, &here, bytes, 4, count, flags | ACCOUNT, &done);
}

/* Hold and free once; a second round shows if the first left less than zero. */
static int round_of(struct selftest *t, const struct group *g,
		    unsigned int bytes, unsigned int flags, struct where *w)
{
	/* A page full of small objects, few large ones. */
	unsigned int count = bytes < 64 ? 512 : bytes < 4096 ? 128 :
			     bytes < 32768 ? 5 : 2;
	struct objects o = { -1 };
	int ret, try;

	ret = objects_open(&o);
	/* The kernel may free its objects in the first chunk, too. */
	for (try = 0; try < 20 && !ret; try++) {
		ret = hold(&o, g, bytes, count, flags);
		if (!ret)
			ret = expect_objects(t, g, "held", &o, w);
		free(ret ? NULL : w->object);
		if (!ret && w->first_chunk < w->nr_objects)
			break;
	}
	need(t, try < 20, "no object of %u B came to lie outside the first chunk",
	     bytes);
	ret = free_all(t, g, &o, ret);
	return ret;
}

static int size(struct selftest *t, unsigned int bytes, unsigned int flags)
{
	struct group g = { "" };
	struct where w = { .object = NULL };
	int ret;

	ret = group_make(&g, NULL, "size");
	if (!ret)
		ret = round_of(t, &g, bytes, flags, &w);
	if (!ret)
		ret = round_of(t, &g, bytes, flags, &w);
	return ret ? ret : group_remove(&g);
}

static int straddle(struct selftest *t, unsigned int bytes, unsigned int flags)
{
	struct group g = { "" };
	struct where w = { .straddling = 0 };
	int ret;

	ret = group_make(&g, NULL, "straddle");
	if (!ret)
		ret = round_of(t, &g, bytes, flags, &w);
	need(t, w.straddling, "no object crossed a page boundary");
	return ret ? ret : group_remove(&g);
}

const struct selftest_case first_chunk_case = {
	"first chunk", first_chunk, 64, 16,
};

const struct selftest_case size_cases[] = {
	{ "4 B", size, 4, 0 },
	{ "4 B, atomic", size, 4, ATOMIC },
	{ "64 B", size, 64, 0 },
	{ "64 B, atomic", size, 64, ATOMIC },
	{ "8 KiB", size, 8192, 0 },
	{ "8 KiB, atomic", size, 8192, ATOMIC },
	{ "32 KiB", size, 32768, 0 },
	{ "32 KiB, atomic", size, 32768, ATOMIC },
	{ "across pages, 40 B", straddle, 40, 0 },
	{ "across pages, 40 B, atomic", straddle, 40, ATOMIC },
	{ "across pages, 4100 B", straddle, 4100, 0 },
	{ "across pages, 4100 B, atomic", straddle, 4100, ATOMIC },
	{ 0 }
};

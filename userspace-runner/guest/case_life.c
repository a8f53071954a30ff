// SPDX-License-Identifier: GPL-2.0-or-later
/* Cases: who frees an object, when, and in whose chunk. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "guest/selftest.h"
#include "measure/device.h"

/* Allocate some objects of each size, enough for one step of a case. */
static int some_objects(const struct objects *o, const struct place *place)
{
	int ret = objects_alloc(o, place, 64, 4, 40, ACCOUNT, NULL);

	if (!ret)
		ret = objects_alloc(o, place, 4, 4, 40, ACCOUNT, NULL);
	if (!ret)
		ret = objects_alloc(o, place, 1000, 4, 20, ACCOUNT, NULL);
	if (!ret)
		ret = objects_alloc(o, place, 8192, 4, 3, ACCOUNT, NULL);
	return ret;
}

/* An object is uncharged from the cgroup that was charged, whoever frees it. */
static int other_cgroup(struct selftest *t, unsigned int a, unsigned int b)
{
	struct group payer = { "" }, freer = { "" };
	struct place pay = { &payer, -1 }, release = { &freer, -1 };
	struct objects o = { -1 };
	int ret;

	(void)a;
	(void)b;
	ret = group_make(&payer, NULL, "payer");
	if (!ret)
		ret = group_make(&freer, NULL, "freer");
	if (!ret)
		ret = objects_open(&o);
	if (!ret)
		ret = some_objects(&o, &pay);
	if (!ret)
		ret = expect_objects(t, &payer, "held", &o, NULL);
	if (!ret)
		ret = objects_release(&o, &release);
	if (!ret)
		ret = expect_nothing(t, &payer, "freed by another cgroup");
	if (!ret)
		ret = expect_nothing(t, &freer, "of the one that freed");
	objects_close(&o);
	if (!ret)
		ret = group_remove(&freer);
	return ret ? ret : group_remove(&payer);
}

int expect_soon(struct selftest *t, const struct group *g,
		const struct bytes *expected)
{
	/* By the clock: reading takes long itself where there are many CPUs and nodes. */
	const double end = clock_now() + (t->failed ? 10 : 60);
	struct seen seen;
	int ret = 0;

	while (!ret && clock_now() < end) {
		ret = group_seen(g, t->nr_nodes, &seen);
		if (!ret && seen.percpu.bytes.total == expected->total)
			break;
		usleep(20000);
	}
	return ret;
}

/* Objects that outlive their cgroup belong to its parent. */
static int removed_cgroup(struct selftest *t, unsigned int a, unsigned int b)
{
	struct group parent = { "" }, child = { "" };
	struct place here = { &child, -1 }, outside = { NULL, -1 };
	struct objects o = { -1 };
	struct where w = { .object = NULL };
	int ret;

	(void)a;
	(void)b;
	ret = group_make(&parent, NULL, "parent");
	if (!ret)
		ret = group_make(&child, &parent, "child");
	if (!ret)
		ret = objects_open(&o);
	if (!ret)
		ret = some_objects(&o, &here);
	if (!ret)
		ret = expect_objects(t, &child, "held", &o, NULL);
	if (!ret)
		ret = group_remove(&child);
	if (!ret)
		ret = objects_where(&o, t->nr_nodes, t->beyond, &w);
	if (!ret) {
		/* The child's own counters are percpu memory, too. */
		ret = expect_soon(t, &parent, &w.expected);
		free(w.object);
	}
	if (!ret)
		ret = expect_objects(t, &parent, "held after the removal", &o,
				     NULL);
	if (!ret)
		ret = objects_release(&o, &outside);
	if (!ret)
		ret = expect_nothing(t, &parent, "freed after the removal");
	objects_close(&o);
	return ret ? ret : group_remove(&parent);
}

struct goer {
	struct objects o;
	struct group child;	/* to be removed, "" for tasks that free */
};

static int free_or_remove(void *arg)
{
	struct goer *g = arg;

	return g->child.path[0] ? group_remove(&g->child) :
				  device_release(g->o.fd);
}

/* Enough objects to keep a CPU busy freeing, and to empty whole chunks. */
static int many_objects(const struct objects *o, const struct place *place)
{
	int ret = objects_alloc(o, place, 40, 4, 400, ACCOUNT, NULL);

	return ret ? ret : objects_alloc(o, place, 32768, 4, 12, ACCOUNT, NULL);
}

/*
 * A task on each CPU frees a cgroup's objects while another task removes the
 * cgroup, and the balance worker frees empty pages and chunks.
 */
static int going_cgroup(struct selftest *t, unsigned int rounds, unsigned int b)
{
	const struct bytes nothing = { 0 };
	struct group parent = { "" };
	struct goer g[sizeof(t->cpu) / sizeof(t->cpu[0]) + 1];
	struct place p[sizeof(g) / sizeof(g[0])];
	struct goer *last = &g[t->nr_cpus];
	struct place here = { &last->child, -1 };
	unsigned int i;
	int ret;

	(void)b;
	for (i = 0; i <= t->nr_cpus; i++) {
		g[i] = (struct goer){ .o = { -1 } };
		p[i] = (struct place){ NULL, i < t->nr_cpus ? t->cpu[i] : -1 };
	}
	ret = group_make(&parent, NULL, "parent");
	for (i = 0; i < t->nr_cpus && !ret; i++)
		ret = objects_open(&g[i].o);
	/* A total that stays wrong takes a minute to tell: once will do. */
	for (; rounds && !ret && !t->bad_total[0]; rounds--) {
		ret = group_make(&last->child, &parent, "child");
		for (i = 0; i < t->nr_cpus && !ret; i++)
			ret = many_objects(&g[i].o, &here);
		if (!ret)
			ret = place_run(p, t->nr_cpus + 1, free_or_remove, g,
					sizeof(g[0]));
		if (!ret)
			ret = expect_soon(t, &parent, &nothing);
		if (!ret)
			ret = expect_nothing(t, &parent, "freed and removed");
	}
	for (i = 0; i < t->nr_cpus; i++)
		objects_close(&g[i].o);
	return ret ? ret : group_remove(&parent);
}

static bool share_chunk(const struct where *a, const struct where *b)
{
	unsigned int i, j;

	for (i = 0; i < a->nr_objects; i++)
		for (j = 0; j < b->nr_objects; j++)
			if (a->object[i].chunk &&
			    a->object[i].chunk == b->object[j].chunk)
				return true;
	return false;
}

/* Two cgroups take turns in one chunk, and one of them goes first. */
static int shared_chunk(struct selftest *t, unsigned int bytes,
			unsigned int count)
{
	struct group g[2] = { { "" }, { "" } };
	struct place here[2] = { { &g[0], -1 }, { &g[1], -1 } };
	struct objects o[2] = { { -1 }, { -1 } };
	struct where w[2] = { { .object = NULL }, { .object = NULL } };
	unsigned int i;
	int ret;

	ret = group_make(&g[0], NULL, "one");
	if (!ret)
		ret = group_make(&g[1], NULL, "two");
	for (i = 0; i < 2 && !ret; i++)
		ret = objects_open(&o[i]);
	for (i = 0; i < count && !ret; i++)
		ret = objects_alloc(&o[i % 2], &here[i % 2], bytes, 4, 1,
				    ACCOUNT, NULL);
	for (i = 0; i < 2 && !ret; i++)
		ret = expect_objects(t, &g[i], i ? "held by the second" :
				     "held by the first", &o[i], &w[i]);
	need(t, ret || share_chunk(&w[0], &w[1]), "the two shared no chunk");
	if (!ret)
		ret = objects_release(&o[0], &here[0]);
	if (!ret)
		ret = expect_nothing(t, &g[0], "freed by the first");
	if (!ret)
		ret = expect_objects(t, &g[1], "still held by the second",
				     &o[1], NULL);
	if (!ret)
		ret = objects_release(&o[1], &here[1]);
	if (!ret)
		ret = expect_nothing(t, &g[1], "freed by the second");
	for (i = 0; i < 2; i++) {
		objects_close(&o[i]);
		free(w[i].object);
		if (!ret)
			ret = group_remove(&g[i]);
	}
	return ret;
}

const struct selftest_case life_cases[] = {
	{ "freed from another cgroup", other_cgroup, 0, 0 },
	{ "freed after the cgroup is removed", removed_cgroup, 0, 0 },
	{ "freed while the cgroup is removed", going_cgroup, 6, 0 },
	{ "two cgroups in one chunk, 40 B", shared_chunk, 40, 60 },
	{ "two cgroups in one chunk, 2052 B", shared_chunk, 2052, 24 },
	{ 0 }
};

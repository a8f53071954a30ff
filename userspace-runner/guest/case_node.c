// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory that is not on the CPU's own node. A task may get memory only from the
 * nodes of its cgroup, the pages of a percpu chunk and its obj_exts included,
 * whichever CPU they are for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "guest/selftest.h"
#include "measure/file.h"

static const char *node_name(unsigned int nid)
{
	static char name[16];

	snprintf(name, sizeof(name), "%u", nid);
	return name;
}

/* The last nodes of the topology have memory only. */
static unsigned int far_node(const struct selftest *t, unsigned int i)
{
	return t->nr_nodes - 1 - i;
}

static bool lacks_far_nodes(struct selftest *t)
{
	if (t->topo.mem_nodes < 2)
		t->skip = "fewer than two memory-only nodes here";
	return t->skip;
}

/* Enough large objects that a new chunk is needed: all of it on one node. */
static int memory_only(struct selftest *t, unsigned int bytes,
		       unsigned int count)
{
	const unsigned int nid = far_node(t, 0);
	struct group g = { "" };
	struct place here = { &g, -1 };
	struct objects o = { -1 };
	struct where w;
	int ret;

	if (lacks_far_nodes(t))
		return 0;
	ret = group_make(&g, NULL, "memory-only");
	if (!ret)
		ret = group_nodes(&g, node_name(nid));
	if (!ret)
		ret = objects_open(&o);
	if (!ret)
		ret = objects_alloc(&o, &here, bytes, 4, count, ACCOUNT, NULL);
	if (!ret)
		ret = expect_objects(t, &g, "held", &o, &w);
	if (!ret) {
		need(t, w.node[nid].object, "no object page was on node %u", nid);
		need(t, w.node[nid].ext, "no obj_exts page was on node %u", nid);
		free(w.object);
		ret = objects_release(&o, &here);
	}
	if (!ret)
		ret = expect_nothing(t, &g, "freed");
	objects_close(&o);
	return ret ? ret : group_remove(&g);
}

/*
 * @count objects of @bytes, the pages of which come from two nodes in turn. An
 * object that is not a multiple of a page begins on a page of its neighbour.
 */
static int alternate(struct selftest *t, const struct group *g,
		     const struct objects *o, unsigned int bytes,
		     unsigned int align, unsigned int count, unsigned int flags)
{
	struct place here = { g, -1 };
	unsigned int i;
	int ret = 0;

	for (i = 0; i < count && !ret; i++) {
		ret = group_nodes(g, node_name(far_node(t, i % 2)));
		if (!ret)
			ret = objects_alloc(o, &here, bytes, align, 1, flags,
					    NULL);
	}
	return ret ? ret : group_nodes(g, "");
}

static int two_nodes(struct selftest *t, unsigned int bytes, unsigned int count)
{
	struct group g = { "" };
	struct place here = { &g, -1 };
	struct objects o = { -1 };
	struct where w;
	int ret, round;

	if (lacks_far_nodes(t))
		return 0;
	ret = group_make(&g, NULL, "two-nodes");
	if (!ret)
		ret = objects_open(&o);
	for (round = 0; round < 2 && !ret; round++) {
		ret = alternate(t, &g, &o, bytes, 4, count, ACCOUNT);
		if (!ret)
			ret = expect_objects(t, &g, "held", &o, &w);
		if (!ret) {
			need(t, w.mixed || round,
			     "no object was on two nodes");
			free(w.object);
			ret = objects_release(&o, &here);
		}
		if (!ret)
			ret = expect_nothing(t, &g, "freed");
	}
	objects_close(&o);
	return ret ? ret : group_remove(&g);
}

/* Small objects over the edge between two pages of different nodes. */
static int two_nodes_small(struct selftest *t, unsigned int bytes,
			   unsigned int count)
{
	struct place outside = { NULL, -1 };
	struct objects pages = { -1 }, o = { -1 };
	struct group g = { "" }, nodes = { "" };
	struct place here = { &g, -1 };
	struct where w;
	unsigned int done;
	int ret;

	if (lacks_far_nodes(t))
		return 0;
	ret = group_make(&g, NULL, "small");
	if (!ret)
		ret = group_make(&nodes, NULL, "pages");
	if (!ret)
		ret = objects_open(&pages);
	if (!ret)
		ret = objects_open(&o);
	/* The pages stay when what made them is freed: they are few. */
	if (!ret)
		ret = alternate(t, &nodes, &pages, 4096, 4096, 24, 0);
	if (!ret)
		ret = objects_free(&pages, &outside, 8, 12);
	if (!ret)
		ret = objects_alloc(&o, &here, bytes, 4, count,
				    ACCOUNT | ATOMIC, &done);
	if (!ret)
		ret = expect_objects(t, &g, "held", &o, &w);
	if (!ret) {
		need(t, w.mixed, "no object was on two nodes");
		free(w.object);
		ret = objects_release(&o, &here);
	}
	if (!ret)
		ret = expect_nothing(t, &g, "freed");
	objects_close(&o);
	objects_close(&pages);
	if (!ret)
		ret = group_remove(&nodes);
	return ret ? ret : group_remove(&g);
}

/* KiB of percpu memory that is backed by pages. */
static long percpu_kib(void)
{
	char text[8192], *row;

	if (read_file("/proc/meminfo", text, sizeof(text)))
		return -1;
	row = strstr(text, "\nPercpu:");
	return row ? atol(row + strlen("\nPercpu:")) : -1;
}

/*
 * A chunk that has lost its pages gets new ones, on another node: what was
 * remembered of the old ones must not be used.
 */
static int repopulate(struct selftest *t, unsigned int bytes,
		      unsigned int count)
{
	struct group g = { "" };
	struct place here = { &g, -1 };
	struct objects o = { -1 };
	struct where before, after;
	unsigned int i, same = 0;
	long full, now = 0;
	int ret, wait;

	if (lacks_far_nodes(t))
		return 0;
	ret = group_make(&g, NULL, "repopulate");
	if (!ret)
		ret = objects_open(&o);
	/* One object in eight stays, and keeps its chunk from being freed. */
	if (!ret)
		ret = group_nodes(&g, node_name(far_node(t, 0)));
	if (!ret)
		ret = objects_alloc(&o, &here, bytes, 4, count, ACCOUNT, NULL);
	if (!ret)
		ret = expect_objects(t, &g, "populated", &o, &before);
	if (ret)
		goto out;
	full = percpu_kib();
	for (i = 0; i < count && !ret; i += 8)
		ret = objects_free(&o, &here, i, 7);
	/* The balance worker takes away what is not needed. */
	for (wait = 0; wait < 500 && !ret; wait++) {
		now = percpu_kib();
		if (now < full)
			break;
		usleep(20000);
	}
	usleep(200000);
	need(t, now < full, "no page was taken back: %ld kB before, %ld kB after",
	     full, now);
	if (!ret)
		ret = expect_objects(t, &g, "depopulated", &o, NULL);
	if (!ret)
		ret = group_nodes(&g, node_name(far_node(t, 1)));
	if (!ret)
		ret = objects_alloc(&o, &here, bytes, 4, count / 8 * 7, ACCOUNT,
				    NULL);
	if (!ret)
		ret = expect_objects(t, &g, "repopulated", &o, &after);
	if (ret) {
		free(before.object);
		goto out;
	}
	/* New objects at the very place of old ones. */
	for (i = count; i < after.nr_objects; i++)
		for (unsigned int j = 0; j < count; j++)
			same += !after.object[j].chunk &&
				after.object[i].chunk == before.object[j].chunk &&
				after.object[i].offset == before.object[j].offset;
	need(t, same, "no object came to the place of an old one");
	need(t, after.node[far_node(t, 1)].object,
	     "no page came back on node %u", far_node(t, 1));
	free(before.object);
	free(after.object);
	ret = objects_release(&o, &here);
	if (!ret)
		ret = expect_nothing(t, &g, "freed");
out:
	objects_close(&o);
	return ret ? ret : group_remove(&g);
}

const struct selftest_case node_cases[] = {
	{ "memory-only node, 32 KiB", memory_only, 32768, 20 },
	{ "memory-only node, 64 B", memory_only, 64, 6000 },
	{ "across nodes, 6 KiB", two_nodes, 6144, 40 },
	{ "across nodes, 32 KiB", two_nodes, 32768 - 2048, 12 },
	{ "across nodes, 40 B", two_nodes_small, 40, 2000 },
	{ "depopulated and repopulated", repopulate, 32768, 24 },
	{ 0 }
};

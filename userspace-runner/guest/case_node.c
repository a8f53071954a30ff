// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Cases: memory that is not on the CPU's own node. A task gets memory only from
 * the nodes of its cgroup, also for the pages of a percpu chunk and its
 * obj_exts, whichever CPU they are for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "guest/selftest.h"

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

/* An online CPU whose node is empty, or -1 for any CPU. */
static int cpu_of_empty(const struct selftest *t)
{
	for (unsigned int i = 0; i < t->nr_cpus; i++)
		if (!topology_has_memory(&t->topo, topology_node_of(&t->topo,
								    t->cpu[i])))
			return t->cpu[i];
	return -1;
}

/* Every node with memory must have the copies of all CPUs it serves. */
static void need_served(struct selftest *t, const struct where *w,
			unsigned int bytes, unsigned int count)
{
	unsigned long long want[MAX_NODES] = { 0 };
	unsigned int nid;

	for (nid = 0; nid < t->nr_nodes; nid++)
		want[topology_memory_node(&t->topo, nid)] +=
			(unsigned long long)topology_cpus_of(&t->topo, nid) *
			bytes * count;
	for (nid = 0; nid < t->nr_nodes; nid++)
		need(t, w->node[nid].object == want[nid],
		     "node %u has %llu B of the objects, not %llu B", nid,
		     (unsigned long long)w->node[nid].object, want[nid]);
}

/* Objects of CPUs whose own node has no memory, by a task on one of them. */
static int empty_node(struct selftest *t, unsigned int bytes,
		      unsigned int count)
{
	struct group g = { "" };
	struct place there = { &g, cpu_of_empty(t) };
	struct objects o = { -1 };
	struct where w = { .object = NULL };
	int ret;

	if (!t->topo.empty_nodes) {
		t->skip = "every node with CPUs has memory here";
		return 0;
	}
	ret = group_make(&g, NULL, "empty-node");
	if (!ret)
		ret = objects_open(&o);
	if (!ret)
		ret = objects_alloc(&o, &there, bytes, 4, count, ACCOUNT, NULL);
	if (!ret)
		ret = expect_objects(t, &g, "held", &o, &w);
	if (!ret)
		need_served(t, &w, bytes, count);
	free(ret ? NULL : w.object);
	ret = free_all(t, &g, &o, ret);
	return ret ? ret : group_remove(&g);
}

/* Tries of a case until memory lies on the wanted nodes. */
#define TRIES	12

/*
 * Make chunks by a task in @place and leave them half empty. The balance worker
 * makes chunks, too, on its own nodes, if fewer than four pages are left in all
 * chunks. Objects of seven pages leave some pages at the end of every chunk, as
 * a chunk has a power of two of pages; so the task needs a new chunk before the
 * worker makes one.
 */
static int make_chunks(const struct objects *o, const struct place *place)
{
	const unsigned int bytes = 7 * 4096, count = 40;
	unsigned int i;
	int ret = objects_alloc(o, place, bytes, 4, count, 0, NULL);

	for (i = 0; i < count && !ret; i += 2)
		ret = objects_free(o, place, i, 1);
	return ret;
}

/* Objects in a chunk that lies on one node, with its obj_exts. */
static int memory_only(struct selftest *t, unsigned int bytes,
		       unsigned int count)
{
	const unsigned int nid = far_node(t, 0);
	struct group g = { "" };
	struct place here = { &g, -1 };
	struct objects chunks = { -1 }, o = { -1 };
	struct where w = { .object = NULL };
	bool there = false;
	int ret, try;

	if (lacks_far_nodes(t))
		return 0;
	ret = group_make(&g, NULL, "memory-only");
	if (!ret)
		ret = group_nodes(&g, node_name(nid));
	if (!ret)
		ret = objects_open(&chunks);
	if (!ret)
		ret = objects_open(&o);
	for (try = 0; try < TRIES && !ret && !there; try++) {
		ret = objects_release(&chunks, &here);
		if (!ret)
			ret = make_chunks(&chunks, &here);
		if (!ret)
			ret = objects_alloc(&o, &here, bytes, 4, count, ACCOUNT,
					    NULL);
		if (!ret)
			ret = expect_objects(t, &g, "held", &o, &w);
		free(ret ? NULL : w.object);
		there = !ret && w.node[nid].object && w.node[nid].ext;
	}
	need(t, ret || there, "no object or no obj_exts was on node %u", nid);
	ret = free_all(t, &g, &o, ret);
	objects_close(&chunks);
	return ret ? ret : group_remove(&g);
}

/*
 * Allocate @count objects of @bytes, whose pages come from two nodes in turn.
 * As the size is not a multiple of a page, objects share pages with neighbours.
 */
static int alternate(struct selftest *t, const struct group *g,
		     const struct objects *o, unsigned int bytes,
		     unsigned int count, unsigned int flags)
{
	struct place here = { g, -1 };
	unsigned int i;
	int ret = 0;

	for (i = 0; i < count && !ret; i++) {
		ret = group_nodes(g, node_name(far_node(t, i % 2)));
		if (!ret)
			ret = objects_alloc(o, &here, bytes, 4, 1, flags, NULL);
	}
	return ret ? ret : group_nodes(g, "");
}

static int two_nodes(struct selftest *t, unsigned int bytes, unsigned int count)
{
	struct group g = { "" };
	struct objects o = { -1 };
	struct where w = { .mixed = 0 };
	int ret, try;

	if (lacks_far_nodes(t))
		return 0;
	ret = group_make(&g, NULL, "two-nodes");
	if (!ret)
		ret = objects_open(&o);
	for (try = 0; try < TRIES && !ret && !w.mixed; try++) {
		ret = alternate(t, &g, &o, bytes, count, ACCOUNT);
		if (!ret)
			ret = expect_objects(t, &g, "held", &o, &w);
		free(ret ? NULL : w.object);
	}
	need(t, ret || w.mixed, "no object was on two nodes");
	ret = free_all(t, &g, &o, ret);
	return ret ? ret : group_remove(&g);
}

/*
 * Make holes that reach from a page of one node to a page of another: free the
 * middle two of four neighbours. So few that the pages stay.
 */
static int make_holes(struct selftest *t, const struct group *g,
		      const struct objects *o)
{
	struct place outside = { NULL, -1 };
	struct where w = { .mixed = 0 };
	unsigned int i;
	int ret = 0, try;

	for (try = 0; try < TRIES && !ret && w.mixed < 8; try++) {
		ret = objects_release(o, &outside);
		if (!ret)
			ret = alternate(t, g, o, 6144, 24 + 8 * try, 0);
		if (!ret)
			ret = objects_where(o, t->nr_nodes, t->beyond, &w);
		free(ret ? NULL : w.object);
	}
	for (i = 0; i + 4 <= w.nr_objects && !ret; i += 4)
		ret = objects_free(o, &outside, i + 1, 2);
	return ret;
}

/* Small objects across the border between pages of different nodes. */
static int two_nodes_small(struct selftest *t, unsigned int bytes,
			   unsigned int count)
{
	struct objects pages = { -1 }, o = { -1 };
	struct group g = { "" }, nodes = { "" };
	struct place here = { &g, -1 };
	struct where w = { .mixed = 0 };
	unsigned int done;
	int ret, try;

	if (lacks_far_nodes(t))
		return 0;
	ret = group_make(&g, NULL, "small");
	if (!ret)
		ret = group_make(&nodes, NULL, "pages");
	if (!ret)
		ret = objects_open(&pages);
	if (!ret)
		ret = objects_open(&o);
	for (try = 0; try < TRIES && !ret && !w.mixed; try++) {
		ret = objects_release(&o, &here);
		if (!ret)
			ret = make_holes(t, &nodes, &pages);
		/* Atomic allocations use existing pages and no new ones. */
		if (!ret)
			ret = objects_alloc(&o, &here, bytes, 4, count,
					    ACCOUNT | ATOMIC, &done);
		if (!ret)
			ret = expect_objects(t, &g, "held", &o, &w);
		free(ret ? NULL : w.object);
	}
	need(t, ret || w.mixed, "no object was on two nodes");
	ret = free_all(t, &g, &o, ret);
	objects_close(&pages);
	if (!ret)
		ret = group_remove(&nodes);
	return ret ? ret : group_remove(&g);
}

/* KiB of populated percpu memory. */
static long percpu_kib(void)
{
	char text[8192], *row;

	if (read_file("/proc/meminfo", text, sizeof(text)))
		return -1;
	row = strstr(text, "\nPercpu:");
	return row ? atol(row + strlen("\nPercpu:")) : -1;
}

/*
 * Free seven objects of eight, and wait until the balance worker has freed
 * their pages. The eighth keeps the chunk.
 */
static int depopulate(struct selftest *t, const struct objects *o,
		      const struct place *place, unsigned int count)
{
	long full = percpu_kib(), now = full;
	unsigned int i;
	int ret = 0, wait;

	for (i = 0; i < count && !ret; i += 8)
		ret = objects_free(o, place, i, 7);
	for (wait = 0; wait < 3000 && !ret; wait++) {
		now = percpu_kib();
		if (now < full)
			break;
		usleep(20000);
	}
	/* It goes from chunk to chunk. */
	usleep(200000);
	need(t, now < full, "no page was taken back: %ld kB before, %ld kB after",
	     full, now);
	return ret;
}

/* The number of objects of @now that lie where a freed one of @then was. */
static unsigned int same_place(const struct where *then, const struct where *now)
{
	unsigned int i, j, same = 0;

	for (i = then->nr_objects; i < now->nr_objects; i++)
		for (j = 0; j < then->nr_objects; j++)
			same += !now->object[j].chunk &&
				now->object[i].chunk == then->object[j].chunk &&
				now->object[i].offset == then->object[j].offset;
	return same;
}

/*
 * A chunk that lost its pages gets new ones on another node: the kernel must
 * not use what it remembered of the old pages.
 */
static int repopulate(struct selftest *t, unsigned int bytes,
		      unsigned int count)
{
	const unsigned int old = far_node(t, 0), new = far_node(t, 1);
	struct where before = { .object = NULL }, after = { .object = NULL };
	unsigned int same = 0;
	struct group g = { "" };
	struct place here = { &g, -1 };
	struct objects o = { -1 };
	int ret, try;

	if (lacks_far_nodes(t))
		return 0;
	ret = group_make(&g, NULL, "repopulate");
	if (!ret)
		ret = objects_open(&o);
	if (!ret)
		ret = group_nodes(&g, node_name(old));
	if (!ret)
		ret = objects_alloc(&o, &here, bytes, 4, count, ACCOUNT, NULL);
	if (!ret)
		ret = expect_objects(t, &g, "populated", &o, &before);
	if (!ret)
		ret = depopulate(t, &o, &here, count);
	if (!ret)
		ret = expect_objects(t, &g, "depopulated", &o, NULL);
	if (!ret)
		ret = group_nodes(&g, node_name(new));
	for (try = 0; try < TRIES && !ret && !same; try++) {
		ret = objects_alloc(&o, &here, bytes, 4, count / 8 * 7, ACCOUNT,
				    NULL);
		free(after.object);
		after.object = NULL;
		if (!ret)
			ret = expect_objects(t, &g, "repopulated", &o, &after);
		if (!ret)
			same = same_place(&before, &after);
	}
	need(t, ret || same, "no object came to the place of an old one");
	need(t, ret || after.node[new].object, "no page came back on node %u",
	     new);
	free(before.object);
	free(after.object);
	ret = free_all(t, &g, &o, ret);
	return ret ? ret : group_remove(&g);
}

const struct selftest_case node_cases[] = {
	/* First, in chunks that no other case has put on one node. */
	{ "node without memory, 32 KiB", empty_node, 32768, 20 },
	{ "node without memory, 64 B", empty_node, 64, 3000 },
	{ "memory-only node, 32 KiB", memory_only, 32768, 20 },
	{ "memory-only node, 64 B", memory_only, 64, 3000 },
	{ "across nodes, 6 KiB", two_nodes, 6144, 40 },
	{ "across nodes, 32 KiB", two_nodes, 32768 - 2048, 12 },
	{ "across nodes, 40 B", two_nodes_small, 40, 12000 },
	{ "depopulated and repopulated", repopulate, 32768, 24 },
	{ 0 }
};

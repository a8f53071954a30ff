// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The row zswap of memory.numa_stat against what lies in memory, as the /init of a
 * guest: after pages have gone out, after some are back, after zsmalloc has moved
 * objects, and after their pages have been moved, to other nodes and within one.
 */
#include <linux/mempolicy.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "measure/benches/swap_device.h"
#include "tap.h"
#include "zs_walk.h"

#define HOG		(560UL << 20)
#define HOLES		1200

static struct target t;
static char *pages[WALK_OWNERS];
static struct walk now, before;

/* The row of each owner, and all bytes that it is charged for. */
static void agrees(const char *what)
{
	const struct cgroup *const owners[WALK_OWNERS] = { &t.cg, &t.other };
	long long out = 0;
	char name[80];

	before = now;
	if (!ok(!walk_all(&now), "%s", what))
		return;
	for (int i = 0; i < WALK_OWNERS; i++) {
		long long row[WALK_NODES], sum = 0;
		struct zswap_bytes b = { 0 };

		same(zswap_bytes(owners[i], &b), 0, "statistics are read");
		same(cgroup_node_bytes(owners[i], "zswap", row, WALK_NODES), 0,
		     "and the nodes'");
		for (unsigned int node = 0; node < t.nodes; node++) {
			snprintf(name, sizeof(name), "%s: owner %d, node %u",
				 what, i, node);
			same(row[node], now.bytes[i][node], name);
			sum += now.bytes[i][node];
		}
		same(b.current, sum, "and all of the owner");
		out += b.pages / ZSWAP_PAGE;
	}
	same(now.found, out, "each page that is out was found");
}

/* Objects that have moved since the last walk; @nodes: to another node. */
static unsigned int moved(bool nodes)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < WALK_NUMBERS; i++)
		if (now.pfn[i] && before.pfn[i])
			nr += nodes ? walk_node(now.pfn[i]) !=
				      walk_node(before.pfn[i]) :
			      now.pfn[i] != before.pfn[i];
	return nr;
}

static int policy(int mode)
{
	unsigned long mask = (1UL << t.nodes) - 1;

	return syscall(SYS_set_mempolicy, mode, mode ? &mask : NULL,
		       mode ? WALK_NODES + 1 : 0);
}

/*
 * Take most of what node 0 has that can be moved, and free single pages here and
 * there: the next pages come from many blocks of memory.
 */
static char *scatter(void)
{
	char *hog = mmap(NULL, HOG, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const unsigned long node0 = 1;
	uint32_t x = 1;

	if (hog == MAP_FAILED ||
	    syscall(SYS_mbind, hog, HOG, MPOL_BIND, &node0, WALK_NODES + 1, 0))
		return NULL;
	for (unsigned long i = 0; i < HOG; i += ZSWAP_PAGE)
		hog[i] = 1;
	for (int i = 0; i < HOLES; i++) {
		x = x * 1664525 + 1013904223;	/* of "Numerical Recipes" */
		madvise(hog + x % (HOG / ZSWAP_PAGE) * ZSWAP_PAGE, ZSWAP_PAGE,
			MADV_DONTNEED);
	}
	return hog;
}

/* Why a block did not go. */
static char why[80];

/* The last one of the node does not: it has what the kernel allocated first. */
static bool take_offline(int block)
{
	char path[80];
	int fd, got;

	snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%d/state",
		 block);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : write(fd, "offline", 7);
	if (got != 7)
		snprintf(why, sizeof(why), ", block %d: %m", block);
	if (fd >= 0)
		close(fd);
	return got == 7;
}

static bool has_objects(int block)
{
	for (unsigned int i = 0; i < WALK_NUMBERS; i++)
		if (now.pfn[i] &&
		    now.pfn[i] * ZSWAP_PAGE / walk_of.block ==
		    (unsigned long)block)
			return true;
	return false;
}

/* All of node 0 that can go, where objects are. */
static void lose_memory(void)
{
	unsigned int nr = 0;

	for (int block = 0; block < WALK_BLOCKS; block++)
		if (!walk_of.node[block] && has_objects(block))
			nr += take_offline(block);
	ok(nr, "%u blocks of node 0 with objects are offline%s", nr,
	   nr ? "" : why);
	agrees("after their pages went to other nodes");
	ok(moved(true), "%u objects are on another node", moved(true));
	ok(now.split, "%u of %u objects on two pages are on two nodes",
	   now.split, now.straddle);
}

static void move_all(void)
{
	char *hog = scatter();

	ok(hog != NULL, "free pages of node 0 are scattered");
	same(policy(MPOL_INTERLEAVE), 0, "pages of objects come from all nodes");
	for (int i = 0; i < WALK_OWNERS; i++)
		same(zswap_pages_out(pages[i]), 0, "pages go out");
	same(policy(MPOL_DEFAULT), 0, "and others from this one");
	munmap(hog, HOG);
	agrees("when all are out");
	same(now.found, WALK_NUMBERS, "that is, all of them");
	ok(now.straddle, "%u objects are on two pages, %u on two nodes",
	   now.straddle, now.split);
	for (int i = 0; i < WALK_OWNERS; i++)
		zswap_pages_in(pages[i], 3);
	agrees("when a third of them is back");
	same(write_file("/proc/sys/vm/drop_caches", "2"), 0,
	     "zsmalloc moves objects together");
	agrees("after objects were moved together");
	ok(moved(true), "%u of %u objects moved, %u to another node",
	   moved(false), now.found, moved(true));
	lose_memory();
	same(write_file("/proc/sys/vm/compact_memory", "1"), 0,
	     "memory is compacted");
	agrees("after memory was compacted");
	ok(moved(false), "%u objects moved with their page", moved(false));
	for (int i = 0; i < WALK_OWNERS; i++)
		zswap_pages_in(pages[i], 1);
	agrees("when all are back");
	same(now.found, 0, "that is, all of them");
}

static int make(int owner, const struct cgroup *cg)
{
	int ret = cgroup_enter(cg);

	if (!ret)
		ret = zswap_keep(cg);
	return ret ? ret : zswap_pages_make(&t, owner * ZSWAP_PAGES,
					    &pages[owner]);
}

static int test(void)
{
	const struct measure_env env = {
		.cgroup_mount = GUEST_CGROUP, .emit = guest_emit,
	};
	struct swap_device swap = { .loop = -1 };
	struct plan plan;
	int ret = guest_mount();

	plan_init(&plan);
	strcpy(plan.bench, "slab-alloc");	/* one with two cgroups */
	if (!ret)
		ret = guest_load_module();
	if (!ret)
		ret = target_open(&t, &env);
	if (!ret)
		ret = target_enter(&t, &plan);
	if (!ret)
		ret = walk_nodes();
	if (!ret)
		ret = make(1, &t.other);
	if (!ret)
		ret = make(0, &t.cg);
	if (!ret)
		ret = cgroup_leave(&t.cg);
	if (!ret)
		ret = swap_device_on(&swap);
	if (!ret)
		move_all();
	ret = swap_device_off(&swap, ret);
	return target_close(&t, ret);
}

int main(void)
{
	guest_begin();
	guest_end(test());
}

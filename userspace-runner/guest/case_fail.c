// SPDX-License-Identifier: GPL-2.0-or-later
/* Cases: an allocation that fails leaves no charge behind. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "guest/selftest.h"

/* A task pays for nothing of its own where even a page would be too much. */
static int without_memory(struct selftest *t, struct group *g, struct objects *o)
{
	struct place here = { g, -1 };
	unsigned int done = 0;
	int ret = group_set(g, "memory.max", "0");

	if (!ret)
		ret = objects_alloc(o, &here, 64, 4, 1, ATOMIC | ACCOUNT, &done);
	need(t, !done, "an object was allocated at a limit of 0");
	return ret;
}

/* The cgroup is at its limit: the charge is refused. */
static int at_limit(struct selftest *t, unsigned int bytes, unsigned int flags)
{
	struct group g = { "" };
	struct place here = { &g, -1 };
	struct objects o = { -1 };
	unsigned int done = 0, i;
	int ret;

	ret = group_make(&g, NULL, "limit");
	if (!ret)
		ret = objects_open(&o);
	if (!ret)
		ret = without_memory(t, &g, &o);
	if (!ret)
		ret = group_set(&g, "memory.max", "8M");
	/* The first calls reach the limit, the others only fail. */
	for (i = 0; i < 30 && !ret; i++)
		ret = objects_alloc(&o, &here, bytes, 4, 2000, flags | ACCOUNT,
				    &done);
	need(t, done < 2000, "nothing failed at a limit of 8 MiB");
	if (!ret)
		ret = expect_objects(t, &g, "held at the limit", &o, NULL);
	ret = free_all(t, &g, &o, ret);
	return ret ? ret : group_remove(&g);
}

/*
 * The charge is granted, but there is no room: an atomic allocation gets no new
 * pages. Fails often enough that a leak cannot hide in a CPU's stock.
 */
static int no_room(struct selftest *t, unsigned int bytes, unsigned int times)
{
	struct group g = { "" };
	struct place here = { &g, -1 };
	struct objects o = { -1 };
	unsigned int done, i, failures = 0;
	int ret;

	ret = group_make(&g, NULL, "no-room");
	if (!ret)
		ret = objects_open(&o);
	for (i = 0; i < times && !ret; i++) {
		ret = objects_alloc(&o, &here, bytes, 4, 100, ACCOUNT | ATOMIC,
				    &done);
		failures += done < 100;
	}
	/* The balance worker may have made room for some. */
	need(t, failures >= times / 2, "only %u of %u calls failed", failures,
	     times);
	if (!ret)
		ret = expect_objects(t, &g, "after failures", &o, NULL);
	ret = free_all(t, &g, &o, ret);
	return ret ? ret : group_remove(&g);
}

#define DEBUGFS	"/sys/kernel/debug"

bool selftest_arm_faults(void)
{
	static const struct {
		const char *file, *value;
	} set[] = {
		{ "fail_page_alloc/min-order", "0" },
		{ "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ "fail_page_alloc/ignore-gfp-wait", "N" },
		{ "fail_page_alloc/verbose", "0" },
		{ "failslab/ignore-gfp-wait", "N" },
		{ "failslab/verbose", "0" },
	};
	char path[128];
	unsigned int i;

	mount("debugfs", DEBUGFS, "debugfs", 0, NULL);
	for (i = 0; i < sizeof(set) / sizeof(set[0]); i++) {
		snprintf(path, sizeof(path), DEBUGFS "/%s", set[i].file);
		if (access(path, W_OK) || write_file(path, set[i].value))
			return false;
	}
	return !access("/proc/self/fail-nth", W_OK);
}

struct fault {
	struct objects o;
	unsigned int bytes, count, nth, done;
	int failed;		/* the nth allocation was reached, and failed */
};

/* Allocate while the nth memory allocation on the way fails. */
static int with_fault(void *arg)
{
	int fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	struct fault *f = arg;
	char text[16] = "";
	bool bad;

	snprintf(text, sizeof(text), "%u", f->nth);
	bad = fd < 0 || pwrite(fd, text, strlen(text), 0) < 0;
	/* If the module itself ran out of memory, nothing was allocated. */
	if (bad || objects_alloc_here(&f->o, f->bytes, 4, f->count, ACCOUNT,
				      &f->done))
		f->done = 0;
	/* The file is already open, as opening it takes memory. */
	bad |= pread(fd, text, sizeof(text) - 1, 0) <= 0;
	f->failed = atoi(text) == 0;
	bad |= pwrite(fd, "0", 1, 0) < 0;
	close(fd);
	return bad ? err_errno(EX_FAIL, "fault injection by fail-nth") : 0;
}

/*
 * Each memory allocation on the way to percpu memory fails once: the first,
 * which make chunks, one by one; of the later ones, for pages, only some.
 */
static int faults(struct selftest *t, unsigned int bytes, unsigned int count)
{
	struct group g = { "" };
	struct place here = { &g, -1 };
	struct fault f = { .o = { -1 }, .bytes = bytes, .count = count };
	unsigned int failures = 0;
	char when[40];
	int ret;

	if (!selftest_arm_faults()) {
		t->skip = "this kernel cannot inject faults: 'make check-debug' has one that can";
		return 0;
	}
	ret = group_make(&g, NULL, "faults");
	if (!ret)
		ret = objects_open(&f.o);
	for (f.nth = 1; !ret; f.nth += 1 + f.nth / 40) {
		ret = place_run(&here, 1, with_fault, &f, sizeof(f));
		snprintf(when, sizeof(when), "held after fault %u", f.nth);
		if (!ret)
			ret = expect_objects(t, &g, when, &f.o, NULL);
		if (!ret)
			ret = objects_release(&f.o, &here);
		if (!ret)
			ret = expect_nothing(t, &g, "freed after a fault");
		if (!f.failed || t->bad_total[0] || t->bad_nodes[0])
			break;
		failures += f.done < f.count;
	}
	need(t, ret || failures, "no fault made an allocation fail");
	objects_close(&f.o);
	return ret ? ret : group_remove(&g);
}

const struct selftest_case fail_cases[] = {
	{ "limit reached, 8 KiB", at_limit, 8192, 0 },
	{ "limit reached, 64 B, atomic", at_limit, 64, ATOMIC },
	{ "no room after the charge, 32 KiB", no_room, 32768, 40 },
	{ "no room after the charge, 8 KiB", no_room, 8192, 40 },
	{ "faults injected, 32 KiB", faults, 32768, 10 },
	{ "faults injected, 64 B", faults, 64, 50 },
	{ 0 }
};

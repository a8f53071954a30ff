// SPDX-License-Identifier: GPL-2.0-or-later
/* Cases: many tasks at a time, and leaks at the end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "guest/selftest.h"
#include "measure/device.h"

#define MAX_TASKS	8

struct worker {
	struct objects o, other;
	unsigned int rounds;
};

static int some(const struct objects *o, unsigned int seed)
{
	static const unsigned int bytes[] = { 4, 64, 40, 1000, 4100, 8192 };
	unsigned int i, n = sizeof(bytes) / sizeof(bytes[0]), done;
	int ret = 0;

	for (i = 0; i < n && !ret; i++)
		ret = objects_alloc_here(o, bytes[(seed + i) % n], 4,
					 8 - i % 3, ACCOUNT |
					 (seed % 4 ? 0 : ATOMIC), &done);
	return ret;
}

static int alloc_and_free(void *arg)
{
	struct worker *w = arg;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < w->rounds && !ret; i++) {
		ret = some(&w->o, i);
		if (!ret)
			ret = device_release(w->o.fd);
	}
	/* Keep these to be checked when all tasks have stopped. */
	return ret ? ret : some(&w->o, 1);
}

/* Free another task's objects, while others do the same. */
static int free_other(void *arg)
{
	struct worker *w = arg;

	return device_release(w->other.fd);
}

static int check_both(struct selftest *t, const struct group g[2],
		      const struct worker *w, unsigned int nr)
{
	struct bytes sum[2] = { { 0 }, { 0 } };
	struct where where;
	unsigned int i, nid;
	int ret = 0;

	for (i = 0; i < nr && !ret; i++) {
		ret = objects_where(&w[i].o, t->nr_nodes, t->beyond, &where);
		if (ret)
			break;
		free(where.object);
		sum[i / 2 % 2].total += where.expected.total;
		for (nid = 0; nid < t->nr_nodes; nid++)
			sum[i / 2 % 2].node[nid] += where.expected.node[nid];
	}
	for (i = 0; i < 2 && !ret; i++)
		ret = expect_bytes(t, &g[i], "held", &sum[i]);
	return ret;
}

/*
 * A task on each CPU; two cgroups, each on CPUs of two nodes. In a second round
 * each task frees the objects of a task in the other cgroup.
 */
static int concurrent(struct selftest *t, unsigned int rounds,
		      unsigned int again)
{
	struct group g[2] = { { "" }, { "" } };
	struct worker w[MAX_TASKS];
	struct place p[MAX_TASKS];
	unsigned int i, nr = t->nr_cpus < MAX_TASKS ? t->nr_cpus : MAX_TASKS;
	int ret;

	if (nr < 4) {
		t->skip = "fewer than four CPUs online";
		return 0;
	}
	ret = group_make(&g[0], NULL, "one");
	if (!ret)
		ret = group_make(&g[1], NULL, "two");
	for (i = 0; i < nr; i++) {
		w[i] = (struct worker){ .o = { -1 }, .rounds = rounds };
		p[i] = (struct place){ &g[i / 2 % 2], t->cpu[i] };
		if (!ret)
			ret = objects_open(&w[i].o);
	}
	for (i = 0; i < nr; i++)
		w[i].other = w[(i + 2) % nr].o;
	for (; again && !ret; again--) {
		ret = place_run(p, nr, alloc_and_free, w, sizeof(w[0]));
		if (!ret)
			ret = check_both(t, g, w, nr);
		if (!ret)
			ret = place_run(p, nr, free_other, w, sizeof(w[0]));
		for (i = 0; i < 2 && !ret; i++)
			ret = expect_nothing(t, &g[i], "freed");
	}
	for (i = 0; i < nr; i++)
		objects_close(&w[i].o);
	for (i = 0; i < 2 && !ret; i++)
		ret = group_remove(&g[i]);
	return ret;
}

#define KMEMLEAK	"/sys/kernel/debug/kmemleak"

/* Scan twice: the first scan may find memory that is just in use. */
static int leaks(struct selftest *t, unsigned int a, unsigned int b)
{
	char text[4096];
	int ret = 0, i;

	(void)a;
	(void)b;
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	if (access(KMEMLEAK, W_OK)) {
		t->skip = "this kernel has no kmemleak: 'make check-debug' has one";
		return 0;
	}
	for (i = 0; i < 2 && !ret; i++) {
		/* kmemleak ignores objects younger than 5 s. */
		sleep(6);
		ret = write_file(KMEMLEAK, "scan");
	}
	if (!ret)
		ret = read_file(KMEMLEAK, text, sizeof(text));
	if (ret)
		return ret;
	/* Print the whole list to the log, line by line. */
	if (text[0])
		fprintf(stderr, "%s\n", text);
	text[strcspn(text, "\n")] = '\0';
	need(t, !text[0], "kmemleak: %s", text);
	return 0;
}

const struct selftest_case stress_cases[] = {
	{ "at the same time on several CPUs", concurrent, 20, 3 },
	{ "no memory leaked", leaks, 0, 0 },
	{ 0 }
};

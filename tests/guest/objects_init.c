// SPDX-License-Identifier: GPL-2.0-or-later
/* PCPU_BENCH_ALLOC, _FREE and _WALK from user space, as the /init of a guest. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/err.h"
#include "guest/objects.h"
#include "measure/cgroup.h"
#include "measure/device.h"
#include "results/proof.h"
#include "tap.h"

#define CPUS	16
#define NODES	2

static struct group group;
static struct pcpu_bench_walk_node nodes[NODES];
static struct pcpu_bench_walk_object objects[100];

static int call(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) ? errno : 0;
}

static struct pcpu_bench_alloc good_alloc(void)
{
	return (struct pcpu_bench_alloc){
		.size = sizeof(struct pcpu_bench_alloc),
		.bytes = 64,
		.align = 8,
		.count = 3,
		.flags = PCPU_BENCH_ALLOC_ACCOUNT,
	};
}

static struct pcpu_bench_walk good_walk(void)
{
	return (struct pcpu_bench_walk){
		.size = sizeof(struct pcpu_bench_walk),
		.nr_nodes = NODES,
		.nr_objects = 100,
		.nodes = (uintptr_t)nodes,
		.objects = (uintptr_t)objects,
	};
}

static long long percpu(void)
{
	struct seen seen;

	return group_seen(&group, NODES, &seen) ? -1 : seen.percpu.bytes.total;
}

static void checks_alloc(int fd)
{
	struct pcpu_bench_alloc a;

#define BAD(what, change) do {						\
		a = good_alloc();					\
		change;							\
		same(call(fd, PCPU_BENCH_ALLOC, &a), EINVAL, "ALLOC: " what); \
	} while (0)
	BAD("size of no version", a.size = 8);
	BAD("0 bytes", a.bytes = 0);
	BAD("66 bytes", a.bytes = 66);
	BAD("32772 bytes", a.bytes = 32772);
	BAD("alignment 2", a.align = 2);
	BAD("alignment 24", a.align = 24);
	BAD("alignment 8192", a.align = 8192);
	BAD("no object", a.count = 0);
	BAD("too many objects", a.count = PCPU_BENCH_MAX_HELD + 1);
	BAD("unknown flag", a.flags = 32);
	BAD("alignment of a slab object", a.flags = PCPU_BENCH_ALLOC_SLAB);
	BAD("a cgroup that shall not pay", a.cgroup = 1);
#undef BAD
	same(percpu(), 0, "ALLOC: nothing is held after what was refused");
	same(call(fd, PCPU_BENCH_ALLOC, NULL), EFAULT, "ALLOC: no argument");
	a = good_alloc();
	same(call(fd, PCPU_BENCH_ALLOC, &a), 0, "ALLOC: works");
	same(a.done, 3, "ALLOC: says how many");
	a = good_alloc();
	a.count = PCPU_BENCH_MAX_HELD - 2;
	same(call(fd, PCPU_BENCH_ALLOC, &a), EINVAL,
	     "ALLOC: too many together with those before");
	same(device_release(fd), 0, "RELEASE: frees them");
}

static long long slab(void)
{
	struct cgroup cg = { .mount = GROUP_MOUNT };
	long long bytes;

	strcpy(cg.path, group.path);
	return cgroup_slab_bytes(&cg, &bytes) ? -1 : bytes;
}

/* More than a page of them, of which the stock may hold one back. */
static void checks_slab(int fd)
{
	const long long before = slab(), charge = 1000 * (64 + 8);
	struct pcpu_bench_alloc a = good_alloc();
	struct pcpu_bench_walk w = good_walk();
	long long held;

	a.flags |= PCPU_BENCH_ALLOC_SLAB;
	a.align = 0;
	a.count = 1000;
	same(call(fd, PCPU_BENCH_ALLOC, &a), 0, "ALLOC: slab objects");
	held = slab() - before;
	ok(held > charge - 4096 && held <= charge + 4096,
	   "they are charged %lld B with their owners, and not %lld B", charge,
	   held);
	same(percpu(), 0, "as no percpu memory");
	same(call(fd, PCPU_BENCH_WALK, &w), 0, "WALK: of slab objects");
	same(nodes[0].object + nodes[1].object, 1000 * 64,
	     "WALK: each is on a node");
	same(nodes[0].ext + nodes[1].ext, 0, "WALK: without their owners");
	same(w.nr_objects, 1000, "WALK: but they have numbers");
	same(w.unowned + w.lost, 0, "WALK: and no obj_exts");
	device_release(fd);
	held = slab() - before;
	ok(held > -4096 && held < 4096, "RELEASE: frees slab objects: %lld B",
	   held);
}

static void nothing(int nr)
{
	(void)nr;
}

/* Another cgroup pays, until it is removed; and a signal ends a call. */
static void checks_other(int fd)
{
	const struct sigaction act = { .sa_handler = nothing };
	const struct itimerval soon = { .it_value.tv_usec = 20000 };
	const struct itimerval later = { .it_value.tv_usec = 500000 };
	struct pcpu_bench_alloc a = good_alloc();
	struct group other, own = group;
	long long others;

	group_make(&other, NULL, "other");
	/* None of this size lies in the first chunk. */
	a.bytes = 32768;
	a.flags |= PCPU_BENCH_ALLOC_OTHER;
	a.cgroup = -1;
	same(call(fd, PCPU_BENCH_ALLOC, &a), EBADF, "OTHER: no file");
	a.cgroup = open("/proc/self/stat", O_RDONLY);
	same(call(fd, PCPU_BENCH_ALLOC, &a), EBADF, "OTHER: no cgroup");
	close(a.cgroup);
	a.cgroup = open(other.path, O_RDONLY | O_DIRECTORY);
	same(call(fd, PCPU_BENCH_ALLOC, &a), 0, "OTHER: works");
	same(percpu(), 0, "OTHER: the caller pays nothing");
	group = other;
	others = percpu();
	group = own;
	same(others, 3 * 32768 * (CPUS + PROOF_BEYOND), "OTHER: the other pays");

	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	a.bytes = 64;
	a.count = 200000;
	same(call(fd, PCPU_BENCH_ALLOC, &a), 0, "a signal ends a call");
	ok(a.done && a.done < a.count, "which had objects: %u", a.done);
	device_release(fd);
	/* At full speed this many take no second. */
	setitimer(ITIMER_REAL, &later, NULL);
	a.count = 20000;
	a.flags = PCPU_BENCH_ALLOC_OTHER | PCPU_BENCH_ALLOC_SLAB |
		  PCPU_BENCH_ALLOC_SLOWING;
	a.align = 0;
	same(call(fd, PCPU_BENCH_ALLOC, &a), 0, "SLOWING: a signal ends a call");
	ok(a.done > a.count / 2 && a.done < a.count,
	   "SLOWING: in its second half: %u", a.done);
	device_release(fd);
	group_remove(&other);
	same(call(fd, PCPU_BENCH_ALLOC, &a), ENOENT, "OTHER: removed");
	close(a.cgroup);
}

static void checks_free(int fd)
{
	struct pcpu_bench_alloc a = good_alloc();
	struct pcpu_bench_free f = { .size = sizeof(f), .count = 1 };
	struct pcpu_bench_walk w = good_walk();

	call(fd, PCPU_BENCH_ALLOC, &a);
	f.first = 1;
	same(call(fd, PCPU_BENCH_FREE, &f), 0, "FREE: one of three");
	same(call(fd, PCPU_BENCH_FREE, &f), 0, "FREE: and again, which is none");
	f.first = 3;
	same(call(fd, PCPU_BENCH_FREE, &f), EINVAL, "FREE: past the last");
	f.first = 1;
	f.count = UINT32_MAX;
	same(call(fd, PCPU_BENCH_FREE, &f), EINVAL, "FREE: past all numbers");
	f.count = 1;
	f.reserved = 1;
	same(call(fd, PCPU_BENCH_FREE, &f), EINVAL, "FREE: reserved field");
	same(call(fd, PCPU_BENCH_WALK, &w), 0, "WALK: after FREE");
	same(w.nr_objects, 3, "WALK: the others keep their numbers");
	device_release(fd);
}

static void checks_walk(int fd)
{
	struct pcpu_bench_area area = { .addr = 0, .bytes = 4096 };
	struct pcpu_bench_alloc a = good_alloc();
	struct pcpu_bench_walk w;
	uint32_t area_nodes[NODES];

	a.bytes = 32768;
	call(fd, PCPU_BENCH_ALLOC, &a);
#define BAD(what, error, change) do {					\
		w = good_walk();					\
		change;							\
		same(call(fd, PCPU_BENCH_WALK, &w), error, "WALK: " what); \
	} while (0)
	BAD("no node", EINVAL, w.nr_nodes = 0);
	BAD("more nodes than a kernel has", EINVAL, w.nr_nodes = 1 << 20);
	BAD("more areas than it takes", EINVAL,
	    w.nr_areas = PCPU_BENCH_MAX_AREAS + 1);
	BAD("areas nowhere", EFAULT, (w.nr_areas = 1, w.areas = 8));
	BAD("an area of no chunk", EINVAL,
	    (w.nr_areas = 1, w.areas = (uintptr_t)&area,
	     w.area_nodes = (uintptr_t)area_nodes));
	BAD("an object on a node past the last", ERANGE, w.nr_nodes = 1);
	BAD("nodes nowhere", EFAULT, w.nodes = 8);
	BAD("objects nowhere", EFAULT, w.objects = 8);
#undef BAD
	w = good_walk();
	same(call(fd, PCPU_BENCH_WALK, &w), 0, "WALK: works without areas");
	same(w.lost, 3, "WALK: tells that it does not know the obj_exts");
	w = good_walk();
	w.nr_objects = 0;
	w.objects = 0;
	same(call(fd, PCPU_BENCH_WALK, &w), 0, "WALK: objects need not be told");
	device_release(fd);
}

/* The walk's results add up, by the formula of the charge. */
static void adds_up(const struct objects *o)
{
	static const unsigned int bytes[] = { 4, 64, 1000, 4096, 32768 };
	unsigned int i, done, nid;
	char what[80];

	for (i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		long long object = 0, ext = 0, outside;
		struct where w;

		if (objects_alloc_here(o, bytes[i], 4, 10,
				       PCPU_BENCH_ALLOC_ACCOUNT, &done) ||
		    objects_where(o, NODES, PROOF_BEYOND, &w)) {
			ok(0, "%u B: %s", bytes[i], err_message());
			continue;
		}
		free(w.object);
		for (nid = 0; nid < NODES; nid++) {
			object += w.node[nid].object;
			ext += w.node[nid].ext;
		}
		outside = 10 - w.first_chunk;
		snprintf(what, sizeof(what), "%u B: a copy for each CPU",
			 bytes[i]);
		same(object, outside * bytes[i] * CPUS, what);
		snprintf(what, sizeof(what), "%u B: a pointer for each 4 bytes",
			 bytes[i]);
		same(ext, outside * bytes[i] / 4 * 8, what);
		snprintf(what, sizeof(what), "%u B: the cgroup has as much",
			 bytes[i]);
		same(percpu(), w.expected.total, what);
		device_release(o->fd);
		same(percpu(), 0, "and nothing when they are freed");
	}
}

static void goes_with_the_file(struct objects *o)
{
	struct pcpu_bench_alloc a = good_alloc();

	a.bytes = 32768;
	call(o->fd, PCPU_BENCH_ALLOC, &a);
	ok(percpu() > 0, "objects are held");
	objects_close(o);
	same(percpu(), 0, "the last close frees them");
}

static int test(void)
{
	struct objects o;
	int ret = guest_mount();

	if (!ret)
		ret = guest_load_module();
	if (!ret)
		ret = objects_open(&o);
	if (!ret)
		ret = group_make(&group, NULL, "objects");
	if (!ret)
		ret = group_set(&group, "cgroup.procs", "0");
	if (ret)
		return ret;
	checks_alloc(o.fd);
	checks_slab(o.fd);
	checks_other(o.fd);
	checks_free(o.fd);
	checks_walk(o.fd);
	adds_up(&o);
	goes_with_the_file(&o);
	return 0;
}

int main(void)
{
	guest_begin();
	guest_end(test());
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Cases: objects come and go while their cgroup is removed. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "guest/selftest.h"
#include "measure/device.h"

#define MOST_CPUS	(sizeof(((struct selftest *)0)->cpu) / sizeof(int))

/* Objects of one call; the one that keeps them is interrupted before it has all. */
#define MOST_PERCPU	100000U
#define MOST_SLAB	500000U
#define PASSING		50U

#define PERCPU_BYTES	40U
#define SLAB_BYTES	64U

/*
 * The removal begins when the others have allocated for a while, us, and more is charged
 * than what a CPU may have in stock, for each of them, bytes: a slow kernel takes long
 * to begin. If that does not come, in 10 s, it begins all the same.
 */
#define HEAD_START	3000
#define CHARGED		(512 * 1024)

/*
 * And they allocate until RCU's grace periods are over, and for so long after it, us.
 * Only then, in a worker, does the memcg go offline, and its objects to its parent.
 */
#define AFTERWARDS	300000

/* A task that allocates for the cgroup, or, the last one, removes it. */
struct racer {
	struct objects o;
	int dir;		/* of the cgroup; a removed one takes no objects */
	bool slab, keeps;
	struct group child;	/* to be removed, or "" */
	unsigned int others;	/* racers before this one in their array */
	pid_t pid;		/* when it is ready */
	unsigned int held;	/* objects that it keeps */
	unsigned int first_chunk;
	double begun, ended;	/* s: its call, or the removal and RCU */
};

static int open_group(const struct group *g, int *dir)
{
	*dir = open(g->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *dir < 0 ? err_errno(EX_FAIL, "cannot open %s", g->path) : 0;
}

/* @gone: the cgroup was removed before the first object came */
static int allocate(struct racer *r, unsigned int count, unsigned int flags,
		    bool *gone)
{
	struct pcpu_bench_alloc alloc = {
		.size = sizeof(alloc), .count = count, .cgroup = r->dir,
		.bytes = r->slab ? SLAB_BYTES : PERCPU_BYTES,
		.align = r->slab ? 0 : 4,
		.flags = flags | ACCOUNT | PCPU_BENCH_ALLOC_OTHER |
			 (r->slab ? PCPU_BENCH_ALLOC_SLAB : 0),
	};

	*gone = false;
	if (!ioctl(r->o.fd, PCPU_BENCH_ALLOC, &alloc)) {
		r->held = alloc.done;
		r->first_chunk += alloc.first_chunk;
		return 0;
	}
	r->held = 0;
	*gone = errno == ENOENT || errno == ENODEV;
	/* Interrupted before the first object. */
	return *gone || errno == EINTR ? 0 : objects_failed(alloc.bytes);
}

static int keep(struct racer *r)
{
	bool gone;
	int ret;

	r->begun = clock_now();
	ret = allocate(r, r->slab ? MOST_SLAB : MOST_PERCPU,
		       PCPU_BENCH_ALLOC_SLOWING, &gone);
	r->ended = clock_now();
	return ret;
}

/* Until the cgroup is removed, or it is clear that nobody does so. */
static int pass(struct racer *r)
{
	const double end = clock_now() + 60;
	bool gone = false;
	int ret = 0;

	while (!ret && !gone && clock_now() < end) {
		ret = allocate(r, PASSING, 0, &gone);
		if (!ret && !gone)
			ret = device_release(r->o.fd);
	}
	r->held = 0;
	return ret;
}

static int remove_it(struct racer *r)
{
	struct racer *first = r - r->others, *other;
	const double end = clock_now() + 10;
	int ret;

	for (other = first; other < r; other++)
		while (!__atomic_load_n(&other->pid, __ATOMIC_SEQ_CST))
			usleep(100);
	do
		usleep(HEAD_START);
	while (group_charged(&r->child) < (long long)r->others * CHARGED &&
	       clock_now() < end);
	r->begun = clock_now();
	ret = group_remove(&r->child);
	if (!ret)
		ret = device_settle(r->o.fd, PCPU_BENCH_SETTLE_ALL);
	r->ended = clock_now();
	usleep(AFTERWARDS);
	for (other = first; other < r; other++)
		if (other->keeps)
			kill(other->pid, SIGUSR1);
	return ret;
}

/* It ends the call that allocates. */
static void interrupted(int nr)
{
	(void)nr;
}

static int take_part(void *arg)
{
	const struct sigaction act = { .sa_handler = interrupted };
	struct racer *r = arg;

	if (r->child.path[0])
		return remove_it(r);
	sigaction(SIGUSR1, &act, NULL);
	__atomic_store_n(&r->pid, getpid(), __ATOMIC_SEQ_CST);
	return r->keeps ? keep(r) : pass(r);
}

struct race {
	struct group parent, child, other;
	struct racer r[MOST_CPUS + 1];
	struct place p[MOST_CPUS + 1];
	unsigned int nr;	/* that allocate; then comes the one that removes */
	bool slab;
	long long each;		/* the charge of a slab object */
	struct bytes before;	/* slab bytes of the parent */
	bool met;		/* a task allocated before and after the removal */
};

/*
 * A CPU's stock keeps slab bytes of one cgroup back from the statistics, and puts
 * them down when it is another's turn: an object for @other on each CPU.
 */
static int put_down(const struct selftest *t, const struct group *other)
{
	struct objects o = { -1 };
	int ret = objects_open(&o);

	for (unsigned int i = 0; i < t->nr_cpus && !ret; i++) {
		const struct place there = { other, t->cpu[i] };

		ret = objects_alloc(&o, &there, SLAB_BYTES, 0, 1,
				    ACCOUNT | PCPU_BENCH_ALLOC_SLAB, NULL);
	}
	objects_close(&o);
	return ret;
}

/*
 * A task that charges a cgroup while it goes offline can leave it in its CPU's stock,
 * and with it the cgroup's structures, until the stock is another's. Of this there may
 * be several, so also have all drained, by a limit below what the parent has.
 */
static int let_go(const struct race *x, const struct selftest *t)
{
	struct racer r = { .o = { -1 }, .slab = true };
	bool gone;
	int ret = put_down(t, &x->other);

	if (!ret)
		ret = objects_open(&r.o);
	if (!ret)
		ret = open_group(&x->parent, &r.dir);
	if (ret)
		goto out;
	ret = allocate(&r, 1, 0, &gone);
	close(r.dir);
	if (!ret)
		ret = group_set(&x->parent, "memory.high", "0");
	if (!ret)
		ret = group_set(&x->parent, "memory.high", "max");
out:
	objects_close(&r.o);
	return ret;
}

static int slab_seen(const struct race *x, const struct selftest *t,
		     struct bytes *bytes)
{
	struct seen seen;
	int ret = put_down(t, &x->other);

	if (!ret)
		ret = group_seen(&x->parent, t->nr_nodes, &seen);
	if (!ret)
		*bytes = seen.slab.bytes;
	return ret;
}

/*
 * With its owner a slab object is charged 8 bytes more than kmalloc() gives, and
 * more than that where a checked kernel has put something around it.
 */
static int learn_each(struct race *x, struct selftest *t)
{
	const struct place here = { &x->parent, -1 };
	const unsigned int nr = 100;
	struct objects o = { -1 };
	struct bytes held = { 0 };
	int ret = objects_open(&o);

	if (!ret)
		ret = slab_seen(x, t, &x->before);
	if (!ret)
		ret = objects_alloc(&o, &here, SLAB_BYTES, 0, nr,
				    ACCOUNT | PCPU_BENCH_ALLOC_SLAB, NULL);
	if (!ret)
		ret = slab_seen(x, t, &held);
	objects_close(&o);
	x->each = (held.total - x->before.total) / nr;
	need(t, ret || (x->each >= SLAB_BYTES + 8 &&
			held.total == x->before.total + nr * x->each),
	     "%u objects of %u B are charged %lld B", nr, SLAB_BYTES,
	     held.total - x->before.total);
	return ret;
}

static int begin(struct race *x, const struct selftest *t)
{
	int dir, ret;

	ret = group_make(&x->child, &x->parent, "child");
	if (ret)
		return ret;
	ret = open_group(&x->child, &dir);
	if (ret)
		return ret;
	for (unsigned int i = 0; i <= x->nr; i++) {
		x->r[i] = (struct racer){
			.o = x->r[i].o, .dir = dir, .slab = x->slab,
			/* On two nodes: CPUs are on nodes in turn. */
			.keeps = i < x->nr && (i + 1) / 2 % 2 == 0,
			.others = i,
		};
		x->p[i] = (struct place){ NULL, i < x->nr ? t->cpu[i] : -1 };
	}
	x->r[x->nr].child = x->child;
	return 0;
}

/* What all hold, by the module's account of where it is. */
static int add_up(const struct race *x, const struct selftest *t,
		  struct bytes *expected)
{
	struct where w;
	int ret = 0;

	memset(expected, 0, sizeof(*expected));
	for (unsigned int i = 0; i < x->nr && !ret; i++) {
		ret = objects_where(&x->r[i].o, t->nr_nodes, t->beyond, &w);
		if (ret)
			break;
		free(w.object);
		expected->total += w.expected.total;
		for (unsigned int n = 0; n < t->nr_nodes; n++)
			expected->node[n] += w.expected.node[n];
	}
	return ret;
}

/* The row of slab objects has nodes in all kernels. Here, percpu has nothing. */
static int expect_slab(struct race *x, struct selftest *t, const char *when,
		       const struct bytes *walked)
{
	long long right = walked->total / SLAB_BYTES * x->each, found = 0;
	struct bytes seen = { 0 };
	struct seen all;
	int ret = group_seen(&x->parent, t->nr_nodes, &all);

	need(t, ret || !all.percpu.bytes.total, "%s: percpu has %lld B", when,
	     all.percpu.bytes.total);
	/* The removed cgroup's structures are the parent's until they are freed. */
	for (int i = 0; i < 100 && !ret; i++) {
		ret = slab_seen(x, t, &seen);
		found = seen.total - x->before.total;
		if (found == right)
			break;
		usleep(20000);
	}
	if (ret)
		return ret;
	need(t, found == right, "%s: expected %lld B of slab, seen %lld B", when,
	     right, found);
	for (unsigned int n = 0; n < t->nr_nodes; n++) {
		right = walked->node[n] / SLAB_BYTES * x->each;
		found = seen.node[n] - x->before.node[n];
		need(t, found == right,
		     "node %u %s: expected %lld B of slab, seen %lld B", n, when,
		     right, found);
	}
	return 0;
}

/* The parent has what is held, and no more. */
static int check(struct race *x, struct selftest *t, const char *when)
{
	const struct bytes nothing = { 0 };
	struct bytes walked;
	int ret = add_up(x, t, &walked);

	if (!ret)
		ret = let_go(x, t);
	/* The child's own counters are percpu memory, too. */
	if (!ret)
		ret = expect_soon(t, &x->parent, x->slab ? &nothing : &walked);
	if (ret)
		return ret;
	return x->slab ? expect_slab(x, t, when, &walked) :
			 expect_bytes(t, &x->parent, when, &walked);
}

static int one_round(struct race *x, struct selftest *t)
{
	const struct racer *last = &x->r[x->nr];
	int ret = begin(x, t);

	if (ret)
		return ret;
	ret = place_run(x->p, x->nr + 1, take_part, x->r, sizeof(x->r[0]));
	close(last->dir);
	for (unsigned int i = 0; i < x->nr; i++) {
		const struct racer *r = &x->r[i];

		x->met |= r->held && r->begun < last->begun &&
			  r->ended > last->ended + AFTERWARDS * 1e-6 / 2;
		need(t, !r->first_chunk, "%u objects lie in the first chunk",
		     r->first_chunk);
	}
	if (!ret)
		ret = check(x, t, "held");
	for (unsigned int i = 0; i < x->nr && !ret; i++)
		ret = device_release(x->r[i].o.fd);
	/* A total that stays wrong takes a minute to tell: once will do. */
	return ret || t->bad_total[0] ? ret : check(x, t, "freed");
}

/*
 * Tasks allocate for a cgroup while another one removes it: some keep what they get,
 * others free it at once. What comes too late is the parent's.
 */
static int coming_objects(struct selftest *t, unsigned int rounds,
			  unsigned int slab)
{
	struct race x = { .slab = slab, .nr = t->nr_cpus };
	unsigned int i;
	int ret;

	if (x.nr < 2) {
		t->skip = "fewer than two CPUs online";
		return 0;
	}
	t->own_row = slab;
	for (i = 0; i <= x.nr; i++)
		x.r[i].o.fd = -1;
	/* A case that failed may have left its groups. */
	ret = group_make(&x.parent, NULL, slab ? "slab-parent" : "parent");
	if (!ret)
		ret = group_make(&x.other, NULL, slab ? "slab-other" : "other");
	for (i = 0; i <= x.nr && !ret; i++)
		ret = objects_open(&x.r[i].o);
	if (!ret && slab)
		ret = learn_each(&x, t);
	for (; rounds && !ret && !t->bad_total[0]; rounds--)
		ret = one_round(&x, t);
	need(t, ret || t->bad_total[0] || x.met,
	     "no task allocated before and after the removal");
	for (i = 0; i <= x.nr; i++)
		objects_close(&x.r[i].o);
	if (!ret)
		ret = group_remove(&x.other);
	return ret ? ret : group_remove(&x.parent);
}

const struct selftest_case race_cases[] = {
	{ "allocated while the cgroup is removed", coming_objects, 3, false },
	{ "slab objects, allocated while the cgroup is removed",
	  coming_objects, 3, true },
	{ 0 }
};

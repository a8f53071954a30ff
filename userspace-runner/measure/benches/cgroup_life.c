// SPDX-License-Identifier: GPL-2.0-or-later
/* The life of a cgroup. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/benches/cgroup_life.h"
#include "measure/benches/slab_charge.h"

#define PLAIN	"pcpubench.plain"
#define NAME	"pcpubench.life"
#define EARLIER	NAME "/earlier"

#define OBJECT	BENCH_LIFE_OBJECT
/* A slab object is charged a pointer more, to its owner. */
#define OWNER		8LL
#define SLAB_CHARGE	(OBJECT + OWNER)

static int settle(const struct cgroup_life *l)
{
	return device_settle(l->t->fd, PCPU_BENCH_SETTLE_ALL);
}

static int open_at(int dir, const char *name, int flags, int *fd)
{
	*fd = openat(dir, name, flags | O_CLOEXEC);
	return *fd < 0 ? err_errno(EX_FAIL, "cannot open %s", name) : 0;
}

/* As deep as the other parent. */
static int make_plain(struct cgroup_life *l)
{
	snprintf(l->plain, sizeof(l->plain), "%s", l->t->cg.mount);
	while (l->made < l->t->cg.depth) {
		strcat(l->plain, l->made ? "/plain" : "/" PLAIN);
		if (mkdir(l->plain, 0755))
			return err_errno(EX_FAIL, "cannot make %s", l->plain);
		l->made++;
	}
	return 0;
}

/* Cgroups in the one at @path shall have the controller, or shall not. */
static int pass_on(const char *path, const char *what)
{
	char file[CGROUP_PATH + 64];

	snprintf(file, sizeof(file), "%s/cgroup.subtree_control", path);
	return write_file(file, what);
}

int cgroup_life_begin(struct cgroup_life *l)
{
	int ret;

	l->home = l->procs = -1;
	for (int i = 0; i < PCPU_BENCH_NR_ARMS; i++)
		l->parents[i] = -1;
	ret = cgroup_leave(&l->t->cg);
	if (!ret)
		ret = make_plain(l);
	if (!ret)
		ret = pass_on(l->t->other.path, "+memory");
	if (!ret)
		ret = open_at(AT_FDCWD, l->plain, O_RDONLY | O_DIRECTORY,
			      &l->parents[PCPU_BENCH_ARM_OFF]);
	if (!ret)
		ret = open_at(AT_FDCWD, l->t->other.path, O_RDONLY | O_DIRECTORY,
			      &l->parents[PCPU_BENCH_ARM_ON]);
	if (!ret)
		ret = open_at(AT_FDCWD, l->t->cg.home, O_WRONLY, &l->home);
	return ret ? ret : cgroup_dying(l->t->cg.mount, &l->dying);
}

static int make(const struct cgroup_life *l, const char *name,
		enum pcpu_bench_arm arm)
{
	return mkdirat(l->parents[arm], name, 0755) ?
	       err_errno(EX_FAIL, "cannot make a cgroup") : 0;
}

static int take_away(const struct cgroup_life *l, const char *name,
		     enum pcpu_bench_arm arm)
{
	return unlinkat(l->parents[arm], name, AT_REMOVEDIR) ?
	       err_errno(EX_FAIL, "cannot remove a cgroup") : 0;
}

static void name_beside(char name[32], unsigned int i)
{
	snprintf(name, 32, "pcpubench.beside.%u", i);
}

/* Those that live beside, from the last one on. */
static int remove_beside(struct cgroup_life *l, enum pcpu_bench_arm arm)
{
	char name[32];

	while (l->nr_beside[arm]) {
		name_beside(name, --l->nr_beside[arm]);
		if (take_away(l, name, arm))
			return EX_FAIL;
	}
	return 0;
}

int cgroup_life_end(struct cgroup_life *l, int ret)
{
	const int fds[] = {
		l->home, l->procs, l->parents[PCPU_BENCH_ARM_OFF],
		l->parents[PCPU_BENCH_ARM_ON],
	};

	if (remove_beside(l, PCPU_BENCH_ARM_OFF) ||
	    remove_beside(l, PCPU_BENCH_ARM_ON))
		ret = ret ? ret : EX_FAIL;
	for (int i = 0; i < 4; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	for (; l->made; l->made--) {
		if (rmdir(l->plain) && !ret)
			ret = err_errno(EX_FAIL, "cannot remove %s", l->plain);
		*strrchr(l->plain, '/') = '\0';
	}
	if (cgroup_enter(&l->t->cg) && !ret)
		ret = EX_FAIL;
	return ret;
}

/* By a file of a cgroup. */
static int move(int procs)
{
	return pwrite(procs, "0", 1, 0) == 1 ? 0 :
	       err_errno(EX_FAIL, "cannot move to a cgroup");
}

static int allocate(struct cgroup_life *l, unsigned int flags,
		    unsigned int count, enum pcpu_bench_arm arm)
{
	struct pcpu_bench_alloc alloc = {
		.size = sizeof(alloc), .bytes = OBJECT, .count = count,
		.align = flags & PCPU_BENCH_ALLOC_SLAB ? 0 : 8,
		.flags = flags |
			 (arm == PCPU_BENCH_ARM_ON ? PCPU_BENCH_ALLOC_ACCOUNT : 0),
	};

	if (ioctl(l->t->fd, PCPU_BENCH_ALLOC, &alloc) || alloc.done != count)
		return err_errno(EX_FAIL, "cannot allocate %u objects", count);
	l->first_chunk += alloc.first_chunk;
	return 0;
}

static int hold(struct cgroup_life *l, unsigned int count,
		enum pcpu_bench_arm arm)
{
	int ret = 0;

	if (l->holds & LIFE_PERCPU)
		ret = allocate(l, 0, count, arm);
	if (!ret && l->holds & LIFE_SLAB)
		ret = allocate(l, PCPU_BENCH_ALLOC_SLAB, count, arm);
	return ret;
}

int cgroup_life_do(struct cgroup_life *l, enum life_op op,
		   enum pcpu_bench_arm arm)
{
	switch (op) {
	case LIFE_MKDIR:
		return make(l, NAME, arm);
	case LIFE_ENTER:
		return move(l->procs);
	case LIFE_HOLD:
		return hold(l, l->plan->options.val[BENCH_OBJECTS], arm);
	case LIFE_LEAVE:
		return move(l->home);
	case LIFE_RMDIR:
		return take_away(l, NAME, arm);
	case LIFE_FREE:
		return device_release(l->t->fd);
	default:
		return 0;
	}
}

static int count_kept(const struct cgroup_life *l, bool *kept)
{
	long dying;
	int ret = cgroup_dying(l->t->cg.mount, &dying);

	*kept = dying > l->dying;
	return ret;
}

#define TRIES	100

/* Until the kernel has freed what was removed. */
static int wait_freed(struct cgroup_life *l)
{
	bool kept = true;
	int ret = 0;

	for (int i = 0; i < TRIES && kept && !ret; i++) {
		ret = settle(l);
		if (!ret)
			ret = device_settle(l->t->fd, PCPU_BENCH_SETTLE_TICK);
		if (!ret)
			ret = count_kept(l, &kept);
	}
	return kept && !ret ? err(EX_FAIL, "removed cgroups are not freed") : ret;
}

/* An earlier one comes and goes, and leaves what the kind holds. */
static int earlier(struct cgroup_life *l, enum pcpu_bench_arm arm)
{
	int procs = -1, ret;

	ret = make(l, EARLIER, arm);
	if (!ret)
		ret = open_at(l->parents[arm], EARLIER "/cgroup.procs",
			      O_WRONLY, &procs);
	if (!ret)
		ret = move(procs);
	if (!ret)
		ret = hold(l, 1, arm);
	if (move(l->home) && !ret)
		ret = EX_FAIL;
	if (procs >= 0)
		close(procs);
	if (!ret)
		ret = take_away(l, EARLIER, arm);
	return ret ? ret : settle(l);
}

/* While cgroups in this one have the controller, no task may be in it. */
static int generations(struct cgroup_life *l, enum pcpu_bench_arm arm)
{
	const unsigned int nr = l->plan->options.val[BENCH_GENERATIONS];
	const bool memory = nr && arm == PCPU_BENCH_ARM_ON;
	char path[CGROUP_PATH + 20];
	int ret = 0;

	snprintf(path, sizeof(path), "%s/" NAME, l->t->other.path);
	if (memory)
		ret = pass_on(path, "+memory");
	for (unsigned int i = 0; i < nr && !ret; i++)
		ret = earlier(l, arm);
	/* What the kernel still does for the last ones is of no sample. */
	if (nr && !ret)
		ret = wait_freed(l);
	if (memory && !ret)
		ret = pass_on(path, "-memory");
	return ret;
}

int cgroup_life_ready(struct cgroup_life *l, enum life_op op,
		      enum pcpu_bench_arm arm)
{
	int ret = 0;

	if (op == LIFE_ENTER) {
		ret = generations(l, arm);
		if (!ret)
			ret = open_at(l->parents[arm], NAME "/cgroup.procs",
				      O_WRONLY, &l->procs);
	} else if (op == LIFE_RMDIR) {
		close(l->procs);
		l->procs = -1;
	}
	return ret;
}

int cgroup_life_freed(struct cgroup_life *l)
{
	bool kept;
	int ret = count_kept(l, &kept);

	l->kept += kept;
	return ret;
}

/* Slab bytes that a CPU's stock still keeps are put down first. */
static int read_parent(struct cgroup_life *l, struct life_bytes *bytes)
{
	const struct cgroup *parent = &l->t->other;
	int ret = cgroup_take_stock(&l->t->cg);

	if (cgroup_leave(&l->t->cg) && !ret)
		ret = EX_FAIL;
	if (!ret)
		ret = cgroup_stat_bytes(parent, "percpu", &bytes->percpu);
	return ret ? ret : cgroup_stat_bytes(parent, SLAB_KEY, &bytes->slab);
}

/* And count slab objects, if that is told. */
static int make_beside(struct cgroup_life *l, enum pcpu_bench_arm arm)
{
	const unsigned int nr = l->plan->options.val[BENCH_BESIDE];
	int ret = life_slabs_before(&l->slabs);
	char name[32] = "";

	while (!ret && l->nr_beside[arm] < nr) {
		name_beside(name, l->nr_beside[arm]);
		ret = make(l, name, arm);
		l->nr_beside[arm] += !ret;
	}
	if (!ret)
		ret = settle(l);
	return ret ? ret : life_slabs_after(&l->slabs, arm, l->parents[arm], name);
}

int cgroup_life_beside(struct cgroup_life *l)
{
	struct life_bytes before = { 0 };
	int ret;

	if (!l->plan->options.val[BENCH_BESIDE])
		return 0;
	ret = make_beside(l, PCPU_BENCH_ARM_OFF);
	if (!ret)
		ret = remove_beside(l, PCPU_BENCH_ARM_OFF);
	/* The first one makes slab caches of the parent. */
	ret = make(l, NAME, PCPU_BENCH_ARM_ON);
	if (!ret)
		ret = take_away(l, NAME, PCPU_BENCH_ARM_ON);
	if (!ret)
		ret = wait_freed(l);
	if (!ret)
		ret = read_parent(l, &before);
	if (!ret)
		ret = make_beside(l, PCPU_BENCH_ARM_ON);
	if (!ret)
		ret = read_parent(l, &l->beside);
	l->beside.percpu -= before.percpu;
	l->beside.slab -= before.slab;
	return ret;
}

static long long sum(const struct life_bytes *b)
{
	return b->percpu + b->slab;
}

/* Of the cgroup; once is enough, as all are alike. */
static int take_footprint(struct cgroup_life *l, enum pcpu_bench_arm arm)
{
	int dir, ret;

	if (l->footprint.nr_nodes || arm != PCPU_BENCH_ARM_ON)
		return 0;
	ret = open_at(l->parents[arm], NAME, O_RDONLY | O_DIRECTORY, &dir);
	if (ret)
		return ret;
	l->footprint.cgroup = dir;
	ret = device_footprint(l->t->fd, &l->footprint);
	close(dir);
	return ret == EX_INVALID ? 0 : ret;
}

/* A life: the parent's bytes when all objects are there, and when the cgroup is gone. */
static int live(struct cgroup_life *l, enum pcpu_bench_arm arm,
		struct life_bytes *held, struct life_bytes *outlived)
{
	int ret = 0;

	for (enum life_op op = 0; op < NR_LIFE_OPS && !ret; op++) {
		if (op == LIFE_RMDIR)
			ret = read_parent(l, held);
		if (!ret && op == LIFE_RMDIR)
			ret = take_footprint(l, arm);
		if (!ret)
			ret = cgroup_life_ready(l, op, arm);
		if (!ret)
			ret = cgroup_life_do(l, op, arm);
		if (!ret && op == LIFE_SETTLE)
			ret = wait_freed(l);
		if (!ret && op == LIFE_SETTLE)
			ret = read_parent(l, outlived);
	}
	return ret ? ret : wait_freed(l);
}

static long long objects_charge(const struct cgroup_life *l)
{
	const struct bench_options *o = &l->plan->options;
	long long nr = o->val[BENCH_OBJECTS] + o->val[BENCH_GENERATIONS];

	return nr * ((l->holds & LIFE_PERCPU ? target_charge(l->t, OBJECT) : 0) +
		     (l->holds & LIFE_SLAB ? SLAB_CHARGE : 0));
}

int cgroup_life_weigh(struct cgroup_life *l)
{
	const unsigned int holds = l->holds;
	struct life_bytes before = { 0 }, held = { 0 }, outlived = { 0 };
	struct proof *p = &l->proof;
	int ret;

	*p = (struct proof){ .beyond = l->t->beyond };
	l->kept = l->busy = 0;
	/* The first one makes slab caches of the parent. */
	ret = live(l, PCPU_BENCH_ARM_ON, &held, &outlived);
	if (!ret)
		ret = read_parent(l, &before);
	l->holds = 0;
	if (!ret)
		ret = live(l, PCPU_BENCH_ARM_ON, &held, &outlived);
	l->holds = holds;
	l->one.percpu = held.percpu - before.percpu;
	l->one.slab = held.slab - before.slab;
	l->first_chunk = 0;
	if (!ret)
		ret = live(l, PCPU_BENCH_ARM_OFF, &held, &outlived);
	p->off_held = sum(&held);
	if (!ret)
		ret = live(l, PCPU_BENCH_ARM_ON, &held, &outlived);
	p->before = sum(&before);
	p->held = sum(&held);
	p->expected = sum(&l->one) + objects_charge(l);
	p->astray = llabs(sum(&outlived) - p->before - objects_charge(l));
	return ret;
}

long long cgroup_life_computed(const struct cgroup_life *l)
{
	const struct pcpu_bench_footprint *f = &l->footprint;

	return f->nr_nodes ? f->statistics + (f->nr_nodes + 1) * OWNER : 0;
}

long long cgroup_life_slab(const struct cgroup_life *l)
{
	const struct pcpu_bench_footprint *f = &l->footprint;

	return f->structures + f->shrinkers + f->objcgs + f->statistics;
}

int cgroup_life_gone(struct cgroup_life *l)
{
	struct life_bytes after = { 0 };
	int ret = read_parent(l, &after);

	l->proof.after = sum(&after);
	l->proof.first_chunk = l->first_chunk;
	return ret;
}

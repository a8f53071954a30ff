// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory cgroups that come and go, and the statistics of one. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/benches/memcg_life.h"
#include "measure/flush.h"

#define PARENT	"pcpubench.parent"
#define NAME	"pcpubench.made"
#define HELD	"pcpubench.held"

const char *const memcg_folders[] = {
	NAME, HELD, PARENT, PARENT "/" NAME, PARENT "/" HELD, NULL
};

/*
 * The kernel looks at a memcg's statistics above 64 changes for each online CPU
 * (MEMCG_CHARGE_BATCH), which it adds up 64 at a time. An object is one.
 */
#define CHANGES		256
#define OBJECT		4

/* As many memcgs are held, so that a page in the stock is less than 41 B each... */
#define MOST_HELD	100
/* ...but with many CPUs and nodes no more than take this. */
#define MOST_BYTES	(256LL << 20)

static const struct {
	const char *name, *file;
} ops[NR_MEMCG_OPS] = {
	[MEMCG_MKDIR] = { "mkdir", NULL },
	[MEMCG_RMDIR] = { "rmdir", NULL },
	[MEMCG_STAT] = { "stat", "memory.stat" },
	[MEMCG_NUMA_STAT] = { "numa-stat", "memory.numa_stat" },
};

const char *memcg_op_name(enum memcg_op op)
{
	return ops[op].name;
}

const struct proof *memcg_proof(const struct memcg_life *m, enum memcg_op op)
{
	return ops[op].file ? &m->counted : &m->made;
}

/* Cgroups in the parent have the controllers that cgroups in the root have. */
static int like_root(struct memcg_life *m)
{
	char path[300], has[256], *name, *save = NULL;
	char add[sizeof(has) * 2] = "";
	int ret;

	snprintf(path, sizeof(path), "%s/cgroup.subtree_control",
		 m->t->cg.mount);
	ret = read_file(path, has, sizeof(has));
	if (ret)
		return ret;
	for (name = strtok_r(has, " \n", &save); name;
	     name = strtok_r(NULL, " \n", &save))
		snprintf(add + strlen(add), sizeof(add) - strlen(add), "+%s ",
			 name);
	snprintf(path, sizeof(path), "%s/cgroup.subtree_control",
		 m->parent.path);
	return write_file(path, add);
}

static int make_parent(struct memcg_life *m)
{
	m->parent = m->t->cg;
	snprintf(m->parent.path, sizeof(m->parent.path), "%s/" PARENT,
		 m->t->cg.mount);
	if (mkdir(m->parent.path, 0755)) {
		err_errno(EX_FAIL, "cannot make %s", m->parent.path);
		m->parent.path[0] = '\0';
		return EX_FAIL;
	}
	return like_root(m);
}

static int open_at(const char *folder, const char *name, int flags, int *fd)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	*fd = open(path, flags | O_RDONLY | O_CLOEXEC);
	return *fd < 0 ? err_errno(EX_FAIL, "cannot open %s", path) : 0;
}

int memcg_life_init(struct memcg_life *m)
{
	enum memcg_op op;
	int ret, i;

	for (i = 0; i < PCPU_BENCH_NR_ARMS; i++)
		m->dirs[i] = -1;
	for (op = 0; op < NR_MEMCG_OPS; op++)
		m->files[op] = -1;
	m->nr = (size_t)m->plan->rounds * PCPU_BENCH_NR_ARMS;
	for (op = 0; op < NR_MEMCG_OPS; op++) {
		m->samples[op] = calloc(m->nr, sizeof(*m->samples[op]));
		if (!m->samples[op])
			return err(EX_FAIL, "out of memory for %zu samples",
				   m->nr);
	}
	ret = make_parent(m);
	if (!ret)
		ret = open_at(m->t->cg.mount, ".", O_DIRECTORY,
			      &m->dirs[PCPU_BENCH_ARM_OFF]);
	if (!ret)
		ret = open_at(m->parent.path, ".", O_DIRECTORY,
			      &m->dirs[PCPU_BENCH_ARM_ON]);
	if (!ret)
		ret = cgroup_dying(m->t->cg.mount, &m->dying);
	for (op = 0; op < NR_MEMCG_OPS && !ret; op++)
		if (ops[op].file)
			ret = open_at(m->t->cg.path, ops[op].file, 0,
				      &m->files[op]);
	return ret;
}

int memcg_life_free(struct memcg_life *m, int ret)
{
	enum memcg_op op;
	int i;

	for (op = 0; op < NR_MEMCG_OPS; op++) {
		free(m->samples[op]);
		if (m->files[op] >= 0)
			close(m->files[op]);
	}
	for (i = 0; i < PCPU_BENCH_NR_ARMS; i++)
		if (m->dirs[i] >= 0)
			close(m->dirs[i]);
	if (m->parent.path[0] && rmdir(m->parent.path) && !ret)
		ret = err_errno(EX_FAIL, "cannot remove %s", m->parent.path);
	return ret;
}

static int read_all(struct memcg_life *m, enum memcg_op op, char *text,
		    size_t room)
{
	ssize_t len = pread(m->files[op], text, room - 1, 0);

	if (len <= 0)
		return err_errno(EX_FAIL, "cannot read %s", ops[op].file);
	text[len] = '\0';
	return 0;
}

/* numa_stat has a figure of each node in each line. */
static char text[1 << 18];

int memcg_do(struct memcg_life *m, enum memcg_op op, enum pcpu_bench_arm arm)
{
	if (op == MEMCG_MKDIR)
		return mkdirat(m->dirs[arm], NAME, 0755) ?
		       err_errno(EX_FAIL, "cannot make a cgroup") : 0;
	if (op == MEMCG_RMDIR)
		return unlinkat(m->dirs[arm], NAME, AT_REMOVEDIR) ?
		       err_errno(EX_FAIL, "cannot remove a cgroup") : 0;
	return read_all(m, op, text, sizeof(text));
}

int memcg_settle(const struct memcg_life *m)
{
	return device_settle(m->t->fd, PCPU_BENCH_SETTLE_ALL);
}

#define TRIES	100

int memcg_released(struct memcg_life *m)
{
	bool alone = instruments[m->plan->instrument].exact;
	long own = 1, all = 0;
	int ret = 0, i;

	for (i = 0; i < TRIES && (own || all > m->dying) && !ret; i++) {
		ret = memcg_settle(m);
		if (!ret)
			ret = device_settle(m->t->fd, PCPU_BENCH_SETTLE_TICK);
		if (!ret)
			ret = cgroup_dying(m->parent.path, &own);
		if (!ret)
			ret = cgroup_dying(m->t->cg.mount, &all);
	}
	if (!ret && (own || (alone && all > m->dying)))
		ret = err(EX_FAIL, "removed cgroups are not freed: they hold memory of others");
	/* Those of others on a machine in use may stay for hours. */
	m->dying = all;
	return ret ? ret : memcg_settle(m);
}

/* Make @nr cgroups in the @arm's place, or remove them. */
static int each(struct memcg_life *m, enum pcpu_bench_arm arm, unsigned int nr,
		bool make)
{
	char name[32];

	for (unsigned int i = 0; i < nr; i++) {
		snprintf(name, sizeof(name), HELD ".%u", i);
		if (make ? mkdirat(m->dirs[arm], name, 0755) :
			   unlinkat(m->dirs[arm], name, AT_REMOVEDIR))
			return err_errno(EX_FAIL, "cannot %s a cgroup",
					 make ? "make" : "remove");
	}
	return 0;
}

/* `percpu` and `slab` of the parent while @nr cgroups of @arm are held. */
static int hold(struct memcg_life *m, enum pcpu_bench_arm arm, unsigned int nr,
		long long *percpu, long long *slab)
{
	int ret;

	ret = each(m, arm, nr, true);
	if (!ret)
		ret = cgroup_percpu_bytes(&m->parent, percpu);
	if (!ret)
		ret = cgroup_slab_bytes(&m->parent, slab);
	if (!ret)
		ret = each(m, arm, nr, false);
	return ret ? ret : memcg_released(m);
}

static int weigh(struct memcg_life *m)
{
	struct proof *p = &m->made;
	long long one, slab, before, unused;
	int ret;

	/* The first one makes slab caches of the parent. */
	ret = hold(m, PCPU_BENCH_ARM_ON, 1, &one, &slab);
	if (!ret)
		ret = hold(m, PCPU_BENCH_ARM_ON, 0, &p->before, &before);
	if (!ret)
		ret = hold(m, PCPU_BENCH_ARM_OFF, 1, &p->off_held, &unused);
	if (!ret)
		ret = hold(m, PCPU_BENCH_ARM_ON, 1, &one, &slab);
	if (ret)
		return ret;
	m->percpu = one - p->before;
	m->held = MOST_HELD;
	while (m->held > 2 && m->held * m->percpu > MOST_BYTES)
		m->held--;
	p->expected = m->held * m->percpu;
	p->beyond = m->t->beyond;
	ret = hold(m, PCPU_BENCH_ARM_ON, m->held, &p->held, &slab);
	m->slab = (slab - before) / m->held;
	return ret;
}

int memcg_weigh(void *arg)
{
	struct memcg_life *m = arg;
	int ret = cgroup_leave(&m->t->cg);

	if (!ret)
		ret = weigh(m);
	if (cgroup_enter(&m->t->cg) && !ret)
		ret = EX_FAIL;
	return ret;
}

int memcg_gone(struct memcg_life *m)
{
	int ret = cgroup_percpu_bytes(&m->parent, &m->made.after);

	return ret ? ret : cgroup_percpu_bytes(&m->t->cg, &m->counted.after);
}

static unsigned int nr_objects(const struct memcg_life *m)
{
	return CHANGES * m->t->info.online_cpus;
}

int memcg_count(struct memcg_life *m, enum pcpu_bench_arm arm)
{
	struct pcpu_bench_alloc alloc = {
		.size = sizeof(alloc), .bytes = OBJECT, .align = OBJECT,
		.count = nr_objects(m),
		.flags = arm == PCPU_BENCH_ARM_ON ? PCPU_BENCH_ALLOC_ACCOUNT : 0,
	};
	int ret = flush_stats(m->t->cg.mount);

	if (ret)
		return ret;
	if (ioctl(m->t->fd, PCPU_BENCH_ALLOC, &alloc) ||
	    alloc.done != alloc.count)
		return err_errno(EX_FAIL, "cannot allocate %u objects",
				 alloc.count);
	m->counted.first_chunk += alloc.first_chunk;
	return 0;
}

/* @kept is what was seen before, unless that was @right. */
static void keep_wrong(bool *seen, long long *kept, long long now, long long right)
{
	if (!*seen || *kept == right)
		*kept = now;
	*seen = true;
}

int memcg_count_seen(struct memcg_life *m, enum pcpu_bench_arm arm)
{
	struct proof *p = &m->counted;
	long long now;
	char *line;
	int ret;

	if (arm == PCPU_BENCH_ARM_EMPTY)
		return 0;
	ret = read_all(m, MEMCG_STAT, text, sizeof(text));
	line = ret ? NULL : strstr(text, "\npercpu ");
	if (!line)
		return ret ? ret : err(EX_FAIL, "memory.stat has no line 'percpu'");
	now = atoll(line + strlen("\npercpu "));
	p->expected = nr_objects(m) * target_charge(m->t, OBJECT);
	p->beyond = m->t->beyond;
	if (arm == PCPU_BENCH_ARM_ON) {
		keep_wrong(&m->seen[arm], &p->held, now, p->before + p->expected);
		return 0;
	}
	if (!m->seen[arm])
		p->before = now;
	keep_wrong(&m->seen[arm], &p->off_held, now, p->before);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory cgroups that own slab objects. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/benches/slab_charge.h"
#include "measure/benches/slab_owners.h"

static int make_one(struct slab_owners *o, struct cgroup *cg, int *dir)
{
	*cg = (struct cgroup){ .pipe = { -1, -1 } };
	snprintf(cg->mount, sizeof(cg->mount), "%s", o->t->cg.mount);
	snprintf(cg->path, sizeof(cg->path), "%.200s/owner%u",
		 o->t->other.path, o->nr);
	if (mkdir(cg->path, 0755))
		return err_errno(EX_FAIL, "cannot make %s", cg->path);
	*dir = open(cg->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	o->nr++;
	return *dir < 0 ? err_errno(EX_FAIL, "cannot open %s", cg->path) : 0;
}

int slab_owners_make(struct slab_owners *o, const struct target *t,
		     unsigned int nr)
{
	char file[CGROUP_PATH + 64];
	int ret;

	o->t = t;
	o->nr = 0;
	snprintf(file, sizeof(file), "%s/cgroup.subtree_control", t->other.path);
	ret = write_file(file, "+memory");
	while (!ret && o->nr < nr)
		ret = make_one(o, &o->cgroup[o->nr], &o->dir[o->nr]);
	return ret;
}

int slab_owners_remove(struct slab_owners *o, int ret)
{
	while (o->nr) {
		o->nr--;
		if (o->dir[o->nr] >= 0)
			close(o->dir[o->nr]);
		if (rmdir(o->cgroup[o->nr].path) && !ret)
			ret = err_errno(EX_FAIL, "cannot remove %s",
					o->cgroup[o->nr].path);
	}
	return ret;
}

int slab_owners_bytes(const struct slab_owners *o, unsigned int nr,
		      long long *bytes)
{
	int ret = device_settle(o->t->fd, PCPU_BENCH_SETTLE_ALL);

	/* This puts down what the CPU's stock has of another one. */
	if (!ret)
		ret = cgroup_take_stock(&o->t->cg);
	for (unsigned int i = 0; i < nr && !ret; i++)
		ret = i ? cgroup_flushed_bytes(&o->cgroup[i], SLAB_KEY, &bytes[i]) :
			  cgroup_stat_bytes(&o->cgroup[i], SLAB_KEY, &bytes[i]);
	return ret;
}

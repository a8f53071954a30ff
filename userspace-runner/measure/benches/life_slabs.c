// SPDX-License-Identifier: GPL-2.0-or-later
/* What memory cgroups take in slab caches. */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/benches/life_slabs.h"
#include "measure/benches/slab_charge.h"

/* kernfs keeps the name of a file, with its end, in an object of kmalloc(). */
static int count_files(int dir, const char *name, int *files, long long *names)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	*files = 0;
	*names = 0;
	if (!list) {
		if (fd >= 0)
			close(fd);
		return err_errno(EX_FAIL, "cannot list the files of a cgroup");
	}
	while ((entry = readdir(list))) {
		if (entry->d_name[0] == '.')
			continue;
		++*files;
		*names += slab_kmalloc(strlen(entry->d_name) + 1);
	}
	closedir(list);
	return 0;
}

/* Checked kernels put something around each object. */
static bool bare(const struct slabinfo_caches *all)
{
	const struct slabinfo_cache *cache = slabinfo_find(all, "kmalloc-64");

	return cache && cache->bytes == 64;
}

int life_slabs_before(struct life_slabs *s)
{
	if (!s->told) {
		/* The first time opens files. */
		int ret = slabinfo_read(&s->before);

		if (ret && ret != EX_INVALID)
			return ret;
		s->told = !ret && bare(&s->before);
	}
	return s->told ? slabinfo_read(&s->before) : 0;
}

int life_slabs_after(struct life_slabs *s, enum pcpu_bench_arm arm, int dir,
		     const char *name)
{
	int ret;

	if (!s->told)
		return 0;
	/* What it takes to look is there in both arms. */
	ret = count_files(dir, name, &s->files[arm], &s->names[arm]);
	if (!ret)
		ret = slabinfo_read(&s->after[arm]);
	if (!ret)
		slabinfo_subtract(&s->after[arm], &s->before);
	return ret;
}

static bool of_controller(const char *name)
{
	return !strncmp(name, "kmalloc-", strlen("kmalloc-")) ||
	       !strncmp(name, "mem_cgroup", strlen("mem_cgroup"));
}

/* Objects of cache @i that the controller takes. */
static long long more(const struct life_slabs *s, size_t i)
{
	const struct slabinfo_cache *on = &s->after[PCPU_BENCH_ARM_ON].cache[i];

	return on->active - slabinfo_active(&s->after[PCPU_BENCH_ARM_OFF],
					    on->name);
}

/* Those of cache @i that are obj_exts of accounted slabs. */
static double arrays(const struct life_slabs *s, size_t i)
{
	const struct slabinfo_caches *on = &s->after[PCPU_BENCH_ARM_ON];
	char name[SLABINFO_NAME];
	double sum = 0;

	for (size_t k = 0; k < on->nr; k++) {
		if (strncmp(on->cache[k].name, "kmalloc-cg-", 11))
			continue;
		slabinfo_kmalloc_name(name, slab_kmalloc(on->cache[k].in_slab *
							 SLAB_EXT));
		if (!strcmp(on->cache[i].name, name))
			sum += (double)more(s, k) / on->cache[k].in_slab;
	}
	return sum;
}

long long life_slabs_structures(const struct life_slabs *s, unsigned int nr)
{
	const struct slabinfo_caches *on = &s->after[PCPU_BENCH_ARM_ON];
	long long sum = s->names[PCPU_BENCH_ARM_OFF] -
			s->names[PCPU_BENCH_ARM_ON];

	for (size_t i = 0; i < on->nr; i++)
		if (of_controller(on->cache[i].name))
			sum += on->cache[i].bytes *
			       llround((more(s, i) - arrays(s, i)) / nr);
	return sum;
}

void life_slabs_put(const struct life_slabs *s, json_t *object)
{
	const struct slabinfo_caches *on = &s->after[PCPU_BENCH_ARM_ON];
	json_t *caches = json_object();

	for (size_t i = 0; i < on->nr; i++)
		if (more(s, i))
			json_object_set_new(caches, on->cache[i].name,
					    json_integer(more(s, i) *
							 on->cache[i].bytes));
	json_object_set_new(object, "caches", caches);
	json_object_set_new(object, "files",
			    json_integer(s->files[PCPU_BENCH_ARM_ON] -
					 s->files[PCPU_BENCH_ARM_OFF]));
	json_object_set_new(object, "names",
			    json_integer(s->names[PCPU_BENCH_ARM_ON] -
					 s->names[PCPU_BENCH_ARM_OFF]));
}

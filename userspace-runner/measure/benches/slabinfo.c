// SPDX-License-Identifier: GPL-2.0-or-later
/* Slab caches by /proc/slabinfo. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/benches/slabinfo.h"

#define FILE_NAME	"/proc/slabinfo"

struct search {
	const char *prefix;	/* or NULL: those of kmalloc() with */
	const char *suffix;
	bool shrink;
	struct slabinfo sum;
	struct slabinfo_caches *each;	/* or NULL */
};

/* "kmalloc-64", or one of several, "kmalloc-rnd-07-64"; not "kmalloc-cg-64". */
static bool is_kmalloc(const char *name, const char *suffix)
{
	size_t len = strlen("kmalloc"), all = strlen(name);

	if (strncmp(name, "kmalloc-", len + 1) || all < strlen(suffix) ||
	    strcmp(name + all - strlen(suffix), suffix))
		return false;
	return !strcmp(name + len, suffix) || !strncmp(name + len, "-rnd-", 5);
}

/*
 * What an open file takes may be an object of the very cache, and is freed late: so
 * the files stay open.
 */
static int shrink(const char *name)
{
	static struct {
		char name[SLABINFO_NAME];
		int fd;
	} open_files[SLABINFO_MOST];
	static unsigned int nr;
	char path[128];
	unsigned int i;

	for (i = 0; i < nr && strcmp(open_files[i].name, name); i++)
		;
	if (i == SLABINFO_MOST)
		return err(EX_FAIL, "more than %d slab caches", i);
	if (i == nr) {
		snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", name);
		open_files[i].fd = open(path, O_WRONLY | O_CLOEXEC);
		if (open_files[i].fd < 0)
			return err_errno(EX_FAIL, "cannot open %s", path);
		strcpy(open_files[nr++].name, name);
	}
	return pwrite(open_files[i].fd, "1", 1, 0) == 1 ? 0 :
	       err_errno(EX_FAIL, "cannot shrink %s", name);
}

static int add_cache(struct slabinfo_caches *all, const char *name,
		     long long active, unsigned int bytes, unsigned int in_slab)
{
	struct slabinfo_cache *cache = &all->cache[all->nr];

	if (all->nr == SLABINFO_MOST)
		return err(EX_FAIL, "more than %d slab caches", SLABINFO_MOST);
	strcpy(cache->name, name);
	cache->active = active;
	cache->bytes = bytes;
	cache->in_slab = in_slab;
	all->nr++;
	return 0;
}

static int take(char *line, void *arg)
{
	struct search *s = arg;
	unsigned int bytes, in_slab;
	long long active, slabs;
	char name[SLABINFO_NAME];

	/* Of the heads the second word is no number. */
	if (sscanf(line, "%63s %lld %*d %u %u %*d : tunables %*d %*d %*d : slabdata %*d %lld",
		   name, &active, &bytes, &in_slab, &slabs) != 5)
		return 0;
	if (s->prefix ? strncmp(name, s->prefix, strlen(s->prefix)) :
			!is_kmalloc(name, s->suffix))
		return 0;
	s->sum.active += active;
	s->sum.slabs += slabs;
	s->sum.bytes = bytes;
	s->sum.in_slab = in_slab;
	if (s->each)
		return add_cache(s->each, name, active, bytes, in_slab);
	return s->shrink ? shrink(name) : 0;
}

static int search(struct search *s)
{
	int ret = read_lines(FILE_NAME, take, s);

	if (ret >= 0)
		return ret;
	return errno == ENOENT ? EX_INVALID :
	       err_errno(EX_FAIL, "cannot read " FILE_NAME);
}

int slabinfo_of(const char *prefix, struct slabinfo *sum)
{
	struct search s = { .prefix = prefix };
	int ret = search(&s);

	*sum = s.sum;
	return ret;
}

int slabinfo_read(struct slabinfo_caches *all)
{
	struct search s = { .prefix = "", .shrink = true };
	int ret = search(&s);

	s.each = all;
	all->nr = 0;
	return ret ? ret : search(&s);
}

const struct slabinfo_cache *slabinfo_find(const struct slabinfo_caches *all,
					   const char *name)
{
	for (size_t i = 0; i < all->nr; i++)
		if (!strcmp(all->cache[i].name, name))
			return &all->cache[i];
	return NULL;
}

long long slabinfo_active(const struct slabinfo_caches *all, const char *name)
{
	const struct slabinfo_cache *cache = slabinfo_find(all, name);

	return cache ? cache->active : 0;
}

void slabinfo_subtract(struct slabinfo_caches *all,
		       const struct slabinfo_caches *from)
{
	for (size_t i = 0; i < all->nr; i++)
		all->cache[i].active -= slabinfo_active(from,
							all->cache[i].name);
}

void slabinfo_kmalloc_name(char name[SLABINFO_NAME], unsigned int bytes)
{
	snprintf(name, SLABINFO_NAME, bytes < 1024 ? "kmalloc-%u" : "kmalloc-%uk",
		 bytes < 1024 ? bytes : bytes / 1024);
}

int slabinfo_kmalloc(unsigned int bytes, struct slabinfo *sum)
{
	char name[SLABINFO_NAME];
	struct search s = { .suffix = name + strlen("kmalloc"), .shrink = true };
	int ret;

	slabinfo_kmalloc_name(name, bytes);
	ret = search(&s);
	s.shrink = false;
	s.sum = (struct slabinfo){ 0 };
	if (!ret)
		ret = search(&s);
	*sum = s.sum;
	return ret;
}

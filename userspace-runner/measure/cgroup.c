// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory cgroup that pays for a measurement. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/page_size.h"
#include "measure/cgroup.h"
#include "measure/flush.h"

/*
 * Slots of a pipe, so that the array of struct pipe_buffer, 40 bytes each,
 * comes from the 2048-byte cache and is charged with 8 more bytes:
 * pipe_resize_ring(), fs/pipe.c, and obj_full_size(), mm/memcontrol.c.
 */
#define SLOTS		32

/* Find cgroup.procs of the calling process's group. */
static int find_home(struct cgroup *cg, const char *mount)
{
	char buf[4096], *line, *save = NULL;
	int ret;

	ret = read_file("/proc/self/cgroup", buf, sizeof(buf));
	if (ret)
		return ret;
	for (line = strtok_r(buf, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "0::/", 4))
			continue;
		snprintf(cg->home, sizeof(cg->home), "%s%s/cgroup.procs", mount,
			 strcmp(line, "0::/") ? line + 3 : "");
		return 0;
	}
	return err(EX_FAIL,
		   "this process is in no cgroup v2: boot with systemd.unified_cgroup_hierarchy=1");
}

/*
 * Look up now the files that will be opened in the child: the first cgroup to
 * look a file up pays for its dentry and inode.
 */
static int look_up(const struct cgroup *cg)
{
	char path[300];
	size_t len;

	if (access(cg->home, R_OK))
		return err_errno(EX_FAIL, "cannot read %s", cg->home);
	/* It may be entered from another one that pays. */
	snprintf(path, sizeof(path), "%s/cgroup.procs", cg->path);
	if (access(path, R_OK))
		return err_errno(EX_FAIL, "cannot read %s", path);
	/* From the child up to the root. */
	for (len = strlen(cg->path); len >= strlen(cg->mount);
	     len = (char *)memrchr(path, '/', len) - path) {
		snprintf(path, sizeof(path), "%.*s/memory.stat", (int)len,
			 cg->path);
		if (access(path, R_OK))
			return err_errno(EX_FAIL, "cannot read %s", path);
	}
	return flush_stats(cg->mount);
}

void cgroup_path(char path[CGROUP_PATH], const char *mount, unsigned int depth,
		 unsigned int level)
{
	int len = snprintf(path, CGROUP_PATH, "%s/pcpubench.%d", mount,
			   (int)getpid());

	if (depth == 1)
		return;
	len += snprintf(path + len, CGROUP_PATH - len, ".levels");
	for (unsigned int i = 2; i <= level; i++)
		len += snprintf(path + len, CGROUP_PATH - len,
				i < depth ? "/%u" : "/leaf", i);
}

void cgroup_sibling_path(char path[CGROUP_PATH], const char *mount,
			 unsigned int depth)
{
	cgroup_path(path, mount, depth, depth);
	strcat(path, "-other");
}

/* A level may be there, of a child that is less deep. */
static int make(struct cgroup *cg, bool level)
{
	int ret;

	if (!mkdir(cg->path, 0755)) {
		cg->made++;
		return 0;
	}
	if (level && errno == EEXIST)
		return 0;
	ret = err_errno(EX_FAIL, "cannot make %s", cg->path);
	*strrchr(cg->path, '/') = '\0';
	return ret;
}

/* The memory controller is passed on by each level. */
static int make_levels(struct cgroup *cg)
{
	char path[300];
	int ret = 0;

	for (unsigned int level = 1; level <= cg->depth && !ret; level++) {
		if (level > 1) {
			snprintf(path, sizeof(path), "%s/cgroup.subtree_control",
				 cg->path);
			ret = write_file(path, "+memory");
		}
		if (ret)
			break;
		cgroup_path(cg->path, cg->mount, cg->depth, level);
		ret = make(cg, level < cg->depth);
	}
	return ret;
}

static int ready(struct cgroup *cg)
{
	if (pipe2(cg->pipe, O_CLOEXEC))
		return err_errno(EX_FAIL, "cannot make a pipe");
	return look_up(cg);
}

int cgroup_create(struct cgroup *cg, const char *mount, unsigned int depth)
{
	char path[300], buf[1024];
	int ret;

	*cg = (struct cgroup){ .pipe = { -1, -1 }, .depth = depth };
	snprintf(cg->mount, sizeof(cg->mount), "%s", mount);
	snprintf(path, sizeof(path), "%s/cgroup.controllers", mount);
	if (access(path, F_OK))
		return err(EX_FAIL, "no cgroup v2 at %s: mount it (mount -t cgroup2 none %s)",
			   mount, mount);
	ret = read_file(path, buf, sizeof(buf));
	if (ret)
		return ret;
	if (!strstr(buf, "memory"))
		return err(EX_FAIL,
			   "no memory controller in cgroup v2 at %s: the kernel lacks CONFIG_MEMCG, or cgroup_disable=memory or cgroup v1 has taken it",
			   mount);
	ret = find_home(cg, mount);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", mount);
	ret = write_file(path, "+memory");
	if (ret)
		return ret;
	/* cpuset chooses nodes; a kernel may lack it. */
	if (strstr(buf, "cpuset"))
		ret = write_file(path, "+cpuset");
	if (!ret)
		ret = make_levels(cg);
	return ret ? ret : ready(cg);
}

int cgroup_create_sibling(struct cgroup *other, const struct cgroup *cg)
{
	int ret;

	*other = *cg;
	other->pipe[0] = other->pipe[1] = -1;
	other->made = 0;
	cgroup_sibling_path(other->path, cg->mount, cg->depth);
	ret = make(other, false);
	return ret ? ret : ready(other);
}

int cgroup_dying(const char *path, long *dying)
{
	char file[300], count[32];

	snprintf(file, sizeof(file), "%s/cgroup.stat", path);
	if (!read_field(file, "nr_dying_descendants", count, sizeof(count)))
		return err(EX_FAIL, "%s has no line 'nr_dying_descendants'",
			   file);
	*dying = atol(count);
	return 0;
}

int cgroup_enter(const struct cgroup *cg)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/cgroup.procs", cg->path);
	return write_file(path, "0");
}

int cgroup_has_caller(const struct cgroup *cg, bool *there)
{
	char path[300], buf[4096], *line, *save = NULL;
	int ret;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cg->path);
	ret = read_file(path, buf, sizeof(buf));
	*there = false;
	if (ret)
		return ret;
	for (line = strtok_r(buf, "\n", &save); line && !*there;
	     line = strtok_r(NULL, "\n", &save))
		*there = atol(line) == getpid();
	return 0;
}

int cgroup_enter_root(const struct cgroup *cg)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/cgroup.procs", cg->mount);
	return write_file(path, "0");
}

static int resize(const struct cgroup *cg, int slots)
{
	if (fcntl(cg->pipe[0], F_SETPIPE_SZ, slots * PAGE) < 0)
		return err_errno(EX_FAIL, "cannot resize a pipe");
	return 0;
}

int cgroup_charge_half(const struct cgroup *cg)
{
	return resize(cg, SLOTS);
}

int cgroup_take_stock(const struct cgroup *cg)
{
	int ret = cgroup_enter(cg);

	/* Of less than a page, which the stock would put down and owe again. */
	if (!ret)
		ret = resize(cg, SLOTS / 2);
	return ret ? ret : resize(cg, SLOTS);
}

int cgroup_leave(const struct cgroup *cg)
{
	return write_file(cg->home, "0");
}

int cgroup_destroy(struct cgroup *cg)
{
	int ret;

	if (!cg->made)
		return 0;
	ret = cgroup_leave(cg);
	if (cg->pipe[0] >= 0) {
		close(cg->pipe[0]);
		close(cg->pipe[1]);
	}
	for (; cg->made && !ret; cg->made--) {
		if (rmdir(cg->path))
			ret = err_errno(EX_FAIL, "cannot remove %s", cg->path);
		*strrchr(cg->path, '/') = '\0';
	}
	cg->path[0] = '\0';
	return ret;
}

/* Read a line "KEY N" of memory.stat of the cgroup at @dir. */
static int read_bytes(const char *dir, const char *key, long long *bytes)
{
	char path[300], line[64], buf[8192] = "\n", *p;
	int ret;

	snprintf(path, sizeof(path), "%s/memory.stat", dir);
	snprintf(line, sizeof(line), "\n%s ", key);
	ret = read_file(path, buf + 1, sizeof(buf) - 1);
	if (ret)
		return ret;
	p = strstr(buf, line);
	if (!p)
		return err(EX_FAIL, "%s has no line '%s': kernel before 5.9?",
			   path, key);
	*bytes = atoll(p + strlen(line));
	return 0;
}

int cgroup_node_bytes(const struct cgroup *cg, const char *key,
		      long long *bytes, unsigned int nr)
{
	/* A figure of each node in each of some fifty lines. */
	static char text[1 << 18];
	char path[300], line[64];
	unsigned int node;
	const char *p;
	int ret, len;

	memset(bytes, 0, nr * sizeof(*bytes));
	snprintf(path, sizeof(path), "%s/memory.numa_stat", cg->path);
	snprintf(line, sizeof(line), "\n%s N", key);
	text[0] = '\n';
	ret = read_file(path, text + 1, sizeof(text) - 1);
	if (ret)
		return ret;
	p = strstr(text, line);
	if (!p)
		return err(EX_FAIL, "%s has no line '%s'", path, key);
	p += strlen(line) - 2;
	while (sscanf(p, " N%u=%n", &node, &len) == 1) {
		p += len;
		if (node < nr)
			bytes[node] = atoll(p);
		p += strspn(p, "-0123456789");
	}
	return 0;
}

int cgroup_percpu_above(const struct cgroup *cg, unsigned int level,
			long long *bytes)
{
	char path[CGROUP_PATH];

	cgroup_path(path, cg->mount, cg->depth, level);
	return read_bytes(path, "percpu", bytes);
}

int cgroup_stat_bytes(const struct cgroup *cg, const char *key,
		      long long *bytes)
{
	int ret = flush_stats(cg->mount);

	return ret ? ret : read_bytes(cg->path, key, bytes);
}

int cgroup_flushed_bytes(const struct cgroup *cg, const char *key,
			 long long *bytes)
{
	return read_bytes(cg->path, key, bytes);
}

int cgroup_percpu_bytes(const struct cgroup *cg, long long *bytes)
{
	return cgroup_stat_bytes(cg, "percpu", bytes);
}

int cgroup_slab_bytes(const struct cgroup *cg, long long *bytes)
{
	return cgroup_stat_bytes(cg, "slab", bytes);
}

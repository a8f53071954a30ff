// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory cgroups of the self-test, and the kernel's statistics of them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "guest/group.h"
#include "measure/flush.h"

static const char *file_of(const struct group *g, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", g->path, name);
	return path;
}

int group_make(struct group *g, const struct group *parent, const char *name)
{
	const struct group root = { GROUP_MOUNT };
	int ret;

	parent = parent ? parent : &root;
	ret = write_file(file_of(parent, "cgroup.subtree_control"),
			 "+memory +cpuset");
	if (ret)
		return ret;
	snprintf(g->path, sizeof(g->path), "%.90s/%.30s", parent->path, name);
	if (mkdir(g->path, 0755)) {
		ret = err_errno(EX_FAIL, "cannot make %s", g->path);
		g->path[0] = '\0';
	}
	return ret;
}

int group_set(const struct group *g, const char *name, const char *value)
{
	return write_file(file_of(g, name), value);
}

int group_nodes(const struct group *g, const char *list)
{
	return group_set(g, "cpuset.mems", *list ? list : "\n");
}

int group_remove(struct group *g)
{
	int ret = 0;

	/* A task that has just ended may still count for a moment. */
	for (int i = 0; i < 200 && g->path[0]; i++) {
		ret = rmdir(g->path);
		if (!ret)
			g->path[0] = '\0';
		else if (errno != EBUSY)
			break;
		else
			usleep(5000);
	}
	return ret ? err_errno(EX_FAIL, "cannot remove %s", g->path) : 0;
}

long long group_charged(const struct group *g)
{
	char text[32];

	return read_first(file_of(g, "memory.current"), text, sizeof(text)) ?
	       atoll(text) : -1;
}

/* The number after @key at the start of a line of @text, -1 if there is none. */
static long long stat_row(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (!strncmp(text, key, len) && text[len] == ' ')
			return atoll(text + len);
		if (!*text)
			break;
	}
	return -1;
}

/* "percpu N0=1 N1=2", nodes without memory left out, at the start of a line. */
static void numa_row(const char *text, const char *key, unsigned int nr_nodes,
		     struct row *r)
{
	size_t len = strlen(key);
	unsigned int nid;
	long long val;
	int used;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (strncmp(text, key, len) || text[len] != ' ')
			continue;
		r->has_nodes = true;
		for (text += len;
		     sscanf(text, " N%u=%lld%n", &nid, &val, &used) == 2;
		     text += used)
			if (nid < nr_nodes)
				r->bytes.node[nid] = val;
	}
}

int group_seen(const struct group *g, unsigned int nr_nodes, struct seen *seen)
{
	char text[32768];
	int ret;

	memset(seen, 0, sizeof(*seen));
	ret = flush_stats(GROUP_MOUNT);
	if (!ret)
		ret = read_file(file_of(g, "memory.stat"), text, sizeof(text));
	if (ret)
		return ret;
	seen->percpu.bytes.total = stat_row(text, "percpu");
	seen->kernel.bytes.total = stat_row(text, "kernel");
	seen->slab.bytes.total = stat_row(text, "slab_unreclaimable");
	if (seen->percpu.bytes.total < 0 || seen->kernel.bytes.total < 0)
		return err(EX_FAIL, "memory.stat has no row percpu or kernel");
	ret = read_file(file_of(g, "memory.numa_stat"), text, sizeof(text));
	if (ret)
		return ret;
	numa_row(text, "percpu", nr_nodes, &seen->percpu);
	numa_row(text, "kernel", nr_nodes, &seen->kernel);
	numa_row(text, "slab_unreclaimable", nr_nodes, &seen->slab);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
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

	/* A task that has just ended may still be counted for a moment. */
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

/* "percpu N0=1 N1=2", nodes without memory left out. */
static bool numa_row(char *text, unsigned int nr_nodes, struct bytes *b)
{
	char *line = strstr(text, "\npercpu "), *tok, *save = NULL;
	unsigned int nid;
	long long val;

	if (!line)
		return false;
	line[1 + strcspn(line + 1, "\n")] = '\0';
	for (tok = strtok_r(line + strlen("\npercpu "), " ", &save); tok;
	     tok = strtok_r(NULL, " ", &save))
		if (sscanf(tok, "N%u=%lld", &nid, &val) == 2 && nid < nr_nodes)
			b->node[nid] = val;
	return true;
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
	seen->percpu.total = stat_row(text, "percpu");
	seen->kernel = stat_row(text, "kernel");
	if (seen->percpu.total < 0 || seen->kernel < 0)
		return err(EX_FAIL, "memory.stat has no row percpu or kernel");
	text[0] = '\n';
	ret = read_file(file_of(g, "memory.numa_stat"), text + 1,
			sizeof(text) - 1);
	if (!ret)
		seen->has_nodes = numa_row(text, nr_nodes, &seen->percpu);
	return ret;
}

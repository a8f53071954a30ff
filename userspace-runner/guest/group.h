/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory cgroups of the self-test, and what the kernel says they have. */
#ifndef PCPUBENCH_GUEST_GROUP_H
#define PCPUBENCH_GUEST_GROUP_H

#include <stdbool.h>

#define GROUP_MOUNT	"/sys/fs/cgroup"
#define MAX_NODES	64

struct group {
	char path[128];		/* "" when there is none */
};

/* What a group has of some memory, in bytes, by one account or another. */
struct bytes {
	long long total;
	long long node[MAX_NODES];
};

/* A row of memory.stat and, where it is there, of memory.numa_stat. */
struct row {
	struct bytes bytes;
	bool has_nodes;
};

/* The kernel's account. */
struct seen {
	struct row percpu;
	struct row kernel;	/* all kernel memory that is charged */
};

/* A group under @parent, under the root of the hierarchy if that is NULL. */
int group_make(struct group *g, const struct group *parent, const char *name);

/* Write @value to the group's file @name. */
int group_set(const struct group *g, const char *name, const char *value);

/* The nodes that new memory of the group's tasks comes from, "" for all. */
int group_nodes(const struct group *g, const char *list);

/* Remove it; what it still has goes to its parent. */
int group_remove(struct group *g);

/* What the kernel says @g has, up to date, of @nr_nodes nodes. */
int group_seen(const struct group *g, unsigned int nr_nodes, struct seen *seen);

#endif

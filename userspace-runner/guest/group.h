/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory cgroups of the self-test, and the kernel's statistics of them. */
#ifndef PCPUBENCH_GUEST_GROUP_H
#define PCPUBENCH_GUEST_GROUP_H

#include <stdbool.h>

#define GROUP_MOUNT	"/sys/fs/cgroup"
#define MAX_NODES	64

struct group {
	char path[128];		/* "" when there is none */
};

/* A group's memory of some kind in bytes, by the kernel's account or ours. */
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
	struct row slab;	/* `slab_unreclaimable`, without what CPUs' stocks keep */
};

/* Make a group under @parent, or under the hierarchy's root if NULL. */
int group_make(struct group *g, const struct group *parent, const char *name);

/* Write @value to the group's file @name. */
int group_set(const struct group *g, const char *name, const char *value);

/* Set the nodes of new memory of the group's tasks, "" for all. */
int group_nodes(const struct group *g, const char *list);

/* Remove the group; its memory goes to its parent. */
int group_remove(struct group *g);

/* What is charged to @g now, stock included, in bytes; -1 if that cannot be read. */
long long group_charged(const struct group *g);

/* The kernel's account of @g, up to date, for @nr_nodes nodes. */
int group_seen(const struct group *g, unsigned int nr_nodes, struct seen *seen);

#endif

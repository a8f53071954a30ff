/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory cgroup that pays for a measurement, the child: a leaf in the v2
 * hierarchy, some levels below the root.
 */
#ifndef PCPUBENCH_MEASURE_CGROUP_H
#define PCPUBENCH_MEASURE_CGROUP_H

#include <stdbool.h>

#define CGROUP_PATH	256

struct cgroup {
	char mount[128];	/* of the hierarchy */
	char path[CGROUP_PATH];	/* of the child, "" before cgroup_create() */
	unsigned int depth;	/* levels below the root: 1 is a child of it */
	unsigned int made;	/* of them, directories to remove */
	char home[256];		/* cgroup.procs of the task's own group */
	int pipe[2];		/* charges the child half a page */
};

/*
 * The path of the cgroup @level levels below @mount, on the way down to the
 * child of @depth levels; and of the child's sibling. Children of several depths
 * share the levels above.
 */
void cgroup_path(char path[CGROUP_PATH], const char *mount, unsigned int depth,
		 unsigned int level);
void cgroup_sibling_path(char path[CGROUP_PATH], const char *mount,
			 unsigned int depth);

/**
 * cgroup_create - make the child, and all above it, in the v2 hierarchy at @mount
 * @depth: levels below the root, each with the memory controller. A deeper child
 *	is made after the others and removed before them.
 *
 * EX_FAIL names what is missing: cgroup v2, the memory controller, root.
 */
int cgroup_create(struct cgroup *cg, const char *mount, unsigned int depth);

/* Make @other beside @cg, which must be removed after it. EX_FAIL */
int cgroup_create_sibling(struct cgroup *other, const struct cgroup *cg);

/* Count removed cgroups below @path that the kernel still keeps. */
int cgroup_dying(const char *path, long *dying);

/* Move the calling process into the child. */
int cgroup_enter(const struct cgroup *cg);

/* In @there: is the calling process in the child? 0 or EX_FAIL. */
int cgroup_has_caller(const struct cgroup *cg, bool *there);

/* The calling process enters the root's cgroup, which is charged for nothing. */
int cgroup_enter_root(const struct cgroup *cg);

/**
 * cgroup_charge_half - charge 2056 bytes to the child, which the caller is in
 *
 * The charge stays until cgroup_destroy(). A memcg keeps the rest of a page,
 * and an object that fits there needs no new one (obj_cgroup_charge(),
 * mm/memcontrol.c). The rest depends on all charges since the cgroup was made,
 * modulo a page. This makes it 2040 bytes, whatever /init did before, and not
 * 0, which for objects of whole pages is cheaper than in any memcg in use.
 */
int cgroup_charge_half(const struct cgroup *cg);

/* Move the calling process back to its own cgroup. */
int cgroup_leave(const struct cgroup *cg);

/* cgroup_leave(), and remove what was made. */
int cgroup_destroy(struct cgroup *cg);

/* Read the line of @key in the child's memory.stat, up to date. */
int cgroup_stat_bytes(const struct cgroup *cg, const char *key,
		      long long *bytes);

/* The same, as of the last read of any cgroup's that was up to date. */
int cgroup_flushed_bytes(const struct cgroup *cg, const char *key,
			 long long *bytes);

/* cgroup_stat_bytes() of `percpu`. */
int cgroup_percpu_bytes(const struct cgroup *cg, long long *bytes);

/* The same of the cgroup at @level, as of the last read of the child's. */
int cgroup_percpu_above(const struct cgroup *cg, unsigned int level,
			long long *bytes);

/**
 * cgroup_take_stock - move the calling process into the child, whose stock it uses
 *
 * A CPU's stock keeps slab bytes of one memcg and node, and puts them down in the
 * statistics when those of another come (mod_objcg_state(), mm/memcontrol.c).
 * Afterwards it keeps none of any memcg but the child, and 0 bytes of the child.
 */
int cgroup_take_stock(const struct cgroup *cg);

/*
 * The line of @key in the child's memory.numa_stat, as of the last flush: bytes
 * of the first @nr node ids; 0 for those that are not in it.
 */
int cgroup_node_bytes(const struct cgroup *cg, const char *key,
		      long long *bytes, unsigned int nr);

/*
 * cgroup_slab_bytes - read `slab` of the child's memory.stat, up to date but
 * for less than a page that an obj_cgroup's stock on a CPU still holds
 */
int cgroup_slab_bytes(const struct cgroup *cg, long long *bytes);

#endif

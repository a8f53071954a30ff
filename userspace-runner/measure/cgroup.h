/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory cgroup that pays for a measurement: a child of the root in the v2
 * hierarchy. Depth 1 on purpose, for a charge over 64 pages walks the hierarchy.
 */
#ifndef PCPUBENCH_MEASURE_CGROUP_H
#define PCPUBENCH_MEASURE_CGROUP_H

struct cgroup {
	char mount[128];	/* of the hierarchy */
	char path[256];		/* of the child, "" before cgroup_create() */
	char home[256];		/* cgroup.procs where the task came from */
	int pipe[2];		/* what the child is charged half a page for */
};

/**
 * cgroup_create - make the child under the cgroup v2 hierarchy at @mount
 *
 * EX_FAIL, saying what is missing: no cgroup v2, no memory controller, no root.
 */
int cgroup_create(struct cgroup *cg, const char *mount);

/* Move the calling process into the child. */
int cgroup_enter(const struct cgroup *cg);

/**
 * cgroup_charge_half - charge 2056 bytes to the child, which the caller is in
 *
 * Until cgroup_destroy(). A memcg keeps what is left of a page, and an object
 * that fits there is charged no new one (obj_cgroup_charge(), mm/memcontrol.c).
 * How much is left is all that the memcg was ever charged and still holds, modulo
 * a page: 2040 bytes for sure, instead of the history of /init. And instead of
 * none, which for objects of whole pages is cheaper than any memcg in use.
 */
int cgroup_charge_half(const struct cgroup *cg);

/* Move the calling process back to where it came from. */
int cgroup_leave(const struct cgroup *cg);

/* cgroup_leave(), and remove the child. */
int cgroup_destroy(struct cgroup *cg);

/* `percpu` of the child's memory.stat, up to date. */
int cgroup_percpu_bytes(const struct cgroup *cg, long long *bytes);

/*
 * cgroup_slab_bytes - `slab` of the child's memory.stat, up to date but for less
 * than a page that its obj_cgroup's stock still holds back on a CPU
 */
int cgroup_slab_bytes(const struct cgroup *cg, long long *bytes);

#endif

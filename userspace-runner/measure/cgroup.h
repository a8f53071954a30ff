/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory cgroup that pays for a measurement: a child of the root in the v2
 * hierarchy. Depth 1 on purpose: a charge over 64 pages walks the hierarchy.
 */
#ifndef PCPUBENCH_MEASURE_CGROUP_H
#define PCPUBENCH_MEASURE_CGROUP_H

struct cgroup {
	char mount[128];	/* of the hierarchy */
	char path[256];		/* of the child, "" before cgroup_create() */
	char home[256];		/* cgroup.procs of the task's own group */
	int pipe[2];		/* charges the child half a page */
};

/**
 * cgroup_create - make the child under the cgroup v2 hierarchy at @mount
 *
 * EX_FAIL names what is missing: cgroup v2, the memory controller, root.
 */
int cgroup_create(struct cgroup *cg, const char *mount);

/* Move the calling process into the child. */
int cgroup_enter(const struct cgroup *cg);

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

/* cgroup_leave(), and remove the child. */
int cgroup_destroy(struct cgroup *cg);

/* Read `percpu` of the child's memory.stat, up to date. */
int cgroup_percpu_bytes(const struct cgroup *cg, long long *bytes);

/*
 * cgroup_slab_bytes - read `slab` of the child's memory.stat, up to date but
 * for less than a page that an obj_cgroup's stock on a CPU still holds
 */
int cgroup_slab_bytes(const struct cgroup *cg, long long *bytes);

#endif

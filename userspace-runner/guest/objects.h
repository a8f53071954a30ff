/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Percpu objects that the self-test holds, and their places, found without the
 * kernel's accounting code.
 */
#ifndef PCPUBENCH_GUEST_OBJECTS_H
#define PCPUBENCH_GUEST_OBJECTS_H

#include "guest/group.h"
#include "guest/place.h"
#include "pcpu_bench.h"

/* An open file of the module, with its list of objects. */
struct objects {
	int fd;
};

/* What PCPU_BENCH_WALK found. */
struct where {
	struct bytes expected;	/* right account of their cgroup: slab without owners */
	struct pcpu_bench_walk_node node[MAX_NODES];
	struct pcpu_bench_walk_object *object;	/* array of @nr_objects */
	unsigned int nr_objects;
	unsigned int straddling, mixed, first_chunk;	/* objects */
};

int objects_open(struct objects *o);

/* Free the objects and close the file. */
void objects_close(struct objects *o);

/**
 * objects_alloc - allocate up to @count objects of @bytes by a task in @place
 * @flags: PCPU_BENCH_ALLOC_*; PCPU_BENCH_ALLOC_ACCOUNT for most
 * @done: receives the number allocated; NULL when all must be allocated
 */
int objects_alloc(const struct objects *o, const struct place *place,
		  unsigned int bytes, unsigned int align, unsigned int count,
		  unsigned int flags, unsigned int *done);

/* The same in the calling task. */
int objects_alloc_here(const struct objects *o, unsigned int bytes,
		       unsigned int align, unsigned int count,
		       unsigned int flags, unsigned int *done);

/* Set the error of PCPU_BENCH_ALLOC, by errno. Returns EX_FAIL. */
int objects_failed(unsigned int bytes);

/* Free objects [@first, @first + @count) by a task in @place. */
int objects_free(const struct objects *o, const struct place *place,
		 unsigned int first, unsigned int count);

/* Free all and start with number 0 again. */
int objects_release(const struct objects *o, const struct place *place);

/**
 * objects_where - find the objects' places; free @where->object afterwards
 * @beyond: m of the kernel's charge (results/proof.h), at the nodes of obj_exts
 *
 * EX_FAIL if the pages of obj_exts differ from /proc/vmallocinfo's account of
 * the same area.
 */
int objects_where(const struct objects *o, unsigned int nr_nodes,
		  unsigned int beyond, struct where *where);

#endif

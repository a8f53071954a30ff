/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface of a bench, and of the module's files to each other. A bench is
 * one file bench_NAME.c that defines a struct bench of that name.
 */
#ifndef _PCPU_BENCH_BENCH_H
#define _PCPU_BENCH_BENCH_H

#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/types.h>

#include "contend.h"
#include "pcpu_bench.h"

struct bench_ctx;

/**
 * struct bench - one workload with an accounting-off and an accounting-on arm
 * @name: what the user calls it
 * @percpu: its objects are percpu memory, which lies in chunks and has a copy for
 *	each CPU
 * @nr_ops: operations to choose from by pcpu_bench_run.op; 0: it has only one
 * @check: 0 if this bench accepts @param, else -EINVAL
 * @begin: make what objects of ctx->param and ctx->op need, and for a run what its
 *	samples do; or NULL. @run: NULL to hold objects. Returns 0, -EINVAL, -EFBIG,
 *	-ENOMEM or -ERESTARTSYS
 * @end: undo @begin, also after an error, or if it was not called
 * @before: make what a sample of @n operations needs, not timed; or NULL
 * @loop: @n operations in @arm, in the calling task. %PCPU_BENCH_ARM_EMPTY runs
 *	the same loop without the operation. Leaves the address of the last
 *	object in &bench_ctx.last. Returns 0 or -ENOMEM. It is timed, so it does
 *	nothing else.
 * @after: undo @before and @loop, not timed, also after an error. @whole: there
 *	was none
 * @alloc: allocate the next @n objects of the batch, as @loop does; NULL if the
 *	bench has no batches
 * @free: free the next @n of them, in the shape's order
 * @hold: make one object of ctx->param with @gfp, its percpu memory at @at; NULL
 *	if there is no memory
 * @release: free what @hold gave
 */
struct bench {
	const char *name;
	bool percpu;
	u32 nr_ops;
	int (*check)(u32 param);
	int (*begin)(struct bench_ctx *ctx, const struct pcpu_bench_run *run);
	void (*end)(struct bench_ctx *ctx);
	int (*before)(struct bench_ctx *ctx, enum pcpu_bench_arm arm, u32 n);
	int (*loop)(struct bench_ctx *ctx, enum pcpu_bench_arm arm, u32 n);
	void (*after)(struct bench_ctx *ctx, enum pcpu_bench_arm arm, bool whole);
	int (*alloc)(struct bench_ctx *ctx, enum pcpu_bench_arm arm, u32 n);
	int (*free)(struct bench_ctx *ctx, enum pcpu_bench_arm arm, u32 n);
	void *(*hold)(struct bench_ctx *ctx, gfp_t gfp, void __percpu **at);
	void (*release)(void *obj);
};

/* The objects of a shape, shape.c. They live as long as a run. */
struct batch {
	struct pcpu_bench_shape shape;
	void __percpu **objects;	/* shape.batch */
	u32 *order;		/* in which they are freed: indices */
	u32 nr, nr_freed;	/* of the batch in this sample */
	u32 place;		/* shape_place() */
	void __percpu **keepers;
	u32 nr_keepers;
	bool empty;		/* of the empty loop: there are no objects */
	u32 turn;		/* objects of this sample: whose turn it is */

	/* NULL: the task's own memcg */
	struct mem_cgroup *other, *owner[2], *freer;

	struct tasklet_struct tasklet;
	void __percpu *to_free;	/* by the tasklet, which then sets NULL */
};

/* In some kernels __percpu is an address space of the compiler's: no plain cast. */
static inline void *from_percpu(void __percpu *obj)
{
	return (void *)(unsigned long __force)obj;
}

static inline void __percpu *to_percpu(void *obj)
{
	return (void __percpu __force *)(unsigned long)obj;
}

/* One for each open file. Its last close frees all objects. */
struct bench_ctx {
	struct mutex lock;	/* one ioctl of a file at a time */
	const struct bench *bench;
	u32 param;
	u32 op;
	gfp_t gfp[PCPU_BENCH_NR_ARMS];
	u32 slice;		/* pairs in one call of the loop */
	void __percpu *last;
	struct batch batch;
	struct counter_sample *counters;	/* of percpu-counter */
	u32 wrong_sums;
	struct slab_sample *slab;	/* of slab-alloc */
	u32 fresh;

	/* ballast.c: unaccounted objects that put the measured ones in place */
	struct piece *ballast;
	void __percpu *pin;	/* a page of it; the place comes after this one */
	void __percpu *neighbour;
	u32 nr_ballast;
	u64 ballast_bytes;	/* of each possible CPU */
	u64 ballast_first;	/* of these in the first chunk */
	u64 ballast_most;

	void **held;
	u32 nr_held;
	const struct bench *held_bench;

	/* objects.c: a test's objects; freed ones leave a hole */
	struct object *objects;
	u32 nr_objects;

	struct share *share;	/* share.c */

	bool sums_all;		/* dying_begin() */

	struct contend contend;
};

struct piece {
	void __percpu *obj;
	u32 size;
};

struct object {
	void __percpu *ptr;	/* NULL: freed, or slab */
	void *slab;		/* of kmalloc(), NULL: freed, or percpu */
	u32 bytes;
	bool accounted;
};

/* Kbuild lists the struct of every file bench_NAME.c: bench_NAME, ... */
extern const struct bench BENCHES;

/* benches.c */
const struct bench *bench_find(const char *name);
gfp_t bench_gfp(enum pcpu_bench_arm arm, u32 flags);
u32 bench_copies(const struct bench *bench);

/* chunk.c */
bool chunk_is_first(void __percpu *obj);
u32 chunk_offset(void __percpu *obj);
u32 chunk_unit_size(void);
int chunk_init(void);

/* ballast.c */
int ballast_guard(struct bench_ctx *ctx, u64 *holes);
int ballast_place(struct bench_ctx *ctx, size_t size);
void ballast_drop(struct bench_ctx *ctx);

/* objects.c */
long objects_alloc(struct bench_ctx *ctx, struct pcpu_bench_alloc *alloc);
long objects_free(struct bench_ctx *ctx, const struct pcpu_bench_free *which);
long objects_free_all(struct bench_ctx *ctx, bool interruptible);

/* walk.c */
long objects_walk(struct bench_ctx *ctx, struct pcpu_bench_walk *walk);

/* contend.c */
void contend_init(struct bench_ctx *ctx);
long contend_run(struct bench_ctx *ctx, struct pcpu_bench_contend *arg);
long contend_join(struct bench_ctx *ctx);

/* counters.c */
#define COUNTERS_EVENTS	(PCPU_BENCH_CACHE_MISSES + 1)	/* counted by perf */

/* Counts of one sample, or since counters_open(). */
struct counts {
	u64 nr[PCPU_BENCH_NR_COUNTERS];
};

struct perf_event;
struct counters {
	struct perf_event *event[COUNTERS_EVENTS];
	u32 mask;		/* bit for each running counter */
	s32 err[PCPU_BENCH_NR_COUNTERS];
};

void counters_open(struct counters *c, u32 wanted);
void counters_read(struct counters *c, struct counts *counts);
void counters_close(struct counters *c);

/* dying.c */
bool dying_begin(void);
void dying_end(void);

/* footprint.c */
int footprint(struct pcpu_bench_footprint *f);

/* share.c */
long share_begin(struct bench_ctx *ctx, struct pcpu_bench_share *arg);
long share_waves(struct bench_ctx *ctx, struct pcpu_bench_waves *arg);
void share_end(struct bench_ctx *ctx);

/* irqs.c */
unsigned int irqs_seen(int cpu);
unsigned int irq_works_seen(int cpu);

/* run.c */
u32 run_clock(void);
int run_loop(struct bench_ctx *ctx, struct pcpu_bench_run *run,
	     struct pcpu_bench_sample *samples, struct counters *counters,
	     struct counts *counts);

u32 draw(u64 *state, u32 n);
void draw_order(u64 *state, u32 order[], u32 n);

/* shape.c */
void shape_init(void);
bool shape_fits_bytes(u64 bytes);
bool shape_fits(const struct bench *bench, u32 size, u32 count);
struct mem_cgroup *memcg_of(int fd);
int shape_owners(struct bench_ctx *ctx, u32 owners, u32 free_from, int fd);
void shape_disown(struct bench_ctx *ctx);
int shape_begin(struct bench_ctx *ctx, const struct pcpu_bench_run *run);
void shape_end(struct bench_ctx *ctx);
u32 shape_place(const struct batch *b, bool *outside);
void shape_undo(struct bench_ctx *ctx);
void shape_order(u32 *to, u32 n, u32 order, u64 seed);
void shape_free_in_softirq(struct batch *b, void __percpu *obj);

/* settle.c */
void quiet_fill(struct pcpu_bench_quiet *quiet);
void settle_maps(void);
void settle_scheduled(void);
void settle_all(void);
void settle_tick(void);
int settle_turn(void);

/* Kernels before 6.5 have no such flag, but do not merge caches with this one. */
#ifndef SLAB_NO_MERGE
#define SLAB_NO_MERGE	SLAB_NOLEAKTRACE
#endif

/* BPF maps, the main user of large percpu objects, ask for this alignment. */
#define BENCH_ALIGN	8

#endif /* _PCPU_BENCH_BENCH_H */

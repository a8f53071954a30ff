/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * User interface of the pcpu_bench module: /dev/pcpu_bench.
 *
 * Every structure starts with its own size, which the caller fills in. The size
 * is the version of the interface: a structure only grows, at its end. The
 * module takes a shorter one as if the missing fields were zero, refuses a
 * longer one with E2BIG unless the part it does not know is zero, and copies
 * back no more than the caller has room for.
 */
#ifndef _UAPI_PCPU_BENCH_H
#define _UAPI_PCPU_BENCH_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PCPU_BENCH_DEVICE	"pcpu_bench"
#define PCPU_BENCH_NAME_LEN	32	/* bench name with its NUL */
#define PCPU_BENCH_MAX_PAIRS	0x100000U
#define PCPU_BENCH_MAX_ROUNDS	4096U
#define PCPU_BENCH_MAX_HELD	PCPU_BENCH_MAX_PAIRS
#define PCPU_BENCH_MAX_NODES	1024U	/* of any NODES_SHIFT */

/*
 * Loop of a sample. Accounting costs ON - OFF; EMPTY is subtracted from both.
 */
enum pcpu_bench_arm {
	PCPU_BENCH_ARM_EMPTY,
	PCPU_BENCH_ARM_OFF,
	PCPU_BENCH_ARM_ON,
	PCPU_BENCH_NR_ARMS,
};

/*
 * Bit of pcpu_bench_run.flags and pcpu_bench_hold.flags: allocate with GFP_NOWAIT,
 * which does not take pcpu_alloc_mutex, instead of GFP_KERNEL.
 */
#define PCPU_BENCH_NOWAIT	0x1U

/* The order of the arms in a round: first line even rounds, second odd ones. */
#define PCPU_BENCH_ORDER {						\
	{ PCPU_BENCH_ARM_EMPTY, PCPU_BENCH_ARM_OFF, PCPU_BENCH_ARM_ON },	\
	{ PCPU_BENCH_ARM_EMPTY, PCPU_BENCH_ARM_ON, PCPU_BENCH_ARM_OFF },	\
}

/* Bits of pcpu_bench_sample.disturbed: why the sample is not clean. */
#define PCPU_BENCH_IRQ		0x1U	/* an interrupt or NMI came */
#define PCPU_BENCH_SWITCH	0x2U	/* the task was switched out */
#define PCPU_BENCH_MIGRATED	0x4U	/* it ended on another CPU */

/* Values of pcpu_bench_info.clock: the unit of pcpu_bench_sample.ticks. */
#define PCPU_BENCH_CLOCK_TSC	1U
#define PCPU_BENCH_CLOCK_NS	2U

/* Counters of a sample: bit numbers of pcpu_bench_run.counters. */
enum pcpu_bench_counter {
	PCPU_BENCH_CYCLES,	/* of the PMU, in kernel mode */
	PCPU_BENCH_INSTRUCTIONS,
	PCPU_BENCH_CACHE_MISSES,
	PCPU_BENCH_APERF,	/* ticks at the speed the CPU runs at */
	PCPU_BENCH_MPERF,	/* the same at its base speed */
	PCPU_BENCH_NR_COUNTERS,
};

/*
 * PCPU_BENCH_INFO: this kernel as the percpu allocator sees it.
 * @unit_size: bytes of one CPU's unit in a chunk, 0 if unknown (one possible
 *	CPU)
 * @tsc_khz: ticks per ms when @clock is the TSC, else 0
 * @node_cpus: user address of an array of @nr_node_cpus __u32, which receives
 *	the number of possible CPUs of each node id; 0 for none
 */
struct pcpu_bench_info {
	__u32 size;
	__u32 possible_cpus;
	__u32 online_cpus;
	__u32 nr_node_ids;
	__u32 nodes_shift;
	__u32 page_size;
	__u32 max_size;		/* largest percpu object, bytes */
	__u32 unit_size;
	__u32 clock;
	__u32 tsc_khz;
	__u32 nr_node_cpus;
	__u32 reserved;
	__aligned_u64 node_cpus;
};

/* The order in which a batch is freed: pcpu_bench_shape.order. */
enum pcpu_bench_order_of {
	PCPU_BENCH_FREE_SAME,	/* as allocated */
	PCPU_BENCH_FREE_REVERSE,
	PCPU_BENCH_FREE_RANDOM,	/* drawn from @seed, one order for a run */
	PCPU_BENCH_NR_ORDERS,
};

/* Where it is freed: pcpu_bench_shape.free_from. */
enum pcpu_bench_free_from {
	PCPU_BENCH_FREE_SELF,	/* in the task, for its own memcg */
	PCPU_BENCH_FREE_OTHER,	/* in the task, while @other is its memcg */
	PCPU_BENCH_FREE_SOFTIRQ,	/* in a softirq on the task's CPU */
	PCPU_BENCH_NR_FREE_FROM,
};

/*
 * How a loop strings its operations. All zeros is the plain pair: an object is
 * allocated and freed before the next one.
 *
 * @batch: so many objects are allocated, then all are freed; @pairs of the run
 *	is a multiple of it, and 0 is the plain pair
 * @cold: leave the kernel to take back chunks and pages between samples; else
 *	an unaccounted object is kept on each page of the batch, or in each chunk
 *	if an object is larger than half a page
 * @owners: 2: every second object of a sample is charged to @other; @pairs is
 *	even. 0 and 1: all are charged to the task's memcg
 * @other: file descriptor of a cgroup's directory, if @owners is 2 or
 *	@free_from is PCPU_BENCH_FREE_OTHER
 *
 * Owners and where to free need a batch, if only of 1.
 */
struct pcpu_bench_shape {
	__u32 batch;
	__u32 order;		/* enum pcpu_bench_order_of */
	__u32 cold;
	__u32 owners;
	__aligned_u64 seed;	/* of PCPU_BENCH_FREE_RANDOM, not 0 there */
	__u32 free_from;	/* enum pcpu_bench_free_from */
	__s32 other;
};

/* Objects of @bytes kept beside a batch that is not cold, at most. */
static inline __u32 pcpu_bench_keepers(__u32 bytes, __u32 batch, __u32 page)
{
	__u32 a_page = page / bytes;

	return a_page < 2 ? batch / 4 + 1 : batch / (a_page - 1) + 1;
}

/*
 * Memory that @count objects of @bytes take: obj_exts are 8 for each 4 of them. A
 * slab object is taken for a percpu object of one CPU, which is more than it needs.
 */
static inline __u64 pcpu_bench_memory(__u32 bytes, __u32 count, __u32 cpus)
{
	return (__u64)count * bytes * (cpus + 2);
}

/* The operations of percpu-counter: pcpu_bench_run.op. */
enum pcpu_bench_counter_op {
	PCPU_BENCH_COUNTER_INIT,
	PCPU_BENCH_COUNTER_DESTROY,
	PCPU_BENCH_COUNTER_ADD,		/* stays below the batch */
	PCPU_BENCH_COUNTER_FLUSH,	/* an add that reaches it */
	PCPU_BENCH_COUNTER_SUM,
	PCPU_BENCH_COUNTER_NR_OPS,
};

/* The operations of slab-alloc: pcpu_bench_run.op and pcpu_bench_hold.op. */
enum pcpu_bench_slab_op {
	PCPU_BENCH_SLAB_ALLOC,	/* kmem_cache_alloc() */
	PCPU_BENCH_SLAB_NODE,	/* kmem_cache_alloc_node(), on each node in turn */
	PCPU_BENCH_SLAB_BULK,	/* kmem_cache_alloc_bulk(), PCPU_BENCH_BULK at once */
	PCPU_BENCH_SLAB_KMALLOC,
	PCPU_BENCH_SLAB_FIRST,	/* kmem_cache_alloc() from a cache without slabs */
	PCPU_BENCH_SLAB_NR_OPS,
};

#define PCPU_BENCH_BULK		16U

struct pcpu_bench_sample {
	__u64 ticks;		/* of the whole loop of @pairs operations */
	__u32 arm;
	__u32 disturbed;	/* 0: a clean sample */
};

/*
 * PCPU_BENCH_RUN: run one loop of @bench in the calling task, so that the
 * task's memory cgroup pays.
 *
 * @warmup rounds are run and thrown away, then @rounds recorded ones. A round
 * is one sample of each arm, in PCPU_BENCH_ORDER or, if @seed is not 0, in an
 * order drawn from @seed. @samples is the user address of @rounds *
 * PCPU_BENCH_NR_ARMS samples, in the order they ran. @clock is a
 * PCPU_BENCH_CLOCK_*, 0 for the clock of PCPU_BENCH_INFO.
 *
 * @counters are the counters to read for each sample. @counts is the user
 * address of @rounds * PCPU_BENCH_NR_ARMS * PCPU_BENCH_NR_COUNTERS __u64, the
 * counts of sample after sample. On return @counters are those that counted.
 * @counter_errors has the (negative) error of each other one: ENODATA if it was
 * not asked for, EBUSY if somebody else had the PMU's counter.
 *
 * Out: @pin_bytes is the size of the ballast that keeps objects out of the
 * first chunk, in bytes of each possible CPU. @outside is the number of samples
 * whose objects were in the first chunk all the same; one makes the run
 * worthless. @chunk_offset is the object's offset in its chunk's unit, in bytes
 * (in its page, if the unit is unknown). @moved is the number of samples with
 * another offset. Of a batch, @chunk_offset is that of the first object, and all
 * objects are looked at. A batch that does not fit into free memory is EFBIG.
 * @wrong_sums is the number of percpu-counter's samples whose counter did not have
 * the sum of what was added to it. @fresh is the number of slab-alloc's samples,
 * after the warm-up, with an object of a slab that no earlier one had used.
 *
 * slab-alloc has batches only, if of 1, that are not cold. A sample of
 * PCPU_BENCH_SLAB_FIRST is one batch.
 *
 * The ballast stays until the last close or PCPU_BENCH_GUARD with 0, and serves
 * the next run.
 */
struct pcpu_bench_run {
	__u32 size;
	__u32 param;		/* object size in bytes */
	char bench[PCPU_BENCH_NAME_LEN];
	__u32 pairs;
	__u32 rounds;
	__u32 warmup;
	__u32 reserved;		/* must be 0 */
	__aligned_u64 samples;
	__u32 outside;
	__u32 reserved2;	/* must be 0 */
	__aligned_u64 pin_bytes;
	__u32 chunk_offset;
	__u32 moved;
	__aligned_u64 seed;
	__aligned_u64 counts;
	__u32 counters;
	__u32 clock;
	__s32 counter_errors[PCPU_BENCH_NR_COUNTERS];
	__u32 flags;		/* PCPU_BENCH_NOWAIT */
	struct pcpu_bench_shape shape;
	__u32 op;		/* 0, or of a bench that has several operations */
	__u32 wrong_sums;
	__u32 fresh;
	__u32 reserved3;	/* must be 0 */
};

/*
 * PCPU_BENCH_HOLD: allocate @count objects as the loop of @bench does and keep
 * them until PCPU_BENCH_RELEASE or the last close. @guard 0 drops this file's
 * ballast and takes none: so a test shows why the ballast is needed.
 * GFP_NOWAIT takes no pages, so an object of the same size must have been held
 * before.
 *
 * If @owners is 2, every second object is charged to the cgroup of the file
 * descriptor @other. Objects that do not fit into free memory are EFBIG.
 *
 * Out: @first_chunk is how many of the objects lie in the first chunk. @nodes, of
 * slab-alloc: user address of an array of @nr_nodes __u32, which receives how many
 * of the task's own objects lie on each node id; 0 for none.
 */
struct pcpu_bench_hold {
	__u32 size;
	__u32 param;
	char bench[PCPU_BENCH_NAME_LEN];
	__u32 arm;
	__u32 count;
	__u32 guard;
	__u32 first_chunk;
	__u32 flags;		/* PCPU_BENCH_NOWAIT */
	__u32 owners;
	__s32 other;
	__u32 op;		/* as in struct pcpu_bench_run */
	__u32 nr_nodes;
	__u32 reserved;		/* must be 0 */
	__aligned_u64 nodes;
};

/*
 * PCPU_BENCH_ALLOC: allocate @count objects of @bytes in the calling task, percpu
 * ones or by kmalloc(), and add them to the file's objects, numbered 0, 1, 2 ...
 * in the order they came. For tests and benches in user space, which need more
 * ways to allocate than a bench of the module has.
 *
 * An allocation that fails ends the call, but the call succeeds. At a memory
 * limit an allocation that may sleep fails, and the caller is not killed. So does
 * one after which less than an eighth of the memory would be free.
 *
 * So does a signal, after the first object.
 *
 * Out: @done is the number of objects allocated, @first_chunk the number of
 * these that lie in the first chunk. EUCLEAN: an object was not cleared. ENOENT and
 * ENODEV: @cgroup has been removed.
 */
struct pcpu_bench_alloc {
	__u32 size;
	__u32 bytes;		/* a multiple of 4 */
	__u32 align;		/* a power of 2, 4 to @page_size; of slab 0 */
	__u32 count;
	__u32 flags;		/* PCPU_BENCH_ALLOC_* */
	__u32 done;
	__u32 first_chunk;
	__s32 cgroup;		/* of PCPU_BENCH_ALLOC_OTHER, else 0 */
};

#define PCPU_BENCH_ALLOC_ACCOUNT	0x1U	/* the caller's memcg pays */
#define PCPU_BENCH_ALLOC_ATOMIC		0x2U	/* must not sleep */
#define PCPU_BENCH_ALLOC_SLAB		0x4U	/* kmalloc() */
/* Not the caller's memcg pays, but that of the cgroup whose directory is @cgroup. */
#define PCPU_BENCH_ALLOC_OTHER		0x8U
/*
 * After the first half of @count, sleep for 0.1 to 0.2 ms before every fourth object:
 * a call that a signal is to end lasts until it comes, on a fast machine, too.
 */
#define PCPU_BENCH_ALLOC_SLOWING	0x10U

/*
 * PCPU_BENCH_FREE: free @count of the file's objects, from number @first on.
 * Those that are free already are skipped; the others keep their numbers.
 * PCPU_BENCH_RELEASE frees them as well.
 */
struct pcpu_bench_free {
	__u32 size;
	__u32 first;
	__u32 count;
	__u32 reserved;		/* must be 0 */
};

/* A vmalloc area that may be the obj_exts of a chunk, as in vmallocinfo. */
struct pcpu_bench_area {
	__aligned_u64 addr;
	__aligned_u64 bytes;	/* without the guard page: 2 or 4 units */
};

/* Bytes of the walked objects on one node. */
struct pcpu_bench_walk_node {
	__aligned_u64 object;	/* the copies of all possible CPUs */
	__aligned_u64 ext;	/* the pointers to the cgroup in obj_exts */
};

/* Place of one object; @chunk 0: the object was freed. */
struct pcpu_bench_walk_object {
	__aligned_u64 chunk;	/* a number for each, 0: first chunk */
	__u32 offset;		/* in that unit, bytes */
	__u32 flags;		/* PCPU_BENCH_AT_* */
};

#define PCPU_BENCH_AT_FIRST	0x1U	/* in the first chunk: never accounted */
#define PCPU_BENCH_AT_STRADDLE	0x2U	/* it crosses a page boundary */
#define PCPU_BENCH_AT_MIXED	0x4U	/* some CPU's copy is on two nodes */

/*
 * PCPU_BENCH_WALK: find the place of each object of PCPU_BENCH_ALLOC, with
 * per_cpu_ptr() and vmalloc_to_page() for every possible CPU, page by page with
 * the exact overlap. It uses no code of the kernel's own accounting.
 *
 * Only accounted objects outside of the first chunk count in @nodes, and accounted
 * slab objects with the bytes that kmalloc() gave, and no @ext. @areas has
 * all vmalloc areas that could be the obj_exts of a chunk. The right one is the
 * area whose address is found in the chunk.
 *
 * In: @nr_nodes, @nr_areas and @nr_objects are the lengths of the arrays. Out:
 * @nr_objects is the number of objects there are, freed ones included; @lost is
 * the number without obj_exts in @areas, @unowned the number with an empty
 * entry there; if one is not 0, the answer is worthless. @area_nodes receives
 * @nr_nodes figures for each area: its pages on each node if the area is some
 * object's obj_exts, else zeros.
 */
struct pcpu_bench_walk {
	__u32 size;
	__u32 nr_nodes;
	__u32 nr_areas;
	__u32 nr_objects;
	__aligned_u64 nodes;	/* struct pcpu_bench_walk_node[] */
	__aligned_u64 areas;	/* struct pcpu_bench_area[] */
	__aligned_u64 area_nodes;	/* __u32[] */
	__aligned_u64 objects;	/* struct pcpu_bench_walk_object[] */
	__u32 lost;
	__u32 unowned;
};

#define PCPU_BENCH_MAX_AREAS	4096U

/*
 * PCPU_BENCH_QUIET: counters since boot, of the calling task and its CPU, that
 * must not change while a bench in user space takes a sample.
 * @irqs: interrupts and NMIs without @irq_works, which an operation may raise
 *	on its own CPU to do a part of its work
 * @switches: how often the task was switched out
 */
struct pcpu_bench_quiet {
	__u32 size;
	__u32 cpu;
	__aligned_u64 irqs;
	__aligned_u64 irq_works;
	__aligned_u64 switches;
};

/*
 * PCPU_BENCH_SETTLE: wait for deferred work. May take long, and only _TURN, which
 * takes seconds, ends at a signal. The argument, by value, is the work to wait for.
 */
#define PCPU_BENCH_SETTLE_MAPS	0U	/* freeing of BPF maps */
#define PCPU_BENCH_SETTLE_ALL	1U	/* grace periods and empty chunks too */
#define PCPU_BENCH_SETTLE_TICK	2U	/* just past a tick, with nothing to do */
#define PCPU_BENCH_SETTLE_TURN	3U	/* at a multiple of 832 ticks */

/*
 * PCPU_BENCH_GUARD: keep the first chunk full with unaccounted ballast. The
 * argument, by value, is an object's size, a multiple of 4; 0 or the last close
 * drops the ballast. PCPU_BENCH_RUN and PCPU_BENCH_HOLD use the same ballast:
 * it fills all holes in front of a fixed place in a later chunk, where large
 * objects begin at a page. Returns how many bytes of holes it found in the first
 * chunk: of a later call, those that others left since.
 */

/* The locks of the percpu allocator: indices. */
enum pcpu_bench_lock {
	PCPU_BENCH_LOCK,	/* pcpu_lock */
	PCPU_BENCH_MUTEX,	/* pcpu_alloc_mutex */
	PCPU_BENCH_NR_LOCKS,
};

/* Waits for one lock: those begun in the window, and ended; @ns of all. */
struct pcpu_bench_waits {
	__aligned_u64 begun;
	__aligned_u64 ended;
	__aligned_u64 ns;
};

/*
 * A task of a window.
 * @ops: allocations, with their frees, that ended in the window
 * @failed: allocations that failed there
 * @early_ns: its first operation ended so long before the window began
 * @late_ns: it worked on so long after the window, or longer
 * @outside: not 0 if its last object was in the first chunk
 */
struct pcpu_bench_seat {
	__aligned_u64 ops;
	__aligned_u64 failed;
	__aligned_s64 early_ns;
	__aligned_s64 late_ns;
	__u32 cpu;
	__u32 outside;
	struct pcpu_bench_waits waits[PCPU_BENCH_NR_LOCKS];
};

#define PCPU_BENCH_CONTEND_WATCH	0x4U	/* see the waits */
#define PCPU_BENCH_CONTEND_OTHERS	0x8U	/* of tasks that do not join */
#define PCPU_BENCH_MIN_WINDOW	1000000U	/* ns */
#define PCPU_BENCH_MAX_WINDOW	10000000000ULL

/*
 * PCPU_BENCH_CONTEND: hold one window in which @threads tasks allocate objects
 * of @bytes and free each at once; or each allocates @batch objects, and then
 * frees them in @order. Their pages are kept. The tasks call PCPU_BENCH_JOIN on
 * the same open file; each is bound to one CPU and has it alone. The window begins
 * when all have come and each has done an operation. It lasts @window_ns; then all
 * work on until each has seen its end.
 *
 * With PCPU_BENCH_CONTEND_WATCH the kernel's tracepoints tell of each wait for
 * the locks at the addresses @locks; else these are 0. EOPNOTSUPP: this kernel
 * has no such tracepoints. EFBIG: the batches do not fit into free memory.
 * ETIMEDOUT: after 10 s a task had not come. ESRCH: a task left before the end.
 *
 * With PCPU_BENCH_CONTEND_OTHERS, which needs _WATCH, nobody joins, and @bytes is
 * 0: for @window_ns the waits of all tasks are seen that may run on one CPU alone.
 * @seats[N] has those on CPU N, of the first @threads. ETIMEDOUT: 10 s later one of
 * them still waits.
 *
 * Out: @window_ns is how long the window was, @came how many tasks came, and
 * @seats, the user address of @threads struct pcpu_bench_seat, what each did, in
 * the order in which they came.
 *
 * PCPU_BENCH_JOIN takes no argument. It waits for a window and returns after
 * it, in the memory cgroup of the calling task.
 */
struct pcpu_bench_contend {
	__u32 size;
	__u32 bytes;		/* a multiple of 4 */
	__u32 threads;
	__u32 flags;		/* PCPU_BENCH_ALLOC_*, PCPU_BENCH_CONTEND_WATCH */
	__aligned_u64 window_ns;
	__aligned_u64 locks[PCPU_BENCH_NR_LOCKS];
	__aligned_u64 seats;
	__u32 came;
	__u32 reserved;		/* must be 0 */
	__u32 batch;		/* of all tasks PCPU_BENCH_MAX_PAIRS at most */
	__u32 order;		/* enum pcpu_bench_order_of */
	__aligned_u64 seed;	/* of PCPU_BENCH_FREE_RANDOM, not 0 there */
};

/*
 * PCPU_BENCH_SUMS with 1: until 0 or the last close, a sum of a percpu_counter goes
 * over all possible CPUs, as if all were online. EBUSY: more than one CPU is online;
 * then a sum is over these.
 */

/* The structure has its size, so the number does not have it. */
/*
 * PCPU_BENCH_FOOTPRINT: the bytes that the memory controller keeps for the cgroup of
 * the file descriptor @cgroup, of its directory, without what has grown since it was
 * made. EOPNOTSUPP before Linux 6.10.
 *
 * Out, all in bytes but the numbers of nodes and obj_cgroups:
 * @structures: struct mem_cgroup and those of its nodes; charged to nobody
 * @statistics: sums of all CPUs, slab objects that the parent is charged for. Those
 *	of each CPU are in neither, and in the parent's `percpu`
 * @objcgs: the obj_cgroups, slab objects charged to nobody
 * @references: percpu memory charged to nobody: reference counts, and from 7.0 on
 *	the lists of what changed
 * @shrinkers: for each node what the shrinkers have to know of the cgroup, which
 *	grows with their number; charged to nobody
 */
struct pcpu_bench_footprint {
	__u32 size;
	__s32 cgroup;
	__u32 nr_nodes;
	__u32 nr_objcgs;
	__aligned_u64 structures;
	__aligned_u64 statistics;
	__aligned_u64 objcgs;
	__aligned_u64 references;
	__u32 reserved;		/* must be 0 */
	__u32 reserved2;	/* must be 0 */
	__aligned_u64 shrinkers;
};

/*
 * PCPU_BENCH_SHARE: make slab caches for objects of @bytes, and owners of objects, who
 * have none yet. Each of @owners is the memory cgroup of a directory. They share a
 * cache, or each has its own. The file keeps them until PCPU_BENCH_RELEASE or the last
 * close. EBUSY: it has some.
 *
 * Out: @id: the caches are named "pcpu_bench-share-ID-N" in slabinfo.
 */
struct pcpu_bench_share {
	__u32 size;
	__u32 bytes;		/* a multiple of 8 up to 8192 */
	__u32 owners;		/* 1 to PCPU_BENCH_MAX_OWNERS */
	__u32 most;		/* objects that each has at once, at most */
	__u32 flags;		/* PCPU_BENCH_SHARE_* */
	__u32 id;
	__aligned_u64 seed;	/* of what is drawn; not 0 */
	__aligned_u64 cgroups;	/* __s32[@owners]: file descriptors */
};

#define PCPU_BENCH_SHARE_OWN		0x1U	/* each owner has its own cache */
#define PCPU_BENCH_SHARE_ACCOUNT	0x2U	/* the owners pay */
#define PCPU_BENCH_MAX_OWNERS		1024U

/*
 * PCPU_BENCH_WAVES: let the owners of PCPU_BENCH_SHARE allocate @objects, and free
 * others. An owner is drawn, and how many objects it shall have, 0 to @most; then it
 * allocates, or frees random ones, until it has as many. This goes on for the next
 * one, also in the next call. EBUSY: another call allocates or frees.
 *
 * Out: @live objects are there, of all owners. With PCPU_BENCH_WAVES_COUNT: @slabs is
 * the number of the caches' slabs, @slab_bytes what they take, by a walk over all
 * pages; EOPNOTSUPP if this kernel's pages do not tell their cache, as before Linux
 * 6.2. With PCPU_BENCH_WAVES_LOOK, which gives back free slabs and caches of CPUs
 * first: @used is the number of slabs with an object; @arrays that of their obj_exts
 * outside of the slab, in @array_bytes as the allocator gave them; @inside that of
 * obj_exts in the slab itself. @owner_live receives how many objects each of the first
 * @nr_owners has.
 */
struct pcpu_bench_waves {
	__u32 size;
	__u32 objects;		/* up to PCPU_BENCH_MAX_PAIRS */
	__u32 flags;		/* PCPU_BENCH_WAVES_* */
	__u32 live;
	__u32 slabs;
	__u32 used;
	__u32 arrays;
	__u32 inside;
	__aligned_u64 slab_bytes;
	__aligned_u64 array_bytes;
	__aligned_u64 owner_live;	/* __u32[@nr_owners] */
	__u32 nr_owners;
	__u32 reserved;		/* must be 0 */
};

#define PCPU_BENCH_WAVES_COUNT	0x1U
#define PCPU_BENCH_WAVES_LOOK	0x2U
#define PCPU_BENCH_WAVES_FREE	0x4U	/* free all objects first */

#define PCPU_BENCH_INFO		_IO('P', 0xb0)
#define PCPU_BENCH_RUN		_IO('P', 0xb2)
#define PCPU_BENCH_HOLD		_IO('P', 0xb3)
#define PCPU_BENCH_RELEASE	_IO('P', 0xb4)
#define PCPU_BENCH_ALLOC	_IO('P', 0xb8)
#define PCPU_BENCH_FREE		_IO('P', 0xb9)
#define PCPU_BENCH_WALK		_IO('P', 0xba)
#define PCPU_BENCH_QUIET	_IO('P', 0xc0)
#define PCPU_BENCH_SETTLE	_IO('P', 0xc1)
#define PCPU_BENCH_GUARD	_IO('P', 0xc2)
#define PCPU_BENCH_CONTEND	_IO('P', 0xc3)
#define PCPU_BENCH_JOIN		_IO('P', 0xc4)
#define PCPU_BENCH_SUMS		_IO('P', 0xc5)
#define PCPU_BENCH_FOOTPRINT	_IO('P', 0xc6)
#define PCPU_BENCH_SHARE	_IO('P', 0xc7)
#define PCPU_BENCH_WAVES	_IO('P', 0xc8)

#endif /* _UAPI_PCPU_BENCH_H */

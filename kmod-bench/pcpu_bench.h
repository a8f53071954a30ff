/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * User interface of the pcpu_bench module: /dev/pcpu_bench.
 *
 * Every structure starts with its own size, filled in by the caller, which is
 * the version of the interface: a structure only ever grows at its end. The
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
#define PCPU_BENCH_MAX_HELD	65536U
#define PCPU_BENCH_MAX_NODES	1024U	/* of any NODES_SHIFT */

/* What one sample ran. Accounting costs ON - OFF; EMPTY comes off both. */
enum pcpu_bench_arm {
	PCPU_BENCH_ARM_EMPTY,
	PCPU_BENCH_ARM_OFF,
	PCPU_BENCH_ARM_ON,
	PCPU_BENCH_NR_ARMS,
};

/* In which order a round runs them, even and odd rounds in turn. */
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

/* What may be counted of each sample: bits of pcpu_bench_run.counters. */
enum pcpu_bench_counter {
	PCPU_BENCH_CYCLES,	/* the PMU's, in the kernel */
	PCPU_BENCH_INSTRUCTIONS,
	PCPU_BENCH_CACHE_MISSES,
	PCPU_BENCH_APERF,	/* ticks at the speed the CPU runs at */
	PCPU_BENCH_MPERF,	/* the same at its base speed */
	PCPU_BENCH_NR_COUNTERS,
};

/*
 * PCPU_BENCH_INFO: what this kernel looks like to the percpu allocator.
 * @unit_size: bytes of one CPU's unit in a chunk, 0 where it cannot be told
 *	(one possible CPU)
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
 * is one sample of each arm, in PCPU_BENCH_ORDER, or, with a @seed, in an order
 * that is drawn from it. @samples is the user address of @rounds *
 * PCPU_BENCH_NR_ARMS samples, in the order they ran. @clock is the one to take,
 * 0 for that of PCPU_BENCH_INFO.
 *
 * @counters says what to count of each sample. @counts is the user address of
 * @rounds * PCPU_BENCH_NR_ARMS * PCPU_BENCH_NR_COUNTERS __u64, the counts of
 * sample after sample. On return @counters are those that counted, and
 * @counter_errors has the (negative) error of each other, ENODATA if it was not
 * asked for. EBUSY: somebody else had the PMU's counter.
 *
 * Out: @pin_bytes is what is held to keep objects out of the first chunk, in
 * bytes of each possible CPU; @outside the number of samples whose
 * objects were found in the first chunk all the same, each of which makes the
 * run worthless; @chunk_offset where in its chunk's unit the object was, in
 * bytes (in its page, where no more can be told), and @moved the number of
 * samples for which it was elsewhere.
 *
 * What is held to have the object there stays until the last close, or
 * PCPU_BENCH_GUARD with 0, and serves the next run.
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
};

/*
 * PCPU_BENCH_HOLD: allocate @count objects as the loop of @bench does and keep
 * them until PCPU_BENCH_RELEASE or the last close. @guard 0 leaves out the
 * first-chunk guard, and drops what this file has of it: that is how a test
 * shows what the guard is for.
 *
 * Out: @first_chunk is how many of the objects lie in the first chunk.
 */
struct pcpu_bench_hold {
	__u32 size;
	__u32 param;
	char bench[PCPU_BENCH_NAME_LEN];
	__u32 arm;
	__u32 count;
	__u32 guard;
	__u32 first_chunk;
};

/*
 * PCPU_BENCH_ALLOC: allocate @count percpu objects of @bytes in the calling
 * task and add them to what the file holds: objects 0, 1, 2 ... in the order
 * they came. For tests, which need more ways to allocate than a bench has.
 *
 * An allocation that fails ends the call, which still succeeds. A sleeping one
 * fails at a memory limit and does not have the caller killed.
 *
 * Out: @done is how many were allocated, @first_chunk how many of these lie in
 * the first chunk.
 */
struct pcpu_bench_alloc {
	__u32 size;
	__u32 bytes;		/* a multiple of 4 */
	__u32 align;		/* a power of 2, 4 to @page_size */
	__u32 count;
	__u32 flags;		/* PCPU_BENCH_ALLOC_* */
	__u32 done;
	__u32 first_chunk;
	__u32 reserved;		/* must be 0 */
};

#define PCPU_BENCH_ALLOC_ACCOUNT	0x1U	/* the caller's memcg pays */
#define PCPU_BENCH_ALLOC_ATOMIC		0x2U	/* must not sleep */

/*
 * PCPU_BENCH_RELEASE frees these as well.
 *
 * PCPU_BENCH_FREE: free @count of the file's objects, from @first on, those
 * that are free already left out. The others keep their numbers.
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

/* What of the walked objects lies on one node, in bytes. */
struct pcpu_bench_walk_node {
	__aligned_u64 object;	/* the copies of all possible CPUs */
	__aligned_u64 ext;	/* the pointers to the cgroup in obj_exts */
};

/* Where one object is; @chunk 0: it was freed. */
struct pcpu_bench_walk_object {
	__aligned_u64 chunk;	/* first possible CPU's unit, 0 if the first chunk's */
	__u32 offset;		/* in that unit, bytes */
	__u32 flags;		/* PCPU_BENCH_AT_* */
};

#define PCPU_BENCH_AT_FIRST	0x1U	/* in the first chunk: never accounted */
#define PCPU_BENCH_AT_STRADDLE	0x2U	/* it crosses a page boundary */
#define PCPU_BENCH_AT_MIXED	0x4U	/* some CPU's copy is on two nodes */

/*
 * PCPU_BENCH_WALK: where the objects of PCPU_BENCH_ALLOC are. Found by
 * per_cpu_ptr() and vmalloc_to_page() for every possible CPU, page by page with
 * the exact overlap, and so by nothing that the kernel's own accounting uses.
 *
 * Only accounted objects outside of the first chunk count in @nodes. @areas has
 * all vmalloc areas that could be the obj_exts of a chunk; which one it is, is
 * found by looking for its address in the chunk.
 *
 * In: @nr_nodes, @nr_areas and @nr_objects are the lengths of the arrays.
 * Out: @nr_objects is the number of objects there are, freed ones included;
 * @lost how many of them have no obj_exts among @areas, @unowned how many have
 * an empty entry there: with either the answer is worthless. @area_nodes
 * receives, for each area that was found to be some object's obj_exts, the
 * number of its pages on each node, @nr_nodes figures an area, else zeros.
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
 * PCPU_BENCH_QUIET: what must not move while a bench in user space takes a
 * sample, since boot, of the calling task and its CPU.
 * @irqs: interrupts and NMIs other than @irq_works, which an operation may
 *	raise on its own CPU to do a part of its work
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
 * PCPU_BENCH_SETTLE: wait for deferred work, which may take long and cannot be
 * interrupted. The argument, by value: what queued work has to be done.
 */
#define PCPU_BENCH_SETTLE_MAPS	0U	/* freeing of BPF maps */
#define PCPU_BENCH_SETTLE_ALL	1U	/* grace periods and empty chunks too */
#define PCPU_BENCH_SETTLE_TICK	2U	/* just past a tick, with nothing to do */

/*
 * PCPU_BENCH_GUARD: keep the first chunk full with unaccounted ballast, if the
 * argument, by value, is an object's size, a multiple of 4; 0 drops it. So does
 * the last close. The ballast is that of PCPU_BENCH_RUN and PCPU_BENCH_HOLD: all
 * holes in front of a fixed place in a later chunk are filled, and large objects
 * begin at a page there.
 */

/* The size lives in the structure, so it is not part of the number. */
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

#endif /* _UAPI_PCPU_BENCH_H */

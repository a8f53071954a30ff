/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bench mm-life and its small program (measure/programs/) tell each other. */
#ifndef PCPUBENCH_MEASURE_BENCHES_MM_PROGRAM_H
#define PCPUBENCH_MEASURE_BENCHES_MM_PROGRAM_H

#include <linux/types.h>

/* In the order of the bench's kinds (plan/bench.c). */
enum mm_op {
	MM_FORK,		/* fork, and the child's exit */
	MM_EXEC,		/* vfork, the child's exec, and its exit */
	MM_THREAD,		/* a thread comes and goes; not the first one */
	MM_FIRST_THREAD,	/* the first thread of the process */
	MM_THREADS,		/* its first threads, MM_NR_THREADS of them */
	MM_FAULT,		/* MM_FAULTS pages are touched */
	MM_STATM,		/* /proc/PID/statm is read, with one more page there */
	NR_MM_OPS,
};

#define MM_FAULTS	64
#define MM_NR_THREADS	16

/*
 * Of standard input. The program makes ready and answers; then it waits for a
 * byte, does @op, and answers again.
 * @arm: for the mark; PCPU_BENCH_ARM_EMPTY does nothing in place of @op
 * @insn: count instructions by the TSC; else ns
 * @hold: no sample. What the operation makes stays until the input's end.
 * @program: descriptor of the program itself, for exec
 * @procs: descriptor of the cgroup.procs of the cgroup to do it in; -1: stay
 */
struct mm_order {
	__u32 op;
	__u32 arm;
	__u32 insn;
	__u32 hold;
	__s32 program, procs;
};

/*
 * To standard output.
 * @ran: how many children, threads, or touched pages did what they should
 * @faults: page faults of the process and of its children, in the sample
 * @error: errno of preparing, or 0
 */
struct mm_answer {
	__u64 ticks;
	__u32 ran;
	__u32 faults;
	__s32 error;
	__u32 reserved;
};

#endif

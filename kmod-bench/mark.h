/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marks around a sample, for whoever watches the instructions go by: the TCG
 * plugin (tcg-plugin/). A mark is a NOP with a number in it that no compiler
 * emits, outside of what the clock measures: it costs a sample nothing, needs
 * no address of anything, and cannot come apart from the code it marks. The
 * plugin includes this file too.
 */
#ifndef _PCPU_BENCH_MARK_H
#define _PCPU_BENCH_MARK_H

/*
 * nopl disp32(%rax) is 0f 1f 80 and four bytes nobody looks at: MARK_MAGIC in
 * the upper three, what is marked in the lowest. 0 to 2 is an arm of enum
 * pcpu_bench_arm, whose sample begins at the next read of the TSC; at MARK_END
 * it has ended with the last one.
 */
#define MARK_NOP_0	0x0f
#define MARK_NOP_1	0x1f
#define MARK_NOP_2	0x80
#define MARK_MAGIC	0x9c7b3eU
#define MARK_END	0xff

/* A bench in user space marks its samples too. */
#ifdef __KERNEL__
#include <linux/compiler.h>
#else
#include <sys/cdefs.h>
#endif

/* @what is in the instruction, so it has to be a constant. */
static __always_inline void mark(const int what)
{
#ifdef __x86_64__
	__asm__ volatile(".byte %c0, %c1, %c2\n\t.long %c3"
			 : : "i" (MARK_NOP_0), "i" (MARK_NOP_1),
			 "i" (MARK_NOP_2), "i" (MARK_MAGIC << 8 | what)
			 : "memory");
#endif
}

#endif /* _PCPU_BENCH_MARK_H */

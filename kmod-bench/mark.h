/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Marks around a sample, for the TCG plugin (tcg-plugin/), which sees every
 * instruction. A mark is a NOP that holds a number and that no compiler emits.
 * It stands outside of the timed part, so a sample costs the same; it needs no
 * symbol address and stays with the code that it marks. The plugin includes
 * this file too.
 */
#ifndef _PCPU_BENCH_MARK_H
#define _PCPU_BENCH_MARK_H

/*
 * nopl disp32(%rax) is 0f 1f 80 and four bytes that the CPU ignores: MARK_MAGIC
 * in the upper three, the mark in the lowest. 0 to 2 is an arm of enum
 * pcpu_bench_arm: its sample begins at the next read of the TSC. MARK_END: the
 * sample ended at the last read of the TSC.
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both ends of a sample in user space: the mark for the plugin, and the counter. */
#ifndef PCPUBENCH_MEASURE_BENCHES_STAMP_H
#define PCPUBENCH_MEASURE_BENCHES_STAMP_H

#include <stdint.h>

#include "mark.h"
#include "pcpu_bench.h"

/* Instructions: under icount the TSC counts them. 0 without a TSC. */
static inline uint64_t stamp_insn(void)
{
#ifdef __x86_64__
	uint32_t low, high;

	__asm__ volatile("lfence; rdtsc; lfence"
			 : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
#else
	return 0;
#endif
}

/* The arm is an immediate, so each arm has its own NOP. */
static inline void stamp_mark(enum pcpu_bench_arm arm)
{
	if (arm == PCPU_BENCH_ARM_EMPTY)
		mark(PCPU_BENCH_ARM_EMPTY);
	else if (arm == PCPU_BENCH_ARM_OFF)
		mark(PCPU_BENCH_ARM_OFF);
	else
		mark(PCPU_BENCH_ARM_ON);
}

#endif

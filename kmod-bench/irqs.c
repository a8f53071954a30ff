// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many interrupts a CPU has taken.
 */
#include <linux/kernel_stat.h>
#include <linux/percpu.h>
#ifdef CONFIG_X86
#include <asm/hardirq.h>
#endif

#include "bench.h"

/*
 * x86 vectors with an entry of their own are not in the common count. irq_stat
 * counts them, in named fields or, in newer kernels, in an array.
 */
#ifdef PCPU_BENCH_HAS_IRQ_COUNT_MAX
#define IRQ_STAT_FIRST	counts[0]
#ifdef CONFIG_X86_LOCAL_APIC
#define IRQ_STAT_WORK	counts[IRQ_COUNT_IRQ_WORK]
#endif
#else
#define IRQ_STAT_FIRST	__nmi_count
#define IRQ_STAT_WORK	apic_irq_work_irqs
#endif

/*
 * Interrupts and NMIs that @cpu has taken. One may come while this reads, and raise a
 * count.
 *
 * irq_stat holds only counters from the first one on, as many as the config
 * has: timer, IPIs, thermal, threshold, MCE, Hyper-V's ... A few of them, such
 * as retries and TLB flushes, are not interrupts but are caused by one.
 */
unsigned int irqs_seen(int cpu)
{
	unsigned int n = READ_ONCE(kstat_cpu(cpu).irqs_sum);
#ifdef CONFIG_X86
	const irq_cpustat_t *stat = per_cpu_ptr(&irq_stat, cpu);
	const unsigned int *count = &stat->IRQ_STAT_FIRST;

	for (; count < (const unsigned int *)(stat + 1); count++)
		n += READ_ONCE(*count);
#endif
	return n;
}

/* Those of irqs_seen() by which @cpu interrupted itself to do queued work. */
unsigned int irq_works_seen(int cpu)
{
#if defined(CONFIG_X86) && defined(IRQ_STAT_WORK)
	return READ_ONCE(per_cpu_ptr(&irq_stat, cpu)->IRQ_STAT_WORK);
#else
	return 0;
#endif
}

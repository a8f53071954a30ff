// SPDX-License-Identifier: GPL-2.0
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
 * x86 vectors with an entry of their own are not in the common count but in
 * irq_stat: named fields, in newer kernels an array.
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
 * Interrupts and NMIs that @cpu has taken.
 *
 * From the first counter on there is nothing but counters in irq_stat, as many as
 * the config has: timer, IPIs, thermal, threshold, MCE, Hyper-V's ... A few
 * count no interrupt of their own, such as retries and TLB flushes; what moves
 * them comes by one.
 */
unsigned int irqs_seen(int cpu)
{
	unsigned int n = kstat_cpu_irqs_sum(cpu);
#ifdef CONFIG_X86
	const irq_cpustat_t *stat = per_cpu_ptr(&irq_stat, cpu);
	const unsigned int *count = &stat->IRQ_STAT_FIRST;

	while (count < (const unsigned int *)(stat + 1))
		n += *count++;
#endif
	return n;
}

/* Of these, those by which @cpu interrupted itself to do queued work. */
unsigned int irq_works_seen(int cpu)
{
#if defined(CONFIG_X86) && defined(IRQ_STAT_WORK)
	return per_cpu_ptr(&irq_stat, cpu)->IRQ_STAT_WORK;
#else
	return 0;
#endif
}

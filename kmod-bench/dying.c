// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lets sums of percpu_counters go over all possible CPUs where one is online.
 *
 * A sum is over the CPUs that are online or dying. A guest that counts instructions
 * has one CPU online, so mark all others as dying: a sum then walks as many CPUs
 * as if all were online. Nothing but sums looks at this mark of a CPU that stays
 * offline. A CPU that comes online loses it (set_cpu_dying()).
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/mutex.h>

#include "bench.h"

static DEFINE_MUTEX(lock);
static u32 users;

static void mark(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (!cpu_online(cpu))
			cpumask_set_cpu(cpu, &__cpu_dying_mask);
}

/* While no CPU comes or goes, none is dying in truth. */
static void unmark(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		cpumask_clear_cpu(cpu, &__cpu_dying_mask);
}

/* Returns false, and there is nothing to end, if more than one CPU is online. */
bool dying_begin(void)
{
	bool one;

	mutex_lock(&lock);
	cpus_read_lock();
	one = num_online_cpus() == 1;
	if (one && !users++)
		mark();
	cpus_read_unlock();
	mutex_unlock(&lock);
	return one;
}

void dying_end(void)
{
	mutex_lock(&lock);
	cpus_read_lock();
	if (!--users)
		unmark();
	cpus_read_unlock();
	mutex_unlock(&lock);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_MEASURE_FLUSH_H
#define PCPUBENCH_MEASURE_FLUSH_H

/**
 * flush_stats - have the kernel add up its CPUs' counts of memory cgroups
 * @mount: where the cgroup v2 hierarchy is mounted
 *
 * Afterwards every memory.stat and memory.numa_stat has all charges and
 * uncharges before the call, to the byte. The call charges nothing. EX_FAIL if
 * the kernel does not update its statistics.
 */
int flush_stats(const char *mount);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_MEASURE_FLUSH_H
#define PCPUBENCH_MEASURE_FLUSH_H

/**
 * flush_stats - have the kernel add up what its CPUs know of memory cgroups
 * @mount: where the cgroup v2 hierarchy is mounted
 *
 * What was charged or given back before the call is in every memory.stat and
 * memory.numa_stat after it, to the byte, and nothing is charged for it. EX_FAIL
 * where a kernel keeps its statistics to itself.
 */
int flush_stats(const char *mount);

#endif

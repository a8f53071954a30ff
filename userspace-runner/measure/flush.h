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

/**
 * flush_make_due - have the caller's memory cgroup wait for being added up
 *
 * Once a cgroup has more changes than may wait, the kernel counts no further ones,
 * which then cost less (memcg_rstat_updated(), mm/memcontrol.c, 6.8 and later). So it
 * is after this call, as on a machine with work to do, until somebody reads
 * memory.stat or two seconds are over. The call charges nothing. 0 or EX_FAIL.
 */
int flush_make_due(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nodes of this machine. */
#ifndef PCPUBENCH_MEASURE_NODES_H
#define PCPUBENCH_MEASURE_NODES_H

#include <stdbool.h>

/**
 * nodes_read - count the nodes
 * @has_memory: receives true for each of the first @max nodes with memory
 *
 * Returns their number, with memory or not; 1, with memory, if the kernel has
 * no NUMA.
 */
unsigned int nodes_read(bool *has_memory, unsigned int max);

/* Set @in[i] for each i below @max in a list like "0,2-5". Returns how many. */
unsigned int nodes_list(const char *list, bool *in, unsigned int max);

#endif

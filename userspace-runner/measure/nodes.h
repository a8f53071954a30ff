/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nodes of the machine that runs. */
#ifndef PCPUBENCH_MEASURE_NODES_H
#define PCPUBENCH_MEASURE_NODES_H

#include <stdbool.h>

/**
 * nodes_read - which nodes there are
 * @has_memory: receives true for each of the first @max nodes with memory
 *
 * Returns how many there are, with memory or not; 1, with memory, where the
 * kernel knows no NUMA.
 */
unsigned int nodes_read(bool *has_memory, unsigned int max);

/* Set @in[i] for each i below @max of a list such as "0,2-5". How many it has. */
unsigned int nodes_list(const char *list, bool *in, unsigned int max);

#endif

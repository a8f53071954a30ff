/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cache lines that a call has written, each counted once. */
#ifndef PCPUBENCH_LINES_H
#define PCPUBENCH_LINES_H

#include <stdint.h>

#define LINE_SHIFT	6	/* 64 bytes, as on all x86-64 */

struct lines;

/* NULL: out of memory. */
struct lines *lines_new(void);
void lines_free(struct lines *l);

/* The next call begins: it has not written any line yet. */
void lines_next_call(struct lines *l);

/**
 * lines_store - @bytes are stored at @vaddr
 *
 * The number of their lines that are new in this call; -1: out of memory.
 */
int lines_store(struct lines *l, uint64_t vaddr, unsigned int bytes);

#endif

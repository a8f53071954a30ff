/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The areas of vmalloc(), by /proc/vmallocinfo, and those of the percpu allocator. */
#ifndef PCPUBENCH_MEASURE_VMALLOCINFO_H
#define PCPUBENCH_MEASURE_VMALLOCINFO_H

#include <stdbool.h>

#include "base/file.h"

#define VMALLOC_CALLER	64

/*
 * @size: address space, in bytes; with a guard page unless it is a chunk's
 * @pages: mapped by vmalloc() itself; 0 for a chunk, whose pages come later
 * @caller: a name, or an address where the kernel has no names
 */
struct vmalloc_area {
	unsigned long long addr, size;
	unsigned int pages;
	char caller[VMALLOC_CALLER];
};

/* Take a line of the file; false if it is of something else than vmalloc(). */
bool vmalloc_parse(const char *line, struct vmalloc_area *area);

/* Bytes that were asked of vmalloc(): not for an area of a chunk. */
unsigned long long vmalloc_bytes(const struct vmalloc_area *area);

/* Each line of the file to @take, as read_lines(). EX_FAIL if it cannot be read. */
int vmalloc_each(line_fn take, void *arg);

/*
 * May @area be the obj_exts of a chunk with units of @unit bytes? For each 4 bytes of
 * a unit there is a pointer, or a pointer and a tag.
 */
bool vmalloc_is_exts(const struct vmalloc_area *area, unsigned long long unit);

/* err() that PCPU_BENCH_WALK cannot be asked for so many of them. EX_FAIL. */
int vmalloc_too_many(void);

/*
 * Of all chunks but the first one, which has no obj_exts.
 * @chunks: how many there are, by the address space of their copies
 * @arrays: obj_exts of them; @bytes: these together
 * @unit: bytes of a CPU's copy in a chunk; 0: not known
 */
struct percpu_exts {
	unsigned int chunks, arrays;
	long long bytes, unit;
};

/**
 * percpu_exts_read - find the chunks' obj_exts in /proc/vmallocinfo
 * @fd: the device, without objects
 *
 * Other areas may be as large. So the module finds the array of an object, and those
 * with its caller are counted: none, if the kernel accounts nothing. Chunks, whose
 * areas have no pages of vmalloc(), are counted by themselves. Returns 0, or EX_FAIL
 * with err().
 */
int percpu_exts_read(int fd, struct percpu_exts *exts);

#endif

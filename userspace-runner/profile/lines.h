/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source lines and inlined functions of a kernel's addresses, from its DWARF. */
#ifndef PCPUBENCH_PROFILE_LINES_H
#define PCPUBENCH_PROFILE_LINES_H

#include <stdbool.h>
#include <stdint.h>

struct lines;

/*
 * Where an address comes from. The texts live as long as the struct lines.
 * @function: the function that has the instruction
 * @file: relative to the source, "" if there is no line
 * @line: from 1
 * @from: line where the function begins, 0 unknown
 */
struct place {
	const char *function;
	const char *file;
	int line, from;
};

/**
 * lines_open - read the debug information in @dir, as build-kernel makes it
 *
 * 0, or EX_FAIL with err().
 */
int lines_open(struct lines **l, const char *dir);

/**
 * lines_find - the source of @addr
 * @inlines: find the innermost function, inlined or not, and its line; else the
 *	linked function, and the line of its own body that has the code or calls
 *	what is inlined
 */
void lines_find(const struct lines *l, uint64_t addr, bool inlines,
		struct place *p);

void lines_close(struct lines *l);

#endif

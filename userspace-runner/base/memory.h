/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The message when memory runs out, and arrays that grow. */
#ifndef PCPUBENCH_BASE_MEMORY_H
#define PCPUBENCH_BASE_MEMORY_H

#include <stddef.h>

/* Says with err() that memory ran out and returns EX_FAIL. */
int no_memory(void);

/**
 * array_room - room for one more element in a growing array
 * @array: address of the pointer to the array, NULL at first
 * @nr: elements in it, all added through this function
 * @size: bytes of an element
 *
 * Returns 0, or EX_FAIL with err() and the array as it was.
 */
int array_room(void *array, size_t nr, size_t size);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of numbers as sysfs has them: "0-3,8". */
#ifndef PCPUBENCH_BASE_RANGES_H
#define PCPUBENCH_BASE_RANGES_H

#include <stdbool.h>

/**
 * ranges_next - the next range of a list
 * @list: what is left of it, moved on
 * @first, @last: receive its numbers; one number alone is both
 *
 * False at the end, and where no number begins.
 */
bool ranges_next(const char **list, long *first, long *last);

/* Is @number in the list? */
bool ranges_has(const char *list, long number);

#endif

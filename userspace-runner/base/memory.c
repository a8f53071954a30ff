// SPDX-License-Identifier: GPL-2.0-or-later
/* The message when memory runs out, and arrays that grow. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"

int no_memory(void)
{
	return err(EX_FAIL, "out of memory: close something and try again");
}

int array_room(void *array, size_t nr, size_t size)
{
	void *old, *bigger;

	/* The array is full exactly when @nr is 0 or a power of two. */
	if (nr & (nr - 1))
		return 0;
	memcpy(&old, array, sizeof(old));
	bigger = reallocarray(old, nr ? 2 * nr : 1, size);
	if (!bigger)
		return no_memory();
	memcpy(array, &bigger, sizeof(bigger));
	/* cppcheck-suppress memleak ; the caller has it */
	return 0;
}

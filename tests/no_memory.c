// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Takes memory away: to be preloaded. The allocation number NO_MEMORY of a program, and
 * all after it, fail.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/* dlsym() allocates, so calloc() cannot be looked up. */
extern void *__libc_calloc(size_t nr, size_t size);

static void *(*real_malloc)(size_t size);
static void *(*real_realloc)(void *old, size_t size);
static long left;

static void begin(void)
{
	const char *nr = getenv("NO_MEMORY");

	if (real_malloc)
		return;
	left = nr ? atol(nr) : 0;
	real_realloc = dlsym(RTLD_NEXT, "realloc");
	real_malloc = dlsym(RTLD_NEXT, "malloc");
}

static bool fails(void)
{
	begin();
	if (left > 0)
		left--;
	if (left)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : real_malloc(size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : real_realloc(old, size);
}

void *calloc(size_t nr, size_t size)
{
	return real_malloc && fails() ? NULL : __libc_calloc(nr, size);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Takes memory away: to be preloaded. The allocation number NO_MEMORY of a program, and
 * all after it, fail; with NO_MEMORY_IN=LIBRARY of those that the library makes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* dlsym() allocates, so calloc() cannot be looked up. */
extern void *__libc_calloc(size_t nr, size_t size);

static void *(*real_malloc)(size_t size);
static void *(*real_realloc)(void *old, size_t size);
static const char *library;
static long left;

static void begin(void)
{
	const char *nr = getenv("NO_MEMORY");

	if (real_malloc)
		return;
	left = nr ? atol(nr) : 0;
	library = getenv("NO_MEMORY_IN");
	real_realloc = dlsym(RTLD_NEXT, "realloc");
	real_malloc = dlsym(RTLD_NEXT, "malloc");
}

/* @caller: an address in the code that wants memory */
static bool fails(const void *caller)
{
	Dl_info from;

	begin();
	if (library && (!dladdr(caller, &from) || !strstr(from.dli_fname, library)))
		return false;
	if (left > 0)
		left--;
	if (left)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : real_malloc(size);
}

void *realloc(void *old, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : real_realloc(old, size);
}

void *calloc(size_t nr, size_t size)
{
	return real_malloc && fails(__builtin_return_address(0)) ?
	       NULL : __libc_calloc(nr, size);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Included first into each of the kernel's own tests. They fork with results still
 * unwritten, and into a pipe each child would write them once more.
 */
#include <stdio.h>

static void __attribute__((constructor)) print_by_line(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
}

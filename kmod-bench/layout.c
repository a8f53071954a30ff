// SPDX-License-Identifier: GPL-2.0
/*
 * Nothing but padding in front of the others' code, up to a page of it: where a
 * loop lies in its cache lines and pages can be worth more than what is
 * measured (T. Mytkowicz et al., ASPLOS 2009). See Kbuild.
 */
#include <linux/stringify.h>

asm(".text\n\t.skip " __stringify(PCPU_BENCH_PAD) ", 0x90");

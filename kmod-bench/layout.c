// SPDX-License-Identifier: GPL-2.0-only
/*
 * Padding of up to a page in front of the other objects' code. Where a loop
 * lies in its cache lines and pages can change its time more than the measured
 * patch does (T. Mytkowicz et al., ASPLOS 2009). See Kbuild.
 */
#include <linux/stringify.h>

asm(".text\n\t.skip " __stringify(PCPU_BENCH_PAD) ", 0x90");

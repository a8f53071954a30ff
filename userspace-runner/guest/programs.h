/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other programs in a guest: the kernel's own tests. */
#ifndef PCPUBENCH_GUEST_PROGRAMS_H
#define PCPUBENCH_GUEST_PROGRAMS_H

#include "measure/target.h"

/**
 * programs_run - run the programs in GUEST_PROGRAMS, one after the other
 * @times: all of them, so often
 *
 * Emits {"type": "tap", "line": "PROGRAM: TEXT"} for each line that one prints, and
 * at its end "PROGRAM: exit CODE" or "PROGRAM: signal NUMBER". After guest_mount().
 * 0 when all were run, whatever came out.
 */
int programs_run(unsigned int times, emit_fn emit, void *arg);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate: a port (GUEST_GATE of guest/guest.h) whose bytes go into a pipe
 * with room for only one byte. The guest writes two, and waits.
 */
#ifndef PCPUBENCH_GATE_H
#define PCPUBENCH_GATE_H

#define GATE_BYTES	4096	/* the smallest size of a pipe: a page */

#endif

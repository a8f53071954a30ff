/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one clock by which durations are taken. */
#ifndef PCPUBENCH_BASE_CLOCK_H
#define PCPUBENCH_BASE_CLOCK_H

/* Seconds of CLOCK_MONOTONIC, which nobody sets. */
double clock_now(void);

#endif

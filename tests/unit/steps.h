/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far the program has come: the same for the same work, on every machine. */
#ifndef PCPUBENCH_TEST_STEPS_H
#define PCPUBENCH_TEST_STEPS_H

/* Basic blocks that the rooms in STEPPED (tests.mk) have run. */
extern unsigned long long steps;

#endif

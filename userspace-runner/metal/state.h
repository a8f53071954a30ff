/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of this machine's state is in the times that are measured on it. */
#ifndef PCPUBENCH_METAL_STATE_H
#define PCPUBENCH_METAL_STATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "metal/undo.h"

enum state_verdict {
	STATE_GOOD,
	STATE_BAD,		/* numbers are noisier or other for it */
	STATE_NOTE,		/* it is in the numbers, and may be meant so */
};

/*
 * @value: as it goes into results; "" where this machine has no such thing
 * @say: what it does to the numbers and how to change it
 */
struct state_fact {
	const char *name;
	enum state_verdict verdict;
	char value[160];
	char say[320];
};

#define STATE_FACTS	14

/**
 * state_look - look at everything
 * @root: put in front of /proc, /sys and /boot; "" but for tests
 * @cpu: the one to measure on, -1 for any
 *
 * Fills in STATE_FACTS facts.
 */
void state_look(const char *root, int cpu, struct state_fact *facts);

/* The same as an object of values, for a `boot` record; what is not there is not. */
json_t *state_json(int cpu);

/* Does the kernel choose its own address? */
bool state_kaslr(void);

/**
 * state_tune - set what can be set now
 * @nr: receives how many settings were changed
 *
 * The governor, turbo, SMT, NUMA balancing and the NMI watchdog. What stood
 * there goes to @undo first. EX_FAIL when a setting cannot be changed.
 */
int state_tune(const char *root, struct undo *undo, unsigned int *nr);

#endif

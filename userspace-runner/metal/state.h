/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's settings that affect the times measured on it. */
#ifndef PCPUBENCH_METAL_STATE_H
#define PCPUBENCH_METAL_STATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "metal/undo.h"

enum state_verdict {
	STATE_GOOD,
	STATE_BAD,		/* makes numbers noisier or different */
	STATE_NOTE,		/* affects the numbers; may be intended */
};

/*
 * @value: as in results; "" if this machine does not have the setting
 * @say: its effect on the numbers and how to change it
 */
struct state_fact {
	const char *name;
	enum state_verdict verdict;
	char value[160];
	char say[320];
};

#define STATE_FACTS	14

/**
 * state_look - read all settings
 * @root: put in front of /proc, /sys and /boot; "" except in tests
 * @cpu: the one to measure on, -1 for any
 *
 * Fills in STATE_FACTS facts.
 */
void state_look(const char *root, int cpu, struct state_fact *facts);

/* The settings that exist, as an object of values for a `boot` record. */
json_t *state_json(int cpu);

/* Does the kernel choose its own address? Also true if its config cannot be read. */
bool state_kaslr(void);

/**
 * state_tune - change the settings that can be changed now
 * @nr: receives how many settings were changed
 *
 * The governor, turbo, SMT, NUMA balancing and the NMI watchdog. @undo gets the
 * old values first. EX_FAIL when a setting cannot be changed.
 */
int state_tune(const char *root, struct undo *undo, unsigned int *nr);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be measured by: one row each. */
#ifndef PCPUBENCH_PLAN_INSTRUMENT_H
#define PCPUBENCH_PLAN_INSTRUMENT_H

#include <stdbool.h>

enum instrument {
	INSTRUMENT_INSN,	/* instructions, by TCG icount */
	INSTRUMENT_TIME,	/* ns */
	INSTRUMENT_PROFILE,	/* instructions, and whose they are: TCG plugin */
	INSTRUMENT_MODEL,	/* cycles of a modelled machine, by the same */
	NR_INSTRUMENTS,
};

/**
 * struct instrument_row - what everybody has to know of an instrument
 * @name: in options, records and tables
 * @what: one line for `list`
 * @unit: of its cells: "insn", "cycles" or "ns"
 * @words: the unit for people
 * @exact: counted under TCG: every boot says the same
 * @watched: what the TCG plugin says
 */
struct instrument_row {
	const char *name;
	const char *what;
	const char *unit;
	const char *words;
	bool exact;
	bool watched;
};

extern const struct instrument_row instruments[NR_INSTRUMENTS];

/* EX_USE when @text is none. */
int instrument_parse(const char *text, enum instrument *instrument);

/*
 * The row of that name. A results file may name one that is not known here: that
 * is read as `time`, for what is not known to be exact is not.
 */
const struct instrument_row *instrument_find(const char *name);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instruments, a row each. */
#ifndef PCPUBENCH_PLAN_INSTRUMENT_H
#define PCPUBENCH_PLAN_INSTRUMENT_H

#include <stdbool.h>

enum instrument {
	INSTRUMENT_INSN,	/* instructions, by TCG icount */
	INSTRUMENT_TIME,	/* ns */
	INSTRUMENT_PROFILE,	/* instructions by function: TCG plugin */
	INSTRUMENT_EMULATED,	/* ns of several emulated CPUs: no figures */
	NR_INSTRUMENTS,
};

/**
 * struct instrument_row - an instrument as all folders see it
 * @name: in options, records and tables
 * @what: one line for `list`
 * @unit: of its cells: "insn" or "ns"
 * @words: the unit for people
 * @exact: counted under TCG: the same in every boot
 * @watched: needs the TCG plugin's counts
 * @function: shows that a bench works; its figures mean nothing
 */
struct instrument_row {
	const char *name;
	const char *what;
	const char *unit;
	const char *words;
	bool exact;
	bool watched;
	bool function;
};

extern const struct instrument_row instruments[NR_INSTRUMENTS];

/* EX_USE when @text names none. */
int instrument_parse(const char *text, enum instrument *instrument);

/*
 * The row of that name. If a results file names an unknown instrument, the row
 * of `time`, since that is not exact.
 */
const struct instrument_row *instrument_find(const char *name);

#endif

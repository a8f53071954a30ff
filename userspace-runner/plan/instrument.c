// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of instruments. */
#include <string.h>

#include "base/err.h"
#include "plan/instrument.h"

const struct instrument_row instruments[NR_INSTRUMENTS] = {
	[INSTRUMENT_INSN] = {
		.name = "insn",
		.what = "exact instructions, in an emulated guest",
		.unit = "insn", .words = "instructions",
		.exact = true,
	},
	[INSTRUMENT_TIME] = {
		.name = "time",
		.what = "ns, under KVM or on bare metal",
		.unit = "ns", .words = "ns",
	},
	[INSTRUMENT_PROFILE] = {
		.name = "profile",
		.what = "insn, by function",
		.unit = "insn", .words = "instructions",
		.exact = true, .watched = true,
	},
	[INSTRUMENT_MODEL] = {
		.name = "model",
		.what = "cycles, by a model of a machine's caches",
		.unit = "cycles", .words = "modelled cycles",
		.exact = true, .watched = true,
	},
};

int instrument_parse(const char *text, enum instrument *instrument)
{
	for (int i = 0; i < NR_INSTRUMENTS; i++) {
		if (!strcmp(text, instruments[i].name)) {
			*instrument = i;
			return 0;
		}
	}
	return err(EX_USE, "unknown instrument '%s': 'pcpubench list' names them",
		   text);
}

const struct instrument_row *instrument_find(const char *name)
{
	for (int i = 0; i < NR_INSTRUMENTS; i++)
		if (!strcmp(name, instruments[i].name))
			return &instruments[i];
	return &instruments[INSTRUMENT_TIME];
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of instruments. */
#include <string.h>

#include "base/err.h"
#include "base/near.h"
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
	[INSTRUMENT_EMULATED] = {
		.name = "emulated",
		.what = "ns of several emulated CPUs: shows that a parallel bench works, its figures mean nothing",
		.unit = "ns", .words = "ns",
		.function = true,
	},
};

int instrument_parse(const char *text, enum instrument *instrument)
{
	const char *names[NR_INSTRUMENTS + 1] = { NULL }, *near;

	for (int i = 0; i < NR_INSTRUMENTS; i++) {
		names[i] = instruments[i].name;
		if (!strcmp(text, names[i])) {
			*instrument = i;
			return 0;
		}
	}
	near = nearest(text, names);
	return err(EX_USE, near ? "unknown instrument '%s': did you mean '%s'?" :
		   "unknown instrument '%s': 'pcpubench list' names them", text,
		   near);
}

const struct instrument_row *instrument_find(const char *name)
{
	for (int i = 0; i < NR_INSTRUMENTS; i++)
		if (!strcmp(name, instruments[i].name))
			return &instruments[i];
	return &instruments[INSTRUMENT_TIME];
}

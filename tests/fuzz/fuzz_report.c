// SPDX-License-Identifier: GPL-2.0-or-later
/* A results file as `report` prints it, in every form. */
#include "fuzz.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed)
{
	return fuzz_mutate_lines(data, size, max, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const lines[] = {
		"report %", "report --all %", "report --format=md --all %",
		"report --format=csv --published %", "report --json %", NULL
	};

	fuzz_commands(data, size, lines);
	return 0;
}

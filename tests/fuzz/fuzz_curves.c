// SPDX-License-Identifier: GPL-2.0-or-later
/* A results file as curves, profiles and prices. */
#include "fuzz.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed)
{
	return fuzz_mutate_lines(data, size, max, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const lines[] = {
		"fit %", "fit --json %", "contention --threads=1,4 %",
		"contention --json --threads=2 %", "profile %", "profile --json %",
		"profile --format=csv %", "validate % %", "merge --output=/dev/null %",
		NULL
	};

	fuzz_commands(data, size, lines);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* A results file as both sides of a comparison, in every form. */
#include "fuzz.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed)
{
	return fuzz_mutate_lines(data, size, max, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const lines[] = {
		"compare --force %:baseline :d", "compare --json % %",
		"gate --format=text --format=md --format=ktap %:baseline :d",
		"gate --format=junit %:baseline :d", "gate --format=github % %",
		"lkml %", NULL
	};

	fuzz_commands(data, size, lines);
	return 0;
}

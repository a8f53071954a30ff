// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules of a gate: read, and asked of a cell. */
#include <stddef.h>
#include <unistd.h>

#include "compare/thresholds.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct compare_group group = {
		.topology = "176c1n", .instrument = "insn",
		.bench = "bpf-percpu-map/hash entries=100",
	};
	const struct compare_diff diff = { .scale = 100 };
	const struct threshold *rule;
	struct thresholds rules = { .nr = 0 };
	char path[FUZZ_PATH];
	int fd = fuzz_file(data, size, path);

	if (!thresholds_read(&rules, path)) {
		rule = thresholds_find(&rules, &group, 64, QUANTITY_COST);
		if (rule && !(threshold_allowed(rule, &diff) >= 0))
			fuzz_fail("no rule allows less than nothing");
	}
	thresholds_free(&rules);
	close(fd);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of benches: what plan.c names, and the function that measures it. */
#include <string.h>

#include "base/err.h"
#include "measure/benches/bench_bpf_map.h"
#include "measure/benches/bench_percpu_alloc.h"
#include "measure/benches/benches.h"

static const struct {
	const char *name;
	measure_fn measure;
} benches[] = {
	{ "percpu-alloc", measure_percpu_alloc },
	{ "bpf-percpu-map", measure_bpf_map },
	{ "bpf-percpu-map-ops", measure_bpf_map_ops },
};

int bench_find(const struct plan *plan, measure_fn *bench)
{
	size_t i, len = strcspn(plan->bench, "/");

	for (i = 0; i < sizeof(benches) / sizeof(benches[0]); i++) {
		if (strlen(benches[i].name) == len &&
		    !strncmp(benches[i].name, plan->bench, len)) {
			*bench = benches[i].measure;
			return 0;
		}
	}
	return err(EX_USE, "nothing measures bench '%s'", plan->bench);
}

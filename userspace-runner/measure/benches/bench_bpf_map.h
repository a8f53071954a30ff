/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bpf-percpu-map and bpf-percpu-map-ops: the life of a BPF percpu map. */
#ifndef PCPUBENCH_MEASURE_BENCHES_BENCH_BPF_MAP_H
#define PCPUBENCH_MEASURE_BENCHES_BENCH_BPF_MAP_H

#include "measure/target.h"

int measure_bpf_map(const struct target *t, const struct plan *plan,
		    unsigned int size);
int measure_bpf_map_ops(const struct target *t, const struct plan *plan,
			unsigned int size);

#endif

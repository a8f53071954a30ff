/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measure a plan on the running kernel: the same code in a guest's /init and in
 * `run` on metal.
 */
#ifndef PCPUBENCH_MEASURE_MEASURE_H
#define PCPUBENCH_MEASURE_MEASURE_H

#include "measure/target.h"

/**
 * measure - measure every size of @plan, in a cgroup of its own
 *
 * Emits one `guest` record, what this kernel is, then a `cell` for each size.
 * The calling process is back in its own cgroup at the end, whatever happens.
 */
int measure(const struct plan *plan, const struct measure_env *env);

#endif

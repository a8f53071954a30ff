/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measures a plan on the running kernel: in a guest's /init and for `run` on
 * metal.
 */
#ifndef PCPUBENCH_MEASURE_MEASURE_H
#define PCPUBENCH_MEASURE_MEASURE_H

#include "measure/target.h"

/**
 * measure - measure every depth and size of @plan, in cgroups of its own
 *
 * Emits a `guest` record that describes the kernel, then a `cell` for each depth
 * and size. At the end the calling process is always back in its own cgroup.
 */
int measure(const struct plan *plan, const struct measure_env *env);

#endif

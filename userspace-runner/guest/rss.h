/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test of RSS: by how much /proc/PID/stat and statm can be wrong, while tasks
 * on several CPUs touch pages and give them back.
 */
#ifndef PCPUBENCH_GUEST_RSS_H
#define PCPUBENCH_GUEST_RSS_H

#include "measure/target.h"

/**
 * rss_test - run all schedules on @online CPUs
 * @bound: of plan/rss_bound.h
 *
 * Emits {"type": "tap", "line": TEXT} records. 0 when all could run, passed or
 * not.
 */
int rss_test(const char *topology, unsigned int online, const char *bound,
	     emit_fn emit, void *arg);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Can the running kernel be measured, or does it take an emulated one? */
#ifndef PCPUBENCH_METAL_WHERE_H
#define PCPUBENCH_METAL_WHERE_H

#include <stdbool.h>
#include <stddef.h>

#define WHERE_HEADERS	"/lib/modules/%s/build"
#define WHERE_CGROUP	"/sys/fs/cgroup"

/**
 * where_metal - can `run` measure here?
 * @why: receives why, or the first thing that is in the way and what to do
 *
 * Root with CAP_SYS_MODULE, a kernel that takes modules that nobody signed, its
 * headers and a compiler, and a cgroup v2 with the memory controller.
 */
bool where_metal(char *why, size_t room);

/* Where cgroup v2 is mounted; NULL when it is nowhere. */
const char *where_cgroup(void);

#endif

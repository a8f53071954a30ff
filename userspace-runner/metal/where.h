/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the running kernel can be measured, or QEMU is needed. */
#ifndef PCPUBENCH_METAL_WHERE_H
#define PCPUBENCH_METAL_WHERE_H

#include <stdbool.h>
#include <stddef.h>

#define WHERE_HEADERS	"/lib/modules/%s/build"
#define WHERE_CGROUP	"/sys/fs/cgroup"

/**
 * where_metal - can `run` measure here?
 * @why: receives the reason, or the first obstacle and what to do
 *
 * Needs root with CAP_SYS_MODULE, a kernel that accepts unsigned modules, its
 * headers and a compiler, and cgroup v2 with the memory controller.
 */
bool where_metal(char *why, size_t room);

/* The same but for headers: could it be measured, or another kernel booted like it? */
bool where_kernel(char *why, size_t room);

/**
 * where_signed - must a module be signed to be loaded?
 * @root: put in front of /sys; "" except in tests
 *
 * Returns what says so and what to do, or NULL if it need not be.
 */
const char *where_signed(const char *root);

/* Where cgroup v2 is mounted; NULL if it is not. */
const char *where_cgroup(void);

#endif

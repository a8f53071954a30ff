/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_KERNEL_CONFIG_H
#define PCPUBENCH_KERNEL_CONFIG_H

#include <jansson.h>

/**
 * config_settings - a kernel's settings that change its measured path
 * @path: a .config
 *
 * {"NODES_SHIFT": "10", ...}: the symbols in kernel-patches/config/recorded
 * that are on. NULL with err() if a file cannot be read.
 */
json_t *config_settings(const char *path);

#endif

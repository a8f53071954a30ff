/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds and loads the module for the running kernel. */
#ifndef PCPUBENCH_METAL_MODULE_H
#define PCPUBENCH_METAL_MODULE_H

#include <limits.h>

#include "metal/undo.h"

struct module {
	char path[PATH_MAX];
	char sha256[65];
	unsigned int layout;	/* seed of its layout, 0: none */
};

/**
 * module_build - build the module against /lib/modules/RELEASE/build
 *
 * Built once for each kernel and layout, then cached. EX_FAIL; the builder
 * prints one line on stderr.
 */
int module_build(struct module *m, unsigned int layout);

/* Load the module; @undo unloads it. EX_FAIL tells why the kernel refuses. */
int module_load(const struct module *m, struct undo *undo);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcpu_bench.ko for the kernel that runs. */
#ifndef PCPUBENCH_METAL_MODULE_H
#define PCPUBENCH_METAL_MODULE_H

#include <limits.h>

#include "metal/undo.h"

struct module {
	char path[PATH_MAX];
	char sha256[65];
	unsigned int layout;	/* seed of its layout, 0: as it is written */
};

/**
 * module_build - build it out of tree against /lib/modules/RELEASE/build
 *
 * Once for each kernel and layout: the cache has it afterwards. EX_FAIL, with
 * the builder's one line on stderr.
 */
int module_build(struct module *m, unsigned int layout);

/* Load it; @undo unloads it again. EX_FAIL says why the kernel refuses. */
int module_load(const struct module *m, struct undo *undo);

#endif

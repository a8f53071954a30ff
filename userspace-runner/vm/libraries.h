/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dynamically linked program needs beside it. */
#ifndef PCPUBENCH_VM_LIBRARIES_H
#define PCPUBENCH_VM_LIBRARIES_H

#include <jansson.h>

/**
 * libraries_of - the dynamic loader and all shared libraries of a program
 *
 * An array of paths, the loader's first, empty for a static program; for
 * json_decref(). NULL with err() when @program is not a program of this machine,
 * or a library is missing.
 */
json_t *libraries_of(const char *program);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people call a kernel, and what its patches are, from its `kernel` record. */
#ifndef PCPUBENCH_RESULTS_KERNEL_LABEL_H
#define PCPUBENCH_RESULTS_KERNEL_LABEL_H

#include <jansson.h>

#define KERNEL_LABEL_MAX	20

/**
 * kernel_label - a short name for a kernel that was given by a path
 *
 * The words of the subject where it is one patch, else the file's name without
 * what is before it and its suffix; KERNEL_LABEL_MAX characters at most, for a
 * table and a command line. Any other name stays as it is. For free(); NULL with
 * err() when memory ran out.
 */
char *kernel_label(const json_t *record);

/**
 * kernel_subject - the subject of its patch, or of the last one and how many
 *
 * For free(); "" where there are none; NULL with err() when memory ran out.
 */
char *kernel_subject(const json_t *record);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small files of proc, sysfs and cgroups: one read, one write. */
#ifndef PCPUBENCH_BASE_FILE_H
#define PCPUBENCH_BASE_FILE_H

#include <stddef.h>

/* The text of @path, as much as fits into @room with a NUL. EX_FAIL. */
int read_file(const char *path, char *buf, size_t room);

/* Write @text to @path, which is there. EX_FAIL with what the kernel said. */
int write_file(const char *path, const char *text);

#endif

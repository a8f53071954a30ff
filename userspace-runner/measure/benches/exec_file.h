/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small programs that a bench brings along, in files without a name. */
#ifndef PCPUBENCH_MEASURE_BENCHES_EXEC_FILE_H
#define PCPUBENCH_MEASURE_BENCHES_EXEC_FILE_H

#include <stddef.h>

/*
 * A new file of its own with @program, @bytes long, to be executed; nothing of it
 * can be left. The descriptor, or -1 with errno.
 */
int exec_file(const void *program, size_t bytes);

#endif

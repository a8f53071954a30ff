/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel logs while a bench runs. */
#ifndef PCPUBENCH_MEASURE_BENCHES_KERNEL_LOG_H
#define PCPUBENCH_MEASURE_BENCHES_KERNEL_LOG_H

#include <stdbool.h>

/* Open the kernel's log behind its last line. EX_FAIL. */
int kernel_log_open(int *fd);

/* Is @text in a line that came since then, or since the last call? */
bool kernel_log_has(int fd, const char *text);

#endif

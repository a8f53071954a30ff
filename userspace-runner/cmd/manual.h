/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Manual pages in the man(7) language, from the commands' tables. */
#ifndef PCPUBENCH_CMD_MANUAL_H
#define PCPUBENCH_CMD_MANUAL_H

#include <stdio.h>

#include "base/options.h"

/* Print pcpubench-NAME(1) of @command; of NULL: pcpubench(1). */
void manual_print(FILE *out, const struct command *command);

#endif

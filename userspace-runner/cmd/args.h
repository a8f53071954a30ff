/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code common to commands that read results files. */
#ifndef PCPUBENCH_CMD_ARGS_H
#define PCPUBENCH_CMD_ARGS_H

#include "base/options.h"
#include "results/table.h"

/**
 * files_given - EX_USE with err() if no FILE was given
 * @which: ends the message, such as "made with --instrument profile"
 */
int files_given(const struct words *files, const char *which);

/* table_load(), with a warning for each file whose last line was cut off. */
int files_load(struct table *t, const struct words *files);

/* Warn of each file whose last line was cut off. */
void warn_torn(const struct table *t);

#endif

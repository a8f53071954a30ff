/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How to have numbers again: the commands that measured them. */
#ifndef PCPUBENCH_REPORT_REPEAT_H
#define PCPUBENCH_REPORT_REPEAT_H

#include <stdbool.h>
#include <stdio.h>

#include "report/lkml_set.h"

/**
 * repeat_commands - the command of each run that has a side, each once
 * @before: NULL; or the commands are as somebody else types them: kernels by
 *	their names, no folders of the machine that measured, no number of guests
 *	at once. Prints what the run @id needs before.
 *
 * For a mail. 0 or EX_FAIL with err().
 */
int repeat_commands(FILE *out, const struct lkml *l,
		    void (*before)(FILE *out, const struct lkml *l,
				   const char *id));

/* The command that measured run @run of @t, as it was typed. Returns as above. */
int repeat_command(FILE *out, const struct table *t, size_t run);

#endif

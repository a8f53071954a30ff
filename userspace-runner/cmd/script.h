/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Has the scripts of plots/ draw a command's output. */
#ifndef PCPUBENCH_CMD_SCRIPT_H
#define PCPUBENCH_CMD_SCRIPT_H

#include "base/output.h"

/* Make the folder @dir for pictures. 0 or EX_USE with err(). */
int script_dir(const char *dir);

/**
 * script_draw - have plots/@name draw the output of @fn
 * @arg: its argument, after the file's name
 * @text: receives its output, for free(); NULL: print it
 *
 * 0, what @fn returned, or EX_FAIL with err(); the script printed why.
 */
int script_draw(const char *name, output_fn fn, const void *what,
		const char *arg, char **text);

#endif

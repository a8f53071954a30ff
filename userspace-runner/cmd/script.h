/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pictures: the scripts of plots/ draw what commands have to say. */
#ifndef PCPUBENCH_CMD_SCRIPT_H
#define PCPUBENCH_CMD_SCRIPT_H

#include "base/output.h"

/**
 * script_draw - have plots/@name draw what @fn writes
 * @arg: its argument, after the file's name
 * @text: receives what it prints, for free(); NULL: that is printed
 *
 * 0, what @fn returned, or EX_FAIL with err(), the script having said why.
 */
int script_draw(const char *name, output_fn fn, const void *what,
		const char *arg, char **text);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that mailers, list archives and git do not change. */
#ifndef PCPUBENCH_REPORT_MAIL_H
#define PCPUBENCH_REPORT_MAIL_H

#include <stdio.h>

/**
 * mail_text - print @text as the body of a mail
 *
 * ASCII, with '?' for other characters; no tabs or other control characters, no
 * blanks at the end of a line. Lines that an mbox, git am or a mailer would
 * misread are indented by a space: "From ", "---", "-- ", "diff ", "Index: ",
 * ">", and "#", which git commit drops. Lines are not wrapped.
 */
void mail_text(FILE *out, const char *text);

/**
 * mail_command - a command that can be copied from a mail into a shell
 * @words: NULL ends them; quoted if the shell requires it
 *
 * At most 72 columns a line; continued lines end in a backslash.
 */
void mail_command(FILE *out, const char *const *words);

#endif

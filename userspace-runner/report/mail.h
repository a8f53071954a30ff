/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that mailers, list archives and git leave alone. */
#ifndef PCPUBENCH_REPORT_MAIL_H
#define PCPUBENCH_REPORT_MAIL_H

#include <stdio.h>

/**
 * mail_text - put down @text as the body of a mail can have it
 *
 * ASCII, what is not becomes '?', with no tabs or other control characters, and
 * nothing at the end of a line. A line that an mbox, git am or a mailer would
 * take for something else is set in by a space: "From ", "---", "-- ", "diff ",
 * "Index: ", ">", and "#", which git commit drops. Lines are not wrapped.
 */
void mail_text(FILE *out, const char *text);

/**
 * mail_command - a command that can be copied from a mail into a shell
 * @words: NULL ends them; quoted where the shell wants it
 *
 * At most 72 columns a line, with a backslash at the end of those that go on.
 */
void mail_command(FILE *out, const char *const *words);

#endif

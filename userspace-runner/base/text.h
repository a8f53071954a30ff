/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts, and how others want them: CSV, XML and the shell. */
#ifndef PCPUBENCH_BASE_TEXT_H
#define PCPUBENCH_BASE_TEXT_H

#include <stdbool.h>
#include <stdio.h>

/* Are both the same, or both NULL? */
bool same_text(const char *a, const char *b);

/**
 * text_set - print to a text of any length
 * @text: receives it, for free(); what it had is freed, and may be printed too
 *
 * 0, or EX_FAIL with err() and @text as it was.
 */
int text_set(char **text, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * words_without - the words of @text, but those that begin with one of @starts
 * @starts: NULL ends them
 *
 * With one blank in between, for free(); NULL when memory ran out.
 */
char *words_without(const char *text, const char *const *starts);

/* A field, in quotes where RFC 4180 wants them. */
void text_csv(FILE *out, const char *s);

/* What stands between tags or in an attribute. */
void text_xml(FILE *out, const char *s);

/* A word as a shell reads it back, in quotes where it needs them. */
void text_shell(FILE *out, const char *s);

#endif

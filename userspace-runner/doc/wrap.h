/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8 text in columns: its width, and wrapping. */
#ifndef PCPUBENCH_DOC_WRAP_H
#define PCPUBENCH_DOC_WRAP_H

#include <stddef.h>
#include <stdio.h>

#define DOC_WIDTH	72	/* columns of text */

/* Columns that the first @len bytes of @s may take. */
size_t text_width(const char *s, size_t len);

/* Print @s, with '?' for characters that must not go to a terminal. */
void text_put(FILE *out, const char *s);

/*
 * Wrap words in lines of DOC_WIDTH columns, the first indented by @first, the
 * others by @indent; break a word too long for a whole line.
 */
void text_wrapped(FILE *out, const char *s, size_t first, size_t indent);

/* Print @s on one line without leading spaces, escaped for Markdown. */
void text_escaped(FILE *out, const char *s);

#endif

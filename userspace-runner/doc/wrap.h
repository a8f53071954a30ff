/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8 text in columns: how wide it is, and how it is put down. */
#ifndef PCPUBENCH_DOC_WRAP_H
#define PCPUBENCH_DOC_WRAP_H

#include <stddef.h>
#include <stdio.h>

#define DOC_WIDTH	72	/* columns of text */

/* Columns that the first @len bytes of @s may take. */
size_t text_width(const char *s, size_t len);

/* As it is, but '?' for what is nothing to send to a terminal. */
void text_put(FILE *out, const char *s);

/*
 * Words over lines of DOC_WIDTH columns, the first set in by @first, the others
 * by @indent; a word too long for a whole line is broken.
 */
void text_wrapped(FILE *out, const char *s, size_t first, size_t indent);

/* On one line without spaces in front, and nothing of it taken for Markdown. */
void text_escaped(FILE *out, const char *s);

#endif

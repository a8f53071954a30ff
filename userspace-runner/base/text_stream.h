/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stream that writes into memory. */
#ifndef PCPUBENCH_BASE_TEXT_STREAM_H
#define PCPUBENCH_BASE_TEXT_STREAM_H

#include <stdio.h>

/**
 * text_stream - write a text into memory
 * @text: set to the text so far, with a NUL behind it, for free(); valid after fflush()
 *	and fclose()
 * @len: set to its length in bytes
 *
 * As open_memstream(), but fclose() fails if anything was lost for want of memory: there
 * it does not, and a report would end early without a word. NULL if memory ran out.
 */
FILE *text_stream(char **text, size_t *len);

/* Close @out, which wrote @text: @text, or NULL, with @text freed, if part of it was lost. */
char *text_stream_end(FILE *out, char **text);

#endif

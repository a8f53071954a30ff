// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes headings, paragraphs and items of a document. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text_stream.h"
#include "doc/doc.h"
#include "doc/wrap.h"

#define INDENT		2

void doc_begin(struct doc *d, enum doc_part part)
{
	d->part = part;
	d->text = NULL;
	d->para = text_stream(&d->text, &d->len);
	if (!d->para)
		d->failed = true;
}

static void vprint(struct doc *d, const char *fmt, va_list ap)
{
	if (d->para && vfprintf(d->para, fmt, ap) < 0)
		d->failed = true;
}

void doc_print(struct doc *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprint(d, fmt, ap);
	va_end(ap);
}

/* No blank line between items, or between a title and its text. */
static void put_blank(struct doc *d)
{
	bool list = d->part == DOC_ITEM && d->last == DOC_ITEM;
	bool under_title = d->part == DOC_ITEM && d->last == DOC_TITLE;

	if (d->started && !list && (d->md || !under_title))
		fputc('\n', d->out);
	d->started = true;
	d->last = d->part;
}

void doc_end(struct doc *d)
{
	if (!d->para || fclose(d->para)) {
		d->failed = true;
	} else {
		put_blank(d);
		if (d->md) {
			if (d->part == DOC_HEADING)
				fputs("### ", d->out);
			if (d->part == DOC_ITEM)
				fputs("- ", d->out);
			text_escaped(d->out, d->text);
			fputc('\n', d->out);
		} else {
			text_wrapped(d->out, d->text,
				    d->part == DOC_ITEM ? INDENT : 0,
				    d->part == DOC_ITEM ? 2 * INDENT :
				    d->part == DOC_TEXT ? 0 : INDENT);
		}
	}
	free(d->text);
	d->para = NULL;
	d->text = NULL;
}

void doc_put(struct doc *d, enum doc_part part, const char *fmt, ...)
{
	va_list ap;

	doc_begin(d, part);
	va_start(ap, fmt);
	vprint(d, fmt, ap);
	va_end(ap);
	doc_end(d);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables of a document: collected row by row, then written in columns. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "doc/doc.h"
#include "doc/wrap.h"

#define MAX_LABEL	24	/* longer ones get a line of their own */
#define GAP		2	/* between two columns */

static void add(struct doc *d, const char *fmt, va_list ap)
{
	struct doc_table *t = &d->table;
	char *text;

	if (vasprintf(&text, fmt, ap) < 0) {
		d->failed = true;
		return;
	}
	if (array_room(&t->texts, t->nr, sizeof(*t->texts))) {
		d->failed = true;
		free(text);
		return;
	}
	t->texts[t->nr++] = text;
}

void doc_row(struct doc *d, const char *fmt, ...)
{
	va_list ap;

	/* The head is as wide as the table. */
	if (d->table.nr && !d->table.width)
		d->table.width = d->table.nr;
	va_start(ap, fmt);
	add(d, fmt, ap);
	va_end(ap);
}

void doc_cell(struct doc *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, fmt, ap);
	va_end(ap);
}

/* Column 0 has the labels, row 0 the heads. */
static const char *at(const struct doc_table *t, size_t row, size_t col)
{
	return t->texts[row * t->width + col];
}

static size_t nr_rows(const struct doc_table *t)
{
	return t->nr / t->width;
}

static size_t column_width(const struct doc_table *t, size_t col)
{
	size_t width = 0, row, w;

	for (row = 0; row < nr_rows(t); row++) {
		w = text_width(at(t, row, col), strlen(at(t, row, col)));
		if (w > width && (col || !row || w <= MAX_LABEL))
			width = w;
	}
	return width;
}

static void put_spaces(FILE *out, size_t nr)
{
	fprintf(out, "%*s", (int)nr, "");
}

static void put_padded(FILE *out, const char *text, size_t width, bool right)
{
	size_t w = text_width(text, strlen(text)), pad = width > w ? width - w : 0;

	put_spaces(out, right ? pad : 0);
	text_put(out, text);
	put_spaces(out, right ? 0 : pad);
}

/* Number of columns from @first on that fit in a line, at least one. */
static size_t fitting(const struct doc_table *t, const size_t *widths,
		      size_t first)
{
	size_t used = widths[0], col;

	for (col = first; col < t->width; col++) {
		used += GAP + widths[col];
		if (used > DOC_WIDTH && col > first)
			break;
	}
	return col;
}

static void put_text(FILE *out, const struct doc_table *t,
		     const size_t *widths)
{
	size_t first, end, row, col;

	for (first = 1; first < t->width; first = end) {
		end = fitting(t, widths, first);
		if (first > 1)
			fputc('\n', out);
		for (row = 0; row < nr_rows(t); row++) {
			const char *label = at(t, row, 0);

			if (text_width(label, strlen(label)) > widths[0]) {
				text_wrapped(out, label, 0, 0);
				label = "";
			}
			/* A row that only parts others. */
			if (row && !at(t, row, 1)[0]) {
				text_put(out, label);
				fputc('\n', out);
				continue;
			}
			put_padded(out, label, widths[0], false);
			for (col = first; col < end; col++)
				put_padded(out, at(t, row, col),
					   GAP + widths[col], true);
			fputc('\n', out);
		}
	}
}

static void put_md(FILE *out, const struct doc_table *t)
{
	size_t row, col;

	for (row = 0; row < nr_rows(t); row++) {
		fputs(row ? "| " : "\n| ", out);
		text_escaped(out, at(t, row, 0));
		for (col = 1; col < t->width; col++) {
			fputs(" | ", out);
			text_escaped(out, at(t, row, col));
		}
		fputs(" |\n", out);
		if (row)
			continue;
		fputs("| :---", out);
		for (col = 1; col < t->width; col++)
			fputs(" | ---:", out);
		fputs(" |\n", out);
	}
}

void doc_table(struct doc *d)
{
	struct doc_table *t = &d->table;
	size_t *widths = calloc(t->nr + 1, sizeof(*widths)), i;

	if (!t->width)
		t->width = t->nr;
	d->failed |= !widths || !t->width || t->nr % t->width;
	if (!d->failed) {
		for (i = 0; i < t->width; i++)
			widths[i] = column_width(t, i);
		if (d->md)
			put_md(d->out, t);
		else
			put_text(d->out, t, widths);
	}
	d->last = DOC_HEADING;
	for (i = 0; i < t->nr; i++)
		free(t->texts[i]);
	free(t->texts);
	free(widths);
	*t = (struct doc_table){ 0 };
}

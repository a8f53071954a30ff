// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "doc/doc.h"

#define INDENT		2
#define MAX_LABEL	24	/* longer ones get a line of their own */
#define GAP		2	/* between two columns */

static const char spaces[] = " \t\n";

struct character {
	size_t len;		/* bytes */
	size_t width;		/* columns */
	bool control;		/* nothing to send to a terminal */
};

/* The character at @s, which is not the end. */
static struct character character(const char *s)
{
	const unsigned char *c = (const unsigned char *)s;
	struct character ch = { .len = 1, .width = 1 };

	while ((c[ch.len] & 0xc0) == 0x80)
		ch.len++;
	/* From U+1000 on it may be wide, and the columns are a promise. */
	if (*c >= 0xe1)
		ch.width = 2;
	ch.control = *c < ' ' || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0);
	return ch;
}

static size_t width_of(const char *s, size_t len)
{
	const char *end = s + len;
	size_t width = 0;

	while (s < end) {
		struct character ch = character(s);

		width += ch.width;
		s += ch.len;
	}
	return width;
}

static void put_character(FILE *out, const char *s, struct character ch)
{
	if (ch.control)
		fputc('?', out);
	else
		fwrite(s, 1, ch.len, out);
}

static void put_spaces(FILE *out, size_t nr)
{
	fprintf(out, "%*s", (int)nr, "");
}

static void put_label(FILE *out, const char *s, size_t pad)
{
	size_t width = width_of(s, strlen(s));

	while (*s) {
		struct character ch = character(s);

		put_character(out, s, ch);
		s += ch.len;
	}
	put_spaces(out, pad > width ? pad - width : 0);
}

static void new_line(FILE *out, size_t indent, size_t *column)
{
	fputc('\n', out);
	put_spaces(out, indent);
	*column = indent;
}

/*
 * Words over lines, the first set in by @first, the others by @indent; a word
 * too long for a whole line is broken.
 */
static void put_wrapped(FILE *out, const char *s, size_t first, size_t indent)
{
	const char *start = s + strspn(s, spaces);
	size_t column = first;

	put_spaces(out, first);
	for (s = start; *s; s += strspn(s, spaces)) {
		const char *end = s + strcspn(s, spaces);

		if (s != start &&
		    column + 1 + width_of(s, end - s) > DOC_WIDTH) {
			new_line(out, indent, &column);
		} else if (s != start) {
			fputc(' ', out);
			column++;
		}
		while (s < end) {
			struct character ch = character(s);

			if (column + ch.width > DOC_WIDTH)
				new_line(out, indent, &column);
			put_character(out, s, ch);
			column += ch.width;
			s += ch.len;
		}
	}
	fputc('\n', out);
}

/* On one line, and nothing of it taken for markup. */
static void put_escaped(FILE *out, const char *s)
{
	while (*s) {
		struct character ch = character(s);

		if (strchr("\\`*_[]<>|~&#", *s))
			fputc('\\', out);
		if (strchr(spaces, *s))
			fputc(' ', out);
		else
			put_character(out, s, ch);
		s += ch.len;
	}
}

void doc_begin(struct doc *d, enum doc_part part)
{
	d->part = part;
	d->text = NULL;
	d->para = open_memstream(&d->text, &d->len);
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

/* Items of a list, and text that follows its title, stay together. */
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
			put_escaped(d->out, d->text);
			fputc('\n', d->out);
		} else {
			put_wrapped(d->out, d->text,
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

static size_t label_width(const struct grid *g)
{
	size_t width = width_of(g->corner, strlen(g->corner));
	size_t row;

	for (row = 0; row < g->nr_rows; row++) {
		const char *label = g->label(g->ctx, row);
		size_t w = width_of(label, strlen(label));

		if (w > width && w <= MAX_LABEL)
			width = w;
	}
	return width;
}

static size_t column_width(const struct grid *g, size_t col)
{
	char text[GRID_CELL_LEN];
	size_t width, row;

	g->cell(g->ctx, GRID_HEAD, col, text);
	width = strlen(text);
	for (row = 0; row < g->nr_rows; row++) {
		g->cell(g->ctx, row, col, text);
		if (strlen(text) > width)
			width = strlen(text);
	}
	return width;
}

/* Columns from @first on that fit in a line, at least one. */
static size_t fitting(const struct grid *g, size_t label, size_t first)
{
	size_t used = label, col;

	for (col = first; col < g->nr_cols; col++) {
		used += GAP + column_width(g, col);
		if (used > DOC_WIDTH && col > first)
			break;
	}
	return col;
}

static void put_cells(FILE *out, const struct grid *g, size_t row,
		      size_t first, size_t end)
{
	char text[GRID_CELL_LEN];
	size_t col;

	for (col = first; col < end; col++) {
		g->cell(g->ctx, row, col, text);
		fprintf(out, "%*s", (int)(GAP + column_width(g, col)), text);
	}
	fputc('\n', out);
}

static void text_grid(FILE *out, const struct grid *g)
{
	size_t label = label_width(g);
	size_t first, end, row;

	for (first = 0; first < g->nr_cols; first = end) {
		end = fitting(g, label, first);
		if (first)
			fputc('\n', out);
		put_label(out, g->corner, label);
		put_cells(out, g, GRID_HEAD, first, end);
		for (row = 0; row < g->nr_rows; row++) {
			const char *name = g->label(g->ctx, row);

			if (width_of(name, strlen(name)) > label) {
				put_wrapped(out, name, 0, 0);
				name = "";
			}
			put_label(out, name, label);
			put_cells(out, g, row, first, end);
		}
	}
}

static void md_row(FILE *out, const struct grid *g, const char *label,
		   size_t row)
{
	char text[GRID_CELL_LEN];
	size_t col;

	fputs("| ", out);
	put_escaped(out, label + strspn(label, spaces));
	for (col = 0; col < g->nr_cols; col++) {
		g->cell(g->ctx, row, col, text);
		fprintf(out, " | %s", text);
	}
	fputs(" |\n", out);
}

static void md_grid(FILE *out, const struct grid *g)
{
	size_t col, row;

	fputc('\n', out);
	md_row(out, g, g->corner, GRID_HEAD);
	fputs("| :---", out);
	for (col = 0; col < g->nr_cols; col++)
		fputs(" | ---:", out);
	fputs(" |\n", out);
	for (row = 0; row < g->nr_rows; row++)
		md_row(out, g, g->label(g->ctx, row), row);
}

void doc_grid(struct doc *d, const struct grid *g)
{
	if (d->md)
		md_grid(d->out, g);
	else
		text_grid(d->out, g);
	d->last = DOC_HEADING;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A document of headings, paragraphs, items and grids, as text for a mail (72
 * columns at most, whatever goes in) or as GitHub's Markdown.
 */
#ifndef PCPUBENCH_DOC_DOC_H
#define PCPUBENCH_DOC_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define DOC_WIDTH	72	/* columns of text */
#define GRID_CELL_LEN	24	/* of a grid's cell, with its NUL */

enum doc_part {
	DOC_HEADING,		/* of a block */
	DOC_TITLE,		/* of a grid or a list */
	DOC_TEXT,		/* a paragraph */
	DOC_ITEM,		/* of a list; continued lines are set in */
};

/*
 * @failed: memory ran out somewhere, so @out is not the whole document
 * The rest is doc.c's.
 */
struct doc {
	FILE *out;
	bool md;
	bool failed;
	bool started;
	enum doc_part part;
	enum doc_part last;
	FILE *para;
	char *text;
	size_t len;
};

/*
 * A table of numbers. Where the columns do not fit beside each other there are
 * several groups of them.
 * @corner: head of the labels
 * @label: of a row, any length
 * @cell: fills in one cell; the heads of the columns are row GRID_HEAD
 */
#define GRID_HEAD	((size_t)-1)

struct grid {
	const char *corner;
	size_t nr_rows;
	size_t nr_cols;
	const char *(*label)(const void *ctx, size_t row);
	void (*cell)(const void *ctx, size_t row, size_t col,
		     char text[GRID_CELL_LEN]);
	const void *ctx;
};

/* Begin a part, add to its text any number of times, and put it down. */
void doc_begin(struct doc *d, enum doc_part part);
void doc_print(struct doc *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void doc_end(struct doc *d);

/* All three at once. */
void doc_put(struct doc *d, enum doc_part part, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

void doc_grid(struct doc *d, const struct grid *g);

#endif

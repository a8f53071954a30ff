/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A document of headings, paragraphs, items and tables, as text for a mail
 * (always 72 columns at most) or as GitHub's Markdown.
 */
#ifndef PCPUBENCH_DOC_DOC_H
#define PCPUBENCH_DOC_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum doc_part {
	DOC_HEADING,		/* of a block */
	DOC_TITLE,		/* of a table or a list */
	DOC_TEXT,		/* a paragraph */
	DOC_ITEM,		/* of a list; later lines are indented */
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
	struct doc_table {
		char **texts;
		size_t nr, width;
	} table;
};

/* Begin a part, add to its text any number of times, and write it out. */
void doc_begin(struct doc *d, enum doc_part part);
void doc_print(struct doc *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void doc_end(struct doc *d);

/* All three at once. */
void doc_put(struct doc *d, enum doc_part part, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * A table, row by row: doc_row() begins a row with its label, of any length,
 * and doc_cell() adds a cell. The first row has the heads; the others have as
 * many cells. doc_table() writes the table, in several groups of columns if it
 * is too wide.
 */
void doc_row(struct doc *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void doc_cell(struct doc *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void doc_table(struct doc *d);

#endif

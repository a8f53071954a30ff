/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts, and their quoting for CSV, XML and the shell. */
#ifndef PCPUBENCH_BASE_TEXT_H
#define PCPUBENCH_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Are both the same, or both NULL? */
bool same_text(const char *a, const char *b);

/* @s, or "unknown" if it is NULL or empty. */
const char *text_known(const char *s);

/**
 * text_set - print to a text of any length
 * @text: receives the text, for free(); the old one, which may be printed, is
 * 	freed
 *
 * 0, or EX_FAIL with err() and @text as it was.
 */
int text_set(char **text, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Is the word of @len bytes at @word among those of @text, with blanks between? */
bool text_has_word(const char *text, const char *word, size_t len);

/**
 * words_without - the words of @text that begin with none of @starts
 * @starts: NULL ends them
 *
 * With one blank in between, for free(); NULL when memory ran out.
 */
char *words_without(const char *text, const char *const *starts);

/*
 * Print a field, in quotes if RFC 4180 requires them, or if a GitHub job would take
 * the line that it begins for a command. What a spreadsheet would take for a formula
 * gets an apostrophe in front.
 */
void text_csv(FILE *out, const char *s);

/* Print text between tags or in an attribute. */
void text_xml(FILE *out, const char *s);

/* Print a word as a shell reads it back, in quotes if it needs them. */
void text_shell(FILE *out, const char *s);

#endif

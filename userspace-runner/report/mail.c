// SPDX-License-Identifier: GPL-2.0-or-later
/* Text for the body of a mail. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "base/text.h"
#include "base/text_stream.h"
#include "doc/wrap.h"
#include "report/mail.h"

#define SET_IN	2		/* of a command's first line; others twice */

static bool means_something(const char *line)
{
	static const char *const starts[] = {
		"From ", "---", "-- ", "diff ", "Index: ", ">", "#",
	};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (!strncmp(line, starts[i], strlen(starts[i])))
			return true;
	return false;
}

static void put_line(FILE *out, const char *line, size_t len)
{
	const char *start = line + strspn(line, " \t");

	while (len && strchr(" \t\r", line[len - 1]))
		len--;
	if (len && means_something(line))
		fputc(' ', out);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = line[i];

		/* A character is one '?', for its first byte. */
		if ((c & 0xc0) == 0x80)
			continue;
		if (c < ' ' || c > '~' ||
		    (line + i == start && safe_is_command(start)))
			c = c == '\t' ? ' ' : '?';
		fputc(c, out);
	}
	fputc('\n', out);
}

void mail_text(FILE *out, const char *text)
{
	size_t len;

	while (*text) {
		len = strcspn(text, "\n");
		put_line(out, text, len);
		text += len + (text[len] == '\n');
	}
}

/* As text_shell() prints it, for free(). */
static char *quoted(const char *word)
{
	char *text = NULL;
	size_t len;
	FILE *out = text_stream(&text, &len);

	if (!out)
		return NULL;
	text_shell(out, word);
	return text_stream_end(out, &text);
}

/* A word longer than a line continues at the start of the next. */
static size_t put_word(FILE *out, const char *word, size_t column)
{
	for (; *word; word++) {
		if (column == DOC_WIDTH - 1 && word[1]) {
			fputs("\\\n", out);
			column = 0;
		}
		fputc(*word, out);
		column++;
	}
	return column;
}

void mail_command(FILE *out, const char *const *words)
{
	size_t column = 0, len;
	char *word;

	for (; *words; words++) {
		word = quoted(*words);
		if (!word)
			return;
		len = strlen(word);
		if (column && column + 1 + len > DOC_WIDTH - 2) {
			fputs(" \\\n", out);
			column = 0;
			fprintf(out, "%*s", 2 * SET_IN, "");
			column = 2 * SET_IN;
		} else if (column) {
			fputc(' ', out);
			column++;
		} else {
			fprintf(out, "%*s", SET_IN, "");
			column = SET_IN;
		}
		/* In quotes a backslash does not continue a line. */
		if (*word == '\'') {
			fputs(word, out);
			column += len;
		} else {
			column = put_word(out, word, column);
		}
		free(word);
	}
	fputc('\n', out);
}

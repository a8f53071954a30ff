// SPDX-License-Identifier: GPL-2.0-or-later
/* UTF-8 text in columns: its width, and wrapping. */
#include <stdbool.h>
#include <string.h>

#include "base/safe.h"
#include "doc/wrap.h"

static const char spaces[] = " \t\n";

struct character {
	size_t len;		/* bytes */
	size_t width;		/* columns */
	bool safe;		/* may go to a terminal */
};

/* The character at @s, which is not the final NUL. */
static struct character character(const char *s)
{
	const unsigned char *c = (const unsigned char *)s;
	struct character ch = { .width = 1 };

	ch.len = safe_character(s, &ch.safe);
	/* From U+1000 on it may be wide: count two columns to be safe. */
	if (ch.len > 1 && *c >= 0xe1)
		ch.width = 2;
	return ch;
}

size_t text_width(const char *s, size_t len)
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
	if (ch.safe)
		fwrite(s, 1, ch.len, out);
	else
		fputc('?', out);
}

static void put_spaces(FILE *out, size_t nr)
{
	fprintf(out, "%*s", (int)nr, "");
}

void text_put(FILE *out, const char *s)
{
	const char *start = s;

	while (*s) {
		struct character ch = character(s);

		if (s == start && safe_is_command(s))
			ch.safe = false;
		put_character(out, s, ch);
		s += ch.len;
	}
}

/* @fresh: nothing but the indent is in the line. */
static void new_line(FILE *out, size_t indent, size_t *column, bool *fresh)
{
	fputc('\n', out);
	put_spaces(out, indent);
	*column = indent;
	*fresh = true;
}

void text_wrapped(FILE *out, const char *s, size_t first, size_t indent)
{
	const char *start = s + strspn(s, spaces);
	size_t column = first;
	bool fresh = true;

	put_spaces(out, first);
	for (s = start; *s; s += strspn(s, spaces)) {
		const char *end = s + strcspn(s, spaces);

		if (s != start &&
		    column + 1 + text_width(s, end - s) > DOC_WIDTH) {
			new_line(out, indent, &column, &fresh);
		} else if (s != start) {
			fputc(' ', out);
			column++;
		}
		while (s < end) {
			struct character ch = character(s);

			if (column + ch.width > DOC_WIDTH)
				new_line(out, indent, &column, &fresh);
			if (fresh && safe_is_command(s))
				ch.safe = false;
			fresh = false;
			put_character(out, s, ch);
			column += ch.width;
			s += ch.len;
		}
	}
	fputc('\n', out);
}

void text_escaped(FILE *out, const char *s)
{
	s += strspn(s, spaces);
	if (safe_is_command(s))
		fputc('\\', out);
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

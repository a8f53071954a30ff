// SPDX-License-Identifier: GPL-2.0-or-later
/* UTF-8 text in columns: its width, and wrapping. */
#include <stdbool.h>
#include <string.h>

#include "doc/wrap.h"

static const char spaces[] = " \t\n";

struct character {
	size_t len;		/* bytes */
	size_t width;		/* columns */
	bool control;		/* must not go to a terminal */
};

/* The character at @s, which is not the final NUL. */
static struct character character(const char *s)
{
	const unsigned char *c = (const unsigned char *)s;
	struct character ch = { .len = 1, .width = 1 };

	while ((c[ch.len] & 0xc0) == 0x80)
		ch.len++;
	/* From U+1000 on it may be wide: count two columns to be safe. */
	if (*c >= 0xe1)
		ch.width = 2;
	ch.control = *c < ' ' || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0);
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
	if (ch.control)
		fputc('?', out);
	else
		fwrite(s, 1, ch.len, out);
}

static void put_spaces(FILE *out, size_t nr)
{
	fprintf(out, "%*s", (int)nr, "");
}

void text_put(FILE *out, const char *s)
{
	while (*s) {
		struct character ch = character(s);

		put_character(out, s, ch);
		s += ch.len;
	}
}

static void new_line(FILE *out, size_t indent, size_t *column)
{
	fputc('\n', out);
	put_spaces(out, indent);
	*column = indent;
}

void text_wrapped(FILE *out, const char *s, size_t first, size_t indent)
{
	const char *start = s + strspn(s, spaces);
	size_t column = first;

	put_spaces(out, first);
	for (s = start; *s; s += strspn(s, spaces)) {
		const char *end = s + strcspn(s, spaces);

		if (s != start &&
		    column + 1 + text_width(s, end - s) > DOC_WIDTH) {
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

void text_escaped(FILE *out, const char *s)
{
	s += strspn(s, spaces);
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

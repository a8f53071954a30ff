// SPDX-License-Identifier: GPL-2.0-or-later
/* Texts, and their quoting for CSV, XML and the shell. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/safe.h"
#include "base/text.h"

bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

const char *text_known(const char *s)
{
	return s && *s ? s : "unknown";
}

int text_set(char **text, const char *fmt, ...)
{
	va_list ap;
	char *new;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&new, fmt, ap);
	va_end(ap);
	if (len < 0)
		return no_memory();
	free(*text);
	*text = new;
	return 0;
}

bool text_has_word(const char *text, const char *word, size_t len)
{
	for (; *text; text += strcspn(text, " ")) {
		text += strspn(text, " ");
		if (strcspn(text, " ") == len && !strncmp(text, word, len))
			return true;
	}
	return false;
}

char *words_without(const char *text, const char *const *starts)
{
	char *all = strdup(text), *kept = calloc(1, strlen(text) + 1);
	char *rest = all, *word;
	size_t i;

	while (all && kept && (word = strsep(&rest, " \t\n"))) {
		for (i = 0; starts[i]; i++)
			if (!strncmp(word, starts[i], strlen(starts[i])))
				break;
		if (!word[0] || starts[i])
			continue;
		strcat(strcat(kept, kept[0] ? " " : ""), word);
	}
	free(all);
	return kept;
}

void text_csv(FILE *out, const char *s)
{
	/* What a spreadsheet takes for a formula, which can run programs. */
	const bool formula = *s && strchr("=+-@", *s);

	if (!formula && !s[strcspn(s, ",\"\r\n")] && !safe_is_command(s)) {
		fputs(s, out);
		return;
	}
	fputs(formula ? "\"'" : "\"", out);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', out);
		fputc(*s, out);
	}
	fputc('"', out);
}

void text_xml(FILE *out, const char *s)
{
	for (; *s; s++)
		switch (*s) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			/* XML 1.0 does not allow other control characters. */
			fputc((unsigned char)*s < ' ' || *s == 0x7f ? ' ' : *s,
			      out);
		}
}

void text_shell(FILE *out, const char *s)
{
	if (*s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=,./:@%+")]) {
		fputs(s, out);
		return;
	}
	fputc('\'', out);
	for (; *s; s++)
		if (*s == '\'')
			fputs("'\\''", out);
		else
			fputc(*s, out);
	fputc('\'', out);
}

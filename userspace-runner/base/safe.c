// SPDX-License-Identifier: GPL-2.0-or-later
/* Texts of strangers, made safe to print. */
#include <string.h>

#include "base/safe.h"

#define GITHUB_ANYWHERE	"##["
#define GITHUB_AT_START	"::"

/* From, to: what a terminal, an editor or a reader of XML takes for an order. */
static const unsigned int unsafe[][2] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f },		/* controls: ESC, CSI, newline */
	{ 0x61c, 0x61c }, { 0x200e, 0x200f },	/* marks of direction */
	{ 0x2028, 0x202e }, { 0x2066, 0x2069 },	/* ends of lines, overrides */
	{ 0xfeff, 0xfeff }, { 0xfffe, 0xffff },	/* byte orders */
};

/* How many bytes the character has that begins with @c, 0 if none does. */
static size_t length(unsigned char c)
{
	return c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 :
	       c < 0xf5 ? 4 : 0;
}

size_t safe_character(const char *s, bool *safe)
{
	/* Too short to be written with 1, 2, 3, 4 bytes. */
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *c = (const unsigned char *)s;
	size_t len = length(*c), i;
	unsigned int code;

	if (len == 1) {
		*safe = *c >= ' ' && *c != 0x7f;
		return 1;
	}
	*safe = false;
	if (!len)
		return 1;
	code = *c & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 1;
		code = code << 6 | (c[i] & 0x3f);
	}
	if (code < least[len] || code > 0x10ffff ||
	    (code >= 0xd800 && code < 0xe000))
		return 1;
	*safe = true;
	for (i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++)
		if (code >= unsafe[i][0] && code <= unsafe[i][1])
			*safe = false;
	return len;
}

bool safe_is_command(const char *s)
{
	/* The job's runner leaves out what is blank in front. */
	s += strspn(s, " \t");
	return !strncmp(s, GITHUB_AT_START, strlen(GITHUB_AT_START));
}

static bool is_anywhere(const char *s)
{
	return !strncmp(s, GITHUB_ANYWHERE, strlen(GITHUB_ANYWHERE));
}

void safe_text(char *s)
{
	char *to = s;
	size_t len;
	bool safe;

	if (safe_is_command(s))
		s[strspn(s, " \t")] = '?';
	for (; *s; s += len) {
		len = safe_character(s, &safe);
		if (!safe) {
			*to++ = '?';
			continue;
		}
		if (is_anywhere(s))
			s[1] = '?';
		memmove(to, s, len);
		to += len;
	}
	*to = '\0';
}

bool safe_is(const char *s)
{
	bool safe = !safe_is_command(s);

	while (*s && safe && !is_anywhere(s))
		s += safe_character(s, &safe);
	return safe && !*s;
}

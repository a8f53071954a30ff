// SPDX-License-Identifier: GPL-2.0-or-later
/* A stream that writes into memory, and says when it cannot. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text_stream.h"

#define ROOM	256

struct stream {
	char **text;
	size_t *len, room;
	bool lost;
};

static ssize_t write_text(void *cookie, const char *data, size_t n)
{
	struct stream *s = cookie;
	size_t room = s->room;
	char *more = NULL;

	while (room <= *s->len + n)
		room *= 2;
	/* What comes after a gap is lost, too. */
	if (!s->lost)
		more = realloc(*s->text, room);
	s->lost = !more;
	if (!more)
		return 0;
	*s->text = more;
	s->room = room;
	memcpy(more + *s->len, data, n);
	*s->len += n;
	more[*s->len] = '\0';
	return n;
}

static int close_text(void *cookie)
{
	struct stream *s = cookie;
	int ret = s->lost ? EOF : 0;

	free(s);
	return ret;
}

FILE *text_stream(char **text, size_t *len)
{
	static const cookie_io_functions_t io = {
		.write = write_text, .close = close_text,
	};
	struct stream *s = malloc(sizeof(*s));
	FILE *out = NULL;

	*len = 0;
	*text = calloc(1, ROOM);
	if (s && *text) {
		*s = (struct stream){ .text = text, .len = len, .room = ROOM };
		out = fopencookie(s, "w", io);
	}
	if (!out) {
		free(*text);
		free(s);
		*text = NULL;
	}
	return out;
}

char *text_stream_end(FILE *out, char **text)
{
	if (fclose(out)) {
		free(*text);
		*text = NULL;
	}
	return *text;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds shards of a sweep that were killed, or never began. */
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/text_stream.h"
#include "results/record.h"
#include "sweep/shards.h"

int shards_add(struct shards *s, const json_t *records, const char *path)
{
	const json_t *run = json_array_get(records, 0);
	size_t nr = json_array_size(records);
	const char *text = json_string_value(record_at(run, "sweep.shard"));
	struct shard shard;

	if (!text) {
		s->other = true;
		return 0;
	}
	if (shard_parse(text, &shard))
		return err(EX_USE, "%s: its shard '%s' is not K/N, such as 1/4: give files that pcpubench wrote",
			   path, text);
	if (s->of && s->of != shard.of)
		s->other = true;
	s->of = shard.of;
	/* What was killed, and goes on, has no end behind its last boot. */
	if (nr && record_is(json_array_get(records, nr - 1), "end"))
		s->ended[shard.nr] = true;
	return 0;
}

char *shards_open(const struct shards *s)
{
	const char *comma = "";
	char *text = NULL;
	unsigned int i, last;
	size_t len;
	FILE *out;

	if (s->other || !s->of)
		return NULL;
	out = text_stream(&text, &len);
	if (!out)
		return NULL;
	for (i = 1; i <= s->of; i = last + 1) {
		last = i;
		if (s->ended[i])
			continue;
		while (last < s->of && !s->ended[last + 1])
			last++;
		fprintf(out, "%s%u", comma, i);
		if (last > i)
			fprintf(out, "-%u", last);
		comma = ",";
	}
	text = text_stream_end(out, &text);
	if (text && text[0])
		return text;
	free(text);
	return NULL;
}

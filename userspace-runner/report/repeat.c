// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands that were recorded, for who wants to repeat them. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/lkml_set.h"
#include "report/mail.h"
#include "report/repeat.h"
#include "results/record.h"

/* "linux-source-6.12 6.12.117-1" gives "KERNEL=6.12". */
static bool kernel_word(const struct table *t, size_t run, char *word,
			size_t room)
{
	const json_t *records = t->runs[run].boots.file.records;
	static const char debian[] = "linux-source-";
	const char *source;
	json_t *record;
	size_t i;

	json_array_foreach(records, i, record) {
		source = record_is(record, "kernel") ?
			 record_string(record, "source") : NULL;
		if (!source || strncmp(source, debian, strlen(debian)))
			continue;
		source += strlen(debian);
		snprintf(word, room, "KERNEL=%.*s",
			 (int)strcspn(source, " "), source);
		return true;
	}
	return false;
}

/* How many words from @word on are the option --@name, or @letter. */
static size_t option_words(const char *word, char letter, const char *name)
{
	size_t len = strlen(name);

	if (word[0] == '-' && word[1] == letter)
		return word[2] ? 1 : 2;
	if (strncmp(word, "--", 2) || strncmp(word + 2, name, len))
		return 0;
	return word[2 + len] == '=' ? 1 : word[2 + len] ? 0 : 2;
}

/* A word as a reader types it. One name of several releases is typed as it is. */
static const char *reader_word(const struct table *t, const char *word)
{
	const char *slash = word[0] == '-' ? NULL : strrchr(word, '/');

	for (size_t i = 0; i < t->nr_kernels; i++)
		if (!strcmp(t->kernels[i].given, word) &&
		    (slash || !t->kernels[i].by_release))
			return t->kernels[i].name;
	return slash && slash[1] ? slash + 1 : word;
}

/* The typed command, after the source's version. */
static int put_command(FILE *out, const struct table *t, size_t run,
		       bool reader)
{
	const json_t *command = record_at(json_array_get(
		t->runs[run].boots.file.records, 0), "command");
	size_t n = 0, i, skip, nr = json_array_size(command);
	const char **words = calloc(nr + 3, sizeof(*words)), *word;
	char version[64];

	if (!words)
		return no_memory();
	if (kernel_word(t, run, version, sizeof(version)))
		words[n++] = version;
	/* "pcpubench sweep" is one word in the record. */
	word = nr ? strchr(json_string_value(json_array_get(command, 0)), ' ') :
		    NULL;
	words[n++] = "build/pcpubench";
	if (word)
		words[n++] = word + 1;
	for (i = 1; i < nr; i += skip ? skip : 1) {
		word = json_string_value(json_array_get(command, i));
		/* An output path of another machine may exist already. */
		skip = option_words(word, 'o', "output");
		if (!skip && reader)
			skip = option_words(word, 'j', "jobs");
		if (!skip)
			words[n++] = reader ? reader_word(t, word) : word;
	}
	mail_command(out, words);
	free(words);
	return 0;
}

static int put_run(FILE *out, const struct lkml *l, const struct table *t,
		   size_t run, void (*before)(FILE *out, const struct lkml *l,
					      const char *id))
{
	if (before)
		before(out, l, t->runs[run].id);
	return put_command(out, t, run, before);
}

int repeat_command(FILE *out, const struct table *t, size_t run)
{
	return put_command(out, t, run, false);
}

int repeat_commands(FILE *out, const struct lkml *l,
		    void (*before)(FILE *out, const struct lkml *l,
				   const char *id))
{
	const struct table *old = &l->compares[0].old, *new;
	size_t i, k;
	int ret = 0;

	for (i = 0; i < old->nr_runs && !ret; i++)
		ret = put_run(out, l, old, i, before);
	for (k = 0; k < l->nr; k++) {
		new = &l->compares[k].new;
		for (i = 0; i < new->nr_runs && !ret; i++)
			if (lkml_is_new_run(l, k, i))
				ret = put_run(out, l, new, i, before);
	}
	return ret;
}

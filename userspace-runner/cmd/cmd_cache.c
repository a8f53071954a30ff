// SPDX-License-Identifier: GPL-2.0-or-later
/* cache: lists and removes cached kernels. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "kernel/kept.h"

struct arguments {
	bool json;
	const char *older, *keep;
	struct words words;
	/* Set from the options above. */
	bool remove;
	time_t before;		/* last used before then; 0: any time */
	uint64_t keep_bytes;
};

/* "30d", "12h", "2w": seconds. */
static int parse_age(const char *text, time_t *seconds)
{
	static const struct { char unit; time_t seconds; } units[] = {
		{ 'h', 3600 }, { 'd', 86400 }, { 'w', 7 * 86400 },
	};
	char *end;
	long n = strtol(text, &end, 10);

	for (size_t i = 0; i < 3; i++)
		if (end > text && n >= 0 && n < 100000 &&
		    *end == units[i].unit && !end[1]) {
			*seconds = n * units[i].seconds;
			return 0;
		}
	return err(EX_USE, "--older: '%s' is no age, such as 30d, 12h or 2w",
		   text);
}

static int check(void *into)
{
	struct arguments *args = into;
	struct words *words = &args->words;
	time_t age = 0;
	int ret = 0;

	if (words->nr && (!strcmp(words->word[0], "remove") ||
			  !strcmp(words->word[0], "list"))) {
		args->remove = !strcmp(words->word[0], "remove");
		words->word++;
		words->nr--;
	}
	if (args->older) {
		ret = parse_age(args->older, &age);
		args->before = time(NULL) - age;
	}
	if (!ret && args->keep)
		ret = kept_parse_size("--keep", args->keep, &args->keep_bytes);
	if (!ret && args->remove && !words->nr && !args->older && !args->keep)
		ret = err(EX_USE, "cache: remove what? Give a NAME, --older or --keep");
	return ret;
}

static const struct opt options[] = {
	{ "older", 0, "AGE", "Entries not used for AGE: 30d, 12h, 2w",
	  OPT_TEXT(struct arguments, older) },
	{ "keep", 0, "SIZE",
	  "The least recently used entries, so that SIZE is left: 10G, 512M",
	  OPT_TEXT(struct arguments, keep) },
	{ "json", 0, NULL, "Print JSON", OPT_FLAG(struct arguments, json) },
	{ OPT_WORDS(struct arguments, words) },
	{ OPT_CHECK(check) },
	{ 0 }
};

/* Is @name the entry's kind, its ID, KIND/ID, or its name? */
static bool is_called(const struct kept_entry *e, const char *name)
{
	size_t len = strlen(e->kind);

	return !strcmp(name, e->kind) || !strcmp(name, e->id) ||
	       (*e->name && !strcmp(name, e->name)) ||
	       (!strncmp(name, e->kind, len) && name[len] == '/' &&
		!strcmp(name + len + 1, e->id));
}

static bool is_named(const struct kept_entry *e, const struct words *names)
{
	for (size_t i = 0; i < names->nr; i++)
		if (is_called(e, names->word[i]))
			return true;
	return !names->nr;
}

/* An unknown name is an error, not an entry that is gone. */
static int check_names(const struct kept *kept, const struct words *names)
{
	size_t i, j;

	for (i = 0; i < names->nr; i++) {
		for (j = 0; j < kept->nr; j++)
			if (is_called(&kept->entries[j], names->word[i]))
				break;
		if (j == kept->nr)
			return err(EX_USE, "cache: there is no '%s': 'pcpubench cache' lists what there is",
				   names->word[i]);
	}
	return 0;
}

/* Sets for each entry whether the arguments select it. */
static void choose(const struct kept *kept, const struct arguments *args,
		   bool *chosen)
{
	uint64_t left = kept_bytes(kept);

	for (size_t i = kept->nr; i--;) {
		const struct kept_entry *e = &kept->entries[i];

		chosen[i] = is_named(e, &args->words) &&
			    (!args->older || e->used < args->before) &&
			    (!args->keep || left > args->keep_bytes);
		if (chosen[i])
			left -= e->bytes;
	}
}

/* How long ago, in one unit. */
static void age_text(time_t used, char *text, size_t room)
{
	long s = time(NULL) - used;

	if (s < 3600)
		snprintf(text, room, "%ld min", s > 0 ? s / 60 : 0);
	else if (s < 2 * 86400)
		snprintf(text, room, "%ld h", s / 3600);
	else
		snprintf(text, room, "%ld d", s / 86400);
}

static void print_row(int width, const char *kind, const char *id,
		      const char *size, const char *age, const char *what)
{
	printf("%-8s  %-*s  %8s  %6s%s%s\n", kind, width, id, size, age,
	       *what ? "  " : "", what);
}

static int print_json(const struct kept *kept, const bool *chosen,
		      uint64_t limit)
{
	json_t *list = json_array();
	json_t *all = json_pack("{s:o, s:I, s:I}", "entries", list, "bytes",
				(json_int_t)kept_bytes(kept), "limit",
				(json_int_t)limit);

	for (size_t i = 0; i < kept->nr; i++) {
		const struct kept_entry *e = &kept->entries[i];

		if (chosen[i])
			json_array_append_new(list, json_pack(
				"{s:s, s:s, s:s, s:I, s:I}", "kind", e->kind,
				"id", e->id, "name", e->name, "bytes",
				(json_int_t)e->bytes, "used",
				(json_int_t)e->used));
	}
	json_dumpf(all, stdout, JSON_INDENT(2));
	printf("\n");
	json_decref(all);
	return 0;
}

static int print_text(const struct kept *kept, const bool *chosen,
		      uint64_t limit)
{
	char text[2][16], age[32];
	int width = 16, len;

	for (size_t i = 0; i < kept->nr; i++) {
		len = strlen(kept->entries[i].id);
		if (chosen[i] && len > width)
			width = len;
	}
	print_row(width, "KIND", "ID", "SIZE", "UNUSED", "WHAT");
	for (size_t i = 0; i < kept->nr; i++) {
		const struct kept_entry *e = &kept->entries[i];

		if (!chosen[i])
			continue;
		kept_size_text(e->bytes, text[0]);
		age_text(e->used, age, sizeof(age));
		print_row(width, e->kind, e->id, text[0], age, e->name);
	}
	kept_size_text(kept_bytes(kept), text[0]);
	kept_size_text(limit, text[1]);
	printf("all: %zu, %s of at most %s\n", kept->nr, text[0], text[1]);
	return 0;
}

static int remove_chosen(const struct kept *kept, const bool *chosen)
{
	uint64_t bytes = 0;
	char text[16];
	size_t nr = 0;
	bool in_use;
	int ret = 0;

	for (size_t i = 0; !ret && i < kept->nr; i++) {
		const struct kept_entry *e = &kept->entries[i];

		if (!chosen[i])
			continue;
		ret = kept_remove(e, &in_use);
		if (in_use) {
			fprintf(stderr, "%s/%s is in use and stays\n", e->kind,
				e->id);
		} else if (!ret) {
			nr++;
			bytes += e->bytes;
		}
	}
	kept_size_text(bytes, text);
	printf("removed: %zu, %s\n", nr, text);
	return ret;
}

static int run(int argc, char **argv)
{
	struct arguments args = { .json = false };
	struct kept kept = { 0 };
	bool *chosen = NULL;
	uint64_t limit;
	int ret;

	ret = options_parse(&cmd_cache, argc, argv, &args);
	if (!ret)
		ret = kept_limit(&limit);
	if (!ret)
		ret = kept_list(&kept);
	if (!ret)
		ret = check_names(&kept, &args.words);
	if (ret)
		goto out;
	chosen = calloc(kept.nr + 1, sizeof(*chosen));
	if (!chosen) {
		ret = err(EX_FAIL, "out of memory");
		goto out;
	}
	choose(&kept, &args, chosen);
	if (args.remove)
		ret = remove_chosen(&kept, chosen);
	else if (args.json)
		ret = print_json(&kept, chosen, limit);
	else
		ret = print_text(&kept, chosen, limit);
out:
	free(chosen);
	kept_free(&kept);
	return ret;
}

const struct command cmd_cache = {
	.name = "cache",
	.what = "list or remove cached kernels",
	.args = "[list] [NAME...]\nremove [NAME...]",
	.doc = "List the entries of the kernel cache, the last used first, or "
	       "remove the entries that the same arguments would list. NAME is "
	       "a kind (kernels, trees, boots, ...), an ID, or an entry's "
	       "name.\vEvery entry is made again when needed: a kernel in "
	       "minutes, a tree too. Entries that a build or a boot uses stay. "
	       "The cache is kept below $PCPUBENCH_CACHE_LIMIT (30G) by "
	       "removing the least recently used entries.",
	.example = "  pcpubench cache remove --older=30d\n"
		   "  pcpubench cache remove trees --keep=10G\n",
	.options = options,
	.run = run,
};

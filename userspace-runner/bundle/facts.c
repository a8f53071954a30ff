// SPDX-License-Identifier: GPL-2.0-or-later
/* What the recorded and the new measurement were made of, side by side. */
#include <limits.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/text_stream.h"
#include "bundle/replay.h"

struct field {
	const char *what, *path;
};

static const struct field of_kernel[] = {
	{ "source", "source" },
	{ "content of the source", "source_id" },
	{ "content with all patches", "tree" },
	{ "compiler", "compiler" },
	{ "config", "config_sha256" },
	{ "image", "image_sha256" },
	{ "module", "module_sha256" },
}, of_boot[] = {
	{ "QEMU", "qemu" },
	{ "possible CPUs", "guest.possible_cpus" },
	{ "nodes", "guest.nodes" },
	{ "nodes with memory", "guest.memory_nodes" },
	{ "percpu unit, B", "guest.unit_size" },
	{ "memory of the guest, MiB", "memory_mib" },
}, of_run[] = {
	{ "pcpubench", "tool" },
};

#define FIELDS(list)	list, sizeof(list) / sizeof((list)[0])

static json_t *find_fact(json_t *facts, const char *what, const json_t *then,
			 const json_t *now)
{
	json_t *fact;
	size_t i;

	json_array_foreach(facts, i, fact)
		if (!strcmp(record_string(fact, "what"), what) &&
		    json_equal(json_object_get(fact, "then"), then) &&
		    json_equal(json_object_get(fact, "now"), now))
			return fact;
	return NULL;
}

/* Facts of several kernels or boots that are alike are one. */
static json_t *add_fact(json_t *facts, const char *what, const json_t *then,
			const json_t *now, const char *of)
{
	json_t *x = then ? json_incref((json_t *)then) : json_null();
	json_t *y = now ? json_incref((json_t *)now) : json_null();
	json_t *fact = find_fact(facts, what, x, y);

	if (!fact) {
		fact = json_pack("{s:s, s:O, s:O, s:b, s:[]}", "what", what,
				 "then", x, "now", y, "same", json_equal(x, y),
				 "of");
		json_array_append_new(facts, fact);
	}
	json_array_append_new(json_object_get(fact, "of"), json_string(of));
	json_decref(x);
	json_decref(y);
	return fact;
}

static void add_fields(json_t *facts, const struct field *fields, size_t nr,
		       const json_t *then, const json_t *now, const char *of)
{
	for (size_t i = 0; i < nr; i++) {
		const json_t *x = record_at(then, fields[i].path);
		const json_t *y = record_at(now, fields[i].path);

		if (x || y)
			add_fact(facts, fields[i].what, x, y, of);
	}
}

/* "CONFIG_X=y" or "# CONFIG_X is not set", which is as if it were not there. */
static int take_symbol(char *line, void *symbols)
{
	char *value = strchr(line, '=');

	if (strncmp(line, "CONFIG_", 7) || !value)
		return 0;
	*value++ = '\0';
	json_object_set_new(symbols, line + 7, json_string(value));
	return 0;
}

static json_t *read_symbols(const char *path)
{
	json_t *symbols = json_object();

	if (!read_lines(path, take_symbol, symbols))
		return symbols;
	json_decref(symbols);
	return NULL;
}

static void add_symbol(json_t *list, const char *symbol, const json_t *then,
		       const json_t *now)
{
	json_array_append_new(list, json_pack("{s:s, s:O?, s:O?}", "symbol",
					      symbol, "then", then, "now", now));
}

/* Symbols with another value, or that only one has. */
static json_t *compare_symbols(const json_t *then, const json_t *now)
{
	json_t *list = json_array(), *value;
	const char *symbol;

	json_object_foreach((json_t *)then, symbol, value)
		if (!json_equal(value, json_object_get(now, symbol)))
			add_symbol(list, symbol, value,
				   json_object_get(now, symbol));
	json_object_foreach((json_t *)now, symbol, value)
		if (!json_object_get(then, symbol))
			add_symbol(list, symbol, NULL, value);
	return list;
}

/*
 * The whole configurations, where the bundle has the recorded one; else the
 * recorded settings.
 */
static json_t *config_symbols(const struct replay *r,
			      const struct replay_kernel *k)
{
	const char *folder = json_string_value(json_object_get(r->bundle.kernels,
							       k->name));
	char path[PATH_MAX], image[PATH_MAX];
	json_t *then, *now, *list = NULL;

	snprintf(path, sizeof(path), "%s/%s/config", r->bundle.folder.path, folder);
	then = read_symbols(path);
	snprintf(image, sizeof(image), "%s", k->built->image);
	snprintf(path, sizeof(path), "%s/config", dirname(image));
	now = read_symbols(path);
	if (then && now)
		list = compare_symbols(then, now);
	else
		list = compare_symbols(record_at(k->then, "config"),
				       record_at(k->built->record, "config"));
	json_decref(then);
	json_decref(now);
	return list;
}

static void add_kernel(json_t *facts, const struct replay *r,
		       const struct replay_kernel *k)
{
	const json_t *then = record_at(k->then, "config_sha256");
	const json_t *now = record_at(k->built->record, "config_sha256");
	json_t *fact;

	add_fields(facts, FIELDS(of_kernel), k->then, k->built->record, k->name);
	fact = then && now && !json_equal(then, now) ?
	       find_fact(facts, "config", then, now) : NULL;
	if (fact && !json_object_get(fact, "symbols"))
		json_object_set_new(fact, "symbols", config_symbols(r, k));
}

/* The words of @text that @other does not have. */
static json_t *words_more(const char *text, const char *other)
{
	char *all = strdup(text), *rest = all, *word, *more;
	FILE *out;
	size_t len;
	json_t *words;

	out = all ? text_stream(&more, &len) : NULL;
	if (!out) {
		free(all);
		return json_null();
	}
	while ((word = strsep(&rest, " ")))
		if (*word && !text_has_word(other, word, strlen(word)))
			fprintf(out, " %s", word);
	text_stream_end(out, &more);
	words = more && *more ? json_string(more + 1) : json_null();
	free(more);
	free(all);
	return words;
}

/* A command line is long, and others of the same bundle differ in the same words. */
static void add_cmdline(json_t *facts, const json_t *then, const json_t *now,
			const char *of)
{
	const char *x = record_string(then, "cmdline");
	const char *y = record_string(now, "cmdline");
	json_t *more_then = words_more(x ? x : "", y ? y : "");
	json_t *more_now = words_more(y ? y : "", x ? x : "");

	add_fact(facts, "words of the command line", more_then, more_now, of);
	json_decref(more_then);
	json_decref(more_now);
}

/* The boot here of the guest @a, and its recorded one. */
static void add_boot(json_t *facts, const struct replay *r,
		     const struct again *a)
{
	const struct boot_records *now;
	char name[256];

	if (a->now == INDEX_NONE)
		return;
	now = &r->now.list[a->now];
	snprintf(name, sizeof(name), "%s %s",
		 record_string(a->then->record, "kernel"),
		 record_string(a->then->record, "topology"));
	add_fields(facts, FIELDS(of_boot), a->then->record, now->record, name);
	add_cmdline(facts, a->then->record, now->record, name);
}

json_t *replay_facts(const struct replay *r)
{
	const json_t *then = json_array_get(r->bundle.then.file.records, 0);
	const json_t *now = json_array_get(r->now.file.records, 0);
	json_t *facts = json_array();
	size_t i;

	if (!facts) {
		no_memory();
		return NULL;
	}
	for (i = 0; i < r->nr_kernels; i++)
		if (r->kernels[i].built)
			add_kernel(facts, r, &r->kernels[i]);
	for (i = 0; i < r->again.nr; i++)
		if (!r->again.list[i].why[0])
			add_boot(facts, r, &r->again.list[i]);
	if (now)
		add_fields(facts, FIELDS(of_run), then, now, "run");
	return facts;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The name of a cell's bench, with the options that only this bench has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/cell_name.h"

/* A number, or else words. */
static json_t *value_json(const struct bench_options *options, int i)
{
	char text[BENCH_VALUE_LEN], *end;
	long long number;

	bench_option_text(options, i, text);
	number = strtoll(text, &end, 10);
	return *end ? json_string(text) : json_integer(number);
}

void cell_name_options(json_t *record, const struct bench *bench,
		       const struct bench_options *options)
{
	json_t *all;

	if (!bench->options)
		return;
	all = json_object();
	for (int i = 0; i < NR_BENCH_OPTIONS; i++)
		if (bench_has(bench, i))
			json_object_set_new(all, bench_opts[i].name,
					    value_json(options, i));
	json_object_set_new(record, "options", all);
}

/* As the user gives it. */
static const char *value_text(const json_t *val, char text[BENCH_VALUE_LEN])
{
	if (json_is_string(val))
		snprintf(text, BENCH_VALUE_LEN, "%s", json_string_value(val));
	else
		snprintf(text, BENCH_VALUE_LEN, "%lld",
			 (long long)json_integer_value(val));
	return text;
}

/* An unknown option has no default, so it is always part of the name. */
static bool is_default(const char *option, const char *value)
{
	char text[BENCH_VALUE_LEN];
	const char *usual = bench_option_usual(option, text);

	return usual && !strcmp(usual, value);
}

/* Add " @option=@text" to @name, as much of it as there is room for. */
static void add_option(char name[CELL_NAME_LEN], const char *option,
		       const char *text)
{
	size_t len = strlen(name);

	snprintf(name + len, CELL_NAME_LEN - len, " %s=%s", option, text);
}

const char *cell_name(const json_t *record, char name[CELL_NAME_LEN])
{
	const json_t *entries = json_object_get(record, "entries");
	json_t *options = json_object_get(record, "options"), *val;
	char text[BENCH_VALUE_LEN];
	const char *option;

	snprintf(name, CELL_NAME_LEN, "%s",
		 json_string_value(json_object_get(record, "bench")));
	/* Older files have no `options`. */
	if (json_integer_value(entries) > 1)
		add_option(name, "entries", value_text(entries, text));
	json_object_foreach(options, option, val)
		if (!is_default(option, value_text(val, text)))
			add_option(name, option, text);
	return name;
}

const char *cell_key(const json_t *record, char key[CELL_KEY_LEN])
{
	const char *type = json_string_value(json_object_get(record, "type"));
	char name[CELL_NAME_LEN];

	snprintf(key, CELL_KEY_LEN, "%.20s %lld %s", type,
		 (long long)json_integer_value(json_object_get(record, "param")),
		 cell_name(record, name));
	return key;
}

bool cell_same(const json_t *a, const json_t *b)
{
	char key[CELL_KEY_LEN], other[CELL_KEY_LEN];

	return !strcmp(cell_key(a, key), cell_key(b, other));
}

#define DEPTH	" depth="

unsigned int cell_name_depth(const char *name, char without[CELL_NAME_LEN])
{
	const char *at = strstr(name, DEPTH);
	char *end;
	unsigned int depth;

	if (!at) {
		snprintf(without, CELL_NAME_LEN, "%s", name);
		return 1;
	}
	depth = strtoul(at + strlen(DEPTH), &end, 10);
	snprintf(without, CELL_NAME_LEN, "%.*s%s", (int)(at - name), name, end);
	return depth;
}

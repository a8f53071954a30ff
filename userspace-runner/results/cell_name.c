// SPDX-License-Identifier: GPL-2.0-or-later
/* The name of a cell's bench, with the options that only this bench has. */
#include <stdio.h>
#include <string.h>

#include "results/cell_name.h"

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
					    json_integer(options->val[i]));
	json_object_set_new(record, "options", all);
}

/* An unknown option has no default, so it is always part of the name. */
static json_int_t default_of(const char *option)
{
	for (const struct opt *o = bench_opts; o->name; o++)
		if (!strcmp(o->name, option))
			return o->min;
	return -1;
}

const char *cell_name(const json_t *record, char name[CELL_NAME_LEN])
{
	const json_t *entries = json_object_get(record, "entries");
	json_t *options = json_object_get(record, "options"), *val;
	const char *option;
	int len;

	len = snprintf(name, CELL_NAME_LEN, "%s",
		       json_string_value(json_object_get(record, "bench")));
	/* Older files have no `options`. */
	if (json_integer_value(entries) > 1)
		len += snprintf(name + len, CELL_NAME_LEN - len, " entries=%lld",
				(long long)json_integer_value(entries));
	json_object_foreach(options, option, val)
		if (len < CELL_NAME_LEN &&
		    json_integer_value(val) != default_of(option))
			len += snprintf(name + len, CELL_NAME_LEN - len,
					" %s=%lld", option,
					(long long)json_integer_value(val));
	return name;
}

bool cell_is_of(const json_t *record, const char *name)
{
	char own[CELL_NAME_LEN];

	return !strcmp(cell_name(record, own), name);
}

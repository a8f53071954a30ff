// SPDX-License-Identifier: GPL-2.0-or-later
/* The bytes that something takes, as a cell tells them. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "results/cell_bytes.h"
#include "results/record.h"

/*
 * @what: if not @object
 * @all: a cell without one of the parts is of another kind
 * @divisor: a field of the object: the bytes are of so many
 * @live: ... or one with the bytes of all objects, each of the cell's size
 */
struct kind {
	const char *object, *what, *per;
	const char *parts[7];
	bool all;
	const char *divisor, *live;
};

/* A footprint has all that `memcg` has, and more. */
static const struct kind kinds[] = {
	{
		.object = "footprint", .per = "cgroup",
		.parts = { "percpu", "slab", "structures", "shrinkers",
			   "objcgs", "references" },
		.all = true,
	}, {
		/* As files were before the shrinkers' part was told. */
		.object = "footprint", .what = "footprint in part",
		.per = "cgroup",
		.parts = { "percpu", "slab", "structures", "objcgs",
			   "references" },
	}, {
		.object = "memcg", .per = "cgroup",
		.parts = { "percpu", "slab" },
	}, {
		.object = "mm", .per = "operation",
		.parts = { "percpu", "stack", "slab", "tables", "anon" },
	}, {
		.object = "zswap", .per = "page",
		.parts = { "pool" }, .divisor = "pages",
	}, {
		.object = "share", .per = "object",
		.parts = { "last_slabs", "exts" }, .live = "last_live",
	},
};

#define NR_KINDS	(sizeof(kinds) / sizeof(kinds[0]))

static const char *what(const struct kind *k)
{
	return k->what ? k->what : k->object;
}

static bool is_of(const json_t *record, const struct kind *k)
{
	const json_t *object = record_at(record, k->object);

	for (size_t i = 0; object && k->all && k->parts[i]; i++)
		if (!record_at(object, k->parts[i]))
			return false;
	return object;
}

static const struct kind *kind_of(const json_t *record)
{
	for (size_t i = 0; i < NR_KINDS; i++)
		if (is_of(record, &kinds[i]))
			return &kinds[i];
	return NULL;
}

/* NaN if there are none. */
static double field(const json_t *record, const struct kind *k,
		    const char *name)
{
	const json_t *value = record_at(record_at(record, k->object), name);

	return value ? (double)json_integer_value(value) : NAN;
}

static double divide(const json_t *record, const struct kind *k, double bytes)
{
	double of = 1;

	if (k->divisor)
		of = field(record, k, k->divisor);
	if (k->live)
		of = field(record, k, k->live) /
		     (double)record_int(record, "param");
	return of > 0 ? bytes / of : NAN;
}

struct cell_bytes cell_bytes(const json_t *record)
{
	const struct kind *k = kind_of(record);
	double sum = 0, part;

	if (!k)
		return (struct cell_bytes){ .bytes = NAN };
	for (size_t i = 0; k->parts[i]; i++) {
		part = field(record, k, k->parts[i]);
		sum += isnan(part) ? 0 : part;
	}
	return (struct cell_bytes){
		.what = what(k), .per = k->per,
		.bytes = divide(record, k, sum),
	};
}

const char *cell_bytes_part(const char *of, size_t i)
{
	for (const struct kind *k = kinds; k < kinds + NR_KINDS; k++)
		if (!strcmp(what(k), of))
			return k->parts[i];
	return NULL;
}

double cell_bytes_of_part(const json_t *record, size_t i)
{
	const struct kind *k = kind_of(record);

	return k ? divide(record, k, field(record, k, k->parts[i])) : NAN;
}

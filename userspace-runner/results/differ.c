// SPDX-License-Identifier: GPL-2.0-or-later
/* The first place where two boots have counted differently. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/index.h"
#include "results/cell_name.h"
#include "results/differ.h"

#define PATH_LEN	160
#define VALUE_LEN	80

/* A value, shortened to what a message can take; "nothing" where it is not. */
static void value_text(const json_t *value, char text[VALUE_LEN])
{
	char *whole = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	snprintf(text, VALUE_LEN, "%.70s%s", whole ? whole : "nothing",
		 whole && strlen(whole) > 70 ? "..." : "");
	free(whole);
}

/*
 * Go down to the first value that differs. @path: of @a and @b, receives that
 * of what is found there.
 */
static bool first_difference(const json_t **a, const json_t **b,
			     char path[PATH_LEN])
{
	const json_t *x = *a, *y = *b, *value;
	size_t len = strlen(path), i, nr;
	const char *key;

	if (json_equal(x, y))
		return false;
	if (json_is_object(x) && json_is_object(y)) {
		json_object_foreach((json_t *)x, key, value) {
			*a = value;
			*b = json_object_get(y, key);
			snprintf(path + len, PATH_LEN - len, "%s%s",
				 len ? "." : "", key);
			if (first_difference(a, b, path))
				return true;
		}
		json_object_foreach((json_t *)y, key, value) {
			if (json_object_get(x, key))
				continue;
			*a = NULL;
			*b = value;
			snprintf(path + len, PATH_LEN - len, "%s%s",
				 len ? "." : "", key);
			return true;
		}
	}
	if (json_is_array(x) && json_is_array(y) &&
	    json_array_size(x) == json_array_size(y)) {
		nr = json_array_size(x);
		for (i = 0; i < nr; i++) {
			*a = json_array_get(x, i);
			*b = json_array_get(y, i);
			snprintf(path + len, PATH_LEN - len, "[%zu]", i);
			if (first_difference(a, b, path))
				return true;
		}
	}
	*a = x;
	*b = y;
	path[len] = '\0';
	return true;
}

/* What was counted, without which boot it was. */
static json_t *counts_of(const json_t *cell)
{
	static const char *const boots[] = { "boot", "kernel", "topology",
					     "instrument" };
	json_t *copy = json_copy((json_t *)cell);

	for (size_t i = 0; i < sizeof(boots) / sizeof(boots[0]); i++)
		json_object_del(copy, boots[i]);
	return copy;
}

uint64_t boots_sum(const struct boot_records *b)
{
	uint64_t sum = HASH_START;
	const json_t *cell;
	json_t *counts;
	char *text;
	size_t i;

	json_array_foreach(b->cells, i, cell) {
		counts = counts_of(cell);
		text = json_dumps(counts, JSON_COMPACT | JSON_SORT_KEYS);
		sum = hash_text(sum, text ? text : "");
		free(text);
		json_decref(counts);
	}
	return sum;
}

/* Where in @b->cells each cell is. An index that misses one misses a difference. */
static void index_cells(struct index *x, const struct boot_records *b)
{
	char key[CELL_KEY_LEN];
	const json_t *cell;
	size_t i, place;

	json_array_foreach(b->cells, i, cell)
		index_add(x, cell_key(cell, key), i, &place);
}

static const json_t *same_cell(const struct index *x,
			       const struct boot_records *b, const json_t *cell)
{
	char key[CELL_KEY_LEN];
	size_t place = index_get(x, cell_key(cell, key));

	return place == INDEX_NONE ? NULL : json_array_get(b->cells, place);
}

bool cells_differ(const json_t *cell, const json_t *other,
		  char what[DIFFER_LEN])
{
	json_t *x = counts_of(cell), *y = counts_of(other);
	char path[PATH_LEN] = "", name[CELL_NAME_LEN];
	char value[2][VALUE_LEN];
	const json_t *a = x, *b = y;
	bool differ = first_difference(&a, &b, path);

	if (differ) {
		value_text(a, value[0]);
		value_text(b, value[1]);
		snprintf(what, DIFFER_LEN, "%s %s %lld, %s: %s and %s",
			 record_string(cell, "type"), cell_name(cell, name),
			 record_int(cell, "param"), path, value[0], value[1]);
	}
	json_decref(x);
	json_decref(y);
	return differ;
}

bool boots_cover(const struct boot_records *a, const struct boot_records *b)
{
	struct index x = { NULL };
	const json_t *cell;
	bool all = true;
	size_t i;

	index_cells(&x, a);
	json_array_foreach(b->cells, i, cell)
		all &= same_cell(&x, a, cell) != NULL;
	index_free(&x);
	return all;
}

bool boots_differ(const struct boot_records *a, const struct boot_records *b,
		  char what[DIFFER_LEN])
{
	struct index x = { NULL };
	const json_t *cell, *other;
	bool differ = false;
	size_t i;

	index_cells(&x, b);
	json_array_foreach(a->cells, i, cell) {
		other = same_cell(&x, b, cell);
		differ = other && cells_differ(cell, other, what);
		if (differ)
			break;
	}
	index_free(&x);
	return differ;
}

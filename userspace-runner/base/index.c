// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds things by a text, in the same time however many there are. */
#include "base/err.h"
#include "base/index.h"
#include "base/memory.h"

size_t index_get(const struct index *x, const char *key)
{
	const json_t *number = json_object_get(x->numbers, key);

	return number ? (size_t)json_integer_value(number) : INDEX_NONE;
}

int index_add(struct index *x, const char *key, size_t number, size_t *had)
{
	*had = index_get(x, key);
	if (*had != INDEX_NONE)
		return 0;
	*had = number;
	return index_set(x, key, number);
}

int index_set(struct index *x, const char *key, size_t number)
{
	if (!x->numbers)
		x->numbers = json_object();
	/* A key may be of the command line, and no UTF-8. */
	if (json_object_set_new_nocheck(x->numbers, key,
					json_integer((json_int_t)number)))
		return no_memory();
	return 0;
}

void index_drop(struct index *x, const char *key)
{
	json_object_del(x->numbers, key);
}

size_t index_size(const struct index *x)
{
	return json_object_size(x->numbers);
}

void index_free(struct index *x)
{
	json_decref(x->numbers);
	x->numbers = NULL;
}

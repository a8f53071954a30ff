// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes the texts of a record safe to print. */
#include <stdlib.h>
#include <string.h>

#include "base/safe.h"
#include "results/record.h"

static bool set_safe(json_t *string)
{
	char *copy = strdup(json_string_value(string));
	bool ok;

	if (copy)
		safe_text(copy);
	ok = copy && !json_string_set(string, copy);
	free(copy);
	return ok;
}

/* The parser's limit of depth is this recursion's. */
bool record_make_safe(json_t *record)
{
	const char *key;
	json_t *part;
	bool ok = true;
	size_t i;

	if (json_is_string(record) && !safe_is(json_string_value(record)))
		ok = set_safe(record);
	json_object_foreach(record, key, part)
		ok = ok && safe_is(key) && record_make_safe(part);
	json_array_foreach(record, i, part)
		ok = ok && record_make_safe(part);
	return ok;
}

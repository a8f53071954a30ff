// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory that a record takes, told by its text. */
#include "results/record.h"

/*
 * Bytes, not less than what jansson's values take with glibc's malloc(): an empty object
 * has a hash table, an empty array room for eight values. Each value but a list's first
 * one comes after a comma, and has a place in a table. A text has two quotes, and one
 * that is a key an entry.
 */
#define OBJECT	240
#define ARRAY	144
#define VALUE	48
#define QUOTE	40

size_t record_memory(const char *text, size_t len)
{
	const char *end = text + len;
	size_t bytes = len;
	bool in_text = false;

	for (; text < end; text++) {
		if (*text == '"') {
			in_text = !in_text;
			bytes += QUOTE;
		} else if (in_text) {
			text += *text == '\\';
		} else if (*text == '{') {
			bytes += OBJECT;
		} else if (*text == '[') {
			bytes += ARRAY;
		} else if (*text == ',') {
			bytes += VALUE;
		}
	}
	return bytes;
}

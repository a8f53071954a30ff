// SPDX-License-Identifier: GPL-2.0-or-later
/* What people call a kernel, and what its patches are. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "results/kernel_label.h"
#include "results/record.h"

/* Letters, digits and points of @text, and a "-" for all between two of them. */
static void put_words(char label[KERNEL_LABEL_MAX + 1], const char *text)
{
	size_t len = 0, word = 0;

	for (; *text && len < KERNEL_LABEL_MAX; text++) {
		if (isalnum((unsigned char)*text) || strchr("._", *text)) {
			label[len++] = *text;
		} else if (len && label[len - 1] != '-') {
			word = len;
			label[len++] = '-';
		}
	}
	/* Half a word is none, unless it is the only one. */
	if (*text && word && isalnum((unsigned char)*text))
		len = word;
	while (len && label[len - 1] == '-')
		len--;
	label[len] = '\0';
}

/* "mm/percpu: count the nodes" gives "count the nodes". */
static const char *without_subsystem(const char *subject)
{
	const char *colon = strstr(subject, ": ");

	return colon && colon[2] ? colon + 2 : subject;
}

/* "0001-mm-count.patch" gives "mm-count". */
static int stem(char *text, size_t room, const char *path)
{
	const char *slash, *digits;
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	slash = memrchr(path, '/', len);
	if (slash) {
		len -= slash + 1 - path;
		path = slash + 1;
	}
	digits = path + strspn(path, "0123456789");
	if (digits - path == 4 && *digits == '-' && len > 5) {
		len -= 5;
		path += 5;
	}
	snprintf(text, room, "%.*s", (int)len, path);
	for (char *dot; (dot = strrchr(text, '.')) && dot != text;) {
		if (strlen(dot) > 6 || isdigit((unsigned char)dot[1]))
			break;
		*dot = '\0';
	}
	return text[0] ? 0 : -1;
}

static const char *subject_of(const json_t *patch, char *text, size_t room)
{
	const char *subject = record_string(patch, "subject");

	if (subject)
		return subject;
	stem(text, room, record_string(patch, "name"));
	for (char *p = text; *p; p++)
		*p = *p == '-' ? ' ' : *p;
	return text;
}

char *kernel_label(const json_t *record)
{
	const char *name = record_string(record, "kernel"), *subject = NULL;
	const json_t *patches = record_at(record, "patches");
	char label[KERNEL_LABEL_MAX + 1] = "", text[256];
	char *copy;

	if (strchr(name, '/')) {
		if (json_array_size(patches) == 1)
			subject = record_string(json_array_get(patches, 0),
						"subject");
		if (!subject && !stem(text, sizeof(text), name))
			subject = text;
		if (subject)
			put_words(label, without_subsystem(subject));
	}
	copy = strdup(label[0] ? label : name);
	if (!copy)
		no_memory();
	return copy;
}

char *kernel_subject(const json_t *record)
{
	const json_t *patches = record_at(record, "patches");
	size_t nr = json_array_size(patches);
	char *text = NULL, name[256];
	const char *subject;
	int len;

	subject = nr ? subject_of(json_array_get(patches, nr - 1), name,
				  sizeof(name)) : "";
	len = nr > 1 ? asprintf(&text, "%s (last of %zu)", subject, nr) :
	      asprintf(&text, "%s", subject);
	if (len >= 0)
		return text;
	no_memory();
	return NULL;
}

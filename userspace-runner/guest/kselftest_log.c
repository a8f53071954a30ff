// SPDX-License-Identifier: GPL-2.0-or-later
/* Results in the output of the kernel's own tests: its dialect of TAP. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/kselftest_log.h"

#define SKIP	"# SKIP "

const char *kselftest_result(const json_t *results, const char *test)
{
	json_t *entry = json_object_get(results, test);
	const char *result;

	result = json_string_value(json_object_get(entry, "result"));
	return result ? result : "none";
}

void kselftest_add(json_t *results, const char *test, const char *result,
		   const char *why)
{
	const char *before = kselftest_result(results, test);
	json_t *entry;

	if (strcmp(before, "none") && strcmp(before, result))
		result = "varies";
	entry = json_pack("{s:s}", "result", result);
	if (why && *why)
		json_object_set_new(entry, "why", json_string(why));
	json_object_set_new(results, test, entry);
}

/* The program whose lines these are, and how many results it had in this run. */
struct program {
	char name[64];
	unsigned int nr;
};

/* " 3 - test_kmem_basic # SKIP why", after the word ok. */
static void take_result(json_t *results, const char *program, const char *text,
			const char *result)
{
	char test[400], *skip;

	text += strspn(text, " ");
	while (isdigit((unsigned char)*text))
		text++;
	text += strspn(text, " ");
	if (!strncmp(text, "- ", 2))
		text += 2;
	/* The macros for a test that is skipped put the name where TAP has the reason. */
	if (!strncmp(text, SKIP, strlen(SKIP))) {
		text += strlen(SKIP);
		result = "skip";
	}
	snprintf(test, sizeof(test), "%s: %s", program, text);
	skip = strstr(test, " " SKIP);
	if (skip) {
		*skip = '\0';
		skip += 1 + strlen(SKIP);
		result = "skip";
	}
	kselftest_add(results, test, result, skip);
}

/* A program that says nothing of its tests is a test itself. */
static void take_end(json_t *results, struct program *p, const char *text)
{
	if (!strncmp(text, "signal ", 7))
		kselftest_add(results, p->name, "fail", text);
	else if (!p->nr && strcmp(text, "exit 0"))
		kselftest_add(results, p->name, "fail", text);
	else if (!p->nr)
		kselftest_add(results, p->name, "fail", "said nothing");
	p->nr = 0;
}

static bool begins(const char **text, const char *with)
{
	size_t len = strlen(with);

	if (strncmp(*text, with, len))
		return false;
	*text += len;
	return true;
}

static void take_line(json_t *results, struct program *p, const char *line)
{
	const char *text = strstr(line, ": ");
	int len = text ? (int)(text - line) : 0;

	if (!text)
		return;
	text += 2;
	if ((int)strlen(p->name) != len || strncmp(line, p->name, len)) {
		snprintf(p->name, sizeof(p->name), "%.*s", len, line);
		p->nr = 0;
	}
	if (!strncmp(text, "exit ", 5) || !strncmp(text, "signal ", 7)) {
		take_end(results, p, text);
		return;
	}
	if (begins(&text, "ok "))
		take_result(results, p->name, text, "ok");
	else if (begins(&text, "not ok "))
		take_result(results, p->name, text, "fail");
	else if (begins(&text, "1..0 " SKIP))
		kselftest_add(results, p->name, "skip", text);
	else
		return;
	p->nr++;
}

json_t *kselftest_results(const json_t *lines)
{
	json_t *results = json_object(), *line;
	struct program p = { .nr = 0 };
	size_t i;

	json_array_foreach(lines, i, line)
		take_line(results, &p, json_string_value(line));
	return results;
}

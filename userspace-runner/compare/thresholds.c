// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "compare/thresholds.h"

enum { INSTRUMENT, BENCH, TOPOLOGY, SIZE, QUANTITY, ALLOWED, NR_WORDS };

static bool parse_number(const char *text, char **end, double *value)
{
	*value = strtod(text, end);
	return *end != text && isfinite(*value) && *value >= 0;
}

bool threshold_parse(const char *text, struct threshold *rule)
{
	char *end = (char *)text;
	double value;

	if (!strcmp(text, "ignore")) {
		rule->ignore = true;
		return true;
	}
	do {
		if (!parse_number(text, &end, &value))
			return false;
		if (*end == '%') {
			rule->percent = value;
			end++;
		} else {
			rule->absolute = value;
		}
		text = end + 1;
	} while (*end == ',');
	return !*end;
}

static bool parse_size(const char *text, struct threshold *rule)
{
	char *end;

	rule->size_max = LLONG_MAX;
	if (!strcmp(text, "*"))
		return true;
	if (*text < '0' || *text > '9')
		return false;
	rule->size_min = strtoll(text, &end, 10);
	rule->size_max = rule->size_min;
	if (*end == '-' && end[1] >= '0' && end[1] <= '9')
		rule->size_max = strtoll(end + 1, &end, 10);
	return !*end && rule->size_min <= rule->size_max;
}

static bool parse_quantity(const char *text, struct threshold *rule)
{
	for (rule->quantity = 0; rule->quantity < NR_QUANTITIES;
	     rule->quantity++)
		if (!strcmp(text, quantity_name(rule->quantity)))
			return true;
	return false;
}

static int add_rule(struct thresholds *t, char *line, size_t number)
{
	struct threshold rule = { .ignore = false };
	char *words[NR_WORDS + 1] = { NULL }, *save = NULL, *word;
	size_t nr = 0;

	line[strcspn(line, "#\n")] = '\0';
	for (word = strtok_r(line, " \t\r", &save); word && nr <= NR_WORDS;
	     word = strtok_r(NULL, " \t\r", &save))
		words[nr++] = word;
	if (!nr)
		return 0;
	if (nr != NR_WORDS)
		return err(EX_USE, "%s: line %zu: a rule has six words: instrument bench topology size quantity allowed",
			   t->path, number);
	if (!parse_size(words[SIZE], &rule))
		return err(EX_USE, "%s: line %zu: size '%s': give bytes, FROM-TO or *",
			   t->path, number, words[SIZE]);
	if (!parse_quantity(words[QUANTITY], &rule))
		return err(EX_USE, "%s: line %zu: quantity '%s': give cost, off or on",
			   t->path, number, words[QUANTITY]);
	if (!threshold_parse(words[ALLOWED], &rule))
		return err(EX_USE, "%s: line %zu: allowed '%s': give an amount, a percentage such as 1%%, both as 5,1%%, or ignore",
			   t->path, number, words[ALLOWED]);
	if (array_room(&t->rules, t->nr, sizeof(rule)))
		return EX_FAIL;
	rule.instrument = strdup(words[INSTRUMENT]);
	rule.bench = strdup(words[BENCH]);
	rule.topology = strdup(words[TOPOLOGY]);
	t->rules[t->nr++] = rule;
	return rule.instrument && rule.bench && rule.topology ? 0 : no_memory();
}

int thresholds_read(struct thresholds *t, const char *path)
{
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t room = 0, number = 0;
	int e = 0;

	*t = (struct thresholds){ .path = strdup(path) };
	if (!in) {
		e = err_errno(EX_USE, "cannot read thresholds from %s", path);
		thresholds_free(t);
		return e;
	}
	if (!t->path)
		e = no_memory();
	while (!e && getline(&line, &room, in) > 0)
		e = add_rule(t, line, ++number);
	if (!e && ferror(in))
		e = err_errno(EX_USE, "cannot read thresholds from %s", path);
	if (!e && !t->nr)
		e = err(EX_USE, "%s has no rule in it: ci/thresholds shows how one looks",
			path);
	free(line);
	fclose(in);
	if (e)
		thresholds_free(t);
	return e;
}

void thresholds_free(struct thresholds *t)
{
	size_t i;

	for (i = 0; i < t->nr; i++) {
		free(t->rules[i].instrument);
		free(t->rules[i].bench);
		free(t->rules[i].topology);
	}
	free(t->rules);
	free(t->path);
	memset(t, 0, sizeof(*t));
}

const struct threshold *thresholds_find(const struct thresholds *t,
					const struct compare_group *g,
					long long size, enum quantity q)
{
	size_t i;

	for (i = t->nr; i-- > 0;) {
		const struct threshold *rule = &t->rules[i];

		if (rule->quantity == q && size >= rule->size_min &&
		    size <= rule->size_max &&
		    !fnmatch(rule->instrument, g->instrument, 0) &&
		    !fnmatch(rule->bench, g->bench, 0) &&
		    !fnmatch(rule->topology, g->topology, 0))
			return rule;
	}
	return NULL;
}

double threshold_allowed(const struct threshold *rule,
			 const struct compare_diff *d)
{
	return fmax(rule->absolute, rule->percent / 100 * d->scale);
}

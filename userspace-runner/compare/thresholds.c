// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules of a gate: reads them, and finds the one that applies. */
#include <ctype.h>
#include <fnmatch.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/paths.h"
#include "compare/thresholds.h"
#include "plan/plan.h"
#include "plan/topology.h"
#include "results/cell_name.h"

#define SPACES		" \t\r\n"
/* Each cell is looked up among all of them. */
#define MOST_RULES	1000
#define BYTE_ORDER_MARK	"\xef\xbb\xbf"

/* "12" or "1.5"; strtod() would also accept "1e3", "0x10" and "nan". */
static bool parse_number(const char **text, double *value)
{
	const char *p = *text;
	char *end;

	p += strspn(p, "0123456789");
	if (p == *text)
		return false;
	if (*p == '.' && isdigit((unsigned char)p[1]))
		p += 1 + strspn(p + 1, "0123456789");
	*value = strtod(*text, &end);
	*text = p;
	return end == p && isfinite(*value);
}

static bool parse_limit(const char *text, struct threshold *rule)
{
	bool amount = false, percent = false;
	double value;

	if (!strcmp(text, "ignore")) {
		rule->ignore = true;
		return true;
	}
	for (;; text++) {
		if (!parse_number(&text, &value))
			return false;
		/* "1,000" must not mean the amounts 1 and 0. */
		if (*text == '%' ? percent : amount)
			return false;
		if (*text == '%') {
			percent = true;
			rule->percent = value;
			text++;
		} else {
			amount = true;
			rule->absolute = value;
		}
		if (*text != ',')
			return !*text;
	}
}

int threshold_option(const char *text, struct threshold *rule)
{
	if (parse_limit(text, rule) && !rule->ignore)
		return 0;
	return err(EX_USE, "--allow=%s: give an amount such as 5, a percentage such as 1%%, or both as 5,1%%",
		   text);
}

/* ---------------------------------------------------------------- one rule */

static bool is_pattern(const char *word)
{
	return strpbrk(word, "*?[");
}

static bool parse_instrument(const char *word, struct threshold *rule)
{
	enum instrument instrument;

	rule->instrument = strdup(word);
	return is_pattern(word) || !instrument_parse(word, &instrument);
}

static bool parse_bench(const char *word, struct threshold *rule)
{
	rule->bench = strdup(word);
	return is_pattern(word) || !bench_check(word);
}

static bool parse_topology(const char *word, struct threshold *rule)
{
	struct topology topo;

	rule->topology = strdup(word);
	return is_pattern(word) || !topology_parse(word, &topo);
}

/* Digits that fit in a long long. */
static bool parse_bytes(const char **text, long long *bytes)
{
	size_t len = strspn(*text, "0123456789");

	*bytes = strtoll(*text, NULL, 10);
	*text += len;
	return len && len <= 18;
}

static bool parse_size(const char *word, struct threshold *rule)
{
	rule->size_max = LLONG_MAX;
	if (!strcmp(word, "*"))
		return true;
	if (!parse_bytes(&word, &rule->size_min))
		return false;
	rule->size_max = rule->size_min;
	if (*word == '-') {
		word++;
		if (!parse_bytes(&word, &rule->size_max))
			return false;
	}
	return !*word && rule->size_min <= rule->size_max;
}

static bool parse_quantity(const char *word, struct threshold *rule)
{
	for (rule->quantity = 0; rule->quantity < NR_QUANTITIES;
	     rule->quantity++)
		if (!strcmp(word, quantity_name(rule->quantity)))
			return true;
	return false;
}

/* The words of a rule, in their order. */
static const struct {
	const char *name, *give;
	bool (*parse)(const char *word, struct threshold *rule);
} words[] = {
	{ "instrument", "insn, time, profile or a pattern",
	  parse_instrument },
	{ "bench", "one of 'pcpubench list', or a pattern", parse_bench },
	{ "topology", "one such as 176c1n, or a pattern", parse_topology },
	{ "size", "bytes, FROM-TO or *", parse_size },
	{ "quantity", "cost, off, on or bytes", parse_quantity },
	{ "allowed",
	  "an amount, a percentage such as 1%, one of each as 5,1%, or ignore",
	  parse_limit },
};

#define NR_WORDS	(sizeof(words) / sizeof(words[0]))

static void free_rule(struct threshold *rule)
{
	free(rule->instrument);
	free(rule->bench);
	free(rule->topology);
}

static int wrong(const struct thresholds *t, size_t line, size_t column,
		 const char *what)
{
	return err(EX_USE, "%s: line %zu, column %zu: %s",
		   t->sources[t->nr_sources - 1], line, column, what);
}

/* Split @text, a line without its comment, into words: at most NR_WORDS + 1. */
static size_t split(char *text, char *word[NR_WORDS + 1])
{
	size_t nr = 0;

	for (; nr <= NR_WORDS; nr++) {
		text += strspn(text, SPACES);
		if (!*text)
			break;
		word[nr] = text;
		text += strcspn(text, SPACES);
		if (*text)
			*text++ = '\0';
	}
	return nr;
}

static int parse_rule(const struct thresholds *t, char *text,
		      struct threshold *rule)
{
	char *end = text + strcspn(text, "\r\n");
	char *word[NR_WORDS + 1], what[256];
	size_t i, nr = split(text, word);

	if (nr != NR_WORDS)
		return wrong(t, rule->line,
			     (nr < NR_WORDS ? end : word[NR_WORDS]) - text + 1,
			     "a rule has six words: instrument bench topology size quantity allowed");
	for (i = 0; i < NR_WORDS; i++) {
		if (words[i].parse(word[i], rule))
			continue;
		snprintf(what, sizeof(what), "%s '%.80s': give %s",
			 words[i].name, word[i], words[i].give);
		return wrong(t, rule->line, word[i] - text + 1, what);
	}
	return 0;
}

static int add_rule(struct thresholds *t, char *text, size_t line)
{
	struct threshold rule = {
		.source = t->nr_sources - 1, .line = line,
	};
	int e;

	text[strcspn(text, "#")] = '\0';
	if (!text[strspn(text, SPACES)])
		return 0;
	if (t->nr == MOST_RULES)
		return wrong(t, line, 1, "more than 1000 rules: let patterns stand for many");
	if (array_room(&t->rules, t->nr, sizeof(rule)))
		return EX_FAIL;
	e = parse_rule(t, text, &rule);
	if (!e && !(rule.instrument && rule.bench && rule.topology))
		e = no_memory();
	if (e)
		free_rule(&rule);
	else
		t->rules[t->nr++] = rule;
	return e;
}

/* -------------------------------------------------------------- their file */

static int add_line(struct thresholds *t, char *text, size_t len, size_t line)
{
	if (line == 1 && !strncmp(text, BYTE_ORDER_MARK, 3))
		return wrong(t, line, 1,
			     "a byte order mark: save the file as UTF-8 without one");
	if (strlen(text) < len)
		return wrong(t, line, strlen(text) + 1,
			     "a zero byte: save the file as UTF-8");
	return add_rule(t, text, line);
}

/* The following rules come from there. */
static int add_source(struct thresholds *t, const char *fmt, const char *from)
{
	if (array_room(&t->sources, t->nr_sources, sizeof(*t->sources)))
		return EX_FAIL;
	if (asprintf(&t->sources[t->nr_sources], fmt, from) < 0)
		return no_memory();
	t->nr_sources++;
	return 0;
}

int thresholds_read(struct thresholds *t, const char *path)
{
	FILE *in = fopen(path, "re");
	size_t room = 0, line = 0, had = t->nr;
	char *text = NULL;
	ssize_t len;
	int e;

	if (!in)
		return err_errno(EX_USE, "cannot read thresholds from %s", path);
	e = add_source(t, "%s", path);
	while (!e && (len = getline(&text, &room, in)) > 0)
		e = add_line(t, text, len, ++line);
	if (!e && ferror(in))
		e = err_errno(EX_USE, "cannot read thresholds from %s", path);
	if (!e && t->nr == had)
		e = err(EX_USE, "%s has no rule in it: ci/thresholds shows how one looks",
			path);
	free(text);
	fclose(in);
	return e;
}

int thresholds_defaults(struct thresholds *t)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/ci/thresholds", path_data());
	return thresholds_read(t, path);
}

int thresholds_allow(struct thresholds *t, const char *limit)
{
	static const char *const quantities[] = { "cost", "off" };
	struct threshold rule = { .line = 0 };
	int e = threshold_option(limit, &rule);
	char *text;

	if (!e)
		e = add_source(t, "--allow=%s", limit);
	for (size_t i = 0; i < 2 && !e; i++) {
		if (asprintf(&text, "* * * * %s %s", quantities[i], limit) < 0)
			return no_memory();
		e = add_rule(t, text, 0);
		free(text);
	}
	return e;
}

const char *threshold_source(const struct thresholds *t,
			     const struct threshold *rule)
{
	return t->sources[rule->source];
}

void thresholds_free(struct thresholds *t)
{
	size_t i;

	for (i = 0; i < t->nr; i++)
		free_rule(&t->rules[i]);
	for (i = 0; i < t->nr_sources; i++)
		free(t->sources[i]);
	free(t->rules);
	free(t->sources);
	memset(t, 0, sizeof(*t));
}

/* --------------------------------------------------------- which one counts */

/*
 * A rule of a bench applies to all its kinds, operations and options; a pattern
 * to all options, unless it has some.
 */
static bool matches_bench(const struct threshold *rule, const char *bench)
{
	char name[CELL_NAME_LEN];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(bench, " "), bench);
	return bench_covers(rule->bench, bench) ||
	       !fnmatch(rule->bench, name, 0) || !fnmatch(rule->bench, bench, 0);
}

bool threshold_matches(const struct threshold *rule,
		       const struct compare_group *g, long long size,
		       enum quantity q)
{
	return rule->quantity == q && size >= rule->size_min &&
	       size <= rule->size_max &&
	       !fnmatch(rule->instrument, g->instrument, 0) &&
	       matches_bench(rule, g->bench) &&
	       !fnmatch(rule->topology, g->topology, 0);
}

const struct threshold *thresholds_find(const struct thresholds *t,
					const struct compare_group *g,
					long long size, enum quantity q)
{
	size_t i;

	for (i = t->nr; i-- > 0;)
		if (threshold_matches(&t->rules[i], g, size, q))
			return &t->rules[i];
	return NULL;
}

double threshold_allowed(const struct threshold *rule,
			 const struct compare_diff *d)
{
	return fmax(rule->absolute, rule->percent / 100 * d->scale);
}

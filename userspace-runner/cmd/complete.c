// SPDX-License-Identifier: GPL-2.0-or-later
/* Completion of a command line, for any shell, from the commands' tables. */
#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "boot/session.h"
#include "cmd/cmd.h"
#include "cmd/complete.h"
#include "kernel/kernel.h"

/* @start: what is typed of the word; @before: what stays of it */
struct typed {
	FILE *out;
	const char *before, *start;
	int before_len;
};

static void offer(const struct typed *t, const char *word, const char *end,
		  const char *what)
{
	if (!strncmp(word, t->start, strlen(t->start)))
		fprintf(t->out, "%.*s%s%s\t%s\n", t->before_len, t->before,
			word, end, what ? what : "");
}

static int offer_kernels(const struct typed *t)
{
	const struct kernel_source source = source_asked();
	json_t *list = json_object(), *what;
	const char *name;
	int ret = kernels_list(&source, list);

	json_object_foreach(list, name, what)
		offer(t, name, "", json_string_value(what));
	json_decref(list);
	return ret;
}

/* Kinds and operations only where their bench, or kind, is typed. */
static void offer_below(const struct typed *t, const char *name,
			const char *const *operations)
{
	char word[192];

	for (; operations && *operations &&
	     !strncmp(t->start, name, strlen(name)); operations++) {
		snprintf(word, sizeof(word), "%s/%s", name, *operations);
		offer(t, word, "", NULL);
	}
}

static int offer_benches(const struct typed *t)
{
	const struct bench_kind *kind;
	const struct bench *bench;
	char word[128];

	for (unsigned int i = 0; (bench = bench_nth(i)); i++) {
		size_t len = strlen(bench->name);

		offer(t, bench->name, "", bench->what);
		if (strncmp(t->start, bench->name, len) || t->start[len] != '/')
			continue;
		for (kind = bench->kinds; kind && kind->name; kind++) {
			snprintf(word, sizeof(word), "%s/%s", bench->name,
				 kind->name);
			offer(t, word, "", kind->what);
			offer_below(t, word, kind->operations);
		}
	}
	return 0;
}

static int offer_instruments(const struct typed *t)
{
	for (unsigned int i = 0; i < NR_INSTRUMENTS; i++)
		offer(t, instruments[i].name, "", instruments[i].what);
	return 0;
}

static int offer_commands(const struct typed *t)
{
	for (const struct command *const *c = commands; *c; c++)
		offer(t, (*c)->name, "", (*c)->what);
	return 0;
}

static int offer_files(const struct typed *t)
{
	fprintf(t->out, "*\n");
	return 0;
}

/* By the names that arguments and values have in the tables. */
static const struct {
	const char *name;
	int (*offer)(const struct typed *t);
} kinds[] = {
	{ "BAD", offer_kernels }, { "BENCH", offer_benches },
	{ "BUNDLE", offer_files },
	{ "COMMAND", offer_commands }, { "DIR", offer_files },
	{ "FILE", offer_files }, { "FROM", offer_files },
	{ "GOOD", offer_kernels }, { "INSTRUMENT", offer_instruments },
	{ "KERNEL", offer_kernels }, { "NEW", offer_files },
	{ "OLD", offer_files }, { "SERIES", offer_kernels },
};

static size_t name_len(const char *name)
{
	size_t n = 0;

	while (isupper((unsigned char)name[n]))
		n++;
	return n;
}

static int offer_kind(const struct typed *t, const char *name)
{
	size_t len = name_len(name);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strlen(kinds[i].name) == len &&
		    !strncmp(kinds[i].name, name, len))
			return kinds[i].offer(t);
	return 0;
}

/* A value's last part, if it may have several with commas in between. */
static int offer_value(const struct opt *o, struct typed t)
{
	const char *comma = strrchr(t.start, ',');

	if (!o->words)
		return offer_kind(&t, o->arg);
	if (o->kind == OPT_IS_SET && comma) {
		t.before_len += comma + 1 - t.start;
		t.start = comma + 1;
	}
	for (size_t i = 0; o->words[i]; i++)
		offer(&t, o->words[i], "", NULL);
	return 0;
}

static void offer_option(const struct opt *o, void *arg)
{
	const struct typed *t = arg;
	char name[64];

	snprintf(name, sizeof(name), "--%s", o->name);
	offer(t, name, o->arg ? "=" : "", o->doc);
}

struct search {
	const char *word;
	const struct opt *found;
};

/* Is the word, up to a =, this option? */
static void look(const struct opt *o, void *arg)
{
	struct search *s = arg;
	const char *word = s->word;

	if (word[1] == '-' ? strlen(o->name) == strcspn(word + 2, "=") &&
	    !strncmp(word + 2, o->name, strlen(o->name)) :
	    o->key && word[1] == o->key && !word[2])
		s->found = o;
}

static const struct opt *find(const struct command *c, const char *word)
{
	struct search s = { word, NULL };

	if (word[0] == '-' && word[1])
		options_each(c, look, &s);
	return s.found;
}

/*
 * Follow one form of the command's arguments, "start RELEASE..." or "[list]
 * [NAME...]", past the @nr words before the last, and offer what comes next.
 */
static int offer_form(const struct typed *t, char *form, char *const *before,
		      size_t nr)
{
	size_t i = 0;
	char *word;

	while ((word = strsep(&form, " "))) {
		bool optional = word[0] == '[', many = strstr(word, "...");

		word += optional;
		word[strcspn(word, "]")] = '\0';
		if (!word[0] || word[0] == '-')
			continue;
		if (isupper((unsigned char)word[0])) {
			if (i == nr || many)
				return offer_kind(t, word);
			i++;
		} else if (i == nr) {
			offer(t, word, "", NULL);
			if (!optional)
				return 0;
		} else if (!strcmp(word, before[i])) {
			i++;
		} else if (!optional) {
			return 0;
		}
	}
	return 0;
}

static int offer_argument(const struct typed *t, const struct command *c,
			  char *const *before, size_t nr)
{
	char *forms = strdup(c->args ? c->args : ""), *rest = forms, *form;
	int ret = forms ? 0 : no_memory();

	while (!ret && (form = strsep(&rest, "\n")))
		ret = offer_form(t, form, before, nr);
	free(forms);
	return ret;
}

int complete(FILE *out, char *const *words, size_t nr)
{
	struct typed t = { .out = out, .before = "", .start = "" };
	const struct command *c;
	const struct opt *o = NULL;
	char *before[64];
	size_t n = 0;
	int ret;

	if (nr)
		t.start = t.before = words[nr - 1];
	if (nr < 2) {
		offer_commands(&t);
		return 0;
	}
	ret = command_find(words[0], &c);
	if (ret)
		return ret;
	for (size_t i = 1; i + 1 < nr; i++) {
		o = find(c, words[i]);
		if (o && o->arg && !strchr(words[i], '=') && i + 2 < nr) {
			i++;
			o = NULL;
		} else if (!o && n < 64) {
			before[n++] = words[i];
		}
	}
	if (o && o->arg && !strchr(words[nr - 2], '='))
		return offer_value(o, t);
	o = find(c, t.start);
	if (o && o->arg && strchr(t.start, '=')) {
		t.before_len = strchr(t.start, '=') + 1 - t.start;
		t.start += t.before_len;
		return offer_value(o, t);
	}
	if (t.start[0] == '-') {
		options_each(c, offer_option, &t);
		return 0;
	}
	return offer_argument(&t, c, before, n);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Options as tables: argp reads and prints them. */
#include <argp.h>
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/near.h"
#include "base/options.h"
#include "base/text.h"
#include "base/text_stream.h"

#define MAX_ROWS	64
#define KEY_FIRST	0x100	/* keys of rows without a letter */
#define KEY_HELP	'h'

static const struct opt help_row = {
	.name = "help", .key = KEY_HELP, .doc = "Print this",
};

/* All rows of a command and its nested tables, each with its struct. */
struct parser {
	const struct command *command;
	struct {
		const struct opt *opt;
		char *into;
		bool had;
	} rows[MAX_ROWS];
	size_t nr;
	struct argp_option options[MAX_ROWS + 1];
	size_t nr_options;
};

int parse_count(const char *what, const char *text, unsigned int min,
		unsigned int max, unsigned int *val)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || n < min ||
	    n > max)
		return err(EX_USE, "%s: '%s' is not a number from %u to %u",
			   what, text, min, max);
	*val = n;
	return 0;
}

static int set_count(const struct opt *o, const char *arg, char *at)
{
	unsigned int n;
	unsigned long long wide;
	int ret = parse_count(o->name, arg, o->min, o->max, &n);

	if (ret)
		return ret;
	wide = n;
	if (o->size == sizeof(wide))
		memcpy(at, &wide, sizeof(wide));
	else
		memcpy(at, &n, sizeof(n));
	return 0;
}

static int set_real(const struct opt *o, const char *arg, double *val)
{
	char *end;

	*val = strtod(arg, &end);
	if (end != arg && !*end && *val > 0 && *val < o->max)
		return 0;
	return err(EX_USE, "--%s=%s: give a number between 0 and %u, such as 0.05",
		   o->name, arg, o->max);
}

static int set_word(const struct opt *o, const char *arg, int *val)
{
	char list[128] = "";

	for (int i = 0; o->headings && o->headings[i]; i++)
		if (!strcmp(o->headings[i], arg))
			arg = o->words[i];
	for (*val = 0; o->words[*val]; (*val)++)
		if (!strcmp(o->words[*val], arg))
			return 0;
	for (int i = 0; o->words[i]; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
			 "%s%s", i ? ", " : "", o->words[i]);
	return err(EX_USE, "--%s=%s: give one of %s", o->name, arg, list);
}

/* Words with commas in between; a heading has blanks. */
static int set_bits(const struct opt *o, const char *arg, unsigned int *bits)
{
	char *copy = strdup(arg), *rest = copy, *word;
	int i, ret = copy ? 0 : no_memory();

	while (!ret && (word = strsep(&rest, ","))) {
		ret = set_word(o, word + strspn(word, " "), &i);
		if (!ret)
			*bits |= 1U << i;
	}
	free(copy);
	return ret;
}

int option_set(const struct opt *o, const char *arg, void *into)
{
	char *base = into;
	void *at = base + o->at;

	if (o->given)
		*(bool *)(base + o->given) = true;
	switch (o->kind) {
	case OPT_IS_FLAG:
		*(bool *)at = true;
		return 0;
	case OPT_IS_CHOICE:
		*(int *)at = o->min;
		return 0;
	case OPT_IS_TEXT:
		*(const char **)at = arg;
		return 0;
	case OPT_IS_COUNT:
		return set_count(o, arg, at);
	case OPT_IS_REAL:
		return set_real(o, arg, at);
	case OPT_IS_WORD:
		return set_word(o, arg, at);
	case OPT_IS_SET:
		return set_bits(o, arg, at);
	default:
		return o->set(arg, into);
	}
}

static int check_all(const struct parser *p)
{
	int ret = 0;

	for (size_t i = 0; i < p->nr && !ret; i++)
		if (p->rows[i].opt->kind == OPT_IS_CHECK)
			ret = p->rows[i].opt->check(p->rows[i].into);
	return ret;
}

static error_t take_words(const struct parser *p,
			  const struct argp_state *state)
{
	const struct words words = {
		.word = state->argv + state->next,
		.nr = state->argc - state->next,
	};

	for (size_t i = 0; i < p->nr; i++) {
		const struct opt *o = p->rows[i].opt;

		if (o->kind != OPT_IS_WORDS)
			continue;
		*(struct words *)(p->rows[i].into + o->at) = words;
		return 0;
	}
	return err(EX_USE, "superfluous argument '%s': see 'pcpubench %s --help'",
		   words.word[0], p->command->name);
}

/* Report an argument that argp refused: an unknown or incomplete option. */
static int refuse(const struct parser *p, const char *last)
{
	const char *names[MAX_ROWS + 1], *near;
	char name[64];
	size_t n;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(last, "="), last);
	for (n = 0; n < p->nr_options; n++) {
		names[n] = p->options[n].name;
		if (p->options[n].arg && !strncmp(name, "--", 2) &&
		    !strcmp(name + 2, names[n]))
			return err(EX_USE, "incomplete argument '%s': give --%s=%s",
				   last, names[n], p->options[n].arg);
	}
	names[n] = NULL;
	near = strncmp(name, "--", 2) ? NULL : nearest(name + 2, names);
	if (near)
		return err(EX_USE, "unknown argument '%s': did you mean --%s?",
			   last, near);
	return err(EX_USE, "unknown or incomplete argument '%s': see 'pcpubench %s --help'",
		   last, p->command->name);
}

static void help(const struct parser *p)
{
	const struct command *c = p->command;
	const struct argp argp = {
		.options = p->options, .args_doc = c->args, .doc = c->doc,
	};
	char name[64];

	snprintf(name, sizeof(name), "pcpubench %s", c->name);
	argp_help(&argp, stdout, ARGP_HELP_USAGE | ARGP_HELP_LONG |
		  ARGP_HELP_DOC, name);
	if (c->example)
		printf("\nExample:\n%s", c->example);
	exit(fflush(stdout) ? EX_FAIL : 0);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct parser *p = state->input;

	switch (key) {
	case KEY_HELP:
		help(p);
		return 0;
	case ARGP_KEY_ARGS:
		return take_words(p, state);
	case ARGP_KEY_END:
		return check_all(p);
	case ARGP_KEY_ERROR:
		/* A row's function may have called err() already. */
		if (!err_message()[0])
			refuse(p, state->next > 0 &&
			       state->next <= state->argc ?
			       state->argv[state->next - 1] : "");
		return 0;
	}
	for (size_t i = 0; i < p->nr; i++) {
		const struct opt *o = p->rows[i].opt;

		if (!o->name || key != (o->key ? o->key : KEY_FIRST + (int)i))
			continue;
		/* Of two values one would be lost without a word. */
		if (p->rows[i].had && arg && !o->many)
			return err(EX_USE, "--%s is given twice: give it once",
				   o->name);
		p->rows[i].had = true;
		return option_set(o, arg, p->rows[i].into);
	}
	return ARGP_ERR_UNKNOWN;
}

/* A group for each row keeps their order: argp sorts within a group. */
static void add_option(struct parser *p, const struct opt *o, int key)
{
	p->options[p->nr_options] = (struct argp_option){
		.name = o->name, .key = key, .arg = o->arg, .doc = o->doc,
		.group = (int)++p->nr_options,
	};
}

static void add_rows(struct parser *p, const struct opt *o, char *into)
{
	for (; o->kind != OPT_NONE; o++) {
		assert(p->nr + 1 < MAX_ROWS);
		if (o->kind == OPT_IS_MORE) {
			add_rows(p, o->more, into + o->at);
			continue;
		}
		if (o->name)
			add_option(p, o, o->key ? o->key :
				   KEY_FIRST + (int)p->nr);
		p->rows[p->nr].opt = o;
		p->rows[p->nr++].into = into;
	}
}

static void each_row(const struct opt *o,
		     void (*fn)(const struct opt *opt, void *arg), void *arg)
{
	for (; o->kind != OPT_NONE; o++) {
		if (o->kind == OPT_IS_MORE)
			each_row(o->more, fn, arg);
		else if (o->name)
			fn(o, arg);
	}
}

void options_each(const struct command *command,
		  void (*fn)(const struct opt *opt, void *arg), void *arg)
{
	each_row(command->options, fn, arg);
	fn(&help_row, arg);
}

/* A value as an argument, for free(); NULL if the option is not given. */
int option_text(const struct opt *o, const void *into, char **text)
{
	const char *at = (const char *)into + o->at, *word = NULL;
	unsigned long long n = 0;
	double real;
	size_t len;
	FILE *out;

	*text = NULL;
	switch (o->kind) {
	case OPT_IS_FLAG:
		return *(const bool *)at ? text_set(text, "%s", "") : 0;
	case OPT_IS_TEXT:
		word = *(const char *const *)at;
		return word ? text_set(text, "%s", word) : 0;
	case OPT_IS_WORD:
		return text_set(text, "%s", o->words[*(const int *)at]);
	case OPT_IS_COUNT:
		memcpy(&n, at, o->size);
		return text_set(text, "%llu", n);
	case OPT_IS_REAL:
		memcpy(&real, at, sizeof(real));
		return text_set(text, "%.17g", real);
	case OPT_IS_CALL:
		if (!o->print)
			return 0;
		out = text_stream(text, &len);
		if (!out)
			return no_memory();
		o->print(out, into);
		return text_stream_end(out, text) ? 0 : no_memory();
	default:
		return 0;
	}
}

int options_print(FILE *out, const struct opt *o, const void *into,
		  const void *usual)
{
	char *text, *other = NULL;
	int ret = 0;

	for (; o->kind != OPT_NONE && !ret; o++) {
		ret = option_text(o, into, &text);
		if (!ret)
			ret = option_text(o, usual, &other);
		if (!ret && text && !same_text(text, other)) {
			fprintf(out, o->arg ? " --%s=" : " --%s", o->name);
			if (o->arg)
				text_shell(out, text);
		}
		free(text);
		free(other);
		other = NULL;
	}
	return ret;
}

int options_parse(const struct command *command, int argc, char **argv,
		  void *into)
{
	struct parser p = { .command = command };
	const struct argp argp = { .options = p.options, .parser = parse };
	int ret;

	err(0, "%s", "");
	add_rows(&p, command->options, into);
	add_option(&p, &help_row, KEY_HELP);
	ret = argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP, NULL,
			 &p);
	if (ret == ENOMEM)
		return no_memory();
	return ret && (ret < EX_FAIL || ret > EX_INVALID) ? EX_USE : ret;
}

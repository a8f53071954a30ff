/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options as tables. A command has one struct; a row of its table gives an
 * option's name, its value, and its place in that struct:
 *
 *	struct arguments { bool json; unsigned int boots; struct words files; };
 *
 *	static const struct opt options[] = {
 *		{ "boots", 0, "N", "Boots of each kernel (1)",
 *		  OPT_COUNT(struct arguments, boots, 1, 10000) },
 *		{ "json", 0, NULL, "Print JSON", OPT_FLAG(struct arguments, json) },
 *		{ OPT_WORDS(struct arguments, files) },
 *		{ 0 }
 *	};
 */
#ifndef PCPUBENCH_BASE_OPTIONS_H
#define PCPUBENCH_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The arguments that are no options. */
struct words {
	char **word;
	size_t nr;
};

enum opt_kind {
	OPT_NONE,		/* ends a table */
	OPT_IS_FLAG,		/* bool: true */
	OPT_IS_CHOICE,		/* int: @min */
	OPT_IS_TEXT,		/* const char * */
	OPT_IS_COUNT,		/* an integer of any size: @min to @max */
	OPT_IS_REAL,		/* double: above 0, below @max */
	OPT_IS_WORD,		/* int: index of @words */
	OPT_IS_SET,		/* unsigned int: a bit for each of @words given */
	OPT_IS_CALL,		/* what set() stores */
	OPT_IS_WORDS,		/* struct words: the other arguments */
	OPT_IS_MORE,		/* all of another table */
	OPT_IS_CHECK,		/* no option: check() at the end */
};

struct opt {
	const char *name;
	int key;		/* its letter, or 0 */
	const char *arg;	/* name of its value, NULL: it has none */
	const char *doc;
	enum opt_kind kind;
	size_t at, size;	/* of its place in the command's struct */
	size_t given;		/* place of a bool to set with it, or 0 */
	bool many;		/* may be given several times */
	unsigned int min, max;
	const char *const *words;	/* NULL ends them */
	const char *const *headings;	/* what each is called in print; NULL */
	const struct opt *more;
	/* Both return 0, or an exit code with err(). @into: see OPT_*() */
	int (*set)(const char *arg, void *into);
	int (*check)(void *into);
	/* Print the value that set() stored; NULL: options_print() skips it. */
	void (*print)(FILE *out, const void *into);
};

/* Does not compile (divides by zero) if field @f of @s is not of @type. */
#define OPT_AT(s, f, type) \
	.at = offsetof(s, f) / __builtin_types_compatible_p(		\
		__typeof__(((s *)0)->f), type)

#define OPT_FLAG(s, f)	.kind = OPT_IS_FLAG, OPT_AT(s, f, bool)
#define OPT_CHOICE(s, f, value) \
	.kind = OPT_IS_CHOICE, OPT_AT(s, f, int), .min = (value)
#define OPT_TEXT(s, f)	.kind = OPT_IS_TEXT, OPT_AT(s, f, const char *)
#define OPT_COUNT(s, f, from, to) \
	.kind = OPT_IS_COUNT, .at = offsetof(s, f),			\
	.size = sizeof(((s *)0)->f), .min = (from), .max = (to)
#define OPT_REAL(s, f, below) \
	.kind = OPT_IS_REAL, OPT_AT(s, f, double), .max = (below)
#define OPT_WORD(s, f, list) \
	.kind = OPT_IS_WORD, OPT_AT(s, f, int), .words = (list)
/* Values with commas in between. */
#define OPT_SET(s, f, list) \
	.kind = OPT_IS_SET, .many = true, OPT_AT(s, f, unsigned int),		\
	.words = (list)
/* A word may also be given as it is printed. */
#define OPT_HEADINGS(list)	.headings = (list)
/* set() gets the struct's address. */
#define OPT_CALL(fn)	.kind = OPT_IS_CALL, .set = (fn)
#define OPT_MANY	.many = true
#define OPT_PRINT(fn)	.print = (fn)
#define OPT_WORDS(s, f)	.kind = OPT_IS_WORDS, OPT_AT(s, f, struct words)
/* A table for the struct that is field @f. */
#define OPT_MORE(s, f, table) \
	.kind = OPT_IS_MORE, .at = offsetof(s, f), .more = (table)
/* In the order of the rows; @into: the table's struct */
#define OPT_CHECK(fn)	.kind = OPT_IS_CHECK, .check = (fn)
#define OPT_GIVEN(s, f)	.given = offsetof(s, f)

/* `pcpubench NAME` */
struct command {
	const char *name;
	const char *alias;	/* an older name, or NULL */
	const char *what;	/* line in the list of commands */
	const char *args;	/* other arguments, a form on each line */
	const char *doc;	/* what it does; after a \v further notes */
	const char *example;	/* lines for a shell, each with a newline */
	const struct opt *options;
	int (*run)(int argc, char **argv);
};

/**
 * options_parse - fill in @into, from a command's arguments
 * @argv: argv[0] is ignored
 *
 * --help prints and exits. 0, or an exit code with err(): that of a row's
 * function, or EX_USE.
 */
int options_parse(const struct command *command, int argc, char **argv,
		  void *into);

/* Call @fn for each option of a command, nested ones too, --help at the end. */
void options_each(const struct command *command,
		  void (*fn)(const struct opt *opt, void *arg), void *arg);

/**
 * options_print - a table's own rows as options, for a shell
 * @usual: the defaults, which are not printed
 *
 * A blank precedes each. EX_FAIL when memory ran out.
 */
int options_print(FILE *out, const struct opt *table, const void *into,
		  const void *usual);

/* Set the value of one option, as options_parse() does. 0 or an exit code. */
int option_set(const struct opt *opt, const char *arg, void *into);

/*
 * The value of an option, for free(); NULL if it has none to print. EX_FAIL when
 * memory ran out.
 */
int option_text(const struct opt *opt, const void *into, char **text);

/* Parse a count from @min to @max and nothing else. EX_USE naming @what. */
int parse_count(const char *what, const char *text, unsigned int min,
		unsigned int max, unsigned int *val);

#endif

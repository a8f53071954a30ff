// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of base/options.c and base/near.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/near.h"
#include "base/options.h"

struct inner {
	unsigned int pairs;
	bool pairs_given;
	int checks;
};

struct outer {
	struct inner inner;
	bool json;
	int format, checks;
	const char *output;
	unsigned long long seed;
	int cpu;
	double alpha;
	unsigned int parts;
	char called[16];
	struct words files;
};

static int check_inner(void *into)
{
	struct inner *inner = into;

	inner->checks++;
	return inner->pairs == 13 ? err(EX_INVALID, "unlucky") : 0;
}

static int check_outer(void *into)
{
	struct outer *outer = into;

	/* What it is made of was looked at before. */
	outer->checks = outer->inner.checks;
	return 0;
}

static int call(const char *arg, void *into)
{
	struct outer *outer = into;

	if (strlen(arg) >= sizeof(outer->called))
		return err(EX_FAIL, "too long");
	strcpy(outer->called, arg);
	return 0;
}

static void print_call(FILE *out, const void *what)
{
	const struct outer *outer = what;

	fputs(outer->called, out);
}

static const char *const formats[] = { "text", "csv", "json", NULL };
static const char *const headings[] = { "rows - columns", "a table", "json", NULL };

static const struct opt inner_opts[] = {
	{ "pairs", 0, "N", "", OPT_COUNT(struct inner, pairs, 1, 100),
	  OPT_GIVEN(struct inner, pairs_given) },
	{ OPT_CHECK(check_inner) },
	{ 0 }
};

static const struct opt outer_opts[] = {
	{ "format", 'f', "FORMAT", "", OPT_WORD(struct outer, format, formats) },
	{ "json", 0, NULL, "", OPT_CHOICE(struct outer, format, 2) },
	{ "flag", 0, NULL, "", OPT_FLAG(struct outer, json) },
	{ "output", 'o', "FILE", "", OPT_TEXT(struct outer, output) },
	{ "seed", 0, "N", "", OPT_COUNT(struct outer, seed, 1, ~0U) },
	{ "cpu", 0, "N", "", OPT_COUNT(struct outer, cpu, 0, 8191) },
	{ "alpha", 0, "P", "", OPT_REAL(struct outer, alpha, 1) },
	{ "parts", 0, "F,...", "", OPT_SET(struct outer, parts, formats),
	  OPT_HEADINGS(headings) },
	{ "call", 0, "WHAT", "", OPT_CALL(call) },
	{ OPT_MORE(struct outer, inner, inner_opts) },
	{ OPT_WORDS(struct outer, files) },
	{ OPT_CHECK(check_outer) },
	{ 0 }
};

static const struct command command = { .name = "test", .options = outer_opts };

static int parse(struct outer *outer, const char *a, const char *b,
		 const char *c)
{
	static char *argv[5];

	argv[0] = (char *)"test";
	argv[1] = (char *)a;
	argv[2] = (char *)b;
	argv[3] = (char *)c;
	memset(outer, 0, sizeof(*outer));
	outer->cpu = -1;
	return options_parse(&command, !a ? 1 : !b ? 2 : !c ? 3 : 4, argv,
			     outer);
}

static void fills_in(void **state)
{
	struct outer o;

	(void)state;
	assert_int_equal(parse(&o, NULL, NULL, NULL), 0);
	assert_int_equal(o.cpu, -1);
	assert_int_equal(o.files.nr, 0);
	assert_int_equal(o.checks, 1);
	assert_int_equal(parse(&o, "a", "-fcsv", "b"), 0);
	assert_int_equal(o.format, 1);
	assert_int_equal(o.files.nr, 2);
	assert_string_equal(o.files.word[0], "a");
	assert_string_equal(o.files.word[1], "b");
	assert_int_equal(parse(&o, "--json", "--flag", "-ox"), 0);
	assert_int_equal(o.format, 2);
	assert_true(o.json);
	assert_string_equal(o.output, "x");
	assert_int_equal(parse(&o, "--seed=4294967295", "--cpu=0", NULL), 0);
	assert_true(o.seed == 4294967295ULL);
	assert_int_equal(o.cpu, 0);
	assert_int_equal(parse(&o, "--alpha=.25", "--call=me", NULL), 0);
	assert_true(o.alpha == .25);
	assert_string_equal(o.called, "me");
	assert_int_equal(parse(&o, "--parts=json,text", NULL, NULL), 0);
	assert_int_equal(o.parts, 1 << 2 | 1 << 0);
	assert_int_equal(parse(&o, "--parts=csv", "--parts=csv,json", NULL), 0);
	assert_int_equal(o.parts, 1 << 2 | 1 << 1);
	assert_int_equal(parse(&o, "--parts=a table, rows - columns", NULL,
			       NULL), 0);
	assert_int_equal(o.parts, 1 << 1 | 1 << 0);
	assert_false(o.inner.pairs_given);
	assert_int_equal(parse(&o, "--pairs", "7", NULL), 0);
	assert_int_equal(o.inner.pairs, 7);
	assert_true(o.inner.pairs_given);
}

static void refuses(void **state)
{
	static const struct {
		const char *arg;
		int code;
		const char *why;
	} bad[] = {
		{ "--pairs=0", EX_USE, "pairs: '0' is not a number from 1 to 100" },
		{ "--pairs=101", EX_USE, "not a number" },
		{ "--pairs=1x", EX_USE, "not a number" },
		{ "--pairs=13", EX_INVALID, "unlucky" },
		{ "--alpha=0", EX_USE, "--alpha=0: give a number between 0 and 1" },
		{ "--alpha=1", EX_USE, "between" },
		{ "--alpha=nan", EX_USE, "between" },
		{ "--format=xml", EX_USE, "--format=xml: give one of text, csv, json" },
		{ "--parts=csv,xml", EX_USE, "--parts=xml: give one of text, csv, json" },
		{ "--parts=,", EX_USE, "--parts=: give one of text, csv, json" },
		{ "--parts=", EX_USE, "--parts=: give one of text, csv, json" },
		{ "--parts=a tabl", EX_USE, "--parts=a tabl: give" },
		{ "--call=much longer than it may be", EX_FAIL, "too long" },
		{ "--output", EX_USE, "incomplete argument '--output': give --output=FILE" },
		{ "--outptu=x", EX_USE, "unknown argument '--outptu=x': did you mean --output?" },
		{ "--frobnicate", EX_USE, "unknown or incomplete argument '--frobnicate': see 'pcpubench test --help'" },
		{ "-x", EX_USE, "argument '-x'" },
	};
	struct outer o;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(parse(&o, bad[i].arg, NULL, NULL),
				 bad[i].code);
		if (!strstr(err_message(), bad[i].why))
			fail_msg("%s: %s", bad[i].arg, err_message());
	}
	assert_int_equal(parse(&o, "--seed=1", "--seed=1", NULL), EX_USE);
	assert_string_equal(err_message(), "--seed is given twice: give it once");
	assert_int_equal(parse(&o, "-fcsv", "--format=csv", NULL), EX_USE);
	assert_string_equal(err_message(), "--format is given twice: give it once");
	assert_int_equal(parse(&o, "--flag", "--flag", NULL), 0);
	/* The error is not replaced by another one. */
	assert_int_equal(parse(&o, NULL, NULL, NULL), 0);
	assert_string_equal(err_message(), "");
}

static const struct opt print_opts[] = {
	{ "format", 'f', "FORMAT", "", OPT_WORD(struct outer, format, formats) },
	{ "json", 0, NULL, "", OPT_CHOICE(struct outer, format, 2) },
	{ "flag", 0, NULL, "", OPT_FLAG(struct outer, json) },
	{ "output", 'o', "FILE", "", OPT_TEXT(struct outer, output) },
	{ "seed", 0, "N", "", OPT_COUNT(struct outer, seed, 1, ~0U) },
	{ "cpu", 0, "N", "", OPT_COUNT(struct outer, cpu, 0, 8191) },
	{ "alpha", 0, "P", "", OPT_REAL(struct outer, alpha, 1) },
	{ "call", 0, "WHAT", "", OPT_CALL(call), OPT_PRINT(print_call) },
	{ "other", 0, "WHAT", "", OPT_CALL(call) },
	{ OPT_MORE(struct outer, inner, inner_opts) },
	{ 0 }
};

static void prints(void **state)
{
	const struct outer usual = { .cpu = 3, .output = "here" };
	struct outer o = usual;
	char text[400];
	FILE *out = fmemopen(text, sizeof(text), "w");

	(void)state;
	assert_int_equal(options_print(out, print_opts, &o, &usual), 0);
	assert_int_equal(ftell(out), 0);
	o = (struct outer){
		.format = 2, .json = true, .output = "it's", .seed = ~0U,
		.cpu = 0, .alpha = .25, .called = "me", .inner.pairs = 7,
	};
	assert_int_equal(options_print(out, print_opts, &o, &usual), 0);
	fclose(out);
	assert_string_equal(text, " --format=json --flag --output='it'\\''s' --seed=4294967295 --cpu=0 --alpha=0.25 --call=me");
}

static void guesses(void **state)
{
	static const char *const words[] = { "report", "run", "sweep", NULL };

	(void)state;
	assert_string_equal(nearest("report", words), "report");
	assert_string_equal(nearest("repotr", words), "report");
	assert_string_equal(nearest("reprt", words), "report");
	assert_string_equal(nearest("rreport", words), "report");
	assert_string_equal(nearest("rub", words), "run");
	assert_string_equal(nearest("swep", words), "sweep");
	assert_null(nearest("rxy", words));
	assert_null(nearest("frobnicate", words));
	assert_null(nearest("", words));
	assert_null(nearest("a word that is longer than any that there is", words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_in),
		cmocka_unit_test(refuses),
		cmocka_unit_test(prints),
		cmocka_unit_test(guesses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

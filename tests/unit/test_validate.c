// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests of compare/validate.c. The machine of tests/unit/data/machine-times.jsonl
 * takes (instructions + 10 x lines) / 4 ns. Its PMU counts what is in
 * machine-counts.jsonl, but for v1 at 64 B, where it finds 2100 and not 2000.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "compare/validate.h"
#include "report/validate_doc.h"

#define TIMES	"tests/unit/data/machine-times.jsonl"
#define COUNTS	"tests/unit/data/machine-counts.jsonl"

static void near(double got, double want)
{
	if (!(fabs(got - want) < 1e-9))
		fail_msg("%.15g is not %.15g", got, want);
}

static void load(struct validate *v, double k)
{
	assert_int_equal(validate_load(v, TIMES, COUNTS, k), 0);
	assert_int_equal(v->nr, 2);
	assert_string_equal(v->groups[0].pair->old_name, "baseline");
	assert_string_equal(v->groups[1].pair->old_name, "v1");
	assert_int_equal(v->groups[1].nr, 2);
}

static void test_cells(void **state)
{
	const struct validate_cell *c;
	struct validate v;

	(void)state;
	load(&v, 0);
	c = &v.groups[1].cells[0];
	assert_int_equal(c->time->param, 64);
	near(c->time->off, (1000 + 80) / 4.0);
	near(c->time->cost, 500);
	/* Six boots, two each 4 ns apart: all of them, as fewer hold the median too seldom. */
	near(c->low, 496);
	near(c->high, 504);
	near(c->count->cost, 2000);
	near(c->instructions.off, 1000);
	near(c->instructions.cost, 2100);
	near(c->cycles.cost, 4000);
	assert_true(isnan(c->misses.off));
	near(validate_away(c), 5);
	near(validate_away(&v.groups[0].cells[0]), 0);
	assert_false(v.groups[1].same);
	validate_free(&v);
}

/* k comes out as the machine has it, and then all cells but one are told by it. */
static void test_model(void **state)
{
	struct validate_errors e;
	struct validate v;

	(void)state;
	load(&v, 0);
	near(v.groups[1].k, 10);
	assert_string_equal(v.groups[0].k_name, "v1");
	assert_false(v.groups[1].cells[0].gives_k);
	assert_true(v.groups[1].cells[1].gives_k);
	near(v.groups[1].cells[0].model_pct, 100 * 2000 / 1080.0);
	assert_int_equal(validate_errors(&v.groups[1], &e), 0);
	assert_int_equal(e.nr, 1);
	near(e.model, 0);
	near(e.counts, 100 * (200 / (100 * 2000 / 1080.0) - 1));
	/* All of baseline's cells are below the least. */
	assert_int_equal(validate_errors(&v.groups[0], &e), 0);
	assert_int_equal(e.nr, 0);
	validate_free(&v);
}

static void test_given_k(void **state)
{
	struct validate_errors e;
	struct validate v;

	(void)state;
	load(&v, 40);
	near(v.groups[1].k, 40);
	assert_null(v.groups[1].k_name);
	near(v.groups[1].cells[1].model_pct, 100 * 3000 / (1200 + 40 * 128.0));
	assert_int_equal(validate_errors(&v.groups[1], &e), 0);
	assert_int_equal(e.nr, 2);
	assert_true(e.model > 1);
	validate_free(&v);
}

static int text_of(const struct validate *v, char **text)
{
	size_t len;
	FILE *out = open_memstream(text, &len);
	int ret = validate_text(out, v);

	fclose(out);
	return ret;
}

/* A difference is told as unexplained only if the builds are the same. */
static void test_verdict(void **state)
{
	struct validate v;
	char *text;

	(void)state;
	load(&v, 0);
	assert_int_equal(text_of(&v, &text), 0);
	assert_non_null(strstr(text, "those counted, to 0 %"));
	assert_non_null(strstr(text, "in 1 of 2 cells"));
	assert_null(strstr(text, "NOT EXPLAINED"));
	free(text);
	v.groups[1].same = true;
	assert_int_equal(text_of(&v, &text), 0);
	assert_non_null(strstr(text, "NOT EXPLAINED: in 1 of 2 cells"));
	free(text);
	validate_free(&v);
}

/* @file with another word in it; free() the path. */
static char *other_file(const char *file, const char *from, const char *to)
{
	char *path = strdup("/tmp/test_validate.XXXXXX"), *text, *at, *next;
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	text = read_text(file);
	assert_non_null(text);
	assert_non_null(f);
	for (next = text; (at = strstr(next, from)); next = at + strlen(from))
		fprintf(f, "%.*s%s", (int)(at - next), next, to);
	assert_true(next != text);
	fputs(next, f);
	fclose(f);
	free(text);
	return path;
}

static void load_other(struct validate *v, const char *from, const char *to)
{
	char *path = other_file(TIMES, from, to);

	assert_int_equal(validate_load(v, path, COUNTS, 0), 0);
	unlink(path);
	free(path);
}

/* A kernel rewrites itself for its CPU: that explains what the builds do not. */
static void test_rewritten(void **state)
{
	static const struct {
		const char *state;
		bool rewritten;
	} cases[] = {
		{ "\"mitigated\":\"none\"", false },
		{ "\"mitigated\":\"l1tf,retbleed,spectre_v1\"", true },
		{ "\"mitigated\":\"spec_rstack_overflow\"", true },
		{ "\"smt\":\"off\"", true },	/* not known */
	};
	struct validate v;
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		load_other(&v, "\"mitigated\":\"l1tf,spectre_v1\"",
			   cases[i].state);
		assert_int_equal(v.groups[1].rewritten, cases[i].rewritten);
		v.groups[1].same = true;
		assert_int_equal(text_of(&v, &text), 0);
		assert_int_equal(!strstr(text, "NOT EXPLAINED"),
				 cases[i].rewritten);
		assert_int_equal(!!strstr(text, "boot both"), cases[i].rewritten);
		free(text);
		validate_free(&v);
	}
}

#define X8(digit)	digit digit digit digit digit digit digit digit
#define HASH(digit)	X8(X8(digit))

/* Image by image: a machine's record has other words for configuration and compiler. */
static void test_same(void **state)
{
	struct validate v;

	(void)state;
	load_other(&v, HASH("3"), HASH("7"));
	assert_false(v.groups[0].same);
	assert_true(v.groups[1].same);
	validate_free(&v);
	/* No image: not known to be the same. */
	load_other(&v, HASH("3"), "");
	assert_false(v.groups[1].same);
	validate_free(&v);
}

/* A profile of 64 B and a count of both sizes: each cell takes what there is. */
static void test_fewer_profiled(void **state)
{
	struct validate v;
	char *text;

	(void)state;
	assert_int_equal(validate_load(&v, TIMES,
				       "tests/unit/data/machine-both.jsonl", 0), 0);
	assert_int_equal(v.groups[1].nr, 2);
	assert_int_equal(v.nr_lost, 0);
	assert_string_equal(v.groups[1].instruments, "profile and insn");
	near(v.groups[1].cells[1].count->cost, 3000);
	assert_false(isnan(v.groups[1].cells[0].count->cleared.on));
	assert_true(isnan(v.groups[1].cells[1].count->cleared.on));
	assert_int_equal(text_of(&v, &text), 0);
	assert_null(strstr(text, "left out"));
	free(text);
	validate_free(&v);
}

/* What was timed and has nothing beside it is named. */
static void test_left_out(void **state)
{
	char *counts = other_file(COUNTS, "\"v1\"", "\"v2\""), *text;
	struct validate v;

	(void)state;
	assert_int_equal(validate_load(&v, TIMES, counts, 0), 0);
	assert_int_equal(v.nr, 1);
	assert_int_equal(text_of(&v, &text), 0);
	assert_non_null(strstr(text, "left out of the times\n\n"
			       "  8c1n, percpu-alloc, v1, 64 B, 1024 B: not counted\n"));
	free(text);
	validate_free(&v);
	unlink(counts);
	free(counts);
}

static void refused(const char *times, const char *counts, const char *why)
{
	struct validate v;

	assert_int_equal(validate_load(&v, times, counts, 0), EX_USE);
	if (!strstr(err_message(), why))
		fail_msg("'%s' does not say '%s'", err_message(), why);
	assert_int_equal(v.nr, 0);
}

static void test_wrong_sides(void **state)
{
	(void)state;
	refused(COUNTS ":v1", TIMES ":v1", "has no times");
	refused(TIMES ":v1", "tests/unit/data/metal.jsonl", "has no counts");
	refused(TIMES, COUNTS ":v2", "has no kernel 'v2'");
	refused("tests/unit/data/metal.jsonl:ours",
		"results/reference/bench-6.12.jsonl:baseline",
		"on the machine's own topology, 8c1n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_given_k),
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_rewritten),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_fewer_profiled),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_wrong_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

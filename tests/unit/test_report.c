// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests of the report's layouts against tests/golden/. Run in the root; with
 * UPDATE_GOLDEN=1 they write the files again: read them before a commit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "doc/doc.h"
#include "report/report.h"
#include "results/table_load.h"

#define DATA	"tests/unit/data/"
#define GOLDEN	"tests/golden/"

typedef int (*write_fn)(FILE *out, const struct report *r);

/* The report of DATA/@name.jsonl; free() it. */
static char *report_of(const char *name, write_fn write, bool published)
{
	struct published p = { 0 };
	char path[128], *file = path, *text = NULL;
	struct table t;
	struct report r = { .table = &t, .published = published ? &p : NULL };
	size_t len;
	FILE *out = open_memstream(&text, &len);

	snprintf(path, sizeof(path), DATA "%s.jsonl", name);
	assert_int_equal(table_load(&t, &file, 1), 0);
	if (published)
		assert_int_equal(published_read(&p), 0);
	assert_non_null(out);
	assert_int_equal(write(out, &r), 0);
	assert_int_equal(fclose(out), 0);
	published_free(&p);
	table_free(&t);
	return text;
}

static char *slurp(const char *path)
{
	char *text = calloc(1, 1 << 20);
	FILE *in = fopen(path, "r");

	assert_non_null(text);
	if (!in)
		fail_msg("no %s: UPDATE_GOLDEN=1 makes it", path);
	assert_in_range(fread(text, 1, 1 << 20, in), 1, (1 << 20) - 1);
	fclose(in);
	return text;
}

static void golden(const char *file, const char *text)
{
	char path[128], *want;
	FILE *out;

	snprintf(path, sizeof(path), GOLDEN "%s", file);
	if (getenv("UPDATE_GOLDEN")) {
		out = fopen(path, "w");
		assert_non_null(out);
		assert_true(fputs(text, out) >= 0);
		assert_int_equal(fclose(out), 0);
	}
	want = slurp(path);
	assert_string_equal(text, want);
	free(want);
}

/* Columns as a terminal counts them, and no line ends in a space. */
static void at_most_72(const char *text)
{
	wchar_t wide[256];
	char line[1024];

	while (*text) {
		size_t len = strcspn(text, "\n");
		int columns;

		assert_in_range(len, 0, sizeof(line) - 1);
		memcpy(line, text, len);
		line[len] = '\0';
		assert_in_range(mbstowcs(wide, line, 256), 0, 255);
		columns = wcswidth(wide, 256);
		if (columns < 0 || columns > 72 ||
		    (len && line[len - 1] == ' '))
			fail_msg("%d columns: '%s'", columns, line);
		text += len + 1;
	}
}

static void test_text(void **state)
{
	static const struct {
		const char *data;
		bool published;
		const char *golden;
	} cases[] = {
		{ "typical", false, "report-typical.txt" },
		{ "typical", true, "report-typical-published.txt" },
		{ "troubles", true, "report-troubles-published.txt" },
		{ "long-names", false, "report-long-names.txt" },
		{ "times", false, "report-times.txt" },
		{ "metal", false, "report-metal.txt" },
		{ "metal-once", false, "report-metal-once.txt" },
		{ "campaign", false, "report-campaign.txt" },
		{ "contended", false, "report-contended.txt" },
		{ "maps", false, "report-maps.txt" },
		{ "../../../results/reference/posted-7.3", true,
		  "report-posted-published.txt" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = report_of(cases[i].data, report_text,
				       cases[i].published);

		at_most_72(text);
		golden(cases[i].golden, text);
		free(text);
	}
}

/* Halves that differ greatly make the floor high; too few boots have none. */
static void test_control(void **state)
{
	static const struct {
		const char *data, *line;
	} cases[] = {
		{ "campaign-apart", "\nA/A floor          7.07          0.00\n"
		  "A/A, 95 %  +10.0..+10.0  +0.00..+0.00\n"
		  "far              ~+0.40        ~+0.00\n" },
		{ "campaign-apart", "THE CONTROL FAILED: every second boot of baseline" },
		{ "campaign-few", "\nA/A floor: not known, baseline has 3 of the 4 boots that can be split\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = report_of(cases[i].data, report_text, false);

		at_most_72(text);
		if (!strstr(text, cases[i].line))
			fail_msg("no '%s' in\n%s", cases[i].line, text);
		free(text);
	}
}

/* Of the posted patches, and not of our design by that name. */
static void test_published(void **state)
{
	static const char * const none[] = {
		"v1", "a", "b", "c", "d", "posted-v2", "posted-", "posted-d",
	};
	struct published p = { 0 };
	const struct published_row *row;

	(void)state;
	assert_int_equal(published_read(&p), 0);
	row = published_find(&p, "176c1n", "posted-v1", 64);
	assert_non_null(row);
	assert_true(row->cost_pct == 417.3);
	assert_non_null(published_find(&p, "176c1n", "baseline", 64));
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_null(published_find(&p, "176c1n", none[i], 64));
	published_free(&p);
}

/* What `report` prints where nobody asks for more. */
static void test_screen(void **state)
{
	static const struct {
		const char *file, *golden;
	} cases[] = {
		{ "results/reference/bench-6.12.jsonl", NULL },
		{ "tests/unit/data/typical.jsonl", "report-typical-screen.txt" },
		{ "tests/unit/data/troubles.jsonl",
		  "report-troubles-screen.txt" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *path = (char *)cases[i].file, *text = NULL;
		size_t len, lines = 0;
		struct report r = { .parts = REPORT_SCREEN };
		struct table t;
		FILE *out = open_memstream(&text, &len);

		assert_non_null(out);
		assert_int_equal(table_load(&t, &path, 1), 0);
		r.table = &t;
		assert_int_equal(report_text(out, &r), 0);
		assert_int_equal(fclose(out), 0);
		table_free(&t);
		at_most_72(text);
		for (const char *p = text; *p; p++)
			lines += *p == '\n';
		assert_in_range(lines, 10, 40);
		if (cases[i].golden)
			golden(cases[i].golden, text);
		free(text);
	}
}

static void test_csv(void **state)
{
	char *text = report_of("troubles", report_csv, false);

	(void)state;
	assert_memory_equal(text, "kernel,topology,instrument,bench,param,off,on,cost,cost_pct,unit,boots,valid\n", 77);
	golden("report-troubles.csv", text);
	free(text);
	text = report_of("typical", report_csv, true);
	golden("report-typical-published.csv", text);
	free(text);
	/* One of its kernels has a comma and quotes in its name. */
	text = report_of("long-names", report_csv, false);
	assert_non_null(strstr(text, "\n\"v2, \"\"fixed\"\"|_x_\",16c2n+6m,"));
	free(text);
	/* Only for times of four boots and more there is the column of the A/A floor. */
	text = report_of("campaign-apart", report_csv, false);
	assert_non_null(strstr(text, ",12,1,7.071067812\n"));
	free(text);
	text = report_of("campaign-few", report_csv, false);
	assert_non_null(strstr(text, ",3,1\n"));
	free(text);
}

static void test_md(void **state)
{
	char *text = report_of("troubles", report_md, true);

	(void)state;
	golden("report-troubles-published.md", text);
	free(text);
	text = report_of("long-names", report_md, false);
	assert_non_null(strstr(text, "\n| v2, \"fixed\"\\|\\_x\\_ |"));
	free(text);
}

static void test_json(void **state)
{
	char *text = report_of("troubles", report_json, true);
	json_t *rows = json_loads(text, 0, NULL);
	const json_t *row;
	size_t i;

	(void)state;
	golden("report-troubles-published.json", text);
	assert_non_null(rows);
	json_array_foreach(rows, i, row)
		assert_int_equal(json_is_true(json_object_get(row, "valid")),
				 json_is_real(json_object_get(row, "cost")));
	assert_int_equal(json_array_size(rows), 11);
	json_decref(rows);
	free(text);
}

/* A document with words longer than a line, with escapes, and empty. */
static void test_wrapping(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct doc d = { .out = out };

	(void)state;
	assert_non_null(out);
	doc_put(&d, DOC_ITEM, "a %0150d\tz", 0);
	doc_put(&d, DOC_TITLE, "%s", "");
	doc_put(&d, DOC_HEADING, "red \033[31m\r\n and \302\233 too");
	assert_int_equal(fclose(out), 0);
	assert_false(d.failed);
	at_most_72(text);
	assert_null(strpbrk(text, "\033\r\t"));
	assert_non_null(strstr(text, "red ?[31m? and ? too"));
	free(text);
}

/* --- the command --- */

static int run(const char *arg1, const char *arg2, const char *output)
{
	char *argv[] = { "report", (char *)arg1, (char *)arg2, NULL };
	int saved, fd, e;

	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	fd = open(output, O_WRONLY);
	assert_true(saved >= 0 && fd >= 0);
	assert_true(dup2(fd, STDOUT_FILENO) >= 0);
	e = cmd_report.run(arg2 ? 3 : arg1 ? 2 : 1, argv);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	clearerr(stdout);
	close(saved);
	close(fd);
	return e;
}

static void test_command(void **state)
{
	(void)state;
	assert_int_equal(run(DATA "typical.jsonl", NULL, "/dev/null"), 0);
	assert_int_equal(run("--format=csv", DATA "typical.jsonl",
			     "/dev/null"), 0);
	assert_int_equal(run(NULL, NULL, "/dev/null"), EX_USE);
	assert_non_null(strstr(err_message(), "no results file"));
	assert_int_equal(run("--format=xml", DATA "typical.jsonl",
			     "/dev/null"), EX_USE);
	assert_non_null(strstr(err_message(), "--format=xml"));
	assert_int_equal(run("/tmp/none/such", NULL, "/dev/null"), EX_USE);
	assert_int_equal(run(DATA "typical.jsonl", NULL, "/dev/full"), EX_FAIL);
	assert_non_null(strstr(err_message(), "No space left"));
}

static void test_published_missing(void **state)
{
	(void)state;
	setenv("PCPUBENCH_DATADIR", "/tmp/none", 1);
	assert_int_equal(run("--published", DATA "typical.jsonl", "/dev/null"),
			 EX_USE);
	assert_non_null(strstr(err_message(), "set PCPUBENCH_DATADIR"));
	unsetenv("PCPUBENCH_DATADIR");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_screen),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_md),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_wrapping),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_published_missing),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

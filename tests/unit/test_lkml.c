// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of a mail's body: mailers and git must not change it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "report/lkml.h"
#include "report/mail.h"

#define DATA		"tests/unit/data/"
#define REFERENCE	"results/reference/"

/* Conditions for every line. */
static void is_mail(const char *text)
{
	static const char *const bad[] = {
		"From ", "---", "-- ", "diff ", "Index: ", ">", "#",
	};
	size_t len, i;

	assert_true(*text);
	while (*text) {
		len = strcspn(text, "\n");
		assert_in_range(len, 0, 72);
		assert_int_equal(text[len], '\n');
		for (i = 0; i < len; i++)
			assert_in_range(text[i], ' ', '~');
		assert_true(!len || text[len - 1] != ' ');
		for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
			assert_int_not_equal(strncmp(text, bad[i],
						     strlen(bad[i])), 0);
		text += len + 1;
	}
}

static char *mail_of(const char *in)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	mail_text(out, in);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_text(void **state)
{
	char *text = mail_of("From here\nfrom here\n---\n--- a/x\n-- \n"
			     "diff --git\nIndex: x\n>quoted\n#1 of 2\n"
			     "tab\there  \t\n\x1b[31mred\n"
			     "\xc3\xb6\xe2\x80\x93\xf0\x9f\x98\x80.\n\nend");

	(void)state;
	is_mail(text);
	assert_string_equal(text, " From here\nfrom here\n ---\n --- a/x\n --\n"
			    " diff --git\n Index: x\n >quoted\n #1 of 2\n"
			    "tab here\n?[31mred\n???.\n\nend\n");
	free(text);
}

/* Have the shell parse a printed command. */
static void test_command(void **state)
{
	static const char long_word[] =
		"--sizes=64,128,192,256,320,384,448,512,576,640,704,768,832,896,960,1024,1088,1152,1216,1280,1344";
	const char *words[] = {
		"printf", "%s\\n", "a b", "it's", "$HOME", "", "*", long_word,
		"x", "--topologies=176c1n,80c2n,16c2n+6m", "--boots=20",
		"--output=results/something-long.jsonl", "baseline", "d",
		NULL,
	};
	char got[4096], want[4096] = "", *text = NULL;
	size_t len, i;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	mail_command(out, words);
	assert_int_equal(fclose(out), 0);
	is_mail(text);
	out = popen(text, "r");
	assert_non_null(out);
	len = fread(got, 1, sizeof(got) - 1, out);
	got[len] = '\0';
	assert_int_equal(pclose(out), 0);
	for (i = 2; words[i]; i++) {
		strcat(want, words[i]);
		strcat(want, "\n");
	}
	assert_string_equal(got, want);
	free(text);
}

static size_t lines_of(const char *text)
{
	size_t nr = 0;

	for (; *text; text++)
		nr += *text == '\n';
	return nr;
}

static char *lkml_of(const char *old, const char *new,
		     int (*write)(FILE *out, const struct lkml *l))
{
	struct compare_options opt;
	struct compare c;
	const struct lkml l = { .compares = &c, .nr = 1 };
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	compare_options_init(&opt);
	assert_non_null(out);
	assert_int_equal(compare_load(&c, old, new, &opt), 0);
	assert_int_equal(compare_judge(&c), 0);
	assert_int_equal(write(out, &l), 0);
	assert_int_equal(fclose(out), 0);
	compare_free(&c);
	return text;
}

static void test_exact(void **state)
{
	char *text = lkml_of(DATA "typical.jsonl:baseline", ":d", lkml_text);

	(void)state;
	is_mail(text);
	assert_non_null(strstr(text, "ACCT COST, (on - off) / off\n"));
	assert_non_null(strstr(text, "\n  change "));
	assert_non_null(strstr(text, "\n  relative "));
	assert_non_null(strstr(text, "\nmeasured with:\n"));
	assert_non_null(strstr(text, "\nto repeat it, after `make deps all`:\n"
			       "  KERNEL=6.12 build/pcpubench "));
	assert_non_null(strstr(text, "\nd (sha256, patch):\n"));
	free(text);
}

static void test_troubles(void **state)
{
	char *text = lkml_of(DATA "troubles.jsonl:baseline", ":v1", lkml_text);

	(void)state;
	is_mail(text);
	assert_non_null(strstr(text, "invalid"));
	free(text);
}

static void test_times(void **state)
{
	char *text = lkml_of(DATA "times.jsonl", DATA "times-more.jsonl", lkml_text);

	(void)state;
	is_mail(text);
	assert_non_null(strstr(text, "\nbaseline, new "));
	assert_non_null(strstr(text, "medians over boots"));
	free(text);
}

static void test_names(void **state)
{
	char *text = lkml_of(DATA "long-names.jsonl:baseline",
			     ":\xe5\x90\x8d\xe5\x89\x8d", lkml_text);

	(void)state;
	is_mail(text);
	free(text);
	text = lkml_of(DATA "long-names.jsonl:baseline",
		       ":per-memcg-per-node-kmem-accounting-v2-rebased-on-mm-unstable-2026-06-26-with-fixes-of-the-list", lkml_text);
	is_mail(text);
	free(text);
}

static void test_short(void **state)
{
	static const char *const sides[][2] = {
		{ DATA "typical.jsonl:baseline", ":d" },
		{ DATA "troubles.jsonl:baseline", ":v1" },
		{ DATA "times.jsonl", DATA "times-more.jsonl" },
		{ DATA "long-names.jsonl:baseline", ":\xe5\x90\x8d\xe5\x89\x8d" },
		{ REFERENCE "profile-6.12.jsonl:baseline", ":d" },
		{ REFERENCE "sweep-6.12.jsonl:baseline", ":d" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		char *text = lkml_of(sides[i][0], sides[i][1], lkml_short);

		is_mail(text);
		assert_in_range(lines_of(text), 8, 40);
		assert_non_null(strstr(text, "To repeat it"));
		assert_non_null(strstr(text, "\n  change "));
		free(text);
	}
}

static void test_short_says(void **state)
{
	char *text = lkml_of(REFERENCE "profile-6.12.jsonl:baseline", ":d",
			     lkml_short);

	(void)state;
	assert_non_null(strstr(text, "\nd          +844  +1062\n"));
	assert_non_null(strstr(text, "most of the change at 80c2n, 64 B: +228 of on - off in\n    __mod_memcg_lruvec_state()\n"));
	assert_null(strstr(text, "nokmem"));
	free(text);
	text = lkml_of(DATA "times.jsonl", DATA "times-more.jsonl", lkml_short);
	assert_non_null(strstr(text, "\nbaseline, old "));
	assert_non_null(strstr(text, "\nbaseline, new "));
	assert_null(strstr(text, "same on every host"));
	free(text);
}

static int run(const char *arg1, const char *arg2)
{
	char *argv[] = { "lkml", (char *)arg1, (char *)arg2, NULL };

	return cmd_lkml.run(arg2 ? 3 : arg1 ? 2 : 1, argv);
}

static void test_cmd(void **state)
{
	(void)state;
	assert_int_equal(run(DATA "typical.jsonl", NULL), 0);
	assert_int_equal(run(DATA "troubles.jsonl", NULL), EX_USE);
	assert_non_null(strstr(err_message(), "no two kernels that can be compared: "));
	assert_int_equal(run(NULL, NULL), EX_USE);
	assert_non_null(strstr(err_message(), "no results file"));
	assert_int_equal(run(DATA "times.jsonl", NULL), EX_USE);
	assert_non_null(strstr(err_message(), "no two kernels"));
	assert_int_equal(run(DATA "times.jsonl", DATA "times-elsewhere.jsonl"),
			 EX_USE);
	assert_non_null(strstr(err_message(), "not comparable"));
	assert_int_equal(run(DATA "typical.jsonl", DATA "troubles.jsonl"),
			 EX_USE);
	assert_non_null(strstr(err_message(), "several kernels"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_troubles),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_short_says),
		cmocka_unit_test(test_cmd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Results of the kernel's own tests: read from a log, and compared with baseline's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "guest/kselftest_log.h"
#include "report/kselftest_doc.h"

/* What the guest of a made-up kernel sends: 6.12's way, 7.3's, and TAP's. */
static const char *const log_lines[] = {
	"test_kmem: ok 1 test_kmem_basic",
	"test_kmem: memory.current 26214400",
	"test_kmem: not ok 2 test_percpu_basic",
	"test_kmem: exit 1",
	"test_memcontrol: TAP version 13",
	"test_memcontrol: 1..3",
	"test_memcontrol: ok 1 # SKIP test_memcg_swap",
	"test_memcontrol: ok 2 - test_memcg_max # SKIP no limit",
	"test_memcontrol: ok 3 test_memcg_low",
	"test_memcontrol: signal 9",
	"test_zswap: 1..0 # SKIP zswap isn't configured",
	"test_zswap: exit 4",
	"test_none: exit 127",
	"test_mute: exit 0",
	"no program at all",
};

#define NR_LINES	(sizeof(log_lines) / sizeof(log_lines[0]))

/* Those lines, but the @nr-th reads @other. */
static json_t *results_but(size_t nr, const char *other)
{
	json_t *lines = json_array(), *results;

	for (size_t i = 0; i < NR_LINES; i++)
		json_array_append_new(lines, json_string(i == nr ? other :
							 log_lines[i]));
	results = kselftest_results(lines);
	json_decref(lines);
	return results;
}

static void check_result(const json_t *results, const char *test,
			 const char *result, const char *why)
{
	json_t *said = json_object_get(json_object_get(results, test), "why");

	assert_string_equal(kselftest_result(results, test), result);
	if (why)
		assert_string_equal(json_string_value(said), why);
	else
		assert_null(said);
}

static void reads_results(void **state)
{
	json_t *r = results_but(NR_LINES, "");

	(void)state;
	check_result(r, "test_kmem: test_kmem_basic", "ok", NULL);
	check_result(r, "test_kmem: test_percpu_basic", "fail", NULL);
	check_result(r, "test_memcontrol: test_memcg_swap", "skip", NULL);
	check_result(r, "test_memcontrol: test_memcg_max", "skip", "no limit");
	check_result(r, "test_memcontrol: test_memcg_low", "ok", NULL);
	check_result(r, "test_memcontrol", "fail", "signal 9");
	check_result(r, "test_zswap", "skip", "zswap isn't configured");
	check_result(r, "test_none", "fail", "exit 127");
	check_result(r, "test_mute", "fail", "said nothing");
	check_result(r, "test_kmem", "none", NULL);
	assert_int_equal(json_object_size(r), 9);
	json_decref(r);
}

/* The text for kernel v1 whose @nr-th line reads @other, for free(). */
static char *compared(size_t nr, const char *other, size_t *differences)
{
	struct kselftest_run run = {
		"cgroup", "linux 6.12", "16c2n",
		json_pack("{s:o, s:o}", "baseline", results_but(NR_LINES, ""),
			  "v1", results_but(nr, other)),
	};
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	*differences = kselftest_differences(&run);
	assert_int_equal(kselftest_text(out, &run), 0);
	fclose(out);
	json_decref(run.kernels);
	return text;
}

static void same_is_one_line(void **state)
{
	size_t differences;
	char *text = compared(NR_LINES, "", &differences);

	(void)state;
	assert_int_equal(differences, 0);
	assert_null(strchr(text, '!'));
	assert_non_null(strstr(text, "ok, the same everywhere, 2: "
			       "test_kmem_basic, test_memcg_low\n"));
	assert_non_null(strstr(text, "(zswap isn't configured)"));
	free(text);
}

static void finds_what_differs(void **state)
{
	static const struct {
		size_t nr;
		const char *line, *marked;
	} cases[] = {
		{ 0, "test_kmem: not ok 1 test_kmem_basic", "ok  ! fail" },
		{ 2, "test_kmem: ok 2 test_percpu_basic", "fail  ! ok" },
		{ 8, "test_memcontrol: ok 3 # SKIP test_memcg_low", "ok  ! skip" },
		{ 8, "test_memcontrol: # it says no more", "ok  ! none" },
		{ 9, "test_memcontrol: exit 0", "fail  ! none" },
	};
	size_t differences;
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text = compared(cases[i].nr, cases[i].line, &differences);
		assert_int_equal(differences, 1);
		assert_non_null(strstr(text, cases[i].marked));
		free(text);
	}
}

/* Runs that differ are no result that another kernel can differ from. */
static void tells_what_varies(void **state)
{
	static const char *const again[] = {
		"test_kmem: not ok 1 test_kmem_basic", "test_kmem: exit 1",
		"test_mute: ok 1 test_mute_now", "test_mute: exit 0",
	};
	json_t *lines = json_array(), *varying;
	struct kselftest_run run = { "cgroup", "linux 6.12", "16c2n", NULL };

	(void)state;
	for (size_t i = 0; i < NR_LINES; i++)
		json_array_append_new(lines, json_string(log_lines[i]));
	for (size_t i = 0; i < sizeof(again) / sizeof(again[0]); i++)
		json_array_append_new(lines, json_string(again[i]));
	varying = kselftest_results(lines);
	json_decref(lines);
	check_result(varying, "test_kmem: test_kmem_basic", "varies", NULL);
	check_result(varying, "test_kmem: test_percpu_basic", "fail", NULL);
	check_result(varying, "test_mute", "fail", "said nothing");
	json_object_del(varying, "test_mute: test_mute_now");
	run.kernels = json_pack("{s:o, s:o}", "baseline", varying, "v1",
				results_but(NR_LINES, ""));
	assert_int_equal(kselftest_differences(&run), 0);
	/* But one that says nothing of it does. */
	json_object_del(json_object_get(run.kernels, "v1"),
			"test_kmem: test_kmem_basic");
	assert_int_equal(kselftest_differences(&run), 1);
	json_decref(run.kernels);
}

/* A test that only the other kernel has a result of is one too. */
static void finds_what_is_new(void **state)
{
	size_t differences;
	char *text = compared(1, "test_kmem: ok 9 test_new", &differences);

	(void)state;
	assert_int_equal(differences, 1);
	assert_non_null(strstr(text, "none  ! ok"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_results),
		cmocka_unit_test(same_is_one_line),
		cmocka_unit_test(finds_what_differs),
		cmocka_unit_test(tells_what_varies),
		cmocka_unit_test(finds_what_is_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

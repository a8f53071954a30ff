// SPDX-License-Identifier: GPL-2.0-or-later
/* What a kernel that was given by a path is called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "results/kernel_label.h"

/* @subjects: "a|b" of its patches, NULL for none; "" is one without a subject */
static json_t *record(const char *name, const char *subjects)
{
	json_t *list = json_array();
	char *copy = subjects ? strdup(subjects) : NULL, *at = copy, *subject;

	while (at && (subject = strsep(&at, "|")))
		json_array_append_new(list, *subject ?
			json_pack("{s:s, s:s}", "name", "0001-x-y.patch",
				  "subject", subject) :
			json_pack("{s:s}", "name", "0001-x-y.patch"));
	free(copy);
	return json_pack("{s:s, s:o}", "kernel", name, "patches", list);
}

static void test_label(void **state)
{
	static const struct {
		const char *name, *subjects, *label;
	} cases[] = {
		{ "d", "a|b", "d" },
		{ "worktree", NULL, "worktree" },
		{ "HEAD~3..HEAD", "mm: x", "HEAD~3..HEAD" },
		{ "./v2.mbox", "a|b", "v2" },
		{ "/tmp/x/series/", "a|b", "series" },
		{ "../0001-mm-count-nodes.patch", "a|b", "mm-count-nodes" },
		{ "./v6.12.mbox", "a|b", "v6.12" },
		{ "/tmp/x.patch", "mm/percpu: count nodes", "count-nodes" },
		{ "/tmp/x.patch", "no subsystem", "no-subsystem" },
		{ "/tmp/x.patch", "mm: account an area to the node of its pages",
		  "account-an-area-to" },
		{ "/tmp/x.patch", "mm: anextraordinarilylongword",
		  "anextraordinarilylon" },
		{ "/tmp/x.patch", "", "x" },
		{ "/", NULL, "/" },
		{ "./\xc3\xb6/", NULL, "./\xc3\xb6/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *r = record(cases[i].name, cases[i].subjects);
		char *label = kernel_label(r);

		assert_string_equal(label, cases[i].label);
		assert_true(strlen(label) <= KERNEL_LABEL_MAX);
		free(label);
		json_decref(r);
	}
}

static void test_subject(void **state)
{
	static const struct {
		const char *subjects, *subject;
	} cases[] = {
		{ NULL, "" },
		{ "mm: a", "mm: a" },
		{ "mm: a|mm: b", "mm: b (last of 2)" },
		{ "", "x y" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *r = record("d", cases[i].subjects);
		char *subject = kernel_subject(r);

		assert_string_equal(subject, cases[i].subject);
		free(subject);
		json_decref(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_subject),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

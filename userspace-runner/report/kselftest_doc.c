// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's own tests: where a kernel's results are others than baseline's. */
#include <string.h>

#include "base/memory.h"
#include "base/output.h"
#include "doc/doc.h"
#include "guest/kselftest_log.h"
#include "report/kselftest_doc.h"

static const json_t *baseline(const struct kselftest_run *run)
{
	return json_object_get(run->kernels, "baseline");
}

/* Of "PROGRAM: TEST" the test, whose name has the program's in it. */
static const char *title(const char *test)
{
	const char *after = strstr(test, ": ");

	return after ? after + 2 : test;
}

static bool same(const json_t *a, const json_t *b, const char *test)
{
	return !strcmp(kselftest_result(a, test), kselftest_result(b, test));
}

/* What varies from run to run is no other than what did not, so far. */
static bool agree(const json_t *a, const json_t *b, const char *test)
{
	const char *ra = kselftest_result(a, test), *rb = kselftest_result(b, test);

	return !strcmp(ra, rb) ||
	       ((!strcmp(ra, "varies") || !strcmp(rb, "varies")) &&
		strcmp(ra, "none") && strcmp(rb, "none"));
}

static bool same_everywhere(const struct kselftest_run *run, const char *test)
{
	const char *name;
	json_t *results;

	json_object_foreach(run->kernels, name, results)
		if (!same(results, baseline(run), test))
			return false;
	return true;
}

/* Every test that some kernel has a result of: an object, for json_decref(). */
static json_t *all_tests(const struct kselftest_run *run)
{
	json_t *all = json_object(), *results;
	const char *name;

	json_object_update(all, json_object_get(run->kernels, "baseline"));
	json_object_foreach(run->kernels, name, results)
		json_object_update_missing(all, results);
	return all;
}

size_t kselftest_differences(const struct kselftest_run *run)
{
	json_t *tests = all_tests(run), *results, *entry;
	const char *name, *test;
	size_t nr = 0;

	json_object_foreach(tests, test, entry)
		json_object_foreach(run->kernels, name, results)
			nr += !agree(results, baseline(run), test);
	json_decref(tests);
	return nr;
}

static size_t count(const json_t *results, const char *result)
{
	const char *test;
	json_t *entry;
	size_t nr = 0;

	json_object_foreach((json_t *)results, test, entry)
		nr += !strcmp(kselftest_result(results, test), result);
	return nr;
}

static const char *const outcomes[] = { "ok", "fail", "skip", "varies" };
#define NR_OUTCOMES	(sizeof(outcomes) / sizeof(outcomes[0]))

/* How many of each result, then the tests whose results differ. */
static void put_table(struct doc *d, const struct kselftest_run *run,
		      json_t *tests)
{
	const char *name, *test;
	json_t *results, *entry;

	doc_row(d, "%s", "");
	json_object_foreach(run->kernels, name, results)
		doc_cell(d, "%s", name);
	for (size_t i = 0; i < NR_OUTCOMES; i++) {
		doc_row(d, "%s", outcomes[i]);
		json_object_foreach(run->kernels, name, results)
			doc_cell(d, "%zu", count(results, outcomes[i]));
	}
	json_object_foreach(tests, test, entry) {
		if (same_everywhere(run, test))
			continue;
		doc_row(d, "%s", title(test));
		json_object_foreach(run->kernels, name, results)
			doc_cell(d, "%s%s", agree(results, baseline(run), test) ?
				 "" : "! ", kselftest_result(results, test));
	}
	doc_table(d);
}

/* Those with one result everywhere, with baseline's reasons. */
static void put_same(struct doc *d, const struct kselftest_run *run,
		     json_t *tests, const char *result)
{
	const json_t *base = baseline(run);
	const char *test, *why, *before;
	json_t *entry;
	size_t nr = 0;

	json_object_foreach(tests, test, entry)
		nr += same_everywhere(run, test) &&
		      !strcmp(kselftest_result(base, test), result);
	if (!nr)
		return;
	doc_begin(d, DOC_ITEM);
	doc_print(d, "%s, the same everywhere, %zu:", result, nr);
	before = " ";
	json_object_foreach(tests, test, entry) {
		if (!same_everywhere(run, test) ||
		    strcmp(kselftest_result(base, test), result))
			continue;
		why = json_string_value(json_object_get(entry, "why"));
		doc_print(d, "%s%s%s%s%s", before, title(test), why ? " (" : "",
			  why ? why : "", why ? ")" : "");
		before = ", ";
	}
	doc_end(d);
}

int kselftest_text(FILE *out, const void *what)
{
	const struct kselftest_run *run = what;
	struct doc d = { .out = out };
	json_t *tests = all_tests(run);

	doc_put(&d, DOC_HEADING, "%s tests of %s, on %s", run->suite,
		run->source, run->topology);
	put_table(&d, run, tests);
	for (size_t i = 0; i < NR_OUTCOMES; i++)
		put_same(&d, run, tests, outcomes[i]);
	json_decref(tests);
	return d.failed ? no_memory() : 0;
}

int kselftest_json(FILE *out, const void *what)
{
	const struct kselftest_run *run = what;

	return output_json(out, json_pack("{s:s, s:s, s:s, s:i, s:O}",
			   "suite", run->suite, "source", run->source,
			   "topology", run->topology, "differences",
			   (int)kselftest_differences(run),
			   "kernels", run->kernels));
}

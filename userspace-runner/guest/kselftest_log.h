/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel's own tests said in a guest. */
#ifndef PCPUBENCH_GUEST_KSELFTEST_LOG_H
#define PCPUBENCH_GUEST_KSELFTEST_LOG_H

#include <jansson.h>

/**
 * kselftest_results - the results in what programs_run() of guest/programs.h sent
 * @lines: an array of texts
 *
 * An object, in their order: "PROGRAM: TEST" is {"result": "ok", "fail" or "skip"},
 * with "why" where the program says it; "varies" where its runs differ. A program that was skipped as a whole, that a
 * signal ended, or that ended without a result, has one result, "PROGRAM".
 */
json_t *kselftest_results(const json_t *lines);

/* Add the result of a run to such an object; @why may be NULL. */
void kselftest_add(json_t *results, const char *test, const char *result,
		   const char *why);

/* "ok", "fail", "skip", "varies"; "none" where @results has no such @test. */
const char *kselftest_result(const json_t *results, const char *test);

#endif

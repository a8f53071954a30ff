// SPDX-License-Identifier: GPL-2.0-or-later
/* What of a stranger's text is printed, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/safe.h"

static void is(const char *given, const char *safe)
{
	char text[128];

	strcpy(text, given);
	safe_text(text);
	assert_string_equal(text, safe);
	assert_int_equal(safe_is(given), !strcmp(given, safe));
	assert_true(safe_is(safe));
}

static void test_kept(void **state)
{
	(void)state;
	is("", "");
	is("mm/percpu: count \"it\" `so` $(x) <b> | ../", "mm/percpu: count \"it\" `so` $(x) <b> | ../");
	is("G\xc3\xb6\xc3\x9fter \xe2\x82\xac \xf0\x9f\x98\x80", "G\xc3\xb6\xc3\x9fter \xe2\x82\xac \xf0\x9f\x98\x80");
	is("core::fmt a ::b #[x]", "core::fmt a ::b #[x]");
}

static void test_controls(void **state)
{
	(void)state;
	is("\033[31mred\033[0m\007", "?[31mred?[0m?");
	is("a\nb\r\tc\177", "a?b??c?");
	/* CSI as one character, and as a byte of no encoding. */
	is("\xc2\x9b""31m", "?31m");
	is("\x9b""31m", "?31m");
	is("\xe2\x80\xae""gnp.exe\xe2\x81\xa6", "?gnp.exe?");
	is("\xe2\x80\xa8\xef\xbb\xbf\xef\xbf\xbf", "???");
}

static void test_no_utf8(void **state)
{
	(void)state;
	/* Cut off, too long, a half of a pair, above the last. */
	is("\xe2\x82", "??");
	is("\xc0\x9b\xe0\x80\x9b", "?????");
	is("\xed\xa0\x80", "???");
	is("\xf4\x90\x80\x80\xff", "?????");
}

static void test_commands(void **state)
{
	(void)state;
	is("::error::x", "?:error::x");
	is("  ::error::x", "  ?:error::x");
	is("a ##[error]x", "a #?[error]x");
	is("###[error]x", "##?[error]x");
	is("::##[x", "?:#?[x");
}

static void test_errors(void **state)
{
	(void)state;
	assert_int_equal(err(EX_USE, "no kernel '%s'", "\033]0;x\007\n"), EX_USE);
	assert_string_equal(err_message(), "no kernel '?]0;x?" "?'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_controls),
		cmocka_unit_test(test_no_utf8),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

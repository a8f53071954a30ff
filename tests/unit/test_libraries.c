// SPDX-License-Identifier: GPL-2.0-or-later
/* The loader and the shared libraries that a guest's programs need. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "root.h"
#include "vm/libraries.h"

#define PROGRAM	"/bin/true"
#define LIBC	"libc.so.6"

static const char *in_root(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	return path;
}

/* A copy of @from as @name, its first @old replaced by the equally long @new. */
static void copy(const char *from, const char *name, const char *old,
		 const char *new)
{
	FILE *in = fopen(from, "r"), *out = fopen(in_root(name), "w");
	static char data[8 << 20];
	size_t len;
	char *at;

	assert_non_null(in);
	assert_non_null(out);
	len = fread(data, 1, sizeof(data), in);
	at = old ? memmem(data, len, old, strlen(old)) : NULL;
	assert_true(!old || at);
	if (at)
		memcpy(at, new, strlen(new));
	assert_int_equal(fwrite(data, 1, len, out), len);
	fclose(in);
	fclose(out);
	chmod(in_root(name), 0755);
}

/* Which libc a program takes, "" for none. */
static const char *libc_of(const char *program)
{
	json_t *paths = libraries_of(program), *path;
	static char libc[PATH_MAX];
	const char *text;
	size_t i;

	libc[0] = '\0';
	assert_true(json_array_size(paths) >= 2);
	json_array_foreach(paths, i, path) {
		text = json_string_value(path);
		assert_int_equal(text[0], '/');
		assert_int_equal(access(text, R_OK), 0);
		if (!strcmp(strrchr(text, '/') + 1, LIBC))
			strcpy(libc, text);
	}
	json_decref(paths);
	return libc;
}

static void finds_them(void **state)
{
	(void)state;
	assert_string_not_equal(libc_of(PROGRAM), "");
}

/* Every CPU that this runs on has what x86-64-v2 means, the guest's has not. */
static void takes_none_for_newer_cpus(void **state)
{
	char libc[PATH_MAX];

	(void)state;
	strcpy(libc, libc_of(PROGRAM));
	mkdir(in_root("glibc-hwcaps"), 0755);
	mkdir(in_root("glibc-hwcaps/x86-64-v2"), 0755);
	copy(libc, "glibc-hwcaps/x86-64-v2/" LIBC, NULL, NULL);
	copy(libc, LIBC, NULL, NULL);
	setenv("LD_LIBRARY_PATH", root, 1);
	/* Another program, as what is known of one stays. */
	strcpy(libc, libc_of("/bin/false"));
	unsetenv("LD_LIBRARY_PATH");
	assert_string_equal(libc, in_root(LIBC));
}

static void says_which_is_missing(void **state)
{
	(void)state;
	copy(PROGRAM, "true", LIBC, "libX.so.6");
	assert_null(libraries_of(in_root("true")));
	assert_non_null(strstr(err_message(), "libX.so.6"));
	assert_null(strchr(err_message(), '\n'));
}

static void a_static_program_has_none(void **state)
{
	json_t *paths = libraries_of(PROGRAM), *none;

	(void)state;
	/* The loader is one itself. */
	none = libraries_of(json_string_value(json_array_get(paths, 0)));
	assert_non_null(none);
	assert_int_equal(json_array_size(none), 0);
	json_decref(none);
	json_decref(paths);
}

static void refuses_what_is_no_program(void **state)
{
	FILE *f = fopen(in_root("script"), "w");

	(void)state;
	assert_null(libraries_of("/no/init"));
	assert_non_null(strstr(err_message(), "/no/init"));
	fputs("#!/bin/sh\n", f);
	fclose(f);
	assert_null(libraries_of(in_root("script")));
	assert_non_null(strstr(err_message(), "not a program"));
	/* Cut off in its program headers. */
	copy(PROGRAM, "cut", NULL, NULL);
	assert_int_equal(truncate(in_root("cut"), 100), 0);
	assert_null(libraries_of(in_root("cut")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_them),
		cmocka_unit_test(takes_none_for_newer_cpus),
		cmocka_unit_test(says_which_is_missing),
		cmocka_unit_test(a_static_program_has_none),
		cmocka_unit_test(refuses_what_is_no_program),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines and inlined functions, of this program itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "profile/lines.h"

enum { FIRST = __LINE__ + 2 };		/* the next function's line */
static inline __attribute__((always_inline))
int inlined(volatile int *p)
{
	*p += 3;
	return *p * 5;
}

enum { CALL = __LINE__ + 7 };

__attribute__((noinline)) int outer(volatile int *p);
int outer(volatile int *p)
{
	int ret;

	ret = inlined(p);
	*p -= ret;
	return ret;
}

/* Where the linker's first byte is loaded: its addresses begin with 0. */
extern const char __executable_start[];

static char dir[] = "/tmp/pcpubench-lines-XXXXXX";
static char path[64], map[64];

static int make_dir(void **state)
{
	FILE *f;

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/vmlinux.debug", dir);
	snprintf(map, sizeof(map), "%s/System.map", dir);
	f = fopen(map, "w");
	if (!f)
		return -1;
	fputs("ffffffff81000000 T _text\n", f);
	return fclose(f) || symlink("/proc/self/exe", path);
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(path);
	unlink(map);
	return rmdir(dir);
}

/* Addresses of outer(), from the first that is in the body of inlined(). */
static uint64_t first_inlined(struct lines *l, struct place *p)
{
	uint64_t start = (uintptr_t)outer - (uintptr_t)__executable_start, at;

	for (at = start; at < start + 256; at++) {
		lines_find(l, at, true, p);
		if (!strcmp(p->function, "inlined"))
			return at;
	}
	fail();
	return 0;
}

static void inlined_or_not(void **state)
{
	struct place p;
	struct lines *l;
	uint64_t at;

	(void)state;
	assert_int_equal(lines_open(&l, dir), 0);
	at = first_inlined(l, &p);
	assert_string_equal(p.file, "tests/unit/test_lines.c");
	assert_int_equal(p.from, FIRST);
	assert_in_range(p.line, FIRST, FIRST + 4);

	/* The same instruction as a part of the function around it. */
	lines_find(l, at, false, &p);
	assert_string_equal(p.file, "tests/unit/test_lines.c");
	assert_int_equal(p.line, CALL);
	assert_int_equal(p.from, CALL - 4);

	/* An address without code. */
	lines_find(l, 8, true, &p);
	assert_string_equal(p.file, "");
	assert_int_equal(p.line, 0);
	lines_close(l);
}

static void no_information(void **state)
{
	struct lines *l;

	(void)state;
	assert_int_equal(lines_open(&l, "/nonexistent"), EX_USE);
	assert_null(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inlined_or_not),
		cmocka_unit_test(no_information),
	};
	volatile int one = 1;

	outer(&one);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of /proc/vmallocinfo, and names of /proc/slabinfo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "measure/benches/slabinfo.h"
#include "measure/vmallocinfo.h"

#define UNIT	8192ULL	/* of a copy in a chunk, bytes */

static void test_areas(void **state)
{
	struct vmalloc_area a;

	(void)state;
	assert_true(vmalloc_parse("0xffffc90000000000-0xffffc90000005000   20480 "
				  "pcpu_mem_zalloc+0x45/0x60 pages=4 vmalloc N0=4\n",
				  &a));
	assert_true(a.addr == 0xffffc90000000000);
	assert_true(a.size == 20480);
	assert_int_equal(a.pages, 4);
	assert_string_equal(a.caller, "pcpu_mem_zalloc+0x45/0x60");
	/* Without the page that guards it, two units. */
	assert_true(vmalloc_bytes(&a) == 16384);
	assert_true(vmalloc_is_exts(&a, UNIT));
	assert_false(vmalloc_is_exts(&a, 3 * UNIT));
	/* Space alone, as a percpu chunk has it. */
	assert_true(vmalloc_parse("0xffffe8ffffa00000-0xffffe8ffffc00000 2097152 "
				  "pcpu_get_vm_areas+0x0/0xc30 vmalloc\n", &a));
	assert_int_equal(a.pages, 0);
	assert_false(vmalloc_is_exts(&a, 1048576 - 2048));
}

static void test_lines_that_are_no_areas(void **state)
{
	struct vmalloc_area a;

	(void)state;
	assert_false(vmalloc_parse("", &a));
	assert_false(vmalloc_parse("0xffffc90000005000-0xffffc90000007000    8192 "
				   "hpet_enable+0x36/0x2d0 phys=0xfed00000 ioremap\n",
				   &a));
	assert_false(vmalloc_parse("0xffffc90000000000-0xffffc90000005000 vmalloc\n",
				   &a));
	assert_false(vmalloc_parse("0xffffc90000000000-0xffffc90000005000 20480 "
				   "f+0x1/0x2 pages=many vmalloc\n", &a));
}

static void test_names_of_kmalloc_caches(void **state)
{
	static const struct {
		unsigned int bytes;
		const char *name;
	} of[] = {
		{ 8, "kmalloc-8" }, { 96, "kmalloc-96" }, { 512, "kmalloc-512" },
		{ 1024, "kmalloc-1k" }, { 8192, "kmalloc-8k" },
	};
	char name[SLABINFO_NAME];

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		slabinfo_kmalloc_name(name, of[i].bytes);
		assert_string_equal(name, of[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_areas),
		cmocka_unit_test(test_lines_that_are_no_areas),
		cmocka_unit_test(test_names_of_kmalloc_caches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of guest/selftest_log.c: reports in a kernel's log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "guest/selftest_log.h"

/* Lines as 6.12 prints them. */
static const char *const reports[] = {
	"BUG: KASAN: slab-out-of-bounds in pcpu_map_pages+0x1d5/0x2a0",
	"BUG: sleeping function called from invalid context at include/linux/sched/mm.h:330",
	"BUG: unable to handle page fault for address: ffffe8ffffc00000",
	"WARNING: possible circular locking dependency detected",
	"WARNING: inconsistent lock state",
	"WARNING: suspicious RCU usage",
	"WARNING: CPU: 0 PID: 39 at mm/page_counter.c:60 page_counter_cancel+0x34/0x40",
	"INFO: rcu_sched self-detected stall on CPU",
	"INFO: task kworker/0:1:12 blocked for more than 120 seconds.",
	"kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
	"Kernel panic - not syncing: Attempted to kill init!",
	"Oops: general protection fault, probably for non-canonical address",
	"Bad page state in process init  pfn:12345",
	"list_del corruption. prev->next should be ffff88800, but was dead",
};

static const char *const harmless[] = {
	"Linux version 6.12.117 (pcpubench@pcpubench) (gcc) #1 SMP",
	"Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar",
	"pcpu_bench: loading out-of-tree module taints kernel.",
	"debug: ignoring loglevel setting.",
	"kmemleak: Kernel memory leak detector initialized (mem pool available: 15746)",
	"KASLR disabled: 'nokaslr' on cmdline.",
	"kasan: KernelAddressSanitizer initialized",
	"Spectre V1 : Mitigation: usercopy/swapgs barriers and __user pointer sanitization",
	"rcu: RCU lockdep checking is enabled.",
};

static void finds_each_report(void **state)
{
	json_t *found;

	(void)state;
	for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]); i++) {
		found = log_reports(reports[i]);
		assert_int_equal(json_array_size(found), 1);
		assert_string_equal(json_string_value(json_array_get(found, 0)),
				    reports[i]);
		json_decref(found);
	}
}

static void leaves_the_rest(void **state)
{
	json_t *found;

	(void)state;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		found = log_reports(harmless[i]);
		assert_int_equal(json_array_size(found), 0);
		json_decref(found);
	}
}

static void takes_lines_in_order(void **state)
{
	json_t *found = log_reports("Booting\n\n[ 1.0] BUG: one\nfine\nWARNING: two");

	(void)state;
	assert_int_equal(json_array_size(found), 2);
	assert_string_equal(json_string_value(json_array_get(found, 0)),
			    "[ 1.0] BUG: one");
	assert_string_equal(json_string_value(json_array_get(found, 1)),
			    "WARNING: two");
	json_decref(found);
}

static void no_console_no_report(void **state)
{
	json_t *found = log_reports(NULL);

	(void)state;
	assert_int_equal(json_array_size(found), 0);
	json_decref(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each_report),
		cmocka_unit_test(leaves_the_rest),
		cmocka_unit_test(takes_lines_in_order),
		cmocka_unit_test(no_console_no_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

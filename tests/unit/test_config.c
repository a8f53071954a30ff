// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of kernel/config.c: the recorded settings. */
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
#include "kernel/config.h"

static json_t *settings_of(const char *text)
{
	char path[] = "/tmp/pcpubench-config-XXXXXX";
	int fd = mkstemp(path);
	json_t *settings;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	settings = config_settings(path);
	unlink(path);
	return settings;
}

static void test_settings(void **state)
{
	json_t *settings = settings_of("# CONFIG_PREEMPT_NONE is not set\n"
				       "CONFIG_PREEMPT_LAZY=y\n"
				       "CONFIG_PREEMPT_COUNT=y\n"
				       "CONFIG_NODES_SHIFT=10\n"
				       "CONFIG_CC_VERSION_TEXT=\"a=b\"\n");
	json_t *expected = json_pack("{s:s, s:s}", "PREEMPT_LAZY", "y",
				     "NODES_SHIFT", "10");

	(void)state;
	assert_true(json_equal(settings, expected));
	json_decref(settings);
	json_decref(expected);
}

static void test_nothing(void **state)
{
	json_t *settings = settings_of("");

	(void)state;
	assert_int_equal(json_object_size(settings), 0);
	json_decref(settings);
	assert_null(config_settings("/nowhere"));
	assert_string_equal(err_message(),
			    "cannot read /nowhere: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel's own tests print, and a console with reports of a checked kernel. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "guest/kselftest_log.h"
#include "guest/selftest_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *at = text, *line;
	json_t *lines = json_array();

	json_decref(log_reports(text));
	while ((line = strsep(&at, "\n")))
		/* As from a guest: one that is not UTF-8 is no text of a record. */
		json_array_append_new(lines, json_string(line));
	json_decref(kselftest_results(lines));
	json_decref(lines);
	free(text);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds a checked kernel's reports in its console log. */
#include <stdlib.h>
#include <string.h>

#include "guest/selftest_log.h"

/*
 * The first words of each checker's reports, anywhere in a line, as the kernel
 * has them (lib/bug.c, mm/kasan/report.c, kernel/locking/lockdep.c,
 * kernel/sched/core.c, lib/ubsan.c, mm/kmemleak.c, mm/page_alloc.c, mm/slub.c).
 */
static const char *const marks[] = {
	"BUG: ", "BUG kmalloc", "BUG: KASAN", "UBSAN: ", "WARNING: ", "INFO: ",
	"DEBUG_LOCKS_WARN_ON", "Oops: ", "Kernel panic", "kernel BUG at",
	"general protection fault", "Bad page ", "new suspected memory leaks",
	"list_add corruption", "list_del corruption", "refcount_t: ",
	"percpu: BUG", "page_counter underflow",
	"unreferenced object 0x", "Unable to handle",
};

static int is_report(const char *line)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strstr(line, marks[i]))
			return 1;
	return 0;
}

json_t *log_reports(const char *console)
{
	json_t *reports = json_array();
	char *copy = strdup(console ? console : ""), *line, *save = NULL;

	for (line = copy ? strtok_r(copy, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		if (is_report(line))
			json_array_append_new(reports, json_string(line));
	free(copy);
	return reports;
}

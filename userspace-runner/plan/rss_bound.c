// SPDX-License-Identifier: GPL-2.0-or-later
/* The largest error of an RSS that a kernel admits. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/err.h"
#include "plan/rss_bound.h"

/* percpu_counter_batch, lib/percpu_counter.c: a CPU keeps less than this. */
static unsigned int batch(unsigned int online)
{
	return online > 16 ? 2 * online : 32;
}

/*
 * Up to 6.1 each task keeps its own count until its faults since it gave it away
 * pass TASK_RSS_EVENTS_THRESH, 64 (check_sync_rss_stat(), mm/memory.c). The fault
 * at which it does so is counted after that: 66 pages for the next time.
 */
#define TASK_KEEPS	66

static int of_kernel(unsigned int online, unsigned int *bound)
{
	unsigned int major, minor;
	struct utsname uts;

	uname(&uts);
	if (sscanf(uts.release, "%u.%u", &major, &minor) != 2)
		return err(EX_FAIL, "cannot tell the release of '%s'",
			   uts.release);
	*bound = online * (major > 6 || (major == 6 && minor >= 2) ?
			   batch(online) - 1 : TASK_KEEPS);
	return 0;
}

int rss_bound(const char *text, unsigned int online, unsigned int nodes,
	      unsigned int *bound)
{
	char unit[8] = "", end;
	int n;

	if (!strcmp(text, "kernel"))
		return of_kernel(online, bound);
	n = sscanf(text, "%u*%7[a-z]%c", bound, unit, &end);
	if (n == 2 && (!strcmp(unit, "cpus") || !strcmp(unit, "tasks")))
		*bound *= online;
	else if (n == 2 && !strcmp(unit, "nodes"))
		*bound *= nodes;
	else if (n != 1 || strchr(text, '*'))
		return err(EX_USE, "bound '%s': give kernel, or pages as in 31*cpus, 66*tasks, 32*nodes or 124",
			   text);
	return 0;
}

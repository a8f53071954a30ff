/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TAP lines from a guest, for the /init of a test. */
#ifndef PCPUBENCH_TESTS_TAP_H
#define PCPUBENCH_TESTS_TAP_H

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>

#include "guest/guest.h"

static int tap_nr;

static void tap_send(const char *line)
{
	guest_emit(json_pack("{s:s, s:s}", "type", "tap", "line", line), NULL);
}

/* Report one test by its result @ok and its name. Returns @ok. */
static int __attribute__((format(printf, 2, 3)))
ok(int good, const char *fmt, ...)
{
	char what[200], line[240];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(line, sizeof(line), "%sok %d - %s", good ? "" : "not ",
		 ++tap_nr, what);
	tap_send(line);
	return good;
}

/* ok() for two numbers, with both when they differ. */
static int same(long long got, long long want, const char *what)
{
	if (got == want)
		return ok(1, "%s", what);
	return ok(0, "%s: %lld instead of %lld", what, got, want);
}

#endif

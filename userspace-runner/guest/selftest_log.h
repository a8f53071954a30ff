/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports of a checked kernel in its log. */
#ifndef PCPUBENCH_GUEST_SELFTEST_LOG_H
#define PCPUBENCH_GUEST_SELFTEST_LOG_H

#include <jansson.h>

/**
 * log_reports - the lines of @console that begin a report of the kernel
 *
 * A JSON array of strings: KASAN, lockdep, a sleep in atomic context, a
 * warning, an oops, a leak. Empty for a clean log.
 */
json_t *log_reports(const char *console);

#endif

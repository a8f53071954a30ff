/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock for durations, and the time of day as text. */
#ifndef PCPUBENCH_BASE_CLOCK_H
#define PCPUBENCH_BASE_CLOCK_H

#include <stddef.h>
#include <time.h>

/* Seconds of CLOCK_MONOTONIC, which nobody can set back. */
double clock_now(void);

#define CLOCK_RECORD	"%Y-%m-%dT%H:%M:%SZ"	/* RFC 3339 */
#define CLOCK_NAME	"%Y%m%dT%H%M%SZ"	/* of a file */

/* @at in UTC, in one of these forms. */
void clock_utc(time_t at, const char *form, char *text, size_t room);

#endif

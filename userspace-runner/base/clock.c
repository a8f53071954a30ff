// SPDX-License-Identifier: GPL-2.0-or-later
/* The clock for durations, and the time of day as text. */
#include "base/clock.h"

double clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

void clock_utc(time_t at, const char *form, char *text, size_t room)
{
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(text, room, form, &tm);
}
